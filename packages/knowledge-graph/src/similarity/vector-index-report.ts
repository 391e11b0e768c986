/** What was done for one tenant, or `kept`: nothing had to be. */
export type VectorIndexOutcome = 'built' | 'drained' | 'calibrated' | 'dropped' | 'kept';

export interface TenantVectorIndex {
  readonly tenantId: string;
  readonly outcome: VectorIndexOutcome;
  /** Embeddings that the tenant has. */
  readonly vectors: number;
  /** Of these, how many its graph has; 0 without one. */
  readonly indexed: number;
  /** Embeddings that were taken over, because they were written, or missed, since. */
  readonly drained: number;
  /** Entries that were removed, because nothing belongs to them any more. */
  readonly removed: number;
  /** As it was measured last; missing if never. */
  readonly recall?: number;
  /** Whether that is at least what was asked for; missing as `recall`. */
  readonly reachesTarget?: boolean;
  readonly durationMs: number;
}

/** What `maintainVectorIndexes()` did. */
export interface VectorIndexReport {
  readonly tenants: readonly TenantVectorIndex[];
  /** Partitions of tenants that are gone, which were dropped. */
  readonly orphansDropped: number;
}
