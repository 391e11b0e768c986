import { context, metrics, ProxyTracer, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { DatabaseError as ServerError } from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseError } from '../../src/errors/database-error.ts';
import { fromServer } from '../../src/errors/from-postgres.ts';
import { FakePool, Sdk, telemetryOf, unregisterSdk } from './sdk.ts';

const TENANT = { kind: 'tenant', readOnly: false } as const;
const SELECT = 'select "name" from "agent_profiles" where "id" = $1';
const SERVER = { 'db.system.name': 'postgresql', 'db.namespace': 'agents', 'server.address': 'db.example' };

let sdk: Sdk;
beforeEach(() => {
  sdk = Sdk.register();
});
afterEach(() => sdk.shutdown());

function uniqueViolation(): DatabaseError {
  const error = new ServerError('duplicate key (secret)', 0, 'error');
  error.code = '23505';
  error.constraint = 'agents_pkey';
  return fromServer(error);
}

const failing = (error: Error) => () => Promise.reject(error);

describe('statement', () => {
  it('answers what the statement answers', async () => {
    expect(await telemetryOf(new FakePool()).statement(SELECT, () => Promise.resolve(7))).toBe(7);
  });

  it('has a span with these attributes and no others', async () => {
    await telemetryOf(new FakePool()).statement(SELECT, () => Promise.resolve());
    const span = sdk.span('select agent_profiles');
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(span.attributes).toEqual({
      ...SERVER,
      'server.port': 6432,
      'db.query.summary': 'select agent_profiles',
    });
    expect(span.instrumentationScope.name).toBe('@agent-agency/db-core');
  });

  it('leaves the default port out, as the conventions ask', async () => {
    await telemetryOf(new FakePool({ port: 5432 })).statement('commit', () => Promise.resolve());
    expect(sdk.span('commit').attributes).toEqual({ ...SERVER, 'db.query.summary': 'commit' });
  });

  it('is called by the system where it has no summary', async () => {
    await telemetryOf(new FakePool({ port: 5432 })).statement('secret', () => Promise.resolve());
    expect(sdk.span('postgresql').attributes).toEqual(SERVER);
  });

  it('reports a failure by code and SQLSTATE, and nothing that quotes a value', async () => {
    const run = telemetryOf(new FakePool()).statement(SELECT, failing(uniqueViolation()));
    await expect(run).rejects.toMatchObject({ code: 'UNIQUE_VIOLATION' });
    const span = sdk.span('select agent_profiles');
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span.attributes).toEqual({
      ...SERVER,
      'server.port': 6432,
      'db.query.summary': 'select agent_profiles',
      'error.type': 'UNIQUE_VIOLATION',
      'db.response.status_code': '23505',
    });
    expect(span.events).toEqual([]);
  });

  it('reports a failure without a SQLSTATE by its code alone', async () => {
    const error = new DatabaseError('CONNECTION_LOST', 'the connection to PostgreSQL broke');
    await telemetryOf(new FakePool())
      .statement(SELECT, failing(error))
      .catch(() => undefined);
    expect(sdk.span('select agent_profiles').attributes).toMatchObject({ 'error.type': 'CONNECTION_LOST' });
    expect(sdk.span('select agent_profiles').attributes).not.toHaveProperty(['db.response.status_code']);
  });

  it('ends its span when the statement throws before it answers a promise', async () => {
    const run = telemetryOf(new FakePool()).statement(SELECT, () => {
      throw new RangeError('secret');
    });
    await expect(run).rejects.toBeInstanceOf(RangeError);
    expect(sdk.span('select agent_profiles').attributes).toMatchObject({ 'error.type': 'RangeError' });
  });

  it('remembers statements, and is right about more than it remembers', async () => {
    const telemetry = telemetryOf(new FakePool());
    for (let at = 0; at < 1500; at++)
      await telemetry.statement(`select 1 from t${at % 1200}`, () => Promise.resolve());
    const names = sdk.spans().map(({ name }) => name);
    expect(names).toEqual(Array.from({ length: 1500 }, (_, at) => `select t${at % 1200}`));
  });
});

describe('transaction', () => {
  it('has a span with these attributes and no others', async () => {
    const telemetry = telemetryOf(new FakePool(), 'replica');
    expect(await telemetry.transaction({ kind: 'system', readOnly: true }, () => Promise.resolve(7))).toBe(7);
    const span = sdk.span('system transaction');
    expect(span.kind).toBe(SpanKind.INTERNAL);
    expect(span.attributes).toEqual({
      ...SERVER,
      'server.port': 6432,
      'agent_agency.db.transaction.kind': 'system',
      'agent_agency.db.transaction.read_only': true,
      'agent_agency.db.server.role': 'replica',
    });
  });

  it("stands between its statements' spans and its caller's", async () => {
    const telemetry = telemetryOf(new FakePool());
    await trace.getTracer('application').startActiveSpan('request', async (request) => {
      await telemetry.transaction(TENANT, async () => {
        // Sent together, as a pipeline is, and answered one after the other.
        await Promise.all([
          telemetry.statement('begin', () => Promise.resolve()),
          telemetry.statement(SELECT, () => new Promise((resolve) => setImmediate(resolve))),
        ]);
        await telemetry.statement('commit', () => Promise.resolve());
      });
      request.end();
    });
    const transaction = sdk.span('tenant transaction');
    for (const name of ['begin', 'select agent_profiles', 'commit']) {
      expect(sdk.span(name).parentSpanContext?.spanId).toBe(transaction.spanContext().spanId);
    }
    expect(transaction.parentSpanContext?.spanId).toBe(sdk.span('request').spanContext().spanId);
    expect(new Set(sdk.spans().map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  it("keeps two transactions' statements apart", async () => {
    const telemetry = telemetryOf(new FakePool());
    const transact = (kind: 'tenant' | 'system', text: string) =>
      telemetry.transaction({ kind, readOnly: false }, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        await telemetry.statement(text, () => Promise.resolve());
      });
    await Promise.all([transact('tenant', 'select 1 from a'), transact('system', 'select 1 from b')]);
    const parentOf = (name: string) => sdk.span(name).parentSpanContext?.spanId;
    expect(parentOf('select a')).toBe(sdk.span('tenant transaction').spanContext().spanId);
    expect(parentOf('select b')).toBe(sdk.span('system transaction').spanContext().spanId);
  });

  it('reports what it was rolled back for, without its message', async () => {
    const run = telemetryOf(new FakePool()).transaction(TENANT, failing(new TypeError('secret')));
    await expect(run).rejects.toBeInstanceOf(TypeError);
    const span = sdk.span('tenant transaction');
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span.attributes).toMatchObject({ 'error.type': 'TypeError' });
    expect(JSON.stringify([span.attributes, span.events, span.status])).not.toContain('secret');
  });

  it('reports something thrown that is no error', async () => {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- somebody's work may
    const work = () => Promise.reject('secret');
    await telemetryOf(new FakePool())
      .transaction(TENANT, work)
      .catch(() => undefined);
    expect(sdk.span('tenant transaction').attributes).toMatchObject({ 'error.type': '_OTHER' });
  });
});

describe('Telemetry', () => {
  it('measures without tracing', async () => {
    trace.disable();
    const telemetry = telemetryOf(new FakePool());
    await telemetry.transaction(TENANT, () => telemetry.statement(SELECT, () => Promise.resolve()));
    expect(await sdk.values('db.client.operation.duration')).toHaveLength(1);
    expect(sdk.spans()).toEqual([]);
  });

  it('traces without measuring', async () => {
    metrics.disable();
    await telemetryOf(new FakePool()).statement(SELECT, () => Promise.resolve());
    expect(sdk.spans()).toHaveLength(1);
    expect(await sdk.metrics()).toEqual(new Map());
  });

  it('looks for an SDK when it is made, and stays without one that comes later', async () => {
    unregisterSdk();
    const early = telemetryOf(new FakePool());
    await sdk.shutdown();
    sdk = Sdk.register();
    await early.transaction(TENANT, () => early.statement(SELECT, () => Promise.resolve()));
    expect(sdk.spans()).toEqual([]);
    const late = telemetryOf(new FakePool());
    await late.statement(SELECT, () => Promise.resolve());
    expect(sdk.spans()).toHaveLength(1);
  });

  it('does nothing at all without an SDK', () => {
    unregisterSdk();
    const pool = new FakePool();
    const listen = vi.spyOn(pool.events, 'on');
    const telemetry = telemetryOf(pool);
    const spies = [
      vi.spyOn(performance, 'now'),
      vi.spyOn(Date, 'now'),
      vi.spyOn(ProxyTracer.prototype, 'startSpan'),
      vi.spyOn(context, 'active'),
      vi.spyOn(context, 'with'),
    ];
    const answer = Promise.resolve(7);
    const answers = [telemetry.statement(SELECT, () => answer), telemetry.transaction(TENANT, () => answer)];
    const calls = spies.map((spy) => spy.mock.calls.length);
    vi.restoreAllMocks();
    expect(calls).toEqual([0, 0, 0, 0, 0]);
    expect(listen).not.toHaveBeenCalled();
    // The very same promise: not even one around it.
    for (const each of answers) expect(each).toBe(answer);
    telemetry.close();
  });
});
