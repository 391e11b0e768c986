import type { TestProject } from 'vitest/node';
import { startPostgres } from '../start-postgres.ts';
import { stopOnExit } from '../stop-on-exit.ts';
import { createTemplate } from '../template/create-template.ts';
import type { Migrate } from '../template/template-ref.ts';

/**
 * For a vitest `globalSetup` file: starts a PostgreSQL for the run, says in the log which, makes the migrated template
 * and provides it to `testDatabase()`. Returns the teardown. The server ends with the run, however that ends.
 *
 * @example
 * export default (project: TestProject) => setUpPostgres(project, migrate, hashOfMigrations);
 */
export async function setUpPostgres(
  project: TestProject,
  migrate: Migrate,
  key: string,
): Promise<() => Promise<void>> {
  const server = await startPostgres({
    announce: (line) => {
      project.vitest.logger.log(line);
    },
  });
  const leave = stopOnExit(server);
  const tearDown = async (): Promise<void> => {
    await server.stop();
    leave();
  };
  try {
    project.provide('postgresTemplate', await createTemplate(server, migrate, key));
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}
