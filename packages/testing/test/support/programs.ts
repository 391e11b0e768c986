import { findInstallations } from '../../src/installations.ts';
import { TestingError, provisionPostgres } from '../../src/index.ts';

/**
 * Server programs with pgvector on this machine, provisioned if need be; undefined where there are none
 * (a machine that only has Docker), which skips the tests of clusters. Under CI that is an error.
 */
export const binDir = await findProgramFolder();

async function findProgramFolder(): Promise<string | undefined> {
  try {
    return await provisionPostgres();
  } catch (error) {
    const installed = (await findInstallations(process.env)).find(
      ({ version, hasVector }) => hasVector && Number.parseInt(version, 10) >= 16,
    );
    if (installed !== undefined) return installed.binDir;
    if (error instanceof TestingError && process.env['CI'] !== 'true') return undefined;
    throw error;
  }
}

/** The same, inside tests that are skipped without. */
export function getBinDir(): string {
  if (binDir === undefined) throw new Error('this test should have been skipped: no server programs here');
  return binDir;
}
