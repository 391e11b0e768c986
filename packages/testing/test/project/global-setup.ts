import type { TestProject } from 'vitest/node';
import type { SqlSession } from '../../src/index.ts';
import { setUpPostgres } from '../../src/vitest.ts';

export async function migrate(session: SqlSession): Promise<void> {
  await session.query('create table note (body text)');
}

/** As the root's file does with its migrations. */
export function setup(project: TestProject): Promise<() => Promise<void>> {
  return setUpPostgres(project, migrate, 'project');
}
