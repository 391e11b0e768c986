import type { Direction } from './apply.ts';
import type { MigrationConnection } from './connection.ts';
import { readJournal } from './journal.ts';
import { readMigrations, type Migration } from './migration-file.ts';
import { assertConsistent, planDown, planLast, planUp } from './plan.ts';
import { splitStatements } from './statements.ts';

/** A file that a run would execute. */
export interface PlannedMigration {
  readonly version: number;
  readonly name: string;
  readonly direction: Direction;
  readonly inTransaction: boolean;
  /** The first line of each statement. */
  readonly statements: readonly string[];
}

export interface PreviewOptions {
  /** Default: `up`. */
  readonly direction?: Direction;
  /** As for the run. */
  readonly to?: number;
  readonly directory?: URL;
}

/**
 * What `migrateUp` or `migrateDown` would do now, in order. Reads only, and holds no lock: a runner at work may be ahead
 * of it.
 *
 * @throws {MigrationError} when files and journal do not agree, or `UNKNOWN_VERSION`.
 */
export async function previewMigrations(
  connection: MigrationConnection,
  { direction = 'up', to, directory }: PreviewOptions = {},
): Promise<PlannedMigration[]> {
  const files = await readMigrations(directory);
  const journal = await readJournal(connection);
  assertConsistent(files, journal);
  if (direction === 'up') return planned(planUp(files, journal, to), 'up');
  return planned(to === undefined ? planLast(files, journal) : planDown(files, journal, to), 'down');
}

/** What people want to know of files before they run. */
export function planned(plan: readonly Migration[], direction: Direction): PlannedMigration[] {
  return plan.map((migration) => ({
    version: migration.version,
    name: migration.name,
    direction,
    inTransaction: migration.inTransaction,
    statements: splitStatements(migration[direction]).map((statement) => statement.replace(/\n[\s\S]*/, '')),
  }));
}
