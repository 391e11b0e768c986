import type { TestProject } from 'vitest/node';
import { TestingError } from '../errors.ts';
import { startPgBouncer } from '../pgbouncer.ts';
import type { PostgresServer } from '../server.ts';
import { startPostgres } from '../start-postgres.ts';
import { stopOnExit } from '../stop-on-exit.ts';
import type { Stoppable } from '../stop-on-exit.ts';
import { createTemplate } from '../template/create-template.ts';
import type { Migrate } from '../template/template-ref.ts';

/**
 * For a vitest `globalSetup` file: starts a PostgreSQL for the run, says in the log which, makes the migrated template
 * and provides it to `testDatabase()`. Returns the teardown. The server ends with the run, however that ends.
 *
 * @example
 * export default (project: TestProject) => setUpPostgres(project, migrate, hashOfMigrations);
 */
export function setUpPostgres(
  project: TestProject,
  migrate: Migrate,
  key: string,
): Promise<() => Promise<void>> {
  return setUp(async (keep) => {
    const server = keep(await startAnnounced(project));
    project.provide('postgresTemplate', await createTemplate(server, migrate, key));
  });
}

/**
 * The same with PgBouncer in front: `urlFor(role)` of `testDatabase()` leads through it. For a second project of a
 * package, whose tests then run both ways.
 *
 * @throws TestingError `SOURCE_UNAVAILABLE` where there is only PGlite, and as `startPgBouncer`
 */
export function setUpPostgresBehindPgBouncer(
  project: TestProject,
  migrate: Migrate,
  key: string,
): Promise<() => Promise<void>> {
  return setUp(async (keep) => {
    const server = keep(await startAnnounced(project));
    if (server.kind === 'pglite') {
      throw new TestingError(
        'SOURCE_UNAVAILABLE',
        'PgBouncer needs a PostgreSQL server, and here is only PGlite',
      );
    }
    const pooler = keep(await startPgBouncer({ server: server.url }));
    project.vitest.logger.log(`PgBouncer ${pooler.version} in front of it`);
    project.provide('postgresTemplate', await createTemplate(server, migrate, key));
    project.provide('pgBouncerUrl', pooler.url);
  });
}

function startAnnounced(project: TestProject): Promise<PostgresServer> {
  return startPostgres({
    announce: (line) => {
      project.vitest.logger.log(line);
    },
  });
}

type Keep = <T extends Stoppable>(server: T) => T;

/** Starts what `start` starts, ties it to the process, and returns the function that stops it, the last first. */
async function setUp(start: (keep: Keep) => Promise<void>): Promise<() => Promise<void>> {
  const stops: (() => Promise<void>)[] = [];
  const keep: Keep = (server) => {
    const leave = stopOnExit(server);
    stops.unshift(() => server.stop().finally(leave));
    return server;
  };
  const tearDown = async (): Promise<void> => {
    for (const stop of stops) await stop();
  };
  try {
    await start(keep);
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}
