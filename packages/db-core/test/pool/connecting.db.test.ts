import { once } from 'node:events';
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionPoolManager, DatabaseConfigInput } from '../../src/index.ts';
import { applicationManager, createTestTenants } from '../../src/testing.ts';
import { agentNames } from '../support/agents.ts';
import { errorOf } from '../support/errors.ts';

const database = testDatabase();
const acme = { tenantId: 'acme' };

beforeAll(() => createTestTenants(database, 'acme'));

/** A server's door that slams shut on the first callers, and then leads to the database. */
async function withDoor(
  refused: number,
  use: (manager: ConnectionPoolManager, attempts: () => number) => Promise<void>,
  config: Partial<DatabaseConfigInput> = {},
): Promise<void> {
  const url = new URL(database.directUrlFor('agent_agency_app'));
  const target = { host: url.hostname, port: Number(url.port) };
  const sockets = new Set<Socket>();
  let attempts = 0;
  const server = createServer((socket) => {
    attempts += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (attempts <= refused) {
      socket.destroy();
      return;
    }
    const upstream = connectSocket(target);
    sockets.add(upstream);
    upstream.on('error', () => undefined);
    socket.pipe(upstream).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  url.host = `127.0.0.1:${String(port)}`;
  const manager = applicationManager({ kind: database.kind, urlFor: () => url.href }, config);
  try {
    await use(manager, () => attempts);
  } finally {
    await manager.shutdown();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

describe('a checkout', () => {
  it.each([1, 2])('tries again to connect after %i failures, unseen by its caller', async (refused) => {
    await withDoor(refused, async (manager, attempts) => {
      const failed: string[] = [];
      manager.on('connectionFailed', ({ error }) => failed.push(error.code));
      expect(await manager.withTenant(acme, agentNames)).toEqual([]);
      expect(attempts()).toBe(refused + 1);
      expect(failed).toEqual(Array.from({ length: refused }, () => 'UNREACHABLE'));
      expect(manager.getStats()).toMatchObject({ opened: 1, totalCount: 1, circuit: 'closed' });
    });
  });

  it('throws UNREACHABLE after three attempts, whatever `attempts` says', async () => {
    await withDoor(3, async (manager, attempts) => {
      const error = await errorOf(manager.withTenant(acme, agentNames, { attempts: 10 }));
      expect(error).toMatchObject({ code: 'UNREACHABLE', retryable: true });
      expect(attempts()).toBe(3);
      expect(await manager.withTenant(acme, agentNames)).toEqual([]);
    });
  });

  it('gives the place back when it could not connect', async () => {
    await withDoor(
      4,
      async (manager) => {
        expect((await errorOf(manager.withTenant(acme, agentNames))).code).toBe('UNREACHABLE');
        const callers = Array.from({ length: 5 }, () => manager.withTenant(acme, agentNames));
        expect(await Promise.all(callers)).toEqual(Array.from({ length: 5 }, () => []));
        expect(manager.getStats()).toMatchObject({ totalCount: 1, waitingCount: 0 });
      },
      { max: 1 },
    );
  });
});
