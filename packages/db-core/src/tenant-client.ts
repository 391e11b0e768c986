import { CompiledQuery } from 'kysely';
import { DatabaseError } from './errors/database-error.ts';
import type { TenantTransaction } from './transaction/tenant-transaction.ts';

export interface TenantQueryResult<Row> {
  readonly rows: Row[];
  /** Rows that a change has changed, or that a query has found. */
  readonly rowCount: number;
}

/** Plain SQL in a tenant's transaction. */
export interface TenantQueries {
  query<Row = Record<string, unknown>>(
    sql: string,
    params?: readonly unknown[],
  ): Promise<TenantQueryResult<Row>>;
}

/** A connection inside a tenant's transaction, lent until it is released. */
export interface TenantClient extends TenantQueries {
  /**
   * Commits; with an error, or `true`, rolls back. Await it: only then what was written is there.
   *
   * @throws {DatabaseError} as a commit does: `COMMIT_ROLLED_BACK`, `COMMIT_UNKNOWN`, …; `TRANSACTION_OVER` the second
   *   time.
   */
  release(error?: unknown): Promise<void>;
}

export function tenantQueries(tx: TenantTransaction): TenantQueries {
  return {
    query: async <Row>(sql: string, params: readonly unknown[] = []): Promise<TenantQueryResult<Row>> => {
      const { rows, numAffectedRows } = await tx.executeQuery<Row>(CompiledQuery.raw(sql, [...params]));
      return { rows, rowCount: Number(numAffectedRows ?? rows.length) };
    },
  };
}

/** Thrown inside a transaction so that it rolls back, where nobody has an error. */
class RolledBack extends Error {}

/** Turns a transaction with a callback into one with a client and its release. */
export async function openTenantClient(
  transact: (work: (tx: TenantTransaction) => Promise<void>) => Promise<void>,
): Promise<TenantClient> {
  const opened = Promise.withResolvers<TenantTransaction>();
  const released = Promise.withResolvers<undefined>();
  const running = transact(async (tx) => {
    opened.resolve(tx);
    await released.promise;
  });
  running.catch(opened.reject);
  const queries = tenantQueries(await opened.promise);
  let isReleased = false;
  const refuseReleased = (): void => {
    if (isReleased) throw new DatabaseError('TRANSACTION_OVER', 'this client was released already');
  };
  return {
    async query(sql, params) {
      refuseReleased();
      return queries.query(sql, params);
    },
    async release(error) {
      refuseReleased();
      isReleased = true;
      // As callbacks get it: null, where there is none.
      if (error === undefined || error === null || error === false) {
        released.resolve(undefined);
        await running;
        return;
      }
      const reason = error === true ? new RolledBack() : error;
      released.reject(reason);
      await running.catch((thrown: unknown) => {
        if (thrown !== reason) throw thrown;
      });
    },
  };
}
