import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Dialect,
  type Driver,
} from 'kysely';
import { DatabaseError } from '../errors/database-error.ts';
import type { Scope } from './scope.ts';

/** Kysely over one connection whose transaction is somebody else's business. */
export function boundDialect(scope: Scope): Dialect {
  const driver: Driver = {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(scope),
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
    new DatabaseError('NESTED_TRANSACTION', 'this is a transaction already: use withTransaction() inside it'),
  );
}
