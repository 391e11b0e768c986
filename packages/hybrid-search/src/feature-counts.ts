const KEPT_SLOTS = 4096;
const TWO_TO_32 = 2 ** 32;

/**
 * Counts the features of one text: an open-addressed table keyed by both hashes, its arrays reused from text to text.
 */
export class FeatureCounts {
  #bucketHashes = new Int32Array(KEPT_SLOTS);
  #signHashes = new Int32Array(KEPT_SLOTS);
  #weights = new Float64Array(KEPT_SLOTS);
  /** How often the feature was seen; 0 marks a free slot. */
  #counts = new Int32Array(KEPT_SLOTS);
  /** The slots in use, in the order they were taken. */
  #used = new Int32Array(KEPT_SLOTS / 2);
  #size = 0;

  /** Counts a feature once more, with the weight it has in this place. */
  add(bucketHash: number, signHash: number, weight: number): void {
    const slot = this.#findSlot(bucketHash, signHash);
    if (this.#counts[slot] === 0) {
      if (this.#size === this.#used.length) {
        this.#grow();
        this.add(bucketHash, signHash, weight);
        return;
      }
      this.#used[this.#size] = slot;
      this.#size += 1;
      this.#bucketHashes[slot] = bucketHash;
      this.#signHashes[slot] = signHash;
    }
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    this.#weights[slot] = (this.#weights[slot] ?? 0) + weight;
  }

  /**
   * Adds every feature to its bucket with its sign, as mean weight × (1 + ln count), and forgets them all.
   */
  drainInto(buckets: Float64Array): void {
    for (let index = 0; index < this.#size; index += 1) {
      const slot = this.#used[index] ?? 0;
      const count = this.#counts[slot] ?? 0;
      const weight = ((this.#weights[slot] ?? 0) / count) * sublinear(count);
      const bucket = Math.floor((((this.#bucketHashes[slot] ?? 0) >>> 0) * buckets.length) / TWO_TO_32);
      const signed = (this.#signHashes[slot] ?? 0) < 0 ? -weight : weight;
      buckets[bucket] = (buckets[bucket] ?? 0) + signed;
      this.#counts[slot] = 0;
      this.#weights[slot] = 0;
    }
    this.#size = 0;
    // What one huge text needed is not kept for ever.
    if (this.#counts.length > KEPT_SLOTS) this.#allocate(KEPT_SLOTS);
  }

  #findSlot(bucketHash: number, signHash: number): number {
    const mask = this.#counts.length - 1;
    let slot = bucketHash & mask;
    while (
      this.#counts[slot] !== 0 &&
      (this.#bucketHashes[slot] !== bucketHash || this.#signHashes[slot] !== signHash)
    ) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [bucketHashes, signHashes, weights] = [this.#bucketHashes, this.#signHashes, this.#weights];
    const [counts, used, size] = [this.#counts, this.#used, this.#size];
    this.#allocate(counts.length * 2);
    for (let index = 0; index < size; index += 1) {
      const from = used[index] ?? 0;
      const to = this.#findSlot(bucketHashes[from] ?? 0, signHashes[from] ?? 0);
      this.#bucketHashes[to] = bucketHashes[from] ?? 0;
      this.#signHashes[to] = signHashes[from] ?? 0;
      this.#weights[to] = weights[from] ?? 0;
      this.#counts[to] = counts[from] ?? 0;
      this.#used[index] = to;
    }
    this.#size = size;
  }

  #allocate(slots: number): void {
    this.#bucketHashes = new Int32Array(slots);
    this.#signHashes = new Int32Array(slots);
    this.#weights = new Float64Array(slots);
    this.#counts = new Int32Array(slots);
    this.#used = new Int32Array(slots / 2);
    this.#size = 0;
  }
}

/** 1 + ln count, cut to 20 binary digits: how a machine rounds its logarithm must not reach the vectors. */
function sublinear(count: number): number {
  return count === 1 ? 1 : Math.round((1 + Math.log(count)) * 2 ** 20) / 2 ** 20;
}
