import { formatContextKey, generateContextKey, installContextKey } from '@agent-agency/db-core';
import type { CommandContext } from '../command-context.ts';
import { databaseConfig, withManager } from '../database.ts';

/** `agency-db context-key create`: prints the key once; the database keeps only what it verifies with. */
export async function contextKeyCreateCommand({ terminal, env }: CommandContext): Promise<void> {
  const key = generateContextKey();
  await withManager(databaseConfig(env), (manager) =>
    manager.withSystem('agency-db context-key create', (tx) => installContextKey(tx, key)),
  );
  terminal.print(`DB_CONTEXT_KEY=${formatContextKey(key)}`);
  terminal.printJson({ keyId: key.keyId, DB_CONTEXT_KEY: formatContextKey(key) });
  terminal.note('keep it secret, and give it to every service that logs in as agent_agency_app');
}
