import { AsyncLocalStorage } from 'node:async_hooks';
import { DatabaseError } from '../errors/database-error.ts';

interface OpenTransaction {
  readonly tenantId: string | undefined;
  isOver: boolean;
}

/** Knows which asynchronous flow is inside of which transaction, so that a second one inside it is noticed. */
export class OpenTransactions {
  readonly #storage = new AsyncLocalStorage<OpenTransaction>();

  /** Runs `work` as being inside a transaction of the tenant, or of nobody. */
  async enter<T>(tenantId: string | undefined, work: () => Promise<T>): Promise<T> {
    const scope = { tenantId, isOver: false };
    try {
      return await this.#storage.run(scope, work);
    } finally {
      // What was started inside and outlives it, a timer or a job, may open its own.
      scope.isOver = true;
    }
  }

  /** @throws {DatabaseError} `TENANT_SWITCH` or `NESTED_TRANSACTION` inside a transaction. */
  refuseNesting(tenantId: string | undefined): void {
    const outer = this.#storage.getStore();
    if (outer === undefined || outer.isOver) return;
    if (outer.tenantId !== undefined && tenantId !== undefined && outer.tenantId !== tenantId) {
      throw new DatabaseError(
        'TENANT_SWITCH',
        'a transaction belongs to one tenant: end it before you ask for another',
      );
    }
    throw new DatabaseError(
      'NESTED_TRANSACTION',
      'a transaction is open in this flow, and a second connection could wait for it for ever: pass on the first',
    );
  }
}
