import type { TestProject } from 'vitest/node';
import { setUpPostgresBehindPgBouncer } from '../../src/vitest.ts';
import { migrate } from './global-setup.ts';

/** As global-setup.ts, with PgBouncer in front. */
export function setup(project: TestProject): Promise<() => Promise<void>> {
  return setUpPostgresBehindPgBouncer(project, migrate, 'project');
}
