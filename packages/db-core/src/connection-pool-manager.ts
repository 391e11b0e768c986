import { isDeepStrictEqual } from 'node:util';
import { configFromEnv } from './config-from-env.ts';
import { parseConfig, redactConfig, type DatabaseConfigInput, type RedactedConfig } from './config.ts';
import { isDataLayerError } from './errors/data-layer-error.ts';
import { DatabaseError } from './errors/database-error.ts';
import { PreparedPool } from './pool/prepared-pool.ts';
import { parseTenantContext, type TenantContextInput } from './tenant/tenant-context.ts';
import type { BoundConnection } from './transaction/bound-dialect.ts';
import { OpenTransactions } from './transaction/open-transactions.ts';
import { runTransaction, type LocalSettings } from './transaction/run-transaction.ts';
import { SystemTransaction, TenantTransaction } from './transaction/tenant-transaction.ts';
import {
  beginStatement,
  statementTimeoutOf,
  type TransactionOptions,
} from './transaction/transaction-options.ts';

interface Plan {
  readonly tenantId: string | undefined;
  readonly options: TransactionOptions;
  /** Asked for when the connection is there, so that a signature does not age while its caller waits. */
  readonly settings: () => LocalSettings;
}

/** Nobody's. Always all of them: what is left out could be what somebody's SQL has set on the connection before. */
const NO_CONTEXT: LocalSettings = {
  'app.current_tenant': '',
  'app.current_user': '',
  'app.current_session': '',
  'app.context_signature': '',
  // Temporary tables last: one of the same name, left on the connection, would be taken for the real table.
  search_path: 'public, pg_temp',
};

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

  readonly #open = new OpenTransactions();
  #pool: PreparedPool | undefined;
  #closing: Promise<void> = Promise.resolve();

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
   * Sets the pool up; connections are made when they are needed. The same configuration again does nothing.
   *
   * @throws {DatabaseError} `INVALID_CONFIG`, or `ALREADY_INITIALIZED` when the configuration differs.
   */
  initialize(input: DatabaseConfigInput): void {
    const config = parseConfig(input);
    if (this.#pool === undefined) {
      this.#pool = new PreparedPool(config);
    } else if (!isDeepStrictEqual(this.#pool.config, config)) {
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
    return this.#pool !== undefined;
  }

  /** The configuration without its secrets; undefined before {@link initialize}. */
  getConfig(): RedactedConfig | undefined {
    return this.#pool === undefined ? undefined : redactConfig(this.#pool.config);
  }

  /** Connections of the pool: open, idle, and callers that wait for one. */
  getStats(): { totalCount: number; idleCount: number; waitingCount: number } {
    return this.#required().stats();
  }

  /**
   * Runs `work` in a transaction that sees and writes one tenant's rows.
   *
   * **Runs** `begin`, the signed context, the statements of `work`, `commit`. Rolls back when `work` throws.
   *
   * @throws {DatabaseError} `INVALID_INPUT` for a bad tenant id or option; `TENANT_SWITCH` or `NESTED_TRANSACTION`
   *   inside another transaction; `UNREACHABLE`, `ACQUIRE_TIMEOUT`, `SCHEMA_MISSING`, `PRIVILEGED_ROLE`,
   *   `CONTEXT_KEY_MISSING`, `TENANT_UNSET` before `work` ran; `COMMIT_ROLLED_BACK`, `COMMIT_UNKNOWN`; and what the
   *   statements throw.
   */
  async withTenant<T>(
    input: TenantContextInput,
    work: (tx: TenantTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const context = parseTenantContext(input);
    const { tenantId } = context;
    this.#open.refuseNesting(tenantId);
    const pool = this.#required();
    return pool.attend(async () => {
      const { isPrivileged } = await pool.facts.get();
      const signer = await pool.signer.get();
      const settings = (): LocalSettings => ({
        ...NO_CONTEXT,
        'app.current_tenant': tenantId,
        'app.current_user': context.userId ?? '',
        'app.current_session': context.sessionId ?? '',
        'app.context_signature': signer.sign(context, new Date()),
        // Last: the settings before it are set with the login's rights, everything after with the application's.
        ...(isPrivileged ? { role: 'agent_agency_app' } : {}),
      });
      try {
        return await this.#transact(pool, { tenantId, options, settings }, (connection) =>
          work(new TenantTransaction(connection, context)),
        );
      } catch (error) {
        // The database's own key may have been rotated since it was read.
        if (isDataLayerError(error, 'TENANT_UNSET')) pool.signer.forget();
        throw error;
      }
    });
  }

  /**
   * Runs `work` with the rights of the schema's owner and without a tenant. For operators' tools: creating tenants,
   * keys. Row level security binds the owner as well, so it sees no tenant's rows.
   *
   * @throws {DatabaseError} `PERMISSION_DENIED` when the login may not become the owner; otherwise as
   *   {@link withTenant}, but it needs no key.
   */
  async withSystem<T>(
    reason: string,
    work: (tx: SystemTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    if (reason.trim() === '') throw new DatabaseError('INVALID_INPUT', 'withSystem() needs a reason');
    this.#open.refuseNesting(undefined);
    const pool = this.#required();
    return pool.attend(async () => {
      await pool.facts.get();
      const settings = (): LocalSettings => ({ ...NO_CONTEXT, role: 'agent_agency_owner' });
      return this.#transact(pool, { tenantId: undefined, options, settings }, (connection) =>
        work(new SystemTransaction(connection, reason)),
      );
    });
  }

  /**
   * Whether a connection comes about, or is free in time, and the server answers on it. Says nothing of the schema.
   *
   * @throws {DatabaseError} `NOT_INITIALIZED`.
   */
  async healthCheck(): Promise<boolean> {
    const pool = this.#required();
    try {
      await pool.lend((client) => client.query('select 1'));
      return true;
    } catch (error) {
      if (error instanceof DatabaseError) return false;
      throw error;
    }
  }

  /**
   * Waits for the transactions that run or wait for a connection, then closes every connection. {@link initialize}
   * works again at once.
   *
   * @throws {DatabaseError} `NESTED_TRANSACTION` inside a transaction, which it would wait for for ever.
   */
  async shutdown(): Promise<void> {
    this.#open.refuseNesting(undefined);
    const pool = this.#pool;
    this.#pool = undefined;
    if (pool !== undefined) this.#closing = Promise.all([this.#closing, pool.close()]).then(() => undefined);
    await this.#closing;
  }

  #required(): PreparedPool {
    if (this.#pool !== undefined) return this.#pool;
    throw new DatabaseError(
      'NOT_INITIALIZED',
      'there is no pool: call initialize() or initializeFromEnv() first',
    );
  }

  async #transact<T>(
    pool: PreparedPool,
    { tenantId, options, settings }: Plan,
    work: (connection: BoundConnection) => Promise<T>,
  ): Promise<T> {
    const begin = beginStatement(options);
    const timeout = { statement_timeout: String(statementTimeoutOf(options, pool.config)) };
    return pool.lend((client) => {
      const start = { begin, settings: { ...timeout, ...settings() }, tenantId };
      return this.#open.enter(tenantId, () => runTransaction(client, start, work));
    });
  }
}
