import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { metrics, ValueType, type Attributes } from '@opentelemetry/api';
import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseError } from '../../src/errors/database-error.ts';
import { parseTenantContext } from '../../src/tenant/tenant-context.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { FakePool, Sdk, telemetryOf } from './sdk.ts';

let sdk: Sdk;
beforeEach(() => {
  sdk = Sdk.register();
});
afterEach(() => sdk.shutdown());

const POOL = { 'db.client.connection.pool.name': 'db.example:6432/agents' };
const BOUNDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
const TIMED_OUT = new DatabaseError('ACQUIRE_TIMEOUT', 'no connection became free in time');
const DEADLOCK = new DatabaseError('DEADLOCK', 'two transactions waited for each other', {
  details: { sqlState: '40P01' },
});
const { tenantId } = parseTenantContext({ tenantId: 'acme' });

/** Everything that a pool can tell, once. */
async function live(pool: FakePool, telemetry: Telemetry): Promise<void> {
  const { events } = pool;
  pool.counters = { totalCount: 7, idleCount: 2, waitingCount: 4 };
  events.emit('connectionOpened', { durationMs: 20 });
  events.emit('acquired', { waitMs: 3, tenantId });
  events.emit('acquireFailed', { waitMs: 10_000, error: TIMED_OUT });
  events.emit('released', { heldMs: 250, isReused: true });
  events.emit('leakSuspected', { heldMs: 60_000, stack: 'secret' });
  events.emit('retried', { attempt: 1, delayMs: 5, error: DEADLOCK });
  events.emit('circuitChanged', { state: 'open' });
  await telemetry.statement('select 1 from agents', () => Promise.resolve());
  await telemetry.statement('select 1 from agents', () => Promise.reject(DEADLOCK)).catch(() => undefined);
}

/** `histogram`, `counter`, `up-down counter` or `gauge`: what a collection shows of an instrument's kind. */
function kindOf(metric: MetricData): string {
  if (metric.dataPointType === DataPointType.HISTOGRAM) return 'histogram';
  if (metric.dataPointType !== DataPointType.SUM) return 'gauge';
  return metric.isMonotonic ? 'counter' : 'up-down counter';
}

const keysOf = (points: { attributes: Attributes }[]): string[] =>
  [...new Set(points.flatMap(({ attributes }) => Object.keys(attributes)))].sort();

const POOL_NAME = 'db.client.connection.pool.name';
const OPERATION = [
  'db.namespace',
  'db.query.summary',
  'db.response.status_code',
  'db.system.name',
  'error.type',
  'server.address',
  'server.port',
];

/** Name, kind, unit, all keys of attributes. A new metric or label has to be written down here, and in the guide. */
const METRICS: [string, string, string, string[]][] = [
  ['agent_agency.db.acquire.failures', 'counter', '{request}', [POOL_NAME, 'error.type']],
  [
    'agent_agency.db.circuit.status',
    'up-down counter',
    '{pool}',
    ['agent_agency.db.circuit.state', POOL_NAME],
  ],
  ['agent_agency.db.connection.leaks', 'counter', '{connection}', [POOL_NAME]],
  ['agent_agency.db.transaction.retries', 'counter', '{retry}', [POOL_NAME, 'error.type']],
  [
    'db.client.connection.count',
    'up-down counter',
    '{connection}',
    [POOL_NAME, 'db.client.connection.state'],
  ],
  ['db.client.connection.create_time', 'histogram', 's', [POOL_NAME]],
  ['db.client.connection.idle.max', 'up-down counter', '{connection}', [POOL_NAME]],
  ['db.client.connection.idle.min', 'up-down counter', '{connection}', [POOL_NAME]],
  ['db.client.connection.max', 'up-down counter', '{connection}', [POOL_NAME]],
  ['db.client.connection.pending_requests', 'up-down counter', '{request}', [POOL_NAME]],
  ['db.client.connection.timeouts', 'counter', '{timeout}', [POOL_NAME]],
  ['db.client.connection.use_time', 'histogram', 's', [POOL_NAME]],
  ['db.client.connection.wait_time', 'histogram', 's', [POOL_NAME]],
  ['db.client.operation.duration', 'histogram', 's', OPERATION],
];

describe('metrics', () => {
  it('are these, of this kind, unit and with these attributes, and no others', async () => {
    const pool = new FakePool();
    await live(pool, telemetryOf(pool));
    const found = [...(await sdk.metrics()).values()].map((metric) => [
      metric.descriptor.name,
      kindOf(metric),
      metric.descriptor.unit,
      keysOf(metric.dataPoints),
    ]);
    expect(found.sort()).toEqual(METRICS);
  });

  it('are those of the guide', async () => {
    const guide = await readFile(
      new URL('../../../../docs/operations/telemetry.md', import.meta.url),
      'utf8',
    );
    const rows = guide.matchAll(
      /^\| `(?<name>[\w.]+)` +\| (?<kind>counter|histogram|up-down counter) +\| `(?<unit>[^`]+)`/gm,
    );
    const documented = Array.from(rows, ([, ...cells]) => cells);
    expect(documented.sort()).toEqual(METRICS.map(([name, kind, unit]) => [name, kind, unit]));
  });

  it('have the bounds of seconds, and counts are whole numbers', async () => {
    const pool = new FakePool();
    await live(pool, telemetryOf(pool));
    for (const metric of (await sdk.metrics()).values()) {
      expect(metric.descriptor.description).not.toBe('');
      if (metric.dataPointType === DataPointType.HISTOGRAM) {
        for (const { value } of metric.dataPoints) expect(value.buckets.boundaries).toEqual(BOUNDS);
      } else {
        expect(metric.descriptor.valueType).toBe(ValueType.INT);
      }
    }
  });

  it.each([
    ['db.client.connection.idle.max', 12],
    ['db.client.connection.idle.min', 3],
    ['db.client.connection.max', 12],
    ['db.client.connection.pending_requests', 4],
    ['db.client.connection.timeouts', 1],
    ['db.client.connection.create_time', 0.02],
    ['db.client.connection.wait_time', 0.003],
    ['db.client.connection.use_time', 0.25],
    ['agent_agency.db.connection.leaks', 1],
  ])('has %s', async (name, value) => {
    const pool = new FakePool();
    await live(pool, telemetryOf(pool));
    expect(await sdk.values(name)).toEqual([{ attributes: POOL, value }]);
  });

  it('has connections by state', async () => {
    const pool = new FakePool();
    await live(pool, telemetryOf(pool));
    expect(await sdk.values('db.client.connection.count')).toEqual([
      { attributes: { ...POOL, 'db.client.connection.state': 'idle' }, value: 2 },
      { attributes: { ...POOL, 'db.client.connection.state': 'used' }, value: 5 },
    ]);
  });

  it('has the circuit by state, closed at first', async () => {
    const pool = new FakePool();
    const telemetry = telemetryOf(pool);
    const states = async () =>
      Object.fromEntries(
        (await sdk.values('agent_agency.db.circuit.status')).map(({ attributes, value }) => [
          String(attributes['agent_agency.db.circuit.state']),
          value,
        ]),
      );
    expect(await states()).toEqual({ closed: 1, 'half-open': 0, open: 0 });
    await live(pool, telemetry);
    expect(await states()).toEqual({ closed: 0, 'half-open': 0, open: 1 });
  });

  it('counts as a timeout only what is one', async () => {
    const pool = new FakePool();
    const telemetry = telemetryOf(pool);
    expect(await sdk.values('db.client.connection.timeouts')).toEqual([{ attributes: POOL, value: 0 }]);
    const error = new DatabaseError('UNREACHABLE', 'no PostgreSQL answers there');
    pool.events.emit('acquireFailed', { waitMs: 1, error });
    expect(await sdk.values('db.client.connection.timeouts')).toEqual([{ attributes: POOL, value: 0 }]);
    expect(await sdk.values('agent_agency.db.acquire.failures')).toEqual([
      { attributes: { ...POOL, 'error.type': 'UNREACHABLE' }, value: 1 },
    ]);
    telemetry.close();
  });

  it('has the duration of operations that worked apart from those that failed', async () => {
    const pool = new FakePool();
    await live(pool, telemetryOf(pool));
    const operation = {
      'db.system.name': 'postgresql',
      'db.namespace': 'agents',
      'server.address': 'db.example',
      'server.port': 6432,
      'db.query.summary': 'select agents',
    };
    const found = (await sdk.metrics()).get('db.client.operation.duration');
    expect(found?.dataPoints.map(({ attributes }) => attributes)).toEqual([
      operation,
      { ...operation, 'error.type': 'DEADLOCK', 'db.response.status_code': '40P01' },
    ]);
  });

  it('sums up pools of one database', async () => {
    const [draining, successor] = [new FakePool({ max: 12 }), new FakePool({ max: 20 })];
    draining.counters = { totalCount: 5, idleCount: 1, waitingCount: 2 };
    successor.counters = { totalCount: 3, idleCount: 2, waitingCount: 1 };
    const first = telemetryOf(draining);
    telemetryOf(successor);
    const read = async () => [
      ...(await sdk.values('db.client.connection.count')),
      ...(await sdk.values('db.client.connection.max')),
    ];
    expect((await read()).map(({ value }) => value)).toEqual([3, 5, 32]);
    first.close();
    expect((await read()).map(({ value }) => value)).toEqual([2, 1, 20]);
  });

  it('keeps pools of two databases apart', async () => {
    const pools = [new FakePool({ port: 1 }), new FakePool({ port: 2 })];
    for (const pool of pools) telemetryOf(pool);
    expect(await sdk.values('db.client.connection.max')).toHaveLength(2);
  });
});

describe('close', () => {
  it('asks the pool nothing any more and hears nothing of it', async () => {
    const pool = new FakePool();
    const telemetry = telemetryOf(pool);
    await live(pool, telemetry);
    const before = await sdk.values('db.client.connection.wait_time');
    telemetry.close();
    telemetry.close();
    pool.stats = () => {
      throw new Error('the pool is closed');
    };
    await live(pool, telemetry);
    expect(await sdk.values('db.client.connection.wait_time')).toEqual(before);
  });

  it('leaves zeros behind, also in the next collections', async () => {
    const [closed, open] = [new FakePool({ port: 1 }), new FakePool({ port: 2 })];
    const telemetry = telemetryOf(closed);
    telemetryOf(open);
    const waiting = async () =>
      (await sdk.values('db.client.connection.pending_requests')).map(({ value }) => value);
    closed.counters = { totalCount: 12, idleCount: 0, waitingCount: 4 };
    open.counters = { totalCount: 12, idleCount: 0, waitingCount: 1 };
    expect(await waiting()).toEqual([4, 1]);
    telemetry.close();
    open.counters.waitingCount = 2;
    expect(await waiting()).toEqual([0, 2]);
    open.counters.waitingCount = 3;
    expect(await waiting()).toEqual([0, 3]);
  });

  it('takes off every listener, and its callback after the next collection', async () => {
    const pool = new FakePool();
    const listeners = new Set<unknown>();
    const on = pool.events.on.bind(pool.events);
    pool.events.on = (name, listener) => {
      const off = on(name, listener);
      listeners.add(off);
      return () => {
        off();
        listeners.delete(off);
      };
    };
    const remove = vi.spyOn(metrics.getMeter('@agent-agency/db-core'), 'removeBatchObservableCallback');
    const telemetry = telemetryOf(pool);
    expect(listeners.size).toBeGreaterThan(0);
    telemetry.close();
    expect(listeners.size).toBe(0);
    for (let collections = 0; collections < 3; collections++) await sdk.metrics();
    expect(remove).toHaveBeenCalledTimes(1);
  });

  it('lets go of the pool', async () => {
    const pools = [useAndForget(), useAndForget()];
    // A weak reference holds until the turn of the event loop that made it is over.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(pools.map((pool) => pool.deref())).toEqual([undefined, undefined]);
  });
});

function useAndForget(): WeakRef<FakePool> {
  const pool = new FakePool();
  new Telemetry(pool).close();
  return new WeakRef(pool);
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
