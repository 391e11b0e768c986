/** An agent, as it is exported. */
export interface ExportedAgent {
  readonly id: string;
  /** Absent: not known, as of an agent that is gone. */
  readonly name?: string;
}

/** A relationship, as it is exported. What `Relationship` has besides is left out. */
export interface ExportedRelationship {
  readonly sourceAgentId: string;
  readonly targetAgentId: string;
  readonly type: string;
  /** False: it holds both ways. */
  readonly isDirectional: boolean;
  /** 0–1. */
  readonly confidence: number;
  /** 0–1. */
  readonly strength?: number;
  readonly cooccurrenceCount?: number;
  /** Absent: ever since. */
  readonly validFrom?: Date;
  /** Absent: it is open. */
  readonly validTo?: Date;
  readonly recordedAt?: Date;
}

/** A graph in memory: a result of a walk, or what was read back. */
export interface ExportedGraph {
  readonly nodes: readonly ExportedAgent[];
  readonly edges: readonly ExportedRelationship[];
}

/** A graph that is written while it is read: its nodes first, then its edges. */
export interface GraphStream {
  readonly nodes: Iterable<ExportedAgent> | AsyncIterable<ExportedAgent>;
  readonly edges: Iterable<ExportedRelationship> | AsyncIterable<ExportedRelationship>;
}
