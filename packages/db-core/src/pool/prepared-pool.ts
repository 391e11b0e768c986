import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { ClientBase, Pool } from 'pg';
import type { DatabaseConfig } from '../config.ts';
import { DatabaseError } from '../errors/database-error.ts';
import { PoolEventEmitter } from '../events/pool-events.ts';
import { retrying } from '../retry/retry.ts';
import type { ContextSigner } from '../tenant/context-signer.ts';
import { signerFor } from '../tenant/signer-source.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import type { TenantId } from '../tenant/tenant-context.ts';
import { Admission, type Permit } from './admission.ts';
import { Checkout } from './checkout.ts';
import { Checkouts } from './checkouts.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { GuardedClient } from './guarded-client.ts';
import { Interruption } from './interruption.ts';
import { createPool, takeConnection, type PooledConnection } from './pool.ts';
import { PoolCounters, type PoolStats } from './pool-stats.ts';
import { Remembered } from './remembered.ts';
import { ServerConnection } from './server-connection.ts';
import { inspectSession, type SessionFacts } from './session-facts.ts';

/** Who asks for a connection, and how long they are willing to wait. */
export interface CheckoutRequest {
  readonly tenantId?: TenantId | undefined;
  /** Longest wait, milliseconds; 0: no limit. Default: the configuration's. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Made where the caller is, so that its stack names them. */
  readonly taker?: Error;
}

/** Where a pool belongs. */
interface PoolPlace {
  /** Is told what the pool's own events are told. */
  readonly events?: PoolEventEmitter;
  readonly role?: 'primary' | 'replica';
}

/** Tries to connect, for one checkout. */
const CONNECT_ATTEMPTS = 3;
/** How long {@link PreparedPool.close} waits for a server that does not hang up. */
const HANG_UP_MS = 2000;

/**
 * A pool together with what was found out about its login: replaced as a whole, so that what is known of one login can
 * never serve another's connections.
 */
export class PreparedPool {
  readonly config: DatabaseConfig;
  readonly events: PoolEventEmitter;
  /** What the login is, and what stands between. */
  readonly facts: Remembered<SessionFacts>;
  /** How contexts are signed; looks at {@link facts} first. */
  readonly signer: Remembered<ContextSigner>;
  readonly telemetry: Telemetry;
  readonly #pool: Pool;
  readonly #breaker: CircuitBreaker;
  readonly #admission: Admission;
  readonly #checkouts: Checkouts;
  readonly #counters: PoolCounters;
  readonly #opening = new Set<ServerConnection>();
  readonly #open = new Set<ClientBase>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #interruptions = new Set<Interruption>();
  #isClosing = false;
  /** Whatever still begins gets this, once the deadline of {@link close} has passed. */
  #refusal: DatabaseError | undefined;

  constructor(config: DatabaseConfig, { events: parent, role = 'primary' }: PoolPlace = {}) {
    const events = new PoolEventEmitter(parent);
    this.config = config;
    this.events = events;
    this.#breaker = new CircuitBreaker(events);
    this.#admission = new Admission(config);
    this.#checkouts = new Checkouts(events, config.leakReportMs);
    this.#counters = new PoolCounters(events);
    this.#pool = createPool({ config, events, breaker: this.#breaker, opening: this.#opening });
    this.telemetry = new Telemetry(this, role);
    this.#pool.on('connect', (connection) => {
      this.#open.add(connection);
      // The first one after the server was away.
      this.warmUp();
    });
    this.#pool.on('remove', (connection) => {
      this.#open.delete(connection);
      this.warmUp();
    });
    this.facts = new Remembered(() => this.lend((client) => inspectSession(client, config)));
    this.signer = new Remembered(async () => {
      const facts = await this.facts.get();
      return this.lend((client) => signerFor(client, { facts, contextKey: config.contextKey }));
    });
  }

  /**
   * Lends a connection to `use`; {@link close} waits for it, also while it waits for its connection.
   *
   * @throws {DatabaseError} `ACQUIRE_TIMEOUT`, `UNREACHABLE`, `CIRCUIT_OPEN`, `AUTHENTICATION_FAILED`,
   *   `DATABASE_MISSING`; `ABORTED` and `SHUTTING_DOWN`; and what `use` throws.
   */
  async lend<T>(use: (client: GuardedClient) => Promise<T>, request: CheckoutRequest = {}): Promise<T> {
    const taker = request.taker ?? new Error('taken here');
    return this.attend(() =>
      this.#interruptible(request.signal, async (interruption) => {
        const { permit, connection } = await this.#acquire(request, interruption);
        const client = new GuardedClient(connection);
        const checkout = new Checkout({ client, permit, interruption, taker });
        return this.#checkouts.lend(checkout, () => checkout.run(use));
      }),
    );
  }

  /** Runs something that {@link close} waits for. */
  async attend<T>(run: () => Promise<T>): Promise<T> {
    const running = run();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Opens connections in the background until there are `min`. What goes wrong is an event. */
  warmUp(): void {
    const { totalCount, idleCount } = this.#pool;
    const missing = this.config.min - totalCount;
    if (missing <= 0 || this.#isClosing || this.#breaker.state !== 'closed') return;
    // pg-pool opens none while some are idle: these are taken, too, until it has begun with the others.
    const begun = setImmediate();
    const open = async (): Promise<void> => {
      const connection = await takeConnection(this.#pool);
      await begun;
      connection.release();
    };
    for (let wanted = missing + idleCount; wanted > 0; wanted -= 1) {
      this.attend(open).catch(() => undefined);
    }
  }

  /** What there is to know, for a caller who waits for it no longer than for a connection. */
  async know<T>(what: Remembered<T>, { signal, timeoutMs = 0 }: CheckoutRequest): Promise<T> {
    if (what.isKnown) return what.get();
    return this.#interruptible(signal, async (interruption) => {
      const onTimeout = (): void => {
        interruption.interrupt(unanswered(timeoutMs));
      };
      const timer = timeoutMs === 0 ? undefined : setTimeout(onTimeout, timeoutMs);
      try {
        return await interruption.race(what.get());
      } finally {
        clearTimeout(timer);
      }
    });
  }

  stats(): PoolStats {
    const { totalCount, idleCount } = this.#pool;
    return this.#counters.stats({
      totalCount,
      idleCount,
      waitingCount: this.#admission.waitingCount,
      max: this.config.max,
      circuit: this.#breaker.state,
    });
  }

  /**
   * Nobody may begin anything any more; closes the connections when everything that runs has ended. After `timeoutMs`
   * whatever still runs is ended with `SHUTTING_DOWN`; 0: never.
   */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true;
    const timer = timeoutMs === 0 ? undefined : setTimeout(() => this.#interruptAll(), timeoutMs);
    // pg-pool leaves callers that wait for a connection without an answer when it is ended.
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    clearTimeout(timer);
    this.#checkouts.stopWatching();
    this.telemetry.close();
    await this.#pool.end();
    await this.#hungUp();
  }

  async #interruptible<T>(
    signal: AbortSignal | undefined,
    run: (interruption: Interruption) => Promise<T>,
  ): Promise<T> {
    const interruption = new Interruption();
    const abort = (): void => {
      interruption.interrupt(aborted(signal?.reason));
    };
    if (signal?.aborted === true) throw aborted(signal.reason);
    if (this.#refusal !== undefined) throw this.#refusal;
    signal?.addEventListener('abort', abort, { once: true });
    this.#interruptions.add(interruption);
    try {
      return await run(interruption);
    } finally {
      this.#interruptions.delete(interruption);
      signal?.removeEventListener('abort', abort);
    }
  }

  #interruptAll(): void {
    this.#refusal = new DatabaseError(
      'SHUTTING_DOWN',
      'the pool was shut down, and its deadline passed before the transaction had ended: nothing was written',
    );
    for (const interruption of this.#interruptions) interruption.interrupt(this.#refusal);
    // pg-pool would wait for them until its own time limit.
    for (const connection of this.#opening) connection.destroy();
  }

  /** A permit and a connection, before the deadline. */
  async #acquire(
    { tenantId, timeoutMs = this.config.connectionTimeoutMs }: CheckoutRequest,
    interruption: Interruption,
  ): Promise<{ permit: Permit; connection: PooledConnection }> {
    const startedAt = performance.now();
    const waiting = new Interruption();
    const forget = interruption.onInterrupt((error) => {
      waiting.interrupt(error);
    });
    let isAdmitted = false;
    const onTimeout = (): void => {
      waiting.interrupt(isAdmitted ? unanswered(timeoutMs) : this.#exhausted(tenantId, timeoutMs));
    };
    const timer = timeoutMs === 0 ? undefined : setTimeout(onTimeout, timeoutMs);
    try {
      const permit = await this.#admission.admit(tenantId, waiting);
      isAdmitted = true;
      const connection = await this.#connect(permit, waiting);
      this.events.emit('acquired', { waitMs: performance.now() - startedAt, tenantId });
      return { permit, connection };
    } catch (error) {
      if (error instanceof DatabaseError) {
        this.events.emit('acquireFailed', { waitMs: performance.now() - startedAt, error });
      }
      throw error;
    } finally {
      clearTimeout(timer);
      forget();
    }
  }

  /** A connection for the permit. One that comes too late goes back, and only then the permit. */
  async #connect(permit: Permit, waiting: Interruption): Promise<PooledConnection> {
    const connecting = retrying(() => takeConnection(this.#pool), {
      attempts: CONNECT_ATTEMPTS,
      mayRetry: ({ code }) => code === 'UNREACHABLE' && !waiting.isInterrupted,
    });
    try {
      return await waiting.race(connecting);
    } catch (error) {
      const giveBack = (connection: PooledConnection): void => {
        connection.release();
      };
      void connecting
        .then(giveBack, () => undefined)
        .finally(() => {
          permit.release();
        });
      throw error;
    }
  }

  #exhausted(tenantId: TenantId | undefined, timeoutMs: number): DatabaseError {
    const { max, maxPerTenant } = this.config;
    const isShare = maxPerTenant < max && this.#admission.isAtCap(tenantId);
    const held = isShare ? `the tenant's ${maxPerTenant} are all in use` : `all ${max} are in use`;
    return new DatabaseError(
      'ACQUIRE_TIMEOUT',
      `no connection became free in ${timeoutMs} ms: ${held}; details.holders says by whom`,
      {
        retryable: true,
        details: {
          max,
          maxPerTenant,
          waiting: this.#admission.waitingCount,
          holders: this.#checkouts.longestHeld(),
        },
      },
    );
  }

  /**
   * pg-pool says that it has ended before its connections have: a database could not be dropped yet. What a server that
   * is gone does not hang up would keep the process alive.
   */
  async #hungUp(): Promise<void> {
    const signal = AbortSignal.timeout(HANG_UP_MS);
    try {
      while (this.#open.size > 0) await once(this.#pool, 'remove', { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      for (const connection of this.#open) if (connection instanceof ServerConnection) connection.destroy();
    }
  }
}

function aborted(reason: unknown): DatabaseError {
  return new DatabaseError('ABORTED', 'the caller aborted: nothing was written', { cause: reason });
}

function unanswered(timeoutMs: number): DatabaseError {
  return new DatabaseError('UNREACHABLE', `PostgreSQL did not answer in ${timeoutMs} ms`, {
    retryable: true,
  });
}
