import { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';
import type { TenantContext, TenantId } from '../tenant/tenant-context.ts';
import { boundDialect } from './bound-dialect.ts';
import type { Scope } from './scope.ts';

/**
 * A transaction in which the database shows one tenant's rows: a Kysely over it, and whose it is.
 *
 * Only `withTenant` makes one, so a function that takes it cannot be called without a tenant.
 */
export class TenantTransaction extends Kysely<Tables> {
  /** Add it as a condition beside the policy: it lets the planner estimate how many rows the tenant has. */
  readonly tenantId: TenantId;
  readonly context: TenantContext;
  readonly #scope: Scope;

  constructor(scope: Scope, context: TenantContext) {
    super({ dialect: boundDialect(scope) });
    this.tenantId = context.tenantId;
    this.context = context;
    this.#scope = scope;
  }

  static isOne(value: unknown): value is TenantTransaction {
    return typeof value === 'object' && value !== null && #scope in value;
  }

  /** See {@link withTransaction}. */
  nest<T>(work: (inner: TenantTransaction) => Promise<T>): Promise<T> {
    return this.#scope.nest((scope) => work(new TenantTransaction(scope, this.context)));
  }
}

/** A transaction with the owner's rights and no tenant: for operators' work only. */
export class SystemTransaction extends Kysely<Tables> {
  /** Why it was opened. */
  readonly reason: string;
  readonly #scope: Scope;

  constructor(scope: Scope, reason: string) {
    super({ dialect: boundDialect(scope) });
    this.reason = reason;
    this.#scope = scope;
  }

  static isOne(value: unknown): value is SystemTransaction {
    return typeof value === 'object' && value !== null && #scope in value;
  }

  /** See {@link withTransaction}. */
  nest<T>(work: (inner: SystemTransaction) => Promise<T>): Promise<T> {
    return this.#scope.nest((scope) => work(new SystemTransaction(scope, this.reason)));
  }
}

/** A transaction that can have one inside of it. */
export interface Nestable<Tx> {
  nest<T>(work: (inner: Tx) => Promise<T>): Promise<T>;
}

/**
 * Runs `work` in a transaction inside of `tx`: what it did is undone when it throws, and `tx` can go on.
 *
 * **Runs** `savepoint` together with the first statement of `work`; `release savepoint` or `rollback to savepoint`.
 * While it is open, `tx` itself takes no statements. A second one on the same `tx` waits for the first.
 *
 * @throws {DatabaseError} `NESTED_TRANSACTION` when `tx` is used, or nested again, inside `work`;
 *   `COMMIT_ROLLED_BACK` when `work` caught a statement's error; and what `work` throws.
 * @example
 * await withTransaction(tx, (inner) => insertAgent(inner, agent)).catch(rememberFailure);
 */
export function withTransaction<Tx extends Nestable<Tx>, T>(
  tx: Tx,
  work: (inner: Tx) => Promise<T>,
): Promise<T> {
  return tx.nest(work);
}
