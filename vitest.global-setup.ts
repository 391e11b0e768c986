import type { TestProject } from 'vitest/node';
// By path: a set-up file's imports do not get the condition that resolves workspace packages to their sources.
import { migrateUp, schemaChecksum } from './migrations/src/index.ts';
import { TEST_CONTEXT_KEY } from './packages/db-core/src/testing/test-context-key.ts';
import { allowLogin } from './packages/testing/src/index.ts';
import type { SqlSession } from './packages/testing/src/index.ts';
import { setUpPostgres } from './packages/testing/src/vitest.ts';

/** One PostgreSQL a run of a package's tests, with a migrated template database that each test file clones. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  return setUpPostgres(project, migrateForTests, await schemaChecksum());
}

/** Brings an empty database to the state that the packages' tests begin with. */
export async function migrateForTests(session: SqlSession, url: string): Promise<void> {
  await migrateUp(session);
  const { keyId, secret } = TEST_CONTEXT_KEY;
  await session.query(`select app.put_context_key($1, decode($2, 'hex'))`, [
    keyId,
    Buffer.from(secret).toString('hex'),
  ]);
  await allowLogin(session, url, ['agent_agency_app', 'agent_agency_readonly']);
}
