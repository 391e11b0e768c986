import { DatabaseError, isDataLayerError } from '@agent-agency/db-core';

const CONSTRAINTS: ReadonlySet<unknown> = new Set([
  'relationship_periods_do_not_overlap',
  'unique_relationship',
]);

/**
 * Who holds the locks and sees what others have committed never meets these constraints. Above `read committed` a
 * transaction does not see it, and plain SQL takes no locks: then it may be run again.
 */
export function explainCollision(error: unknown): never {
  if (!isDataLayerError(error) || !CONSTRAINTS.has(error.details['constraint'])) throw error;
  throw new DatabaseError(
    'SERIALIZATION_FAILURE',
    `${String(error.details['constraint'])}: another transaction was faster: run it again`,
    { retryable: true, details: error.details, cause: error },
  );
}
