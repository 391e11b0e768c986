import { applyMigration, type Direction } from './apply.ts';
import type { MigrationConnection } from './connection.ts';
import type { Migration } from './migration-file.ts';
import { prepareMigration } from './prepare.ts';
import { retrying, type RetryOptions } from './retry.ts';

/** What a run reports of a migration that is still under way. */
export type MigrationProgress =
  /** A statement of the companion has run; the next one is on its way. */
  | {
      readonly kind: 'prepared';
      readonly name: string;
      readonly statement: string;
      readonly durationMs: number;
    }
  /** A lock was not to be had in time. Nothing has changed and nobody waits; it is tried again after `delayMs`. */
  | { readonly kind: 'waiting'; readonly name: string; readonly sqlState: string; readonly delayMs: number };

export interface OnlineOptions {
  readonly onProgress?: (event: MigrationProgress) => void;
  /** How long a migration is tried again while others hold its locks; default: ten minutes. */
  readonly patienceMs?: number;
}

/**
 * Applies or undoes one migration in a database that is in use, and returns how long its file took, in milliseconds.
 *
 * Going up, its companion comes first. A file in a transaction that does not get a lock in time is rolled back and run
 * again: nothing has happened.
 *
 * @throws {MigrationError} `STATEMENT_FAILED`
 */
export async function applyOnline(
  connection: MigrationConnection,
  { migration, direction }: { readonly migration: Migration; readonly direction: Direction },
  options: OnlineOptions,
): Promise<number> {
  const { name } = migration;
  const retry: RetryOptions = {
    patienceMs: options.patienceMs ?? 600_000,
    onRetry: (sqlState, delayMs) => options.onProgress?.({ kind: 'waiting', name, sqlState, delayMs }),
  };
  if (direction === 'up') {
    await prepareMigration(connection, migration, {
      ...retry,
      onStatement: (statement, durationMs) =>
        options.onProgress?.({ kind: 'prepared', name, statement, durationMs }),
    });
  }
  const apply = (): Promise<number> => applyMigration(connection, migration, direction);
  return migration.inTransaction ? retrying(apply, retry) : apply();
}
