import { startCluster } from '../cluster.ts';
import { TestingError } from '../errors.ts';
import { findInstallations } from '../installations.ts';
import type { Installation } from '../installations.ts';
import { MINIMUM_MAJOR, majorOf } from '../server.ts';
import type { PostgresServer } from '../server.ts';

/**
 * A throw-away cluster of the newest PostgreSQL on this machine that has pgvector.
 *
 * @throws TestingError `SOURCE_UNAVAILABLE`, `PROGRAM_FAILED`
 */
export async function openInstalled(env: NodeJS.ProcessEnv): Promise<PostgresServer> {
  const installations = await findInstallations(env);
  const usable = installations
    .filter((found) => shortcomingOf(found) === undefined)
    .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
  const [best] = usable;
  if (best !== undefined) return startCluster({ binDir: best.binDir, kind: 'installed' });
  const reasons = installations.map(
    (found) => `${found.version} in ${found.binDir} ${shortcomingOf(found) ?? ''}`,
  );
  const reason = reasons.length === 0 ? 'no PostgreSQL on PATH or in the usual folders' : reasons.join(', ');
  throw new TestingError('SOURCE_UNAVAILABLE', reason);
}

function shortcomingOf({ version, hasVector }: Installation): string | undefined {
  if (majorOf(version) < MINIMUM_MAJOR) return `is older than ${String(MINIMUM_MAJOR)}`;
  return hasVector ? undefined : 'has no pgvector';
}
