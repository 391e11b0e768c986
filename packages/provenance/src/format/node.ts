/** What a node is about; a `key` says who may sign (FORMAT.md section 14). */
export const entityTypes = ['verdict', 'waiver', 'gate', 'spec', 'budget', 'policy', 'key'] as const;

/** One of {@link entityTypes}. */
export type EntityType = (typeof entityTypes)[number];

/** A node that another one derives from, and what it was: a parent's hash binds the whole of its past. */
export interface ParentReference {
  /** Its `id`, a UUID in lower case. */
  readonly id: string;
  /** Its `hashChain`. */
  readonly hash: string;
}

/**
 * The immutable fields of a node: everything its hash binds.
 *
 * Units: scores are whole hundredths, 0 to 100 (0.85 is 85); `createdAtMicros` counts microseconds since the Unix epoch,
 * as a bigint because a Date loses three digits of what PostgreSQL stores.
 * @see FORMAT.md section 3
 */
export interface ProvenanceNode {
  readonly tenantId: string;
  /** 1, 2, 3, … without gap in each tenant's log. */
  readonly seq: number;
  /** 64 lower-case hex digits; absent for the first node. */
  readonly previousHash?: string | undefined;
  /** A UUID in lower case, as PostgreSQL writes it. */
  readonly id: string;
  readonly entityType: EntityType;
  readonly entityId: string;
  /** What it derives from in meaning, each node once; the order of the log is `previousHash`. */
  readonly parents: readonly ParentReference[];
  /** Canonical JSON bytes, from `canonicalize`. */
  readonly content: Uint8Array;
  readonly constitutionalRefs: readonly string[];
  readonly specHash?: string | undefined;
  readonly description?: string | undefined;
  readonly evidenceCompleteness?: number | undefined;
  readonly budgetAdherence?: number | undefined;
  readonly gateIntegrity?: number | undefined;
  readonly provenanceClarity?: number | undefined;
  readonly createdAtMicros: bigint;
  readonly signingKeyId: string;
}

/** A node as it stands in the log. */
export interface ProvenanceNodeRecord extends ProvenanceNode {
  /** The stored hash of the node: 64 lower-case hex digits. */
  readonly hashChain: string;
  /** The stored signature over `hashChain`: canonical base64, 88 characters. */
  readonly signature: string;
}

/** The end of a log: the next node has `seq + 1` and this `hash` as its previous one. */
export interface ChainHead {
  readonly seq: number;
  /** Absent for an empty log only. */
  readonly hash: string | undefined;
}

/** The head of a log that has no node yet. */
export const emptyHead: ChainHead = Object.freeze({ seq: 0, hash: undefined });
