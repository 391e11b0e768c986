import type { CircuitState } from '../events/pool-events.ts';

export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';

/** Why a pool is not healthy. The set is closed. */
export type HealthReasonCode =
  | 'PROBE_FAILED'
  | 'PROBE_TIMED_OUT'
  | 'PROBE_SLOW'
  | 'CIRCUIT_OPEN'
  | 'CIRCUIT_HALF_OPEN'
  | 'POOL_EXHAUSTED'
  | 'POOL_BUSY'
  | 'CALLERS_WAITING'
  | 'CHECKOUTS_TIMED_OUT'
  | 'REPLICA_DOWN'
  | 'REPLICA_LAGGING';

export interface HealthReason {
  readonly code: HealthReasonCode;
  /** For anybody who may ask: no host, no login, no statement. */
  readonly message: string;
  readonly severity: 'degraded' | 'unhealthy';
}

/** The payload of `GET /health/database`, and why it says so. */
export interface HealthReport {
  /** Whether it still serves, healthy or degraded. */
  readonly healthy: boolean;
  readonly stats: {
    readonly totalConnections: number;
    readonly idleConnections: number;
    readonly activeConnections: number;
    readonly healthStatus: HealthStatus;
  };
  /** Worst first; none when healthy. */
  readonly reasons: readonly HealthReason[];
  /** ISO 8601. */
  readonly checkedAt: string;
  /** How long the server took to answer; null when it did not. */
  readonly latencyMs: number | null;
}

/** How much of a pool is in use. */
export interface PoolUse {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly activeConnections: number;
  /** Callers without a connection. */
  readonly waitingCount: number;
  /** Most connections at once. */
  readonly max: number;
}

/** What came of asking the server something. */
export type Probe =
  | { readonly outcome: 'answered'; readonly latencyMs: number }
  | { readonly outcome: 'timedOut'; readonly timeoutMs: number }
  /** `code` of the `DatabaseError`. */
  | { readonly outcome: 'failed'; readonly code: string };

export interface ReplicaHealth {
  readonly isUp: boolean;
  /** How far behind the primary; null when nobody knows. */
  readonly lagMs: number | null;
}

export interface HealthInput {
  readonly use: PoolUse;
  readonly probe: Probe;
  readonly circuit: CircuitState;
  /** Callers that waited in vain since the last report. */
  readonly checkoutTimeouts: number;
  readonly replicas: readonly ReplicaHealth[];
  /** From here on a replica is too far behind. 0: never. */
  readonly replicaMaxLagMs: number;
  readonly checkedAt: Date;
}
