import type { EntityType, NodeToAppend } from '../../../src/index.ts';

/** What lineage is, over a list in memory: slowly, and one can see that it is right. */
export class NaiveLineage {
  readonly #nodes: ReadonlyMap<string, NodeToAppend>;
  readonly #places: ReadonlyMap<string, number>;

  /** @param nodes in the order of the log. */
  constructor(nodes: readonly NodeToAppend[]) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    this.#places = new Map(nodes.map(({ id }, place) => [id, place]));
  }

  parentsOf(id: string): readonly string[] {
    return this.#nodes.get(id)?.parents ?? [];
  }

  childrenOf(id: string): string[] {
    return [...this.#nodes.keys()].filter((child) => this.parentsOf(child).includes(id));
  }

  typeOf(id: string): EntityType {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new RangeError('no such node');
    return node.entityType;
  }

  /** Ids with their depths, by depth and place: the same ways are gone again and again until nothing gets nearer. */
  ancestry(id: string): [string, number][] {
    return this.#nearest([id], (node) => this.parentsOf(node));
  }

  descendants(id: string): [string, number][] {
    return this.#nearest([id], (node) => this.childrenOf(node));
  }

  /** Ids with their relations and depths. */
  waiversOf(id: string): [string, string, number][] {
    const above = this.ancestry(id);
    const evidence = above
      .map(([ancestor]) => ancestor)
      .filter((ancestor) => ['spec', 'gate', 'budget', 'policy'].includes(this.typeOf(ancestor)));
    const beside = this.#nearest(evidence, (node) =>
      this.childrenOf(node).filter((child) => this.typeOf(child) !== 'verdict'),
    );
    const related = new Map<string, [string, string, number]>();
    for (const [relation, found] of [
      ['ancestor', above],
      ['descendant', this.descendants(id)],
      ['same-evidence', beside],
    ] as const)
      for (const [waiver, depth] of found)
        if (this.typeOf(waiver) === 'waiver' && !related.has(waiver))
          related.set(waiver, [waiver, relation, depth]);
    return [...related.values()];
  }

  #nearest(starts: readonly string[], next: (id: string) => readonly string[]): [string, number][] {
    const depths = new Map(starts.map((start) => [start, 0]));
    for (let isSettled = false; !isSettled;) {
      isSettled = true;
      for (const [id, depth] of depths)
        for (const found of next(id))
          if ((depths.get(found) ?? Infinity) > depth + 1) {
            depths.set(found, depth + 1);
            isSettled = false;
          }
    }
    return [...depths]
      .filter(([id]) => !starts.includes(id))
      .sort(
        ([one, oneDepth], [other, otherDepth]) =>
          oneDepth - otherDepth || (this.#places.get(one) ?? 0) - (this.#places.get(other) ?? 0),
      );
  }
}
