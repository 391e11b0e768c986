import { hashBytes } from '../format/bytes.ts';
import { equalBytes } from '../format/encoding.ts';
import { CompactRange } from '../merkle/compact-range.ts';
import { leafHash } from '../merkle/tree-hash.ts';

/** A tree that the log is known to have had: of a checkpoint that was verified, as `verifyCheckpoint` does. */
export interface TrustedCheckpoint {
  readonly size: number;
  readonly root: Uint8Array;
}

/** The tree over the nodes of a walk, held against the trees it must have been. */
export class CheckpointTree {
  readonly #range = new CompactRange();
  /** By size, those that it has not grown to yet. */
  readonly #expected: TrustedCheckpoint[];

  constructor(checkpoints: readonly TrustedCheckpoint[]) {
    this.#expected = checkpoints.toSorted((a, b) => a.size - b.size);
  }

  /** How many of the checkpoints of its present size have another root; asked at the start, and after every node, once. */
  contradictions(): number {
    let count = 0;
    while (this.#expected[0]?.size === this.#range.size) {
      if (!equalBytes(this.#expected[0].root, this.#range.root())) count += 1;
      this.#expected.shift();
    }
    return count;
  }

  /** Grows by a node; no further than to the last checkpoint. */
  append(hashChain: string): void {
    if (this.#expected.length === 0) return;
    // A stored hash that is none is in no tree: from here on, another one grows.
    this.#range.append(leafHash(hashBytes(hashChain) ?? new Uint8Array()));
  }

  /** After the last node: those that it has not grown to. */
  missed(): readonly TrustedCheckpoint[] {
    return this.#expected;
  }
}
