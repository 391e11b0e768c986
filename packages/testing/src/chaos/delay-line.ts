interface Waiting<T> {
  readonly item: T;
  readonly dueAtMs: number;
}

/**
 * Hands items on in their order, each after its delay; the delays run side by side, so what is put in together comes
 * out together. Without a delay, and with nothing in front, it happens at once, without a timer.
 *
 * Node's timers count whole milliseconds: `setTimeout(…, 2)` took between 1.1 and 2.3 ms, half of them 2.14. So a timer
 * bridges all but the last millisecond, and that is spent asking the clock between the event loop's rounds, which go
 * on serving everything else: 2.00 to 2.01 ms, for up to one millisecond of processor time.
 */
export class DelayLine<T> {
  readonly #deliver: (item: T) => void;
  readonly #isOpen: () => boolean;
  #waiting: Waiting<T>[] = [];
  #isArmed = false;

  /** While `isOpen` says no, items stay; call `flush` when it says yes again. */
  constructor(deliver: (item: T) => void, isOpen: () => boolean) {
    this.#deliver = deliver;
    this.#isOpen = isOpen;
  }

  put(item: T, delayMs: number): void {
    if (delayMs === 0 && this.#waiting.length === 0 && this.#isOpen()) {
      this.#deliver(item);
      return;
    }
    this.#waiting.push({ item, dueAtMs: performance.now() + delayMs });
    this.#arm();
  }

  /** Hands on what is due. */
  flush(): void {
    while (this.#isOpen()) {
      const [next] = this.#waiting;
      if (next === undefined || next.dueAtMs > performance.now()) break;
      this.#waiting.shift();
      this.#deliver(next.item);
    }
    this.#arm();
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = [];
  }

  #arm(): void {
    const [next] = this.#waiting;
    if (this.#isArmed || next === undefined || !this.#isOpen()) return;
    this.#isArmed = true;
    const go = (): void => {
      this.#isArmed = false;
      this.flush();
    };
    const remainingMs = next.dueAtMs - performance.now();
    if (remainingMs < 1.5) setImmediate(go);
    else setTimeout(go, Math.max(1, Math.floor(remainingMs) - 1));
  }
}
