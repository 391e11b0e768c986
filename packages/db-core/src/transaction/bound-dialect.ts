import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import { DatabaseError } from '../errors/database-error.ts';
import type { GuardedClient } from '../pool/guarded-client.ts';

/** Lends a transaction's connection to Kysely until the transaction is over. */
export class BoundConnection implements DatabaseConnection {
  readonly #client: GuardedClient;
  #isOver = false;
  #firstError: unknown;

  constructor(client: GuardedClient) {
    this.#client = client;
  }

  /** What the first failed statement failed with, if one did. */
  get firstError(): unknown {
    return this.#firstError;
  }

  /** From here on every statement is refused. */
  end(): void {
    this.#isOver = true;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#isOver) {
      throw new DatabaseError('TRANSACTION_OVER', 'the transaction is over: await every statement inside it');
    }
    const { rows, rowCount, command } = await this.#send(query);
    const isChange =
      command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE';
    return { rows: rows as R[], ...(isChange ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
  }

  async #send(query: CompiledQuery): ReturnType<GuardedClient['query']> {
    try {
      const result = await this.#client.query(query.sql, query.parameters);
      if (this.#client.isInTransaction() && result.command !== 'COMMIT') return result;
    } catch (error) {
      this.#firstError ??= error;
      throw error;
    }
    // What came next would run without the tenant, and with the login's rights instead of the application's.
    this.end();
    const error = new DatabaseError(
      'TRANSACTION_OVER',
      'a statement ended the transaction: leave that to its owner',
    );
    this.#firstError ??= error;
    throw error;
  }

  // eslint-disable-next-line require-yield -- the interface wants a generator
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    await Promise.reject(
      new DatabaseError('QUERY_FAILED', 'a transaction does not stream: page by key instead'),
    );
  }
}

/** Kysely over one connection whose transaction is somebody else's business. */
export function boundDialect(connection: BoundConnection): Dialect {
  const driver: Driver = {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: nested,
    commitTransaction: nested,
    rollbackTransaction: nested,
    releaseConnection: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  };
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

function nested(): Promise<never> {
  return Promise.reject(
    new DatabaseError('NESTED_TRANSACTION', 'this is a transaction already: use it as it is'),
  );
}
