import { DatabaseError, type DatabaseErrorCode } from '../../src/index.ts';

/** The error that a promise rejects with. Fails when it does not reject, or with something else. */
export async function errorOf(promise: Promise<unknown>): Promise<DatabaseError> {
  const error: unknown = await promise.then(
    () => new Error('nothing was thrown'),
    (reason: unknown) => reason,
  );
  if (error instanceof DatabaseError) return error;
  throw error;
}

export async function codeOf(promise: Promise<unknown>): Promise<DatabaseErrorCode> {
  return (await errorOf(promise)).code;
}
