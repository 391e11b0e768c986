import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { binDir } from '../support/programs.ts';
import { testProxiedCluster } from './proxied-cluster.ts';
import { connectWire, logIn, query, startup } from './wire-client.ts';

/** Long enough for the server to answer. */
const aMoment = (): Promise<void> => sleep(50);

const cluster = testProxiedCluster();

describe.skipIf(binDir === undefined)('record', () => {
  it('tells what both sides say, also of a connection that was open before', async () => {
    const client = await logIn(cluster.proxy.port);
    const recording = cluster.proxy.record();
    client.socket.write(query('select 1 as one'));
    await client.hears('ReadyForQuery', 2);
    expect(recording.messages).toEqual([
      { connection: 1, from: 'client', type: 'Q', name: 'Query', text: 'select 1 as one' },
      { connection: 1, from: 'server', type: 'T', name: 'RowDescription' },
      { connection: 1, from: 'server', type: 'D', name: 'DataRow' },
      { connection: 1, from: 'server', type: 'C', name: 'CommandComplete' },
      { connection: 1, from: 'server', type: 'Z', name: 'ReadyForQuery' },
    ]);
    recording.stop();
    client.socket.write(query('select 2'));
    await client.hears('ReadyForQuery', 3);
    expect(recording.messages).toHaveLength(5);
  });

  it('counts the round trips of a driver, connection by connection', async () => {
    const recording = cluster.proxy.record();
    const first = await cluster.throughProxy();
    const second = await cluster.throughProxy();
    const before = recording.roundTrips();
    await first.query('select 1');
    await second.query('select 2');
    await second.query('select $1::int', [3]);
    const [one, two] = recording.conversations;
    expect([one?.connection, two?.connection]).toEqual([1, 2]);
    expect(one?.messages[0]?.name).toBe('StartupMessage');
    expect(
      one
        ?.flights()
        .map(({ from }) => from)
        .slice(0, 3),
    ).toEqual(['client', 'server', 'client']);
    expect(two?.messages.map(({ text }) => text)).toContain('select $1::int');
    expect(recording.roundTrips()).toBe((one?.roundTrips() ?? 0) + (two?.roundTrips() ?? 0));
    // postgres.js asks for the types of parameters before it sends their values.
    expect(recording.roundTrips() - before).toBe(4);
  });

  it('tells of a cancel request, which comes on a connection of its own', async () => {
    const recording = cluster.proxy.record();
    const client = await connectWire(cluster.proxy.port);
    client.socket.write(startup(80_877_102, Buffer.alloc(8)));
    await client.ended;
    expect(recording.messages).toEqual([
      { connection: 1, from: 'client', type: 'Startup', name: 'CancelRequest' },
    ]);
  });

  it('does not tell what was lost', async () => {
    const client = await logIn(cluster.proxy.port);
    const recording = cluster.proxy.record();
    cluster.proxy.silenceServer();
    client.socket.write(query('select 1'));
    await aMoment();
    expect(recording.messages.map(({ name }) => name)).toEqual(['Query']);
  });
});

describe.skipIf(binDir === undefined)('holdAnswers', () => {
  it('shows that a client does not wait, even when the server is faster than the client', async () => {
    const client = await logIn(cluster.proxy.port);
    const recording = cluster.proxy.record();
    cluster.proxy.holdAnswers(3);
    client.socket.write(query('begin'));
    await aMoment();
    client.socket.write(query('select 1'));
    await aMoment();
    expect(client.heard.filter((name) => name === 'ReadyForQuery')).toHaveLength(1);
    client.socket.write(query('select 2'));
    await client.hears('ReadyForQuery', 4);
    expect(recording.roundTrips()).toBe(1);
    expect(recording.conversations[0]?.flights().map(({ messages }) => messages.length)).toEqual([3, 10]);
    // Only once.
    client.socket.write(query('commit'));
    await client.hears('ReadyForQuery', 5);
    expect(recording.roundTrips()).toBe(2);
  });

  it('lets a client that waits go on in the end, and shows that it waited', async () => {
    const client = await logIn(cluster.proxy.port);
    const recording = cluster.proxy.record();
    cluster.proxy.holdAnswers(2, 20);
    client.socket.write(query('begin'));
    await client.hears('ReadyForQuery', 2);
    client.socket.write(query('commit'));
    await client.hears('ReadyForQuery', 3);
    expect(recording.roundTrips()).toBe(2);
  });

  it('lets a client log in', async () => {
    const client = await connectWire(cluster.proxy.port);
    cluster.proxy.holdAnswers(1, 3_600_000);
    client.socket.write(startup(196_608, 'user\0postgres\0\0'));
    await client.hears('ReadyForQuery');
  });
});
