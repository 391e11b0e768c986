import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabaseError, type DatabaseErrorCode } from '../../src/index.ts';
import { PoolEventEmitter } from '../../src/events/pool-events.ts';
import { PoolCounters, type PoolStats } from '../../src/pool/pool-stats.ts';

const NOW = { totalCount: 5, idleCount: 2, waitingCount: 3, max: 8, circuit: 'closed' } as const;

function acquireOf(waits: readonly number[]): PoolStats['acquire'] {
  const events = new PoolEventEmitter();
  const counters = new PoolCounters(events);
  for (const waitMs of waits) events.emit('acquired', { waitMs, tenantId: undefined });
  return counters.stats(NOW).acquire;
}

describe('PoolCounters.stats', () => {
  it('says what the pool is like now, and since when there is one', () => {
    const before = Date.now();
    const stats = new PoolCounters(new PoolEventEmitter()).stats(NOW);
    expect(stats).toMatchObject({ ...NOW, activeConnections: 3, opened: 0, closed: 0 });
    expect(stats.createdAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(stats.createdAt.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('says 0 of waits before there was one', () => {
    expect(acquireOf([])).toEqual({ count: 0, timeouts: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 });
  });

  it('knows the percentiles of a hundred waits to a thousandth', () => {
    const { count, p50Ms, p95Ms, p99Ms, maxMs } = acquireOf(Array.from({ length: 100 }, (_, at) => at + 1));
    expect(count).toBe(100);
    for (const [actual, expected] of [
      [p50Ms, 50],
      [p95Ms, 95],
      [p99Ms, 99],
      [maxMs, 100],
    ] as const) {
      expect(Math.abs(actual - expected)).toBeLessThanOrEqual(expected / 1000);
    }
  });

  it('orders them, whatever the waits are', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (waits) => {
        const { count, p50Ms, p95Ms, p99Ms, maxMs } = acquireOf(waits);
        expect(count).toBe(waits.length);
        expect(p50Ms).toBeLessThanOrEqual(p95Ms);
        expect(p95Ms).toBeLessThanOrEqual(p99Ms);
        expect(p99Ms).toBeLessThanOrEqual(maxMs);
        const longest = Math.max(...waits);
        expect(Math.abs(maxMs - longest)).toBeLessThanOrEqual(longest / 1000 + 0.001);
      }),
    );
  });

  it('counts connections, and of the callers that got none those that came too late', () => {
    const events = new PoolEventEmitter();
    const counters = new PoolCounters(events);
    const fail = (code: DatabaseErrorCode): void => {
      events.emit('acquireFailed', { waitMs: 1, error: new DatabaseError(code, code) });
    };
    fail('ACQUIRE_TIMEOUT');
    fail('ACQUIRE_TIMEOUT');
    fail('ABORTED');
    fail('UNREACHABLE');
    for (let at = 0; at < 3; at += 1) events.emit('connectionOpened', { durationMs: 1 });
    events.emit('connectionClosed', {});
    const stats = counters.stats(NOW);
    expect(stats).toMatchObject({ opened: 3, closed: 1, acquire: { count: 0, timeouts: 2 } });
  });
});
