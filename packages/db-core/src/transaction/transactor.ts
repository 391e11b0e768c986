import type { CheckoutRequest, PreparedPool } from '../pool/prepared-pool.ts';
import type { Statement, StatementResult } from '../pool/flight.ts';
import type { GuardedClient } from '../pool/guarded-client.ts';
import { isDataLayerError } from '../errors/data-layer-error.ts';
import type { SessionFacts } from '../pool/session-facts.ts';
import type { TenantContext } from '../tenant/tenant-context.ts';
import { contextStatements, NO_TENANT, type ContextKind, type ContextSettings } from './context-statement.ts';
import { isEnding } from './ending.ts';
import { runTransaction, type Committed } from './run-transaction.ts';
import type { Scope } from './scope.ts';
import { COMMIT, commitUnknown, endedEarly, type Preamble } from './session.ts';
import {
  beginStatement,
  timeoutSettings,
  withDefaults,
  type TransactionOptions,
} from './transaction-options.ts';

/** One transaction to run. */
export interface TransactionOrder {
  readonly options: TransactionOptions;
  /** Whose stack names the caller. */
  readonly taker: Error;
  /** Runs on the connection before the transaction begins. */
  readonly before?: ((client: GuardedClient) => Promise<void>) | undefined;
  readonly afterCommit?: Statement | undefined;
}

type TenantSettings = Omit<ContextSettings, keyof ReturnType<typeof timeoutSettings>>;

/** Runs transactions on one server, each with its whole context. */
export class Transactor {
  readonly pool: PreparedPool;
  readonly #manager: object;

  constructor(manager: object, pool: PreparedPool) {
    this.#manager = manager;
    this.pool = pool;
  }

  /** A transaction of a tenant. */
  tenant<T>(
    context: TenantContext,
    order: TransactionOrder,
    work: (scope: Scope) => Promise<T>,
  ): Promise<Committed<T>> {
    return this.#signed(context, order, (settings) =>
      this.#transact({ kind: 'tenant', context, settings, order }, work),
    );
  }

  /** A transaction of the schema's owner, without a tenant. */
  async system<T>(order: TransactionOrder, work: (scope: Scope) => Promise<T>): Promise<T> {
    const settings = (): TenantSettings => NO_TENANT;
    const { result } = await this.#transact({ kind: 'system', context: undefined, settings, order }, work);
    return result;
  }

  /**
   * One statement in a transaction of its own, which takes one round trip; without a context, nobody's.
   *
   * @throws {DatabaseError} `COMMIT_UNKNOWN` when the connection broke, wherever it was: everything was sent at once.
   */
  single(
    context: TenantContext | undefined,
    order: TransactionOrder,
    statement: Statement,
  ): Promise<StatementResult> {
    const request = requestOf(context, order);
    const run = async (settings: () => TenantSettings): Promise<StatementResult> => {
      const kind = context === undefined ? 'none' : 'tenant';
      const facts = await this.pool.know(this.pool.facts, request);
      return this.pool.lend(
        (client) =>
          this.pool.telemetry.statement(statement.text, () => {
            const preamble = this.#preamble({ kind, settings, options: order.options }, facts);
            return sendWhole(client, preamble, statement);
          }),
        request,
      );
    };
    return context === undefined ? run(() => NO_TENANT) : this.#signed(context, order, run);
  }

  async #signed<T>(
    context: TenantContext,
    order: TransactionOrder,
    run: (settings: () => TenantSettings) => Promise<T>,
  ): Promise<T> {
    const signer = await this.pool.know(this.pool.signer, requestOf(context, order));
    try {
      // Signed when the connection is there, so that a signature does not age while its caller waits.
      return await run(() => ({
        'app.current_tenant': context.tenantId,
        'app.current_user': context.userId ?? '',
        'app.current_session': context.sessionId ?? '',
        'app.context_signature': signer.sign(context, new Date()),
      }));
    } catch (error) {
      // The database's own key may have been rotated since it was read.
      if (isDataLayerError(error, 'TENANT_UNSET')) this.pool.signer.forget();
      throw error;
    }
  }

  async #transact<T>(
    { kind, context, settings, order }: Transaction,
    work: (scope: Scope) => Promise<T>,
  ): Promise<Committed<T>> {
    const { options, before, afterCommit } = order;
    const { telemetry } = this.pool;
    const request = requestOf(context, order);
    const facts = await this.pool.know(this.pool.facts, request);
    const whose = { manager: this.#manager, context, options: withDefaults(options, this.pool.config) };
    const run = async (client: GuardedClient): Promise<Committed<T>> => {
      await before?.(client);
      const preamble = this.#preamble({ kind, settings, options }, facts);
      return runTransaction(client, { preamble, whose, telemetry, afterCommit }, work);
    };
    const info = {
      kind: context === undefined ? 'system' : 'tenant',
      readOnly: options.readOnly ?? false,
    } as const;
    return telemetry.transaction(info, () => this.pool.lend(run, request));
  }

  #preamble({ kind, settings, options }: Beginning, facts: SessionFacts): Preamble {
    const all = { ...timeoutSettings(options, this.pool.config), ...settings() };
    return [beginStatement(options), ...contextStatements(kind, all, facts)];
  }
}

interface Beginning {
  readonly kind: ContextKind;
  readonly settings: () => TenantSettings;
  readonly options: TransactionOptions;
}

interface Transaction {
  readonly kind: ContextKind;
  /** Undefined: an operator's. */
  readonly context: TenantContext | undefined;
  readonly settings: () => TenantSettings;
  readonly order: TransactionOrder;
}

function requestOf(
  context: TenantContext | undefined,
  { options: { acquireTimeoutMs, signal }, taker }: TransactionOrder,
): CheckoutRequest {
  return { tenantId: context?.tenantId, timeoutMs: acquireTimeoutMs, signal, taker };
}

/** Sends a transaction of one statement, its commit included, at once. */
async function sendWhole(
  client: GuardedClient,
  preamble: Preamble,
  statement: Statement,
): Promise<StatementResult> {
  try {
    const results = await client.sendCommitting([...preamble, statement, COMMIT], 'with work');
    const [result, committed] = results.slice(-2) as [StatementResult, StatementResult];
    if (committed.command === 'COMMIT' && !isEnding(statement, result)) return result;
  } catch (error) {
    // A connection that is still there has answered everything.
    const isUnknown = isDataLayerError(error, 'CONNECTION_LOST') && client.isBroken();
    throw isUnknown ? commitUnknown(error) : error;
  }
  throw endedEarly();
}
