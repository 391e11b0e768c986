import { onTestFinished } from 'vitest';
import { TestingError, startPgBouncer } from '../../src/index.ts';
import type { PgBouncer, PgBouncerOptions, PgBouncerRelease } from '../../src/index.ts';
import { getPoolerProgram } from '../../src/pgbouncer-program.ts';

/** The releases that can be had here, both or none; that there are none skips tests, and under CI is an error. */
export const releases: readonly PgBouncerRelease[] = await findReleases();

async function findReleases(): Promise<PgBouncerRelease[]> {
  try {
    await getPoolerProgram({ release: 'trixie' }, undefined);
    await getPoolerProgram({ release: 'bookworm' }, undefined);
    return ['trixie', 'bookworm'];
  } catch (error) {
    if (error instanceof TestingError && process.env['CI'] !== 'true') return [];
    throw error;
  }
}

/** A PgBouncer for the running test. */
export async function startPooler(options: PgBouncerOptions): Promise<PgBouncer> {
  const pooler = await startPgBouncer(options);
  onTestFinished(() => pooler.stop());
  return pooler;
}
