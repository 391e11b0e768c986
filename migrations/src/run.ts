import type { Direction } from './apply.ts';
import type { MigrationConnection } from './connection.ts';
import { readJournal, type AppliedMigration } from './journal.ts';
import { MigrationError } from './migration-error.ts';
import { readBootstrap, readMigrations, type Migration } from './migration-file.ts';
import { applyOnline, type OnlineOptions } from './online.ts';
import { assertConsistent, planDown, planLast, planUp } from './plan.ts';
import { planned, type PlannedMigration } from './preview.ts';
import { assertServerFits } from './server.ts';
import { inTransaction, withLock } from './session.ts';
import { sqlState } from './sql-state.ts';

/** What a run reports while it works. */
export interface MigrationEvent {
  readonly direction: Direction;
  readonly name: string;
  readonly durationMs: number;
}

export interface MigrateOptions extends OnlineOptions {
  /** Last migration to apply (`up`), or to leave applied (`down`). */
  readonly to?: number;
  /** Folder of the files; default: this package's own. */
  readonly directory?: URL;
  /** Told what is going to run, under the lock: nobody can change it any more. */
  readonly onPlan?: (plan: readonly PlannedMigration[]) => void;
  readonly onMigration?: (event: MigrationEvent) => void;
}

/**
 * Applies what is not applied yet, each file in a transaction of its own after its companion's statements, and returns the
 * names in order.
 *
 * **Runs** as the connection's login role for the bootstrap, as `agent_agency_owner` for the files. Holds one advisory
 * lock throughout, so that of several runners one works and the others then find nothing to do.
 *
 * @throws {MigrationError} what was refused or failed; the files before it stay applied, of it nothing does.
 */
export async function migrateUp(
  connection: MigrationConnection,
  options: MigrateOptions = {},
): Promise<string[]> {
  const files = await readMigrations(options.directory);
  const bootstrap = await readBootstrap();
  await assertServerFits(connection);
  return withLock(connection, async () => {
    await runBootstrap(connection, bootstrap);
    const journal = await readJournal(connection);
    assertConsistent(files, journal);
    return applyAll(connection, { direction: 'up', plan: planUp(files, journal, options.to) }, options);
  });
}

/**
 * Undoes applied migrations, newest first, and returns their names: all above `to` (0: all), without it the last one.
 *
 * The last one is the one that was last at the call. So of several at the same time one undoes it, and the others do not
 * go on with the one before it.
 *
 * @throws {MigrationError} as {@link migrateUp}.
 */
export async function migrateDown(
  connection: MigrationConnection,
  options: MigrateOptions = {},
): Promise<string[]> {
  const { directory, to } = options;
  const files = await readMigrations(directory);
  const seen = (await readJournal(connection)).at(-1);
  return withLock(connection, async () => {
    const journal = await readJournal(connection);
    assertConsistent(files, journal);
    const isLast = journal.at(-1)?.version === seen?.version;
    const last = isLast ? planLast(files, journal) : [];
    const plan = to === undefined ? last : planDown(files, journal, to);
    return applyAll(connection, { direction: 'down', plan }, options);
  });
}

/** Brings an empty database to where the first migration begins. */
export async function bootstrapDatabase(connection: MigrationConnection): Promise<void> {
  const bootstrap = await readBootstrap();
  await assertServerFits(connection);
  await withLock(connection, () => runBootstrap(connection, bootstrap));
}

/** A migration file and, when it is applied, its row of the journal. */
export interface MigrationStatus {
  readonly version: number;
  readonly name: string;
  readonly applied?: AppliedMigration;
}

/**
 * Every migration and whether it is applied. Reads only.
 *
 * @throws {MigrationError} when files and journal do not agree.
 */
export async function migrationStatus(
  connection: MigrationConnection,
  options: Pick<MigrateOptions, 'directory'> = {},
): Promise<MigrationStatus[]> {
  const files = await readMigrations(options.directory);
  const journal = await readJournal(connection);
  assertConsistent(files, journal);
  const byVersion = new Map(journal.map((row) => [row.version, row]));
  return files.map(({ version, name }) => {
    const applied = byVersion.get(version);
    return applied === undefined ? { version, name } : { version, name, applied };
  });
}

async function runBootstrap(connection: MigrationConnection, bootstrap: string): Promise<void> {
  try {
    await inTransaction(connection, () => connection.query(bootstrap));
  } catch (error) {
    if (sqlState(error) !== '42501') throw error;
    throw new MigrationError(
      'NOT_ADMINISTRATOR',
      'this login may not prepare the database (roles, the vector extension): ' +
        'have an administrator run bootstrap.sql and grant it agent_agency_owner',
      { cause: error },
    );
  }
}

interface Run {
  readonly direction: Direction;
  readonly plan: readonly Migration[];
}

async function applyAll(
  connection: MigrationConnection,
  run: Run,
  options: MigrateOptions,
): Promise<string[]> {
  const names: string[] = [];
  options.onPlan?.(planned(run.plan, run.direction));
  for (const migration of run.plan) {
    const durationMs = await applyOnline(connection, { migration, direction: run.direction }, options);
    names.push(migration.name);
    options.onMigration?.({ direction: run.direction, name: migration.name, durationMs });
  }
  return names;
}
