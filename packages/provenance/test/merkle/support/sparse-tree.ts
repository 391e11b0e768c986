import { createHash } from 'node:crypto';
import type { Subtree, Tile } from '../../../src/verify.ts';
import { hashOf } from './bytes.ts';

/**
 * A tree of up to 2^53 leaves of which all but a few are alike, so that every hash in it can be had. By the definitions of
 * RFC 9162 section 2.1, in bigints: it shares no arithmetic with what it tests.
 */
export class SparseTree {
  readonly #special: ReadonlyMap<bigint, Uint8Array>;
  readonly #ordinary: Uint8Array[] = [hashOf('ordinary')];
  readonly #known = new Map<string, Uint8Array>();

  constructor(special: readonly number[]) {
    this.#special = new Map(special.map((index) => [BigInt(index), hashOf(index)]));
  }

  leaf(index: number): Uint8Array {
    return this.#hash(BigInt(index), BigInt(index) + 1n);
  }

  root(size: number): Uint8Array {
    return this.#hash(0n, BigInt(size));
  }

  /** PATH */
  inclusionPath(index: number, size: number): Uint8Array[] {
    let [begin, end] = [0n, BigInt(size)];
    const path: Uint8Array[] = [];
    while (end - begin > 1n) {
      const middle = begin + split(end - begin);
      if (index < middle) path.unshift(this.#hash(middle, end));
      else path.unshift(this.#hash(begin, middle));
      if (index < middle) end = middle;
      else begin = middle;
    }
    return path;
  }

  readonly read = (subtrees: readonly Subtree[]): Promise<Uint8Array[]> =>
    Promise.resolve(subtrees.map((subtree) => this.#perfect(subtree.level, BigInt(subtree.index))));

  readonly readTiles = (tiles: readonly Tile[]): Promise<Uint8Array[]> =>
    Promise.resolve(
      tiles.map(({ level, index, width }) => {
        const entries = Array.from({ length: width }, (_, entry) =>
          this.#perfect(8 * level, 256n * BigInt(index) + BigInt(entry)),
        );
        return new Uint8Array(Buffer.concat(entries));
      }),
    );

  #perfect(level: number, index: bigint): Uint8Array {
    return this.#hash(index << BigInt(level), (index + 1n) << BigInt(level));
  }

  #hash(begin: bigint, end: bigint): Uint8Array {
    const leaves = end - begin;
    if (leaves === 1n) return this.#special.get(begin) ?? this.#ordinaryAt(0);
    const level = (leaves - 1n).toString(2).length;
    const isOrdinary = ![...this.#special.keys()].some((index) => begin <= index && index < end);
    if (isOrdinary && leaves === 1n << BigInt(level)) return this.#ordinaryAt(level);
    const key = `${String(begin)} ${String(end)}`;
    const middle = begin + split(leaves);
    const hash = this.#known.get(key) ?? inner(this.#hash(begin, middle), this.#hash(middle, end));
    this.#known.set(key, hash);
    return hash;
  }

  #ordinaryAt(level: number): Uint8Array {
    const below = this.#ordinary[level] ?? inner(this.#ordinaryAt(level - 1), this.#ordinaryAt(level - 1));
    this.#ordinary[level] = below;
    return below;
  }
}

/** The largest power of two smaller than `leaves`. */
function split(leaves: bigint): bigint {
  return 1n << BigInt((leaves - 1n).toString(2).length - 1);
}

function inner(left: Uint8Array, right: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest());
}
