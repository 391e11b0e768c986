import type { TestProject } from 'vitest/node';
import { schemaChecksum } from './migrations/src/index.ts';
import { setUpPostgresBehindPgBouncer } from './packages/testing/src/vitest.ts';
import { migrateForTests } from './vitest.global-setup.ts';

/** As `vitest.global-setup.ts`, and the tests' application logins go through PgBouncer. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  return setUpPostgresBehindPgBouncer(project, migrateForTests, await schemaChecksum());
}
