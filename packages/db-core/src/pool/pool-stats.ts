import { createHistogram } from 'node:perf_hooks';
import type { CircuitState, PoolEventEmitter } from '../events/pool-events.ts';

/** The pool at a moment, and what it has seen so far. */
export interface PoolStats {
  /** Connections that are open or being opened. */
  readonly totalCount: number;
  /** Connections that nobody holds. */
  readonly idleCount: number;
  /** Connections that somebody holds, or that are being opened for them. */
  readonly activeConnections: number;
  /** Callers that wait for a connection. */
  readonly waitingCount: number;
  readonly max: number;
  readonly circuit: CircuitState;
  readonly createdAt: Date;
  /** How long callers waited for their connections; milliseconds. */
  readonly acquire: {
    readonly count: number;
    /** Callers that did not get one in time. */
    readonly timeouts: number;
    readonly p50Ms: number;
    readonly p95Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
  };
  /** Connections opened so far. */
  readonly opened: number;
  /** Connections closed so far. */
  readonly closed: number;
}

type Now = Pick<PoolStats, 'totalCount' | 'idleCount' | 'waitingCount' | 'max' | 'circuit'>;

const MICROSECONDS = 1000;

/** Counts what a pool tells of itself. */
export class PoolCounters {
  readonly #createdAt = new Date();
  readonly #waits = createHistogram();
  #timeouts = 0;
  #opened = 0;
  #closed = 0;

  constructor(events: PoolEventEmitter) {
    events.on('connectionOpened', () => (this.#opened += 1));
    events.on('connectionClosed', () => (this.#closed += 1));
    events.on('acquired', ({ waitMs }) => {
      // The histogram holds whole numbers from 1.
      this.#waits.record(Math.max(1, Math.round(waitMs * MICROSECONDS)));
    });
    events.on('acquireFailed', ({ error }) => {
      if (error.code === 'ACQUIRE_TIMEOUT') this.#timeouts += 1;
    });
  }

  stats(now: Now): PoolStats {
    const percentileMs = (percentile: number): number =>
      this.#waits.count === 0 ? 0 : this.#waits.percentile(percentile) / MICROSECONDS;
    return {
      ...now,
      activeConnections: now.totalCount - now.idleCount,
      createdAt: this.#createdAt,
      acquire: {
        count: this.#waits.count,
        timeouts: this.#timeouts,
        p50Ms: percentileMs(50),
        p95Ms: percentileMs(95),
        p99Ms: percentileMs(99),
        maxMs: percentileMs(100),
      },
      opened: this.#opened,
      closed: this.#closed,
    };
  }
}
