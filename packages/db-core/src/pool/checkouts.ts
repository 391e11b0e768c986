import type { PoolEventEmitter } from '../events/pool-events.ts';
import type { Checkout } from './checkout.ts';

/** How many holders an error names. */
const NAMED = 3;

/** The connections that are in somebody's hands, and since when. */
export class Checkouts {
  readonly #held = new Set<Checkout>();
  readonly #events: PoolEventEmitter;
  readonly #watch: NodeJS.Timeout | undefined;

  /** With `leakReportMs`, reports whatever is held for longer. */
  constructor(events: PoolEventEmitter, leakReportMs: number) {
    this.#events = events;
    if (leakReportMs === 0) return;
    this.#watch = setInterval(
      () => {
        for (const checkout of this.#held) if (checkout.heldMs >= leakReportMs) checkout.reportLeak(events);
      },
      Math.max(leakReportMs / 4, 1),
    );
    this.#watch.unref();
  }

  /** Lends it to `use`, and takes it back. */
  async lend<T>(checkout: Checkout, use: (checkout: Checkout) => Promise<T>): Promise<T> {
    this.#held.add(checkout);
    try {
      return await use(checkout);
    } finally {
      // Not awaited: the caller has its answer, and closing can take a while.
      void checkout.release(this.#events).finally(() => this.#held.delete(checkout));
    }
  }

  /** Who has held one for longest: for how long, and the stack of the call. */
  longestHeld(): string[] {
    return [...this.#held]
      .sort((one, other) => other.heldMs - one.heldMs)
      .slice(0, NAMED)
      .map(({ heldMs, stack }) => `held for ${Math.round(heldMs)} ms, taken\n${stack}`);
  }

  stopWatching(): void {
    clearInterval(this.#watch);
  }
}
