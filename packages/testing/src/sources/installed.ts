import { startCluster } from '../cluster.ts';
import { TestingError } from '../errors.ts';
import { findInstallations } from '../installations.ts';
import type { Installation } from '../installations.ts';
import { MINIMUM_MAJOR, majorOf } from '../server.ts';
import type { PostgresServer } from '../server.ts';
import type { ServerSettings } from '../server-settings.ts';

/**
 * A throw-away cluster of the newest PostgreSQL on this machine that has pgvector.
 *
 * @throws TestingError `SOURCE_UNAVAILABLE`, `PROGRAM_FAILED`
 */
export async function openInstalled(
  env: NodeJS.ProcessEnv,
  settings: ServerSettings,
): Promise<PostgresServer> {
  return startCluster({ binDir: await getInstalledPrograms(env), kind: 'installed', settings });
}

/**
 * The folder of the newest PostgreSQL's programs on this machine that has pgvector.
 *
 * @throws TestingError `SOURCE_UNAVAILABLE`
 */
export async function getInstalledPrograms(env: NodeJS.ProcessEnv): Promise<string> {
  const installations = await findInstallations(env);
  const [best] = installations
    .filter((found) => shortcomingOf(found) === undefined)
    .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
  if (best !== undefined) return best.binDir;
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
