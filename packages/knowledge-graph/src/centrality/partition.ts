import { addAt, realAt, wholeAt } from './typed-arrays.ts';

/** Nodes in groups, of which there are as many as nodes; some are empty. */
export class Partition {
  /** Group of each node. */
  readonly groups: Uint32Array<ArrayBuffer>;
  readonly #nodeStrengths: Float64Array;
  readonly #strengths: Float64Array;
  readonly #sizes: Uint32Array;
  readonly #empty: number[] = [];

  constructor(groups: Uint32Array<ArrayBuffer>, strengths: Float64Array) {
    this.groups = groups;
    this.#nodeStrengths = strengths;
    this.#strengths = new Float64Array(groups.length);
    this.#sizes = new Uint32Array(groups.length);
    for (const [node, group] of groups.entries()) this.#join(node, group);
    for (let group = groups.length - 1; group >= 0; group--) {
      if (this.#sizes[group] === 0) this.#empty.push(group);
    }
  }

  /** Sum of the strengths of a group's nodes but this one. */
  strengthWithout(node: number, group: number): number {
    return (
      realAt(this.#strengths, group) - (this.groups[node] === group ? realAt(this.#nodeStrengths, node) : 0)
    );
  }

  move(node: number, group: number): void {
    const before = wholeAt(this.groups, node);
    addAt(this.#strengths, before, -realAt(this.#nodeStrengths, node));
    this.#sizes[before] = wholeAt(this.#sizes, before) - 1;
    if (this.#sizes[before] === 0) this.#empty.push(before);
    if (this.#empty.at(-1) === group) this.#empty.pop();
    this.#join(node, group);
  }

  /** A group for the node alone: its own, if nobody else is in it. */
  groupAlone(node: number): number {
    const own = wholeAt(this.groups, node);
    return this.#sizes[own] === 1 ? own : (this.#empty.at(-1) ?? own);
  }

  #join(node: number, group: number): void {
    this.groups[node] = group;
    addAt(this.#strengths, group, realAt(this.#nodeStrengths, node));
    this.#sizes[group] = wholeAt(this.#sizes, group) + 1;
  }
}
