import type { MigrationConnection } from './connection.ts';
import { MigrationError } from './migration-error.ts';
import { readBootstrap, readMigrations, type Migration } from './migration-file.ts';
import { assertConsistent, planDown, planUp, type AppliedMigration } from './plan.ts';
import { assertServerFits } from './server.ts';

/** Chosen at random, once: whoever migrates a database of this project holds this advisory lock. */
const ADVISORY_LOCK = '7203514982716530411';

/** What a run reports while it works. */
export interface MigrationEvent {
  readonly direction: 'up' | 'down';
  readonly name: string;
  readonly durationMs: number;
}

export interface MigrateOptions {
  /** Last migration to apply (`up`), or to leave applied (`down`). */
  readonly to?: number;
  /** Folder of the files; default: this package's own. */
  readonly directory?: URL;
  readonly onMigration?: (event: MigrationEvent) => void;
}

/**
 * Applies what is not applied yet, each file in a transaction of its own, and returns the names in order.
 *
 * **Runs** as the connection's login role for the bootstrap, as `agent_agency_owner` for the files. Holds one advisory
 * lock throughout, so that of several runners one works and the others then find nothing to do.
 *
 * @throws {MigrationError} what was refused or failed; the files before it stay applied, of it nothing does.
 */
export async function migrateUp(connection: MigrationConnection, options: MigrateOptions = {}): Promise<string[]> {
  const files = await readMigrations(options.directory);
  const bootstrap = await readBootstrap();
  await assertServerFits(connection);
  return withLock(connection, async () => {
    await prepare(connection, bootstrap);
    const journal = await readJournal(connection);
    assertConsistent(files, journal);
    return applyAll(connection, { direction: 'up', plan: planUp(files, journal, options.to) }, options);
  });
}

/**
 * Undoes applied migrations, newest first, down to `to` (0: all), and returns their names.
 *
 * @throws {MigrationError} as {@link migrateUp}.
 */
export async function migrateDown(
  connection: MigrationConnection,
  options: MigrateOptions & { readonly to: number },
): Promise<string[]> {
  const files = await readMigrations(options.directory);
  return withLock(connection, async () => {
    const journal = await readJournal(connection);
    assertConsistent(files, journal);
    return applyAll(connection, { direction: 'down', plan: planDown(files, journal, options.to) }, options);
  });
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

async function withLock<T>(connection: MigrationConnection, work: () => Promise<T>): Promise<T> {
  await connection.query(`select pg_advisory_lock(${ADVISORY_LOCK})`);
  let failed = false;
  try {
    return await work();
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    const unlock = connection.query(`select pg_advisory_unlock(${ADVISORY_LOCK})`);
    // A lost connection has given its lock back already; the first error is the one to hear of.
    await (failed ? unlock.catch(() => undefined) : unlock);
  }
}

async function prepare(connection: MigrationConnection, bootstrap: string): Promise<void> {
  try {
    await inTransaction(connection, () => connection.query(bootstrap));
  } catch (error) {
    if (sqlState(error) !== '42501') throw error;
    throw new MigrationError(
      'NOT_ADMINISTRATOR',
      'this login may not prepare the database (roles, the vector extension): migrate once as an administrator',
      { cause: error },
    );
  }
}

async function readJournal(connection: MigrationConnection): Promise<AppliedMigration[]> {
  const { rows: there } = await connection.query(`select to_regclass('public.__migrations__') as journal`);
  if (there[0]?.['journal'] === null) return [];
  const { rows } = await connection.query('select * from public.__migrations__ order by version');
  return rows.map((row) => ({
    version: Number(row['version']),
    name: String(row['name']),
    checksum: String(row['checksum']),
    appliedAt: new Date(row['applied_at'] as Date | string),
    appliedBy: String(row['applied_by']),
    durationMs: Number(row['duration_ms']),
  }));
}

interface Run {
  readonly direction: 'up' | 'down';
  readonly plan: readonly Migration[];
}

async function applyAll(connection: MigrationConnection, run: Run, options: MigrateOptions): Promise<string[]> {
  const names: string[] = [];
  for (const migration of run.plan) {
    const durationMs = await apply(connection, migration, run.direction);
    names.push(migration.name);
    options.onMigration?.({ direction: run.direction, name: migration.name, durationMs });
  }
  return names;
}

async function apply(
  connection: MigrationConnection,
  migration: Migration,
  direction: 'up' | 'down',
): Promise<number> {
  const startedAt = performance.now();
  const elapsedMs = (): number => Math.round(performance.now() - startedAt);
  try {
    if (migration.inTransaction) {
      await inTransaction(connection, async () => {
        await asOwner(connection, migration[direction]);
        await enter(connection, { migration, direction, durationMs: elapsedMs() });
      });
    } else {
      await connection.query('set role agent_agency_owner');
      await connection.query(migration[direction]).finally(() => connection.query('reset role'));
      await enter(connection, { migration, direction, durationMs: elapsedMs() });
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationError('STATEMENT_FAILED', `${migration.name} (${direction}) failed: ${reason}`, {
      details: { version: migration.version, sqlState: sqlState(error) ?? 'none' },
      cause: error,
    });
  }
  return elapsedMs();
}

async function asOwner(connection: MigrationConnection, sql: string): Promise<void> {
  await connection.query('set local role agent_agency_owner');
  await connection.query(sql);
  await connection.query('reset role');
}

interface JournalEntry {
  readonly migration: Migration;
  readonly direction: 'up' | 'down';
  readonly durationMs: number;
}

async function enter(connection: MigrationConnection, entry: JournalEntry): Promise<void> {
  const { version, name, checksum } = entry.migration;
  if (entry.direction === 'down') {
    await connection.query('delete from public.__migrations__ where version = $1', [version]);
    return;
  }
  await connection.query(
    'insert into public.__migrations__ (version, name, checksum, duration_ms) values ($1, $2, $3, $4)',
    [version, name, checksum, entry.durationMs],
  );
}

async function inTransaction(connection: MigrationConnection, work: () => Promise<unknown>): Promise<void> {
  await connection.query('begin');
  try {
    await work();
  } catch (error) {
    // The first error wins: whoever reads it learns nothing from a rollback that failed as well.
    await connection.query('rollback').catch(() => undefined);
    throw error;
  }
  await connection.query('commit');
}

function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
