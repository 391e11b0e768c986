import { Socket } from 'node:net';
import pg from 'pg';
import type { DatabaseConfig } from '../config.ts';
import type { Flight, StatementResult } from './flight.ts';
import { connectionOptions } from '../config/connection-options.ts';
import { fromConnecting } from '../errors/from-postgres.ts';
import type { PoolEventEmitter } from '../events/pool-events.ts';
import { requestCancel } from './cancel-request.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';

/** What a pool's connections share. */
export interface ConnectionSource {
  readonly config: DatabaseConfig;
  readonly breaker: CircuitBreaker;
  readonly events: PoolEventEmitter;
  /** Those that are not open yet. */
  readonly opening: Set<ServerConnection>;
}

/** The system's own delay is two hours: so long a statement would wait for a server that is gone. */
const KEEP_ALIVE_DELAY_MS = 10_000;

/** A connection to the server, which knows whether it is broken and can be ended whatever it is doing. */
export class ServerConnection extends pg.Client {
  readonly #source: ConnectionSource;
  readonly #socket: Socket;
  #isBroken = false;
  #failure: Error | undefined;
  #uses = 0;
  /** Settings that the server reports, as they were at first; and those that are not so any more. */
  readonly #settings = new Map<string, string>();
  readonly #changed = new Set<string>();
  #isOpen = false;

  constructor(source: ConnectionSource) {
    const { config } = source;
    const socket = new Socket();
    super({
      ...connectionOptions(config),
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
      stream: () => socket,
      // No statement_timeout: poolers refuse it as a start-up parameter, so every transaction sets it.
    });
    this.#source = source;
    this.#socket = socket;
    // Without a listener a connection that breaks between two statements would end the process.
    this.on('error', (error: Error) => {
      this.#isBroken = true;
      this.#failure ??= error;
    });
    this.#internals().connection.on('parameterStatus', (status: ParameterStatus) => {
      this.#noteSetting(status);
    });
  }

  /** Sees to it that nobody connects to a database that is down. @throws {DatabaseError} as `fromConnecting()`. */
  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<pg.Client> | void {
    const connecting = this.#source.breaker.run(() => this.#open());
    if (callback === undefined) return connecting.then(() => this);
    connecting.then(() => {
      (callback as (error: Error | null) => void)(null);
    }, callback);
  }

  /** Counts a caller that gets it. */
  countUse(): void {
    this.#uses += 1;
  }

  /** Whether as many callers have had it as may have one. pg-pool would count it as one, too, when it was warmed up. */
  isWornOut(): boolean {
    const { maxUses } = this.#source.config;
    return maxUses !== 0 && this.#uses >= maxUses;
  }

  isBroken(): boolean {
    return this.#isBroken;
  }

  /** What broke it between two statements: the server's last words, which no statement is told, or the network's. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Whether SQL has left a setting behind that the server reports: the encoding, the time zone, how dates are written.
   * The next borrower's text would be stored wrong, or their times read wrong.
   */
  hasForeignSettings(): boolean {
    return this.#changed.size > 0;
  }

  /** Waits until the server has said its last words to everything it was sent, or is gone. */
  async ready(): Promise<void> {
    const { connection, readyForQuery } = this.#internals();
    if (this.#isBroken || readyForQuery) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const finish = (): void => {
      resolve(undefined);
    };
    connection.once('readyForQuery', finish);
    this.once('end', finish);
    await promise;
    connection.off('readyForQuery', finish);
    this.off('end', finish);
  }

  /** What the server said this backend is; a pooler makes it up. */
  get processId(): number | undefined {
    return this.#internals().processID ?? undefined;
  }

  /**
   * Sends statements in one write, and waits for their answers.
   *
   * **Shape** one result a statement; one that is empty has the command `EMPTY`.
   * @throws the server's error for the first one that failed; node-postgres's own when the connection breaks.
   */
  async fly(flight: Flight): Promise<StatementResult[]> {
    const { promise, resolve, reject } = Promise.withResolvers<StatementResult | StatementResult[]>();
    flight.once('error', reject);
    flight.once('end', resolve);
    this.#socket.cork();
    this.query(flight);
    this.#socket.uncork();
    const results = await promise;
    return Array.isArray(results) ? results : [results];
  }

  /** Asks the server to stop what it does for this connection. */
  async cancel(): Promise<void> {
    const { processID, secretKey } = this.#internals();
    if (processID === null || secretKey === undefined) return;
    await requestCancel(this.#source.config, { processId: processID, secretKey });
  }

  /** Ends it at once, also in the middle of an answer that never comes. */
  destroy(): void {
    this.#isBroken = true;
    this.#socket.destroy();
  }

  async #open(): Promise<void> {
    const { events, opening } = this.#source;
    const startedAt = performance.now();
    opening.add(this);
    try {
      await super.connect();
      this.#isOpen = true;
    } catch (cause) {
      const error = fromConnecting(cause);
      events.emit('connectionFailed', { durationMs: performance.now() - startedAt, error });
      throw error;
    } finally {
      opening.delete(this);
    }
    events.emit('connectionOpened', { durationMs: performance.now() - startedAt });
  }

  #noteSetting({ parameterName: name, parameterValue: value }: ParameterStatus): void {
    if (!this.#isOpen) this.#settings.set(name, value);
    else if (this.#settings.get(name) === value) this.#changed.delete(name);
    else this.#changed.add(name);
  }

  /** node-postgres has them, and its types do not. */
  #internals(): Internals {
    return this as unknown as Internals;
  }
}

interface Internals {
  readonly connection: pg.Connection;
  readonly readyForQuery: boolean;
  readonly processID: number | null;
  readonly secretKey?: number;
}

interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}
