import { describe, expect, it } from 'vitest';
import { assessHealth, statusOfUse } from '../../src/health/assess-health.ts';
import type { HealthInput, PoolUse } from '../../src/health/health-report.ts';

const USE: PoolUse = { totalCount: 5, idleCount: 3, activeConnections: 2, waitingCount: 0, max: 20 };
const WELL: HealthInput = {
  use: USE,
  probe: { outcome: 'answered', latencyMs: 1.5 },
  circuit: 'closed',
  checkoutTimeouts: 0,
  replicas: [{ isUp: true, lagMs: 20 }],
  replicaMaxLagMs: 10_000,
  checkedAt: new Date('2026-01-02T03:04:05.678Z'),
};

const use = (activeConnections: number, waitingCount: number, max = 20): PoolUse => ({
  ...USE,
  activeConnections,
  waitingCount,
  max,
});

describe('assessHealth', () => {
  it('reports the documented payload', () => {
    expect(assessHealth(WELL)).toEqual({
      healthy: true,
      stats: { totalConnections: 5, idleConnections: 3, activeConnections: 2, healthStatus: 'healthy' },
      reasons: [],
      checkedAt: '2026-01-02T03:04:05.678Z',
      latencyMs: 1.5,
    });
  });

  it.each<[string, Partial<HealthInput>, string, string[]]>([
    ['an answer at the bound', { probe: { outcome: 'answered', latencyMs: 1000 } }, 'healthy', []],
    ['a slow answer', { probe: { outcome: 'answered', latencyMs: 1001 } }, 'degraded', ['PROBE_SLOW']],
    [
      'no answer in time',
      { probe: { outcome: 'timedOut', timeoutMs: 2000 } },
      'unhealthy',
      ['PROBE_TIMED_OUT'],
    ],
    ['an error', { probe: { outcome: 'failed', code: 'UNREACHABLE' } }, 'unhealthy', ['PROBE_FAILED']],
    ['a database that is left alone', { circuit: 'open' }, 'unhealthy', ['CIRCUIT_OPEN']],
    ['a database that is tried again', { circuit: 'half-open' }, 'degraded', ['CIRCUIT_HALF_OPEN']],
    ['75 % in use', { use: use(15, 0) }, 'healthy', []],
    ['more than 75 % in use', { use: use(16, 0) }, 'degraded', ['POOL_BUSY']],
    ['everything in use, nobody waits', { use: use(20, 0) }, 'degraded', ['POOL_BUSY']],
    ['somebody waits', { use: use(3, 1) }, 'degraded', ['CALLERS_WAITING']],
    ['90 % in use, somebody waits', { use: use(18, 1) }, 'degraded', ['POOL_BUSY', 'CALLERS_WAITING']],
    ['more than 90 % in use, somebody waits', { use: use(19, 1) }, 'unhealthy', ['POOL_EXHAUSTED']],
    ['checkouts that timed out', { checkoutTimeouts: 2 }, 'degraded', ['CHECKOUTS_TIMED_OUT']],
    ['a replica that is down', { replicas: [{ isUp: false, lagMs: null }] }, 'degraded', ['REPLICA_DOWN']],
    ['a replica at the bound', { replicas: [{ isUp: true, lagMs: 10_000 }] }, 'healthy', []],
    ['a replica behind', { replicas: [{ isUp: true, lagMs: 10_001 }] }, 'degraded', ['REPLICA_LAGGING']],
    [
      'a replica behind, no bound',
      { replicas: [{ isUp: true, lagMs: 1e9 }], replicaMaxLagMs: 0 },
      'healthy',
      [],
    ],
    ['a replica of unknown lag', { replicas: [{ isUp: true, lagMs: null }] }, 'healthy', []],
    ['no replica', { replicas: [] }, 'healthy', []],
    [
      'several at once, worst first',
      { probe: { outcome: 'failed', code: 'UNREACHABLE' }, checkoutTimeouts: 1, circuit: 'open' },
      'unhealthy',
      ['PROBE_FAILED', 'CIRCUIT_OPEN', 'CHECKOUTS_TIMED_OUT'],
    ],
    [
      'a mild reason before a grave one',
      { probe: { outcome: 'answered', latencyMs: 5000 }, use: use(20, 3) },
      'unhealthy',
      ['POOL_EXHAUSTED', 'PROBE_SLOW'],
    ],
  ])('judges %s', (_, change, status, codes) => {
    const report = assessHealth({ ...WELL, ...change });
    expect(report.stats.healthStatus).toBe(status);
    expect(report.reasons.map(({ code }) => code)).toEqual(codes);
    expect(report.healthy).toBe(status !== 'unhealthy');
  });

  it('has no latency when there was no answer', () => {
    expect(assessHealth({ ...WELL, probe: { outcome: 'timedOut', timeoutMs: 1 } }).latencyMs).toBeNull();
  });
});

describe('statusOfUse', () => {
  it.each<[PoolUse, string]>([
    [use(0, 0), 'healthy'],
    [use(16, 0), 'degraded'],
    [use(0, 1), 'degraded'],
    [use(19, 1), 'unhealthy'],
    [use(0, 0, 0), 'healthy'],
    [use(0, 1, 0), 'degraded'],
    [use(1, 1, 0), 'unhealthy'],
    [use(1, 0, 1), 'degraded'],
    [use(1, 1, 1), 'unhealthy'],
  ])('judges %o', (given, status) => {
    expect(statusOfUse(given)).toBe(status);
  });
});
