import { ensureContextKey, withAdministratorConnection, type DatabaseConfig } from '@agent-agency/db-core';
import { migrateUp, type MigrateOptions } from '@agent-agency/migrations';
import { withManager } from './database.ts';

/** Migrates a database to its head, and gives it a key to sign tenant contexts with unless it has one. */
export async function prepareDatabase(
  config: DatabaseConfig,
  options: MigrateOptions = {},
): Promise<{ applied: string[]; madeContextKey: boolean }> {
  const applied = await withAdministratorConnection(config, (connection) => migrateUp(connection, options));
  const madeContextKey = await withManager(config, (manager) =>
    manager.withSystem('the first context key', ensureContextKey),
  );
  return { applied, madeContextKey };
}
