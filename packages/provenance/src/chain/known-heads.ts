import { type ChainHead, emptyHead, type ProvenanceNodeRecord } from '../format/node.ts';

/** Heads seen earlier, which the log must still have. */
export class KnownHeads {
  /** Those that have not been passed yet. */
  readonly #heads: Map<number, ChainHead[]>;

  constructor(heads: readonly ChainHead[]) {
    // Every log has been empty once: the empty head says nothing.
    const telling = heads.filter((head) => head.seq !== emptyHead.seq);
    this.#heads = Map.groupBy(telling, (head) => head.seq);
  }

  /** How many heads of this number have another hash; asked at every node, once. */
  contradictions({ seq, hashChain }: ProvenanceNodeRecord): number {
    const heads = this.#heads.get(seq);
    if (heads === undefined) return 0;
    this.#heads.delete(seq);
    return heads.filter(({ hash }) => hash !== hashChain).length;
  }

  /** After the last node: those that it has not come to. */
  missed(): readonly ChainHead[] {
    return [...this.#heads.values()].flat();
  }
}
