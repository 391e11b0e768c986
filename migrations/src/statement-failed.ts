import { MigrationError } from './migration-error.ts';
import type { Migration } from './migration-file.ts';
import { sqlState } from './sql-state.ts';

/** The error of a statement, with the migration and the file that it belongs to. */
export function statementFailed(
  { name, version }: Migration,
  step: 'up' | 'down' | 'prepare',
  error: unknown,
): MigrationError {
  return new MigrationError('STATEMENT_FAILED', `${name} (${step}) failed: ${reasonOf(error)}`, {
    details: { version, sqlState: sqlState(error) ?? 'none' },
    cause: error,
  });
}

/** The server's words. Its detail may quote rows; of what other objects stand in the way it names them, and nothing else. */
function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  const isInTheWay = sqlState(error) === '2BP01' && error instanceof Error && 'detail' in error;
  return isInTheWay ? `${reason}: ${String(error.detail)}` : reason;
}
