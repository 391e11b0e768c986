import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessHealth, statusOfUse } from '../../src/health/assess-health.ts';
import type { HealthInput, HealthStatus, Probe } from '../../src/health/health-report.ts';

const RANK: Readonly<Record<HealthStatus, number>> = { healthy: 0, degraded: 1, unhealthy: 2 };
const CIRCUITS = ['closed', 'half-open', 'open'] as const;

const count = fc.nat({ max: 30 });
/** Two values of which the second is at least as bad. */
const ascending = (values: fc.Arbitrary<number>): fc.Arbitrary<[number, number]> =>
  fc.tuple(values, values).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
const latency = ascending(fc.double({ min: 0, max: 5000, noNaN: true }));
const failure: fc.Arbitrary<Probe> = fc.constantFrom(
  { outcome: 'timedOut', timeoutMs: 2000 },
  { outcome: 'failed', code: 'UNREACHABLE' },
);
const probes: fc.Arbitrary<[Probe, Probe]> = fc.oneof(
  latency.map(([a, b]): [Probe, Probe] => [
    { outcome: 'answered', latencyMs: a },
    { outcome: 'answered', latencyMs: b },
  ]),
  fc.tuple(latency, failure).map(([[a], b]): [Probe, Probe] => [{ outcome: 'answered', latencyMs: a }, b]),
  fc.tuple(failure, failure),
);
/** A replica, and the same one further behind or down. */
const replicas = fc.array(fc.tuple(ascending(fc.nat({ max: 20_000 })), fc.boolean(), fc.boolean()));

const pairs: fc.Arbitrary<[HealthInput, HealthInput]> = fc
  .record({
    active: ascending(count),
    waiting: ascending(count),
    max: count,
    probe: probes,
    circuit: ascending(fc.nat({ max: 2 })),
    timeouts: ascending(count),
    replicas,
  })
  .map((drawn) => {
    const side = (at: 0 | 1): HealthInput => ({
      use: {
        totalCount: drawn.active[at],
        idleCount: 0,
        activeConnections: drawn.active[at],
        waitingCount: drawn.waiting[at],
        max: drawn.max,
      },
      probe: drawn.probe[at],
      circuit: CIRCUITS[drawn.circuit[at] as 0 | 1 | 2],
      checkoutTimeouts: drawn.timeouts[at],
      replicas: drawn.replicas.map(([lagMs, isDown, getsWorse]) => ({
        isUp: !isDown && !(getsWorse && at === 1),
        lagMs: lagMs[at],
      })),
      replicaMaxLagMs: 10_000,
      checkedAt: new Date(0),
    });
    return [side(0), side(1)];
  });

describe('assessHealth', () => {
  it('never gets healthier by more trouble', () => {
    fc.assert(
      fc.property(pairs, ([less, more]) => {
        const [before, after] = [assessHealth(less), assessHealth(more)];
        expect(RANK[after.stats.healthStatus]).toBeGreaterThanOrEqual(RANK[before.stats.healthStatus]);
        expect(RANK[statusOfUse(more.use)]).toBeGreaterThanOrEqual(RANK[statusOfUse(less.use)]);
      }),
    );
  });

  it('gives a reason of the status, and none of a worse one, and agrees with statusOfUse', () => {
    fc.assert(
      fc.property(pairs, ([, input]) => {
        const { healthy, stats, reasons } = assessHealth(input);
        const worst = Math.max(0, ...reasons.map(({ severity }) => RANK[severity]));
        expect(RANK[stats.healthStatus]).toBe(worst);
        expect(healthy).toBe(stats.healthStatus !== 'unhealthy');
        expect(worst).toBeGreaterThanOrEqual(RANK[statusOfUse(input.use)]);
        expect(JSON.stringify(reasons)).not.toContain('NaN');
      }),
    );
  });
});
