import type { SqlSession } from '@agent-agency/testing';
import { applyContext, signContext } from './tenant-context.ts';

/** Runs `work` in a transaction, with a tenant's context or, for `undefined`, without any, and takes back what it did. */
export async function undone<T>(
  session: SqlSession,
  tenant: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  await session.query('begin');
  try {
    if (tenant !== undefined) await become(session, tenant);
    return await work();
  } finally {
    await session.query('rollback');
  }
}

/** Goes on with the same transaction in another tenant's context. */
export async function become(session: SqlSession, tenant: string): Promise<void> {
  await applyContext(session, signContext({ tenant }));
}

/**
 * What a statement does within a transaction: how many rows it returns, or the SQLSTATE that it is refused with.
 * Nothing of it stays, and the transaction goes on.
 */
export async function outcomeOf(
  session: SqlSession,
  statement: string,
  values?: readonly unknown[],
): Promise<number | string> {
  await session.query('savepoint attempt');
  try {
    return (await session.query(statement, values)).rows.length;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  } finally {
    await session.query('rollback to savepoint attempt');
  }
}
