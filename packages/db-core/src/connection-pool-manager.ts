import { isDeepStrictEqual } from 'node:util';
import { configFromEnv } from './config-from-env.ts';
import { parseConfig, redactConfig, type DatabaseConfigInput, type RedactedConfig } from './config.ts';
import { DatabaseError } from './errors/database-error.ts';
import { PoolEventEmitter, type PoolEventListener, type PoolEventName } from './events/pool-events.ts';
import type { Finding } from './diagnosis/finding.ts';
import type { GuardedClient } from './pool/guarded-client.ts';
import type { HealthReport } from './health/health-report.ts';
import { TOKEN_STATEMENT, tokenOf, type ConsistencyToken } from './replicas/consistency-token.ts';
import { freshnessOf, type ReadOptions } from './replicas/freshness.ts';
import { RetryBudget } from './retry/retry-budget.ts';
import { retrying } from './retry/retry.ts';
import { Servers, type ManagerStats } from './servers.ts';
import { openTenantClient, type TenantClient, type TenantQueryResult } from './tenant-client.ts';
import { parseTenantContext, type TenantContext, type TenantContextInput } from './tenant/tenant-context.ts';
import { recordSystemAccess } from './transaction/audit.ts';
import { refuseNesting, scopeToJoin } from './transaction/join.ts';
import type { Scope } from './transaction/scope.ts';
import {
  SystemTransaction,
  TenantTransaction,
  withTransaction,
  type Nestable,
} from './transaction/tenant-transaction.ts';
import { checkOptions, type TransactionOptions } from './transaction/transaction-options.ts';
import type { Transactor } from './transaction/transactor.ts';

/** What is lost to another transaction may be run again: the server has undone it. */
const CONFLICTS: ReadonlySet<string> = new Set(['SERIALIZATION_FAILURE', 'DEADLOCK', 'LOCK_TIMEOUT']);

/** How long a health check waits at most, for a connection and for the answer. */
const HEALTH_TIMEOUT_MS = 5000;

/** The pool as somebody without a tenant sees it. */
export interface OpenPool {
  /** One statement, which sees no tenant's rows. @throws {DatabaseError} `NESTED_TRANSACTION` inside a transaction. */
  query(text: string, values?: readonly unknown[]): Promise<TenantQueryResult<Record<string, unknown>>>;
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/**
 * The pool, and the only way to a connection: every statement runs in a transaction that knows its tenant.
 *
 * @example
 * const manager = ConnectionPoolManager.getInstance();
 * manager.initializeFromEnv();
 * const agents = await manager.withTenant({ tenantId: 'acme' }, (tx) =>
 *   tx.selectFrom('agent_profiles').select('id').execute(),
 * );
 * await manager.shutdown();
 */
export class ConnectionPoolManager {
  static #instance: ConnectionPoolManager | undefined;

  readonly #events = new PoolEventEmitter();
  readonly #budget = new RetryBudget();
  #servers: Servers | undefined;
  #closing: Promise<void> | undefined;

  /** The process's one manager. A test may also make its own. */
  static getInstance(): ConnectionPoolManager {
    ConnectionPoolManager.#instance ??= new ConnectionPoolManager();
    return ConnectionPoolManager.#instance;
  }

  /** Closes the process's one manager and forgets it. */
  static async resetForTesting(): Promise<void> {
    const instance = ConnectionPoolManager.#instance;
    ConnectionPoolManager.#instance = undefined;
    await instance?.shutdown();
  }

  /**
   * Sets the pool up, and opens its first connections in the background. The same configuration again does nothing.
   *
   * @throws {DatabaseError} `INVALID_CONFIG`, or `ALREADY_INITIALIZED` when the configuration differs.
   */
  initialize(input: DatabaseConfigInput): void {
    const config = parseConfig(input);
    if (this.#servers === undefined) {
      this.#servers = new Servers(this, config, this.#events);
    } else if (!isDeepStrictEqual(this.#servers.config, config)) {
      throw new DatabaseError(
        'ALREADY_INITIALIZED',
        'the pool has another configuration: call shutdown() first',
      );
    }
  }

  /** {@link initialize} from environment variables; see `configFromEnv()`. */
  initializeFromEnv(env: Readonly<Record<string, string | undefined>> = process.env): void {
    this.initialize(configFromEnv(env));
  }

  isInitialized(): boolean {
    return this.#servers !== undefined;
  }

  /** The configuration without its secrets; undefined before {@link initialize}. */
  getConfig(): RedactedConfig | undefined {
    return this.#servers === undefined ? undefined : redactConfig(this.#servers.config);
  }

  /** What the pool has in hand, and what it has seen. @throws {DatabaseError} `NOT_INITIALIZED`, `SHUTTING_DOWN`. */
  getStats(): ManagerStats {
    return this.#required().stats();
  }

  /** Calls the listener whenever it happens; answers how to stop that. Outlives {@link shutdown}. */
  on<Name extends PoolEventName>(name: Name, listener: PoolEventListener<Name>): () => void {
    return this.#events.on(name, listener);
  }

  /** The pool for statements of nobody. @throws {DatabaseError} `NOT_INITIALIZED`, `SHUTTING_DOWN`. */
  getPool(): OpenPool {
    const { pool } = this.#required().primary;
    return {
      query: (text, values = []) => this.#single(undefined, { text, values }),
      get totalCount() {
        return pool.stats().totalCount;
      },
      get idleCount() {
        return pool.stats().idleCount;
      },
      get waitingCount() {
        return pool.stats().waitingCount;
      },
    };
  }

  /**
   * Runs `work` in a transaction that sees and writes one tenant's rows. Inside a transaction of the same tenant it
   * becomes a part of that one, which can fail by itself.
   *
   * **Runs** `begin`, the signed context and the first statement of `work` in one round trip, its other statements,
   * and `commit`. Rolls back when `work` throws. A `work` without statements sends nothing.
   *
   * @throws {DatabaseError} `INVALID_INPUT` for a bad tenant id or option; `TENANT_SWITCH` or `NESTED_TRANSACTION`
   *   inside another's transaction; `UNREACHABLE`, `CIRCUIT_OPEN`, `ACQUIRE_TIMEOUT`, `SCHEMA_MISSING`,
   *   `PRIVILEGED_ROLE`, `CONTEXT_KEY_MISSING` before `work` ran; `TENANT_UNSET` from its first statement;
   *   `COMMIT_ROLLED_BACK`, `COMMIT_UNKNOWN`; `ABORTED`, `SHUTTING_DOWN`; and what the statements throw.
   */
  async withTenant<T>(
    input: TenantContextInput,
    work: (tx: TenantTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const taker = new Error('withTenant');
    const { context, inScope, outer } = this.#tenantWork(input, work, options);
    if (outer !== undefined) return outer.nest(inScope);
    const { primary } = this.#required();
    const { result } = await this.#retried(primary, options, () =>
      primary.tenant(context, { options, taker }, inScope),
    );
    return result;
  }

  /**
   * Runs `work` with the rights of the schema's owner and without a tenant. For operators' tools: creating tenants,
   * keys. Row level security binds the owner as well, so it sees no tenant's rows.
   *
   * **Runs** a row into `app.system_access` that says who and why, committed before `work` begins; then as
   * {@link withTenant}.
   * @throws {DatabaseError} `PERMISSION_DENIED` when the login may not become the owner; otherwise as
   *   {@link withTenant}, but it needs no key.
   */
  async withSystem<T>(
    reason: string,
    work: (tx: SystemTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const taker = new Error('withSystem');
    if (!/\S/.test(reason) || reason.length > 1000) {
      throw new DatabaseError('INVALID_INPUT', 'withSystem() needs a reason of 1 to 1000 characters');
    }
    checkOptions(options);
    const inScope = (scope: Scope): Promise<T> => work(new SystemTransaction(scope, reason));
    const outer = scopeToJoin(this, undefined, options);
    if (outer !== undefined) return outer.nest(inScope);
    const { primary } = this.#required();
    const before = (client: GuardedClient): Promise<void> => recordSystemAccess(client, reason);
    return this.#retried(primary, options, () => primary.system({ options, taker, before }, inScope));
  }

  /** {@link withTransaction}: a part of `tx` that can fail by itself. */
  withTransaction<Tx extends Nestable<Tx>, T>(tx: Tx, work: (inner: Tx) => Promise<T>): Promise<T> {
    return withTransaction(tx, work);
  }

  /**
   * A connection inside a transaction of the tenant. Its release commits, or with an error rolls back; prefer
   * {@link withTenant}, which cannot forget to.
   *
   * @throws {DatabaseError} as {@link withTenant}; `NESTED_TRANSACTION` inside a transaction, which alone commits.
   */
  async getClientWithTenantContext(
    tenantId: string,
    context: Omit<TenantContextInput, 'tenantId'> = {},
  ): Promise<TenantClient> {
    refuseNesting(this);
    return openTenantClient((work) => this.withTenant({ tenantId, ...context }, work));
  }

  /**
   * One statement in a transaction of its own, in one round trip.
   *
   * @throws {DatabaseError} as {@link withTenant}. A connection that breaks is always `COMMIT_UNKNOWN`.
   */
  // eslint-disable-next-line max-params -- the signature that its users know
  async queryWithTenantContext<Row = Record<string, unknown>>(
    tenantId: string,
    sql: string,
    params: readonly unknown[] = [],
    context: Omit<TenantContextInput, 'tenantId'> = {},
  ): Promise<TenantQueryResult<Row>> {
    const parsed = parseTenantContext({ tenantId, ...context });
    const result = await this.#single(parsed, { text: sql, values: params });
    return result as TenantQueryResult<Row>;
  }

  /**
   * {@link withTenant}, with a token for {@link read}: who has it sees what was written here, wherever they read.
   *
   * **Runs** as {@link withTenant}; the token comes with the answer to `commit`.
   * @throws {DatabaseError} `NESTED_TRANSACTION` inside a transaction: what is not committed has no token.
   */
  async write<T>(
    input: TenantContextInput,
    work: (tx: TenantTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<{ readonly result: T; readonly token: ConsistencyToken }> {
    const taker = new Error('write');
    const context = parseTenantContext(input);
    checkOptions(options);
    refuseNesting(this);
    const { primary } = this.#required();
    const order = { options, taker, afterCommit: TOKEN_STATEMENT };
    const { result, followed } = await this.#retried(primary, options, () =>
      primary.tenant(context, order, (scope) => work(new TenantTransaction(scope, context))),
    );
    return { result, token: tokenOf(followed?.rows) };
  }

  /**
   * A read-only transaction, on a replica if there is one that is not further behind than `replicaMaxLagMs` and, given
   * `after`, has everything that was committed before that token. Otherwise on the primary. Inside a transaction of
   * the same tenant it reads there.
   *
   * @throws {DatabaseError} as {@link withTenant}.
   */
  async read<T>(
    input: TenantContextInput,
    work: (tx: TenantTransaction) => Promise<T>,
    options: ReadOptions = {},
  ): Promise<T> {
    const taker = new Error('read');
    const { context, inScope, outer } = this.#tenantWork(input, work, options);
    const freshness = freshnessOf(options);
    if (outer !== undefined) return outer.nest(inScope);
    const { primary, replicas } = this.#required();
    const readOnly = { ...options, readOnly: true };
    const { result } = await this.#retried(primary, options, () =>
      replicas.read(freshness, (transactor, before) =>
        transactor.tenant(context, { options: readOnly, taker, before }, inScope),
      ),
    );
    return result;
  }

  /**
   * Whether a connection comes about, or is free in time, and the server answers on it. Says nothing of the schema.
   *
   * @throws {DatabaseError} `NOT_INITIALIZED`, `SHUTTING_DOWN`.
   */
  async healthCheck(timeoutMs = HEALTH_TIMEOUT_MS): Promise<boolean> {
    const { outcome } = await this.#required().probe(timeoutMs);
    return outcome === 'answered';
  }

  /**
   * Whether the database serves, and what stands in the way: the payload of `GET /health/database`. Answers within
   * `timeoutMs`, whatever the server does.
   *
   * @throws {DatabaseError} `NOT_INITIALIZED`, `SHUTTING_DOWN`.
   */
  async getHealth({
    timeoutMs = HEALTH_TIMEOUT_MS,
  }: { readonly timeoutMs?: number } = {}): Promise<HealthReport> {
    return this.#required().health(timeoutMs);
  }

  /**
   * What is, or may become, wrong with the database and with how it is used; see `agency-db doctor`.
   *
   * @throws {DatabaseError} as {@link withTenant} before `work` runs.
   */
  async diagnose(): Promise<Finding[]> {
    refuseNesting(this);
    return this.#required().diagnose();
  }

  /**
   * Waits for the transactions that run or wait for a connection, then closes every connection. {@link initialize}
   * works again at once. After `timeoutMs` (default: the configuration's `shutdownTimeoutMs`; 0: never) what still runs
   * is ended with `SHUTTING_DOWN`, and nothing of it is written.
   *
   * @throws {DatabaseError} `NESTED_TRANSACTION` inside a transaction, which it would wait for for ever.
   */
  async shutdown({ timeoutMs }: { readonly timeoutMs?: number } = {}): Promise<void> {
    refuseNesting(this);
    const servers = this.#servers;
    this.#servers = undefined;
    if (servers === undefined) return this.#closing;
    const closing = Promise.all([
      this.#closing,
      servers.close(timeoutMs ?? servers.config.shutdownTimeoutMs),
    ]);
    const closed = closing.then(() => {
      if (this.#closing === closed) this.#closing = undefined;
    });
    this.#closing = closed;
    await closed;
  }

  /** What a tenant's transaction runs, for whom, and which open one it has to become a part of. */
  #tenantWork<T>(
    input: TenantContextInput,
    work: (tx: TenantTransaction) => Promise<T>,
    options: TransactionOptions,
  ): { context: TenantContext; inScope: (scope: Scope) => Promise<T>; outer: Scope | undefined } {
    const context = parseTenantContext(input);
    checkOptions(options);
    return {
      context,
      inScope: (scope) => work(new TenantTransaction(scope, scope.whose.context ?? context)),
      outer: scopeToJoin(this, context, options),
    };
  }

  #required(): Servers {
    if (this.#servers !== undefined) return this.#servers;
    if (this.#closing !== undefined) {
      throw new DatabaseError('SHUTTING_DOWN', 'the pool is shutting down: nothing new may begin');
    }
    throw new DatabaseError(
      'NOT_INITIALIZED',
      'there is no pool: call initialize() or initializeFromEnv() first',
    );
  }

  async #single(
    context: TenantContext | undefined,
    statement: { text: string; values: readonly unknown[] },
  ): Promise<TenantQueryResult<Record<string, unknown>>> {
    const taker = new Error('query');
    refuseNesting(this);
    const { primary } = this.#required();
    const order = { options: {}, taker };
    const { rows, rowCount } = await primary.pool.attend(() => primary.single(context, order, statement));
    return { rows, rowCount: rowCount ?? rows.length };
  }

  /** Runs a whole transaction, and again after a conflict when it may; a shutdown waits for all of it. */
  #retried<T>(
    { pool }: Transactor,
    { attempts = 1, signal }: TransactionOptions,
    run: () => Promise<T>,
  ): Promise<T> {
    return pool.attend(async () => {
      const result = await retrying(run, {
        attempts,
        signal,
        mayRetry: ({ code }) => CONFLICTS.has(code) && this.#budget.spend(),
        onRetry: (retry) => {
          pool.events.emit('retried', retry);
        },
      });
      this.#budget.earn();
      return result;
    });
  }
}
