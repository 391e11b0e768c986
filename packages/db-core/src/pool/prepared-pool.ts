import { once } from 'node:events';
import type { ClientBase, Pool } from 'pg';
import type { DatabaseConfig } from '../config.ts';
import type { ContextSigner } from '../tenant/context-signer.ts';
import { signerFor } from '../tenant/signer-source.ts';
import type { GuardedClient } from './guarded-client.ts';
import { checkOut, createPool } from './pool.ts';
import { Remembered } from './remembered.ts';
import { inspectSession, type SessionFacts } from './session-facts.ts';

/** How long {@link PreparedPool.close} waits for a server that does not hang up. */
const HANG_UP_MS = 5000;

/**
 * A pool together with what was found out about its login: replaced as a whole, so that what is known of one login can
 * never serve another's connections.
 */
export class PreparedPool {
  readonly config: DatabaseConfig;
  /** What the login is. */
  readonly facts: Remembered<SessionFacts>;
  /** How contexts are signed; looks at {@link facts} first. */
  readonly signer: Remembered<ContextSigner>;
  readonly #pool: Pool;
  readonly #open = new Set<ClientBase>();
  readonly #running = new Set<Promise<unknown>>();

  constructor(config: DatabaseConfig) {
    this.config = config;
    this.#pool = createPool(config);
    this.#pool.on('connect', (client) => this.#open.add(client));
    this.#pool.on('remove', (client) => this.#open.delete(client));
    this.facts = new Remembered(() => this.lend((client) => inspectSession(client, config)));
    this.signer = new Remembered(async () => {
      const facts = await this.facts.get();
      return this.lend((client) => signerFor(client, { facts, contextKey: config.contextKey }));
    });
  }

  /** Lends a connection to `use`; {@link close} waits for it, also while it waits for its connection. */
  async lend<T>(use: (client: GuardedClient) => Promise<T>): Promise<T> {
    return this.attend(async () => {
      const client = await checkOut(this.#pool);
      try {
        return await use(client);
      } finally {
        client.release();
      }
    });
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

  stats(): { totalCount: number; idleCount: number; waitingCount: number } {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { totalCount, idleCount, waitingCount };
  }

  /** Nobody may begin anything any more; closes the connections when everything that runs has ended. */
  async close(): Promise<void> {
    // pg-pool leaves callers that wait for a connection without an answer when it is ended.
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    await this.#pool.end();
    await this.#hungUp();
  }

  /** pg-pool says that it has ended before its connections have: a database could not be dropped yet. */
  async #hungUp(): Promise<void> {
    const signal = AbortSignal.timeout(HANG_UP_MS);
    try {
      while (this.#open.size > 0) await once(this.#pool, 'remove', { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
