/** A place in a queue. */
export interface Place<Key, Value> {
  readonly key: Key;
  readonly value: Value;
  readonly number: number;
}

/**
 * First in, first out, but for those whose group is barred at the moment: they keep their place, and others pass.
 *
 * **Cost** of {@link shift}: one look at each group that waits, however many wait in it.
 */
export class FairQueue<Key, Value> {
  readonly #groups = new Map<Key, Set<Place<Key, Value>>>();
  #next = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(key: Key, value: Value): Place<Key, Value> {
    const place = { key, value, number: this.#next++ };
    const group = this.#groups.get(key) ?? new Set();
    this.#groups.set(key, group.add(place));
    this.#size += 1;
    return place;
  }

  /** Leaves the queue; answers whether it was still in it. */
  remove(place: Place<Key, Value>): boolean {
    const group = this.#groups.get(place.key);
    if (group?.delete(place) !== true) return false;
    if (group.size === 0) this.#groups.delete(place.key);
    this.#size -= 1;
    return true;
  }

  /** Takes out whoever has waited longest among the groups that may pass. */
  shift(mayPass: (key: Key) => boolean): Value | undefined {
    let first: Place<Key, Value> | undefined;
    for (const [key, group] of this.#groups) {
      if (!mayPass(key)) continue;
      const [head] = group;
      if (head !== undefined && (first === undefined || head.number < first.number)) first = head;
    }
    if (first === undefined) return undefined;
    this.remove(first);
    return first.value;
  }
}
