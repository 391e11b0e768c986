import { halves, type LeafRange } from './subtree.ts';

/** A way down a tree. */
export interface Descent {
  /** Where it ended. */
  readonly goal: LeafRange;
  /** The subtrees beside it, from the lowest to the highest: with `goal` they are the whole tree. */
  readonly siblings: readonly LeafRange[];
}

/**
 * Goes down a tree of `size` leaves, towards one of them, until it is there. Both proofs are the siblings of such a way, in their order.
 *
 * Cost: logarithmic in `size`.
 */
export function descend(size: number, leaf: number, isThere: (subtree: LeafRange) => boolean): Descent {
  const siblings: LeafRange[] = [];
  let goal: LeafRange = { begin: 0, end: size };
  while (!isThere(goal)) {
    const { left, right } = halves(goal);
    const goesLeft = leaf < left.end;
    siblings.push(goesLeft ? right : left);
    goal = goesLeft ? left : right;
  }
  return { goal, siblings: siblings.reverse() };
}
