import { createHash } from 'node:crypto';

/** The tree over a log's hashes by the definition of RFC 9162 section 2.1, and nothing of the package. */
export class TreeTruth {
  /** Of each level, the hashes over 2^level leaves each. */
  readonly #levels: Buffer[][];

  constructor(hashChains: readonly string[]) {
    this.#levels = [hashChains.map((hash) => digest(Buffer.from([0]), Buffer.from(hash, 'hex')))];
    for (let below = this.#levels[0] ?? []; below.length > 1; below = this.#levels.at(-1) ?? []) {
      const pairs = Math.floor(below.length / 2);
      this.#levels.push(Array.from({ length: pairs }, (_, at) => inner(below[2 * at], below[2 * at + 1])));
    }
  }

  root(begin: number, end: number): Buffer {
    const size = end - begin;
    const level = Math.log2(size);
    if (Number.isInteger(level) && begin % size === 0) return required(this.#levels[level]?.[begin / size]);
    const middle = begin + 2 ** Math.floor(Math.log2(size - 1));
    return inner(this.root(begin, middle), this.root(middle, end));
  }

  inclusion(index: number, begin: number, end: number): Buffer[] {
    if (end - begin === 1) return [];
    const middle = begin + 2 ** Math.floor(Math.log2(end - begin - 1));
    return index < middle
      ? [...this.inclusion(index, begin, middle), this.root(middle, end)]
      : [...this.inclusion(index, middle, end), this.root(begin, middle)];
  }

  consistency(oldSize: number, newSize: number): Buffer[] {
    return this.#grown(oldSize, { begin: 0, end: newSize, isWhole: true });
  }

  #grown(oldSize: number, { begin, end, isWhole }: Range): Buffer[] {
    if (oldSize === end) return isWhole ? [] : [this.root(begin, end)];
    const middle = begin + 2 ** Math.floor(Math.log2(end - begin - 1));
    return oldSize <= middle
      ? [...this.#grown(oldSize, { begin, end: middle, isWhole }), this.root(middle, end)]
      : [...this.#grown(oldSize, { begin: middle, end, isWhole: false }), this.root(begin, middle)];
  }
}

interface Range {
  readonly begin: number;
  readonly end: number;
  /** Whether it is all that the older tree had of it: then its hash is known. */
  readonly isWhole: boolean;
}

function inner(left: Buffer | undefined, right: Buffer | undefined): Buffer {
  return digest(Buffer.from([1]), required(left), required(right));
}

function digest(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('there is no such tree');
  return value;
}
