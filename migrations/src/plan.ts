import type { AppliedMigration } from './journal.ts';
import { MigrationError } from './migration-error.ts';
import type { Migration } from './migration-file.ts';

/**
 * Checks that the journal and the files tell the same story. Pure.
 *
 * @throws {MigrationError} `MISSING_FILE`, `CHECKSUM_DRIFT` or `OUT_OF_ORDER`.
 */
export function assertConsistent(files: readonly Migration[], journal: readonly AppliedMigration[]): void {
  const byVersion = new Map(files.map((file) => [file.version, file]));
  for (const applied of journal) {
    const file = byVersion.get(applied.version);
    if (file?.name !== applied.name) {
      throw new MigrationError(
        'MISSING_FILE',
        `${applied.name} was applied, but there is no such file: deploy the release that has it, or restore the file`,
        { details: { version: applied.version } },
      );
    }
    if (file.checksum !== applied.checksum) {
      throw new MigrationError(
        'CHECKSUM_DRIFT',
        `${applied.name} was edited after it was applied: restore the file and put the change into a new migration`,
        { details: { version: applied.version, applied: applied.checksum, file: file.checksum } },
      );
    }
  }
  assertInOrder(files, journal);
}

function assertInOrder(files: readonly Migration[], journal: readonly AppliedMigration[]): void {
  const applied = new Set(journal.map((row) => row.version));
  const last = Math.max(0, ...applied);
  const late = files.find((file) => file.version < last && !applied.has(file.version));
  if (late === undefined) return;
  throw new MigrationError(
    'OUT_OF_ORDER',
    `${late.name} is not applied, but ${last.toString().padStart(3, '0')} is: give it the next free number`,
    { details: { version: late.version, last } },
  );
}

/**
 * What `up` has to apply, in order, to reach `to` (default: everything). Pure.
 *
 * @throws {MigrationError} `UNKNOWN_VERSION` when there is no file with the number `to`.
 */
export function planUp(
  files: readonly Migration[],
  journal: readonly AppliedMigration[],
  to?: number,
): Migration[] {
  assertKnown(files, to);
  const applied = new Set(journal.map((row) => row.version));
  return files.filter((file) => !applied.has(file.version) && (to === undefined || file.version <= to));
}

/**
 * What `down` has to undo, newest first, so that `to` is the last one left (0: none). Pure.
 *
 * @throws {MigrationError} `UNKNOWN_VERSION` when `to` is not 0 and there is no file with that number.
 */
export function planDown(
  files: readonly Migration[],
  journal: readonly AppliedMigration[],
  to: number,
): Migration[] {
  if (to !== 0) assertKnown(files, to);
  const applied = new Set(journal.map((row) => row.version));
  return files.filter((file) => applied.has(file.version) && file.version > to).reverse();
}

/** What `down` has to undo when nobody says how far: the last one that is applied. Pure. */
export function planLast(files: readonly Migration[], journal: readonly AppliedMigration[]): Migration[] {
  const last = journal.at(-1)?.version;
  return files.filter((file) => file.version === last);
}

function assertKnown(files: readonly Migration[], version: number | undefined): void {
  if (version === undefined || files.some((file) => file.version === version)) return;
  const known = files.map((file) => file.version).join(', ');
  throw new MigrationError('UNKNOWN_VERSION', `there is no migration ${version}: choose one of ${known}`);
}
