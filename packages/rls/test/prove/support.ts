import { configFromEnv, withAdministratorConnection } from '@agent-agency/db-core';
import { withSession } from '@agent-agency/testing';
import type { TestDatabaseFixture } from '@agent-agency/testing/vitest';
import { proveIsolation, type Proof, type ProveOptions } from '../../src/index.ts';

/** Proves a database, after a change to it that is taken back by another one. */
export async function prove(
  { url }: Pick<TestDatabaseFixture, 'url'>,
  options: ProveOptions = {},
  change?: { readonly to: string; readonly back: string },
): Promise<Proof> {
  if (change !== undefined) await withSession(url, (session) => session.query(change.to));
  try {
    return await withAdministratorConnection(configFromEnv({ DATABASE_URL: url }), (connection) =>
      proveIsolation(connection, options),
    );
  } finally {
    if (change !== undefined) await withSession(url, (session) => session.query(change.back));
  }
}
