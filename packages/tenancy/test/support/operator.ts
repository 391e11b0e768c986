import { ConnectionPoolManager, configFromEnv, type SystemTransaction } from '@agent-agency/db-core';
import { afterAll, beforeAll } from 'vitest';

/** Runs work as an operator of the database that a test file has. */
export type AsOperator = <T>(work: (tx: SystemTransaction) => Promise<T>) => Promise<T>;

/** Opens an operator's pool for the tests of a file, and closes it after them. */
export function useOperator(url: () => string): AsOperator {
  let operator: ConnectionPoolManager;
  beforeAll(() => {
    operator = new ConnectionPoolManager();
    operator.initialize({ ...configFromEnv({ DATABASE_URL: url() }), allowPrivilegedRole: true, min: 0 });
  });
  afterAll(() => operator.shutdown());
  return (work) => operator.withSystem('tenancy tests', work);
}
