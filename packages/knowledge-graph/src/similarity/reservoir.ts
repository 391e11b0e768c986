/**
 * A bounded sample of a stream of unknown length: each item that passed is in it with the same probability.
 *
 * @see Vitter, "Random Sampling with a Reservoir", 1985, algorithm R.
 */
export class Reservoir<Item> {
  readonly #capacity: number;
  readonly #random: () => number;
  #items: Item[] = [];
  #passed = 0;

  constructor(capacity: number, random: () => number) {
    this.#capacity = capacity;
    this.#random = random;
  }

  offer(item: Item): void {
    this.#passed += 1;
    if (this.#items.length < this.#capacity) {
      this.#items.push(item);
      return;
    }
    const place = Math.floor(this.#random() * this.#passed);
    if (place < this.#capacity) this.#items[place] = item;
  }

  /** What was sampled; the next sample begins anew. */
  take(): Item[] {
    const items = this.#items;
    this.#items = [];
    this.#passed = 0;
    return items;
  }
}
