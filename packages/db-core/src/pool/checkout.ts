import type { PoolEventEmitter } from '../events/pool-events.ts';
import type { Permit } from './admission.ts';
import type { GuardedClient } from './guarded-client.ts';
import type { Interruption } from './interruption.ts';

interface Lent {
  readonly client: GuardedClient;
  readonly permit: Permit;
  readonly interruption: Interruption;
  /** Whose stack says who took it. */
  readonly taker: Error;
}

/** A connection in somebody's hands. */
export class Checkout {
  readonly #lent: Lent;
  readonly #takenAt = performance.now();
  #isReported = false;

  constructor(lent: Lent) {
    this.#lent = lent;
  }

  get heldMs(): number {
    return performance.now() - this.#takenAt;
  }

  /** Who took it: the stack of the call, without its headline. */
  get stack(): string {
    const [, ...frames] = (this.#lent.taker.stack ?? '').split('\n');
    return frames.map((frame) => frame.trim()).join('\n');
  }

  /** Says that it is held for too long, once. */
  reportLeak(events: PoolEventEmitter): void {
    if (this.#isReported) return;
    this.#isReported = true;
    events.emit('leakSuspected', { heldMs: this.heldMs, stack: this.stack });
  }

  /** Runs `use`. An interruption ends it from the caller's view, unless it is committing. */
  run<T>(use: (client: GuardedClient) => Promise<T>): Promise<T> {
    const { client, interruption } = this.#lent;
    return new Promise((resolve, reject) => {
      const forget = interruption.onInterrupt((error) => {
        if (client.interrupt(error)) reject(error);
      });
      // In the moment between the connection and here.
      if (interruption.isInterrupted) return;
      use(client).then(resolve, reject).finally(forget);
    });
  }

  async release(events: PoolEventEmitter): Promise<void> {
    const { client, permit } = this.#lent;
    const { heldMs } = this;
    const isReused = await client.release();
    permit.release();
    events.emit('released', { heldMs, isReused });
  }
}
