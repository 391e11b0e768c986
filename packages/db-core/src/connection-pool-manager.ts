import { AsyncLocalStorage } from 'node:async_hooks';
import { isDeepStrictEqual } from 'node:util';
import type { Pool } from 'pg';
import {
  configFromEnv,
  parseConfig,
  redactConfig,
  type DatabaseConfig,
  type DatabaseConfigInput,
  type RedactedConfig,
} from './config.ts';
import { DatabaseError } from './errors/database-error.ts';
import { checkOut, createPool } from './pool/pool.ts';
import { inspectSession, type SessionFacts } from './pool/session-facts.ts';
import { parseTenantContext, type TenantContextInput } from './tenant/tenant-context.ts';
import type { ContextSigner } from './tenant/context-signer.ts';
import { signerFor } from './tenant/signer-source.ts';
import { runTransaction, type LocalSettings } from './transaction/run-transaction.ts';
import { SystemTransaction, TenantTransaction } from './transaction/tenant-transaction.ts';

export interface TransactionOptions {
  /** Refuse writes. Default: false. */
  readonly readOnly?: boolean;
  /** Longest statement, milliseconds; 0 for no limit. Default: the configuration's. */
  readonly statementTimeoutMs?: number;
}

interface Prepared {
  readonly facts: SessionFacts;
  readonly signer: ContextSigner;
}

/** What the current asynchronous flow is inside of, so that a second connection inside a transaction is noticed. */
interface OpenTransaction {
  readonly tenantId: string | undefined;
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

  readonly #open = new AsyncLocalStorage<OpenTransaction>();
  #config: DatabaseConfig | undefined;
  #pool: Pool | undefined;
  #prepared: Promise<Prepared> | undefined;

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
    if (this.#config !== undefined) {
      if (isDeepStrictEqual(this.#config, config)) return;
      throw new DatabaseError('ALREADY_INITIALIZED', 'the pool has another configuration: call shutdown() first');
    }
    this.#config = config;
    this.#pool = createPool(config);
  }

  /** {@link initialize} from environment variables; see {@link configFromEnv}. */
  initializeFromEnv(env: Readonly<Record<string, string | undefined>> = process.env): void {
    this.initialize(configFromEnv(env));
  }

  isInitialized(): boolean {
    return this.#pool !== undefined;
  }

  /** The configuration without its secrets; undefined before {@link initialize}. */
  getConfig(): RedactedConfig | undefined {
    return this.#config === undefined ? undefined : redactConfig(this.#config);
  }

  /** Connections of the pool: open, idle, and callers that wait for one. */
  getStats(): { totalCount: number; idleCount: number; waitingCount: number } {
    const { totalCount, idleCount, waitingCount } = this.#required().pool;
    return { totalCount, idleCount, waitingCount };
  }

  /**
   * Runs `work` in a transaction that sees and writes one tenant's rows.
   *
   * **Runs** `begin`, the signed context, the statements of `work`, `commit`. Rolls back when `work` throws.
   *
   * @throws {DatabaseError} `INVALID_INPUT` for a bad tenant id; `TENANT_SWITCH` or `NESTED_TRANSACTION` inside another
   *   transaction; `UNREACHABLE`, `SCHEMA_MISSING`, `PRIVILEGED_ROLE`, `CONTEXT_KEY_MISSING` before anything ran;
   *   `COMMIT_ROLLED_BACK`, `COMMIT_UNKNOWN`; and what the statements throw.
   */
  async withTenant<T>(
    input: TenantContextInput,
    work: (tx: TenantTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const context = parseTenantContext(input);
    this.#refuseNesting(context.tenantId);
    const { facts, signer } = await this.#prepare();
    const settings = {
      'app.current_tenant': context.tenantId,
      // Always all of them: what is left out would be the last transaction's.
      'app.current_user': context.userId ?? '',
      'app.current_session': context.sessionId ?? '',
      'app.context_signature': signer.sign(context, new Date()),
      // Last: the settings before it are set with the login's rights, everything after with the application's.
      ...(facts.isPrivileged ? { role: 'agent_agency_app' } : {}),
    };
    return this.#transact(settings, options, { tenantId: context.tenantId }, (connection) =>
      work(new TenantTransaction(connection, context)),
    );
  }

  /**
   * Runs `work` with the rights of the schema's owner and without a tenant. For operators' tools: creating tenants,
   * keys. Row level security binds the owner as well, so it sees no tenant's rows.
   *
   * @throws {DatabaseError} `PERMISSION_DENIED` when the login may not become the owner; otherwise as
   *   {@link withTenant}.
   */
  async withSystem<T>(
    reason: string,
    work: (tx: SystemTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    if (reason.trim() === '') throw new DatabaseError('INVALID_INPUT', 'withSystem() needs a reason');
    this.#refuseNesting(undefined);
    return this.#transact({ role: 'agent_agency_owner' }, options, { tenantId: undefined }, (connection) =>
      work(new SystemTransaction(connection, reason)),
    );
  }

  /** Whether the server answers. */
  async healthCheck(): Promise<boolean> {
    try {
      const client = await checkOut(this.#required().pool);
      await client.query('select 1').finally(() => {
        client.release();
      });
      return true;
    } catch (error) {
      if (error instanceof DatabaseError && error.code !== 'NOT_INITIALIZED') return false;
      throw error;
    }
  }

  /** Waits for the transactions that run, then closes every connection. {@link initialize} works again afterwards. */
  async shutdown(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    this.#config = undefined;
    this.#prepared = undefined;
    await pool?.end();
  }

  #required(): { pool: Pool; config: DatabaseConfig } {
    if (this.#pool === undefined || this.#config === undefined) {
      throw new DatabaseError('NOT_INITIALIZED', 'there is no pool: call initialize() or initializeFromEnv() first');
    }
    return { pool: this.#pool, config: this.#config };
  }

  /** Once a pool: what the login is, and how contexts are signed. Tried again after a failure. */
  #prepare(): Promise<Prepared> {
    const { pool, config } = this.#required();
    this.#prepared ??= (async () => {
      const client = await checkOut(pool);
      try {
        const facts = await inspectSession(client, config);
        return { facts, signer: await signerFor(client, config) };
      } finally {
        client.release();
      }
    })().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  #refuseNesting(tenantId: string | undefined): void {
    const outer = this.#open.getStore();
    if (outer === undefined) return;
    if (outer.tenantId !== undefined && tenantId !== undefined && outer.tenantId !== tenantId) {
      throw new DatabaseError('TENANT_SWITCH', 'a transaction belongs to one tenant: end it before you ask for another');
    }
    throw new DatabaseError(
      'NESTED_TRANSACTION',
      'a transaction is open in this flow, and a second connection could wait for it for ever: pass on the first',
    );
  }

  async #transact<T>(
    settings: LocalSettings,
    options: TransactionOptions,
    scope: OpenTransaction,
    work: Parameters<typeof runTransaction<T>>[2],
  ): Promise<T> {
    const { pool } = this.#required();
    const timeout =
      options.statementTimeoutMs === undefined ? {} : { statement_timeout: String(options.statementTimeoutMs) };
    const start = { settings: { ...timeout, ...settings }, readOnly: options.readOnly ?? false };
    const client = await checkOut(pool);
    try {
      return await this.#open.run(scope, () => runTransaction(client, start, work));
    } finally {
      client.release();
    }
  }
}
