import type { TestProject } from 'vitest/node';
import { setUpPostgres } from '../../src/vitest.ts';

/** As the root's file does with its migrations. */
export function setup(project: TestProject): Promise<() => Promise<void>> {
  return setUpPostgres(
    project,
    async (session) => {
      await session.query('create table note (body text)');
    },
    'project',
  );
}
