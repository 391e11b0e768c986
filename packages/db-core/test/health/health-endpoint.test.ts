import { describe, expect, it } from 'vitest';
import { assessHealth } from '../../src/health/assess-health.ts';
import { createHealthEndpoint } from '../../src/health/health-endpoint.ts';
import type { HealthInput, HealthReport } from '../../src/health/health-report.ts';

function report(change: Partial<HealthInput> = {}): HealthReport {
  return assessHealth({
    use: { totalCount: 2, idleCount: 1, activeConnections: 1, waitingCount: 0, max: 4 },
    probe: { outcome: 'answered', latencyMs: 2 },
    circuit: 'closed',
    checkoutTimeouts: 0,
    replicas: [],
    replicaMaxLagMs: 0,
    checkedAt: new Date(0),
    ...change,
  });
}

const request = (method = 'GET'): Request => new Request('http://localhost/health/database', { method });
const ask = (given: HealthReport): Promise<Response> =>
  createHealthEndpoint(() => Promise.resolve(given))(request());

describe('createHealthEndpoint', () => {
  it.each([
    ['healthy', report(), 200],
    ['degraded', report({ checkoutTimeouts: 1 }), 200],
    ['unhealthy', report({ circuit: 'open' }), 503],
  ])('answers for a %s pool with its report', async (_, given, status) => {
    const response = await ask(given);
    expect(response.status).toBe(status);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual(given);
  });

  it('says nothing of an error but that there is no answer', async () => {
    const fails = createHealthEndpoint(() => Promise.reject(new Error('db.internal refuses user alice')));
    const response = await fails(request());
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ healthy: false, checkedAt: expect.any(String) as string });
  });

  it('answers although the pool never does', async () => {
    const waits = createHealthEndpoint(() => new Promise(() => undefined), { timeoutMs: 1 });
    expect((await waits(request())).status).toBe(503);
  });

  it('answers HEAD without a body, and refuses what would change something', async () => {
    const endpoint = createHealthEndpoint(() => Promise.resolve(report()));
    const head = await endpoint(request('HEAD'));
    expect([head.status, await head.text()]).toEqual([200, '']);
    const post = await endpoint(request('POST'));
    expect([post.status, post.headers.get('allow'), await post.text()]).toEqual([405, 'GET, HEAD', '']);
  });
});
