import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ConnectionPoolManager,
  parseConfig,
  withAdministratorConnection,
  type DatabaseConfigInput,
} from '../../src/index.ts';
import { errorOf } from '../support/errors.ts';

const manager = new ConnectionPoolManager();
const sockets = new Set<Socket>();
let server: Server | undefined;

afterEach(async () => {
  await manager.shutdown();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

/** Something that listens and is no PostgreSQL. Answers its port. */
async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return (listening.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const port = await listen(() => undefined);
  await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  return port;
}

function connectTo(config: DatabaseConfigInput): ReturnType<typeof errorOf> {
  manager.initialize({ host: '127.0.0.1', ...config });
  return errorOf(manager.withTenant({ tenantId: 'a' }, () => Promise.resolve()));
}

describe('withTenant, without a server', () => {
  it('throws UNREACHABLE when nobody listens', async () => {
    const error = await connectTo({ port: await freePort() });
    expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true, details: { errno: 'ECONNREFUSED' } });
    expect(error.message).toContain('DATABASE_URL');
    expect(await manager.healthCheck()).toBe(false);
  });

  it('throws UNREACHABLE when the name leads nowhere', async () => {
    const error = await connectTo({ host: 'nowhere.invalid' });
    expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true });
    expect(error.details['errno']).toMatch(/^(?:ENOTFOUND|EAI_AGAIN)$/);
  });

  it('throws UNREACHABLE when nobody answers in time, and not ACQUIRE_TIMEOUT', async () => {
    const error = await connectTo({ port: await listen(() => undefined), max: 1, connectionTimeoutMs: 50 });
    expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true });
    expect(error.message).toContain('did not answer in 50 ms');
  });

  it('throws UNREACHABLE when what listens hangs up, and does not call it a timeout', async () => {
    const error = await connectTo({ port: await listen((socket) => socket.end()) });
    expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true });
    expect(error.message).not.toContain('did not answer in');
  });

  it('throws UNREACHABLE when the server speaks no TLS and TLS was asked for', async () => {
    const port = await listen((socket) => socket.once('data', () => socket.write('N')));
    const error = await connectTo({ port, ssl: { rejectUnauthorized: true } });
    expect(error.code).toBe('UNREACHABLE');
    expect(error.message).toContain('TLS');
    expect(error.cause).toBeInstanceOf(Error);
  });
});

describe('withAdministratorConnection, without a server', () => {
  it('throws UNREACHABLE', async () => {
    const config = parseConfig({ host: '127.0.0.1', port: await freePort() });
    expect(await errorOf(withAdministratorConnection(config, () => Promise.resolve()))).toMatchObject({
      code: 'UNREACHABLE',
      details: { errno: 'ECONNREFUSED' },
    });
  });
});
