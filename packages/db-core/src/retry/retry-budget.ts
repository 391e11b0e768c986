/** Retries in a row that are free, and what a success earns towards the next one. */
const CAPACITY = 20;
const EARNED = 0.1;

/**
 * Keeps retries a small part of the work: when most of it fails, trying again would only add to what is too much.
 *
 * @see gRFC A6 (client retries), "throttling retry attempts and hedged RPCs"
 */
export class RetryBudget {
  #tokens = CAPACITY;

  earn(): void {
    this.#tokens = Math.min(CAPACITY, this.#tokens + EARNED);
  }

  /** Pays for one retry; false when there is nothing left. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
