import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startProxy } from '../../src/index.ts';
import { binDir } from '../support/programs.ts';
import { backendOf, pidOf, testProxiedCluster } from './proxied-cluster.ts';
import { connectWire, lettered, logIn, query, sslRequest } from './wire-client.ts';

/** Long enough for what loopback does at once, where a test is about something not happening. */
const aMoment = (): Promise<void> => sleep(50);

const cluster = testProxiedCluster();

describe.skipIf(binDir === undefined)('freeze', () => {
  it('lets nothing of the client reach the server, and thaw does', async () => {
    const admin = await cluster.direct();
    const through = await cluster.throughProxy();
    const pid = await pidOf(through);
    cluster.proxy.freeze();
    let isAnswered = false;
    const answer = through.query('select 42 as answer').finally(() => (isAnswered = true));
    await aMoment();
    expect(await backendOf(admin, pid)).toMatchObject({
      state: 'idle',
      query: expect.stringContaining('pg_backend_pid') as string,
    });
    expect(isAnswered).toBe(false);
    cluster.proxy.thaw();
    expect(await answer).toEqual({ rows: [{ answer: 42 }] });
  });

  it('lets nothing of the server reach the client, also not the end of the connection', async () => {
    const admin = await cluster.direct();
    const client = await logIn(cluster.proxy.port);
    const { rows } = await admin.query(
      `select pid from pg_stat_activity where datname = 'postgres' and pid <> pg_backend_pid()`,
    );
    const pid = rows[0]?.['pid'];
    expect(rows).toHaveLength(1);
    cluster.proxy.freeze();
    await admin.query('select pg_terminate_backend($1)', [pid]);
    await vi.waitUntil(async () => (await backendOf(admin, pid)) === undefined, { timeout: 20_000 });
    await aMoment();
    expect(client.hasEnded).toBe(false);
    expect(client.heard.at(-1)).toBe('ReadyForQuery');
    cluster.proxy.thaw();
    await client.ended;
    expect(client.heard.at(-1)).toBe('ErrorResponse');
  });

  it.each([
    ['ends', (client: { end(): unknown }) => client.end()],
    ['resets', (client: { resetAndDestroy(): unknown }) => client.resetAndDestroy()],
  ])('does not tell the server that the client %s its connection', async (_how, leave) => {
    const admin = await cluster.direct();
    const client = await logIn(cluster.proxy.port);
    client.socket.write(query('begin'));
    await client.hears('ReadyForQuery', 2);
    const inTransaction = `select from pg_stat_activity where state = 'idle in transaction'`;
    expect((await admin.query(inTransaction)).rows).toHaveLength(1);
    cluster.proxy.freeze();
    leave(client.socket);
    await aMoment();
    expect((await admin.query(inTransaction)).rows).toHaveLength(1);
    cluster.proxy.thaw();
    await vi.waitUntil(async () => (await admin.query(inTransaction)).rows.length === 0, {
      timeout: 20_000,
    });
  });

  it('establishes new connections and answers them after thaw', async () => {
    cluster.proxy.freeze();
    const client = await connectWire(cluster.proxy.port);
    client.socket.write(sslRequest);
    const gone = await connectWire(cluster.proxy.port);
    gone.socket.resetAndDestroy();
    await aMoment();
    expect(client.socket.bytesRead).toBe(0);
    expect(client.hasEnded).toBe(false);
    cluster.proxy.thaw();
    await new Promise((resolve) => client.socket.once('data', resolve));
    expect(client.socket.bytesRead).toBe(1);
  });

  it('does not let the server know of new connections', async () => {
    let known = 0;
    const server = createServer(() => (known += 1)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const other = await startProxy({ host: '127.0.0.1', port });
    onTestFinished(() => other.close());
    other.freeze();
    await connectWire(other.port);
    await aMoment();
    expect(known).toBe(0);
    other.thaw();
    await vi.waitUntil(() => known === 1, { timeout: 20_000 });
  });

  it('does not take in without limit what the client goes on sending', async () => {
    const client = await logIn(cluster.proxy.port);
    cluster.proxy.freeze();
    // Outside of COPY the server takes its data and does nothing with it.
    const megabyte = lettered('d', Buffer.alloc(1024 * 1024));
    for (let sent = 0; sent < 32; sent += 1) client.socket.write(megabyte);
    client.socket.write(query('select 1'));
    const lengths: number[] = [];
    do {
      await aMoment();
      lengths.push(client.socket.writableLength);
    } while (lengths.at(-1) !== lengths.at(-4));
    expect(lengths.at(-1)).toBeGreaterThan(0);
    cluster.proxy.thaw();
    await client.hears('ReadyForQuery', 2);
  });
});
