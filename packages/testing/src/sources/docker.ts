import { randomBytes } from 'node:crypto';
import { TestingError } from '../errors.ts';
import { asArguments, serverSettings, type ServerSettings } from '../server-settings.ts';
import type { PostgresServer } from '../server.ts';

const image = 'pgvector/pgvector:pg17';
const dataFolder = '/var/lib/postgresql/data';

/**
 * A container of pgvector's image. Testcontainers' own reaper removes it if this process dies.
 *
 * Docker publishes the port beyond loopback, so the login has a password.
 * @throws TestingError `SOURCE_UNAVAILABLE`
 */
export async function openDocker(_env: NodeJS.ProcessEnv, settings: ServerSettings): Promise<PostgresServer> {
  const { getContainerRuntimeClient } = await importOptional(() => import('testcontainers'));
  await reachable(() => getContainerRuntimeClient());
  const { PostgreSqlContainer } = await importOptional(() => import('@testcontainers/postgresql'));
  const container = await reachable(() =>
    new PostgreSqlContainer(image)
      .withUsername('postgres')
      .withPassword(randomBytes(16).toString('hex'))
      .withDatabase('postgres')
      .withTmpFs({ [dataFolder]: 'rw' })
      .withCommand(['postgres', ...asArguments({ ...serverSettings(false), ...settings })])
      .start(),
  );
  const version = await container.exec(['postgres', '--version']);
  let stopped: Promise<void> | undefined;
  return {
    kind: 'docker',
    url: container.getConnectionUri(),
    version: /\(PostgreSQL\) (\S+)/.exec(version.output)?.[1] ?? 'unknown',
    stop: () => (stopped ??= container.stop().then(() => undefined)),
  };
}

/** Testcontainers takes up to half a second to load and may not be installed: it is imported only when its turn comes. */
async function importOptional<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new TestingError('SOURCE_UNAVAILABLE', 'testcontainers is not installed', { cause: error });
  }
}

/** Testcontainers rejects with plain errors: no daemon, no right to use it, no such image. */
async function reachable<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TestingError('SOURCE_UNAVAILABLE', reason, { cause: error });
  }
}
