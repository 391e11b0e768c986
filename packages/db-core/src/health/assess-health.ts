import type { CircuitState } from '../events/pool-events.ts';
import type {
  HealthInput,
  HealthReason,
  HealthReasonCode,
  HealthReport,
  HealthStatus,
  PoolUse,
  Probe,
  ReplicaHealth,
} from './health-report.ts';

/** A server next door answers in less than one; so does one on another continent. */
const SLOW_MS = 1000;
const BUSY_SHARE = 0.75;
const EXHAUSTED_SHARE = 0.9;

const RANK: Readonly<Record<HealthStatus, number>> = { healthy: 0, degraded: 1, unhealthy: 2 };

/** Judges a pool by what is known of it. More trouble never makes it healthier. */
export function assessHealth(input: HealthInput): HealthReport {
  const { use, probe, checkedAt } = input;
  const reasons = [
    ...reasonsOfProbe(probe),
    ...reasonsOfCircuit(input.circuit),
    ...reasonsOfUse(use),
    ...reasonsOfCheckouts(input.checkoutTimeouts),
    ...reasonsOfReplicas(input.replicas, input.replicaMaxLagMs),
  ].sort((a, b) => RANK[b.severity] - RANK[a.severity]);
  const healthStatus = worstOf(reasons);
  return {
    healthy: healthStatus !== 'unhealthy',
    stats: {
      totalConnections: use.totalCount,
      idleConnections: use.idleCount,
      activeConnections: use.activeConnections,
      healthStatus,
    },
    reasons,
    checkedAt: checkedAt.toISOString(),
    latencyMs: probe.outcome === 'answered' ? probe.latencyMs : null,
  };
}

/** The part of {@link assessHealth} that needs no server: whether there are connections enough. */
export function statusOfUse(use: PoolUse): HealthStatus {
  return worstOf(reasonsOfUse(use));
}

function worstOf(reasons: readonly HealthReason[]): HealthStatus {
  return reasons.reduce<HealthStatus>(
    (worst, { severity }) => (RANK[severity] > RANK[worst] ? severity : worst),
    'healthy',
  );
}

function degraded(code: HealthReasonCode, message: string): HealthReason {
  return { code, message, severity: 'degraded' };
}

function unhealthy(code: HealthReasonCode, message: string): HealthReason {
  return { code, message, severity: 'unhealthy' };
}

function reasonsOfProbe(probe: Probe): HealthReason[] {
  switch (probe.outcome) {
    case 'failed':
      return [unhealthy('PROBE_FAILED', `the database does not answer: ${probe.code}`)];
    case 'timedOut':
      return [unhealthy('PROBE_TIMED_OUT', `no answer within ${probe.timeoutMs} ms`)];
    case 'answered':
      if (probe.latencyMs <= SLOW_MS) return [];
      return [degraded('PROBE_SLOW', `the answer took ${Math.round(probe.latencyMs)} ms`)];
  }
}

function reasonsOfCircuit(circuit: CircuitState): HealthReason[] {
  switch (circuit) {
    case 'open':
      return [
        unhealthy('CIRCUIT_OPEN', 'connecting failed too often: the database is left alone for a while'),
      ];
    case 'half-open':
      return [degraded('CIRCUIT_HALF_OPEN', 'after an outage, one connection is being tried')];
    case 'closed':
      return [];
  }
}

function reasonsOfUse({ activeConnections, waitingCount, max }: PoolUse): HealthReason[] {
  // Not `active / max > share`, which for a pool without connections would be NaN, and so never true.
  const isMoreThan = (share: number): boolean => activeConnections > share * max;
  const used = `${activeConnections} of ${max} connections are in use`;
  const isWaiting = waitingCount > 0;
  if (isWaiting && isMoreThan(EXHAUSTED_SHARE)) {
    return [unhealthy('POOL_EXHAUSTED', `${used}, and ${waitingCount} callers wait`)];
  }
  return [
    ...(isMoreThan(BUSY_SHARE) ? [degraded('POOL_BUSY', used)] : []),
    ...(isWaiting ? [degraded('CALLERS_WAITING', `${waitingCount} callers wait for a connection`)] : []),
  ];
}

function reasonsOfCheckouts(timeouts: number): HealthReason[] {
  if (timeouts === 0) return [];
  return [degraded('CHECKOUTS_TIMED_OUT', `${timeouts} callers waited in vain since the last report`)];
}

function reasonsOfReplicas(replicas: readonly ReplicaHealth[], maxLagMs: number): HealthReason[] {
  const down = replicas.filter(({ isUp }) => !isUp).length;
  const late = replicas.filter(({ isUp, lagMs }) => isUp && maxLagMs > 0 && (lagMs ?? 0) > maxLagMs).length;
  return [
    ...(down > 0 ? [degraded('REPLICA_DOWN', `${down} of ${replicas.length} replicas do not answer`)] : []),
    ...(late > 0
      ? [
          degraded(
            'REPLICA_LAGGING',
            `${late} of ${replicas.length} replicas are more than ${maxLagMs} ms behind`,
          ),
        ]
      : []),
  ];
}
