import type { DatabaseError } from '../errors/database-error.ts';

/** Ends from outside what somebody waits for: an aborted call, a deadline, a shutdown. The first one counts. */
export class Interruption {
  readonly #listeners = new Set<(error: DatabaseError) => void>();
  #error: DatabaseError | undefined;

  get isInterrupted(): boolean {
    return this.#error !== undefined;
  }

  interrupt(error: DatabaseError): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    for (const listener of this.#listeners) listener(error);
    this.#listeners.clear();
  }

  /** Calls the listener when it happens, at once if it has; answers how to take it back. */
  onInterrupt(listener: (error: DatabaseError) => void): () => void {
    if (this.#error !== undefined) {
      listener(this.#error);
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** What the promise answers, or the interruption if that is sooner. */
  async race<T>(promise: Promise<T>): Promise<T> {
    const interrupted = Promise.withResolvers<never>();
    const forget = this.onInterrupt(interrupted.reject);
    try {
      return await Promise.race([promise, interrupted.promise]);
    } finally {
      forget();
    }
  }
}
