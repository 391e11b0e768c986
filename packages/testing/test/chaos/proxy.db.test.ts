import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connect, startProxy } from '../../src/index.ts';
import type { SqlSession } from '../../src/index.ts';
import { binDir } from '../support/programs.ts';
import { backendOf, pidOf, testProxiedCluster } from './proxied-cluster.ts';
import { connectWire, logIn, query } from './wire-client.ts';

/** Long enough for what loopback does at once, where a test is about something not happening. */
const aMoment = (): Promise<void> => sleep(50);

const cluster = testProxiedCluster();

describe.skipIf(binDir === undefined)('startProxy', () => {
  it('keeps login, database and options of a URL, and changes where it leads', () => {
    expect(cluster.proxy.through('postgres://someone:secret@db.example:6432/store?sslmode=disable')).toBe(
      `postgres://someone:secret@127.0.0.1:${cluster.proxy.port}/store?sslmode=disable`,
    );
  });

  it('takes host and port instead of a URL', async () => {
    const other = await startProxy({ host: '127.0.0.1', port: Number(new URL(cluster.url).port) });
    onTestFinished(() => other.close());
    const { rows } = await (await cluster.open(other.through(cluster.url))).query('select 1 as one');
    expect(rows).toEqual([{ one: 1 }]);
  });

  it('passes more than the buffers hold in both directions', async () => {
    const through = await cluster.throughProxy();
    const { rows } = await through.query('select length($1) as sent, repeat($1, 3) as back', [
      'x'.repeat(4_000_000),
    ]);
    expect(rows[0]?.['sent']).toBe(4_000_000);
    expect(rows[0]?.['back']).toHaveLength(12_000_000);
  });

  it('ends the other side when one ends', async () => {
    const admin = await cluster.direct();
    const through = await connect(cluster.proxy.through(cluster.url));
    const pid = await pidOf(through);
    await through.close();
    await vi.waitUntil(async () => (await backendOf(admin, pid)) === undefined, { timeout: 20_000 });
    const victim = await logIn(cluster.proxy.port);
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'postgres' and pid <> pg_backend_pid()`,
    );
    await victim.ended;
    expect(victim.heard.at(-1)).toBe('ErrorResponse');
  });

  it('ends a connection that it cannot pass on', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const nowhere = await startProxy({ host: '127.0.0.1', port });
    onTestFinished(() => nowhere.close());
    await (
      await connectWire(nowhere.port)
    ).ended;
  });
});

describe.skipIf(binDir === undefined)('cut', () => {
  it('breaks every connection, and new ones work', async () => {
    const victims = [await logIn(cluster.proxy.port), await logIn(cluster.proxy.port)];
    cluster.proxy.cut();
    await Promise.all(victims.map(({ ended }) => ended));
    await logIn(cluster.proxy.port);
  });
});

describe.skipIf(binDir === undefined)('close', () => {
  it('breaks every connection, refuses new ones, and may be called twice and in every state', async () => {
    const open = await logIn(cluster.proxy.port);
    cluster.proxy.freeze();
    await connectWire(cluster.proxy.port);
    await Promise.all([cluster.proxy.close(), cluster.proxy.close()]);
    await open.ended;
    await expect(connectWire(cluster.proxy.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await cluster.proxy.close();
  });
});

describe.skipIf(binDir === undefined)('silenceServer', () => {
  it('loses what the server says on open connections, which hears everything, and not on later ones', async () => {
    const admin = await cluster.direct();
    const silenced = await logIn(cluster.proxy.port);
    cluster.proxy.silenceServer();
    silenced.socket.write(query('create table heard ()'));
    await vi.waitUntil(
      async () => (await admin.query(`select to_regclass('heard') as it`)).rows[0]?.['it'] === 'heard',
      { timeout: 20_000 },
    );
    await aMoment();
    expect(silenced.heard.filter((name) => name === 'CommandComplete')).toEqual([]);
    (await logIn(cluster.proxy.port)).socket.destroy();
  });
});

describe.skipIf(binDir === undefined)('delayReadiness', () => {
  it('lets "ready for query" arrive on its own, after the rest', async () => {
    const client = await logIn(cluster.proxy.port);
    cluster.proxy.delayReadiness();
    const heardAtOnce: string[][] = [];
    client.socket.once('data', () => heardAtOnce.push(client.heard.slice(-1)));
    client.socket.write(query('select 1'));
    await client.hears('ReadyForQuery', 2);
    expect(heardAtOnce).toEqual([['CommandComplete']]);
  });
});

describe.skipIf(binDir === undefined)('refuse', () => {
  it('refuses new connections, leaves open ones alone, and accept takes them on the same port', async () => {
    const through = await cluster.throughProxy();
    const { port } = cluster.proxy;
    cluster.proxy.refuse();
    await expect(connectWire(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect((await through.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await cluster.proxy.accept();
    await cluster.proxy.accept();
    expect(cluster.proxy.port).toBe(port);
    await logIn(port);
  });

  it('says so when somebody has taken the port', async () => {
    cluster.proxy.refuse();
    const other = createServer().listen(cluster.proxy.port, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    await expect(cluster.proxy.accept()).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    await new Promise((resolve) => other.close(resolve));
    await cluster.proxy.accept();
    await logIn(cluster.proxy.port);
  });
});

describe.skipIf(binDir === undefined)('setLatency', () => {
  /** How long each of so many statements takes, one after the other; the least of them says what cannot be beaten. */
  async function fastest(through: SqlSession): Promise<number> {
    const durations: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const startedAt = performance.now();
      await through.query('select 1');
      durations.push(performance.now() - startedAt);
    }
    return Math.min(...durations);
  }

  it('makes every round trip take at least twice as long, on open connections too', async () => {
    const through = await cluster.throughProxy();
    cluster.proxy.setLatency(20);
    expect(await fastest(through)).toBeGreaterThanOrEqual(40);
    cluster.proxy.setLatency(0);
    expect(await fastest(through)).toBeLessThan(40);
  });

  it('delays what is sent together once and not one after the other', async () => {
    const client = await logIn(cluster.proxy.port);
    cluster.proxy.setLatency(20);
    const startedAt = performance.now();
    for (let turn = 0; turn < 100; turn += 1) {
      client.socket.write(query('select 1'));
      await new Promise(setImmediate);
    }
    await client.hears('ReadyForQuery', 101);
    const durationMs = performance.now() - startedAt;
    expect(durationMs).toBeGreaterThanOrEqual(40);
    // One after the other they would take 4000.
    expect(durationMs).toBeLessThan(2000);
  });

  it('is there from the start if asked for', async () => {
    const slow = await startProxy(cluster.url, { latencyMs: 10 });
    onTestFinished(() => slow.close());
    expect(await fastest(await cluster.open(slow.through(cluster.url)))).toBeGreaterThanOrEqual(20);
  });

  it.each([-1, Number.NaN, Infinity])('refuses %s', async (latencyMs) => {
    expect(() => {
      cluster.proxy.setLatency(latencyMs);
    }).toThrow(RangeError);
    await expect(startProxy(cluster.url, { latencyMs })).rejects.toThrow(RangeError);
  });
});
