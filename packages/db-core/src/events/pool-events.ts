import type { DatabaseError } from '../errors/database-error.ts';
import type { TenantId } from '../tenant/tenant-context.ts';

/** What a pool tells of itself, by event. None of it holds a statement, a parameter or a secret. */
export interface PoolEvents {
  /** A connection was opened. */
  readonly connectionOpened: { readonly durationMs: number };
  /** A connection could not be opened. */
  readonly connectionFailed: { readonly durationMs: number; readonly error: DatabaseError };
  /** A connection is gone: broken, too old, too long idle, or not clean when it came back. */
  readonly connectionClosed: Record<string, never>;
  /** A caller has a connection. */
  readonly acquired: { readonly waitMs: number; readonly tenantId: TenantId | undefined };
  /** A caller did not get a connection: too late, aborted, refused. */
  readonly acquireFailed: { readonly waitMs: number; readonly error: DatabaseError };
  /** A caller has given its connection back, which is lent on or closed. */
  readonly released: { readonly heldMs: number; readonly isReused: boolean };
  /** A connection is held for longer than `leakReportMs`. */
  readonly leakSuspected: { readonly heldMs: number; readonly stack: string };
  /** A transaction is going to be run again. */
  readonly retried: { readonly attempt: number; readonly delayMs: number; readonly error: DatabaseError };
  /** The breaker in front of a database that is down. */
  readonly circuitChanged: { readonly state: CircuitState };
  /** Something works, but not as it should. */
  readonly warning: { readonly code: string; readonly message: string };
}

/** `closed`: connections are made. `open`: the database is down and not asked. `half-open`: one is tried. */
export type CircuitState = 'closed' | 'open' | 'half-open';

export type PoolEventName = keyof PoolEvents;
export type PoolEventListener<Name extends PoolEventName> = (event: PoolEvents[Name]) => void;

/** Tells listeners what happens. One that throws disturbs neither the pool nor the others. */
export class PoolEventEmitter {
  readonly #listeners = new Map<PoolEventName, Set<(event: never) => void>>();
  readonly #parent: PoolEventEmitter | undefined;

  /** Tells the parent's listeners, too. */
  constructor(parent?: PoolEventEmitter) {
    this.#parent = parent;
  }

  /** Answers a function that takes the listener off again. */
  on<Name extends PoolEventName>(name: Name, listener: PoolEventListener<Name>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => {
      listeners.delete(listener);
    };
  }

  /** Whether anybody listens to it. */
  isHeard(name: PoolEventName): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  emit<Name extends PoolEventName>(name: Name, event: PoolEvents[Name]): void {
    this.#parent?.emit(name, event);
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    for (const listener of listeners) {
      try {
        const answer: unknown = (listener as (event: PoolEvents[Name]) => unknown)(event);
        // An asynchronous listener fails later.
        if (answer instanceof Promise) answer.catch((error: unknown) => warn(name, error));
      } catch (error) {
        warn(name, error);
      }
    }
  }
}

/** The error is not swallowed, and not thrown into whoever happened to use the pool. */
function warn(name: PoolEventName, error: unknown): void {
  const [text, detail] = error instanceof Error ? [error.message, error.stack] : [String(error), undefined];
  process.emitWarning(`a listener of the pool's event "${name}" threw: ${text}`, {
    type: 'PoolListenerWarning',
    ...(detail === undefined ? {} : { detail }),
  });
}
