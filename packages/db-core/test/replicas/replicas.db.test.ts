import { migrateUp } from '@agent-agency/migrations';
import { connect, startReplicaSet, withSession, type ReplicaSet } from '@agent-agency/testing';
import { sql } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configFromEnv, ConnectionPoolManager, type TenantTransaction } from '../../src/index.ts';
import { createTestTenants, TEST_CONTEXT_KEY } from '../../src/testing.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { codeOf } from '../support/errors.ts';

const acme = { tenantId: 'acme' };
const globex = { tenantId: 'globex' };

let servers: ReplicaSet;
let manager: ConnectionPoolManager;
let created = 0;

beforeAll(async () => {
  servers = await startReplicaSet({ replicas: 2 });
  const { url } = servers.primary;
  await withSession(url, async (session) => {
    await migrateUp(session);
    const secret = Buffer.from(TEST_CONTEXT_KEY.secret).toString('hex');
    await session.query(`select app.put_context_key($1, decode($2, 'hex'))`, [
      TEST_CONTEXT_KEY.keyId,
      secret,
    ]);
  });
  await createTestTenants({ url }, 'acme', 'globex');
  await allAreLevel();
  manager = managerOf();
});
afterAll(async () => {
  await manager.shutdown();
  await servers.stop();
});
afterEach(async () => {
  for (const replica of servers.replicas) {
    await replica.setApplyDelay(0);
    await replica.resume();
  }
});

function applicationUrl(url: string): string {
  const changed = new URL(url);
  changed.username = 'agent_agency_app';
  return changed.href;
}

function managerOf(env: Record<string, string> = {}): ConnectionPoolManager {
  const made = new ConnectionPoolManager();
  const replicas = servers.replicas.map(({ url }) => applicationUrl(url));
  made.initialize(
    configFromEnv(
      {
        DATABASE_URL: applicationUrl(servers.primary.url),
        DB_REPLICA_URLS: replicas.join(','),
        ...env,
      },
      { contextKey: TEST_CONTEXT_KEY, min: 0, max: 4 },
    ),
  );
  return made;
}

async function allAreLevel(): Promise<void> {
  for (const replica of servers.replicas) await replica.catchUp();
}

/** What is known of the replicas is a second old at most; after that long, somebody looks again. */
const untilLookedAgain = (): Promise<void> => delay(1050);

async function portOf(tx: TenantTransaction): Promise<number> {
  const { rows } = await sql<{ port: string }>`select current_setting('port') as port`.execute(tx);
  return Number(rows[0]?.port);
}

const primaryPort = (): number => Number(new URL(servers.primary.url).port);
const replicaPorts = (): number[] => servers.replicas.map(({ url }) => Number(new URL(url).port));

async function writeAgent(): Promise<{ name: string; token: string }> {
  const name = `agent-${++created}`;
  const { token } = await manager.write(acme, (tx) => insertAgent(tx, name));
  return { name, token };
}

describe('read', () => {
  it('goes to the replicas in turn, with the same tenant context', async () => {
    const { name } = await writeAgent();
    await allAreLevel();
    const ports = await Promise.all([1, 2, 3, 4].map(() => manager.read(acme, portOf)));
    expect([...new Set(ports)].sort()).toEqual(replicaPorts().sort());
    expect(await manager.read(acme, agentNames)).toContain(name);
    expect(await manager.read(globex, agentNames)).toEqual([]);
  });

  it('refuses writes, also on the primary', async () => {
    const write = manager.read(acme, (tx) => insertAgent(tx, 'never'));
    expect(await codeOf(write)).toBe('QUERY_FAILED');
    const alone = managerOf({ DB_REPLICA_URLS: '' });
    expect(await codeOf(alone.read(acme, (tx) => insertAgent(tx, 'never')))).toBe('QUERY_FAILED');
    await alone.shutdown();
  });

  it('waits on a replica that is about to have what the token stands for', async () => {
    for (const replica of servers.replicas) await replica.setApplyDelay(40);
    const { name, token } = await writeAgent();
    const seen = await manager.read(
      acme,
      async (tx) => ({ port: await portOf(tx), names: await agentNames(tx) }),
      { after: token, waitMs: 5000 },
    );
    expect(replicaPorts()).toContain(seen.port);
    expect(seen.names).toContain(name);
  });

  it('falls back to the primary when no replica gets there in time', async () => {
    for (const replica of servers.replicas) await replica.pause();
    const { name, token } = await writeAgent();
    const seen = await manager.read(
      acme,
      async (tx) => ({ port: await portOf(tx), names: await agentNames(tx) }),
      { after: token, waitMs: 20 },
    );
    expect(seen.port).toBe(primaryPort());
    expect(seen.names).toContain(name);
  });

  it('is never stale, whatever the replicas do', async () => {
    let isOver = false;
    const disturb = async (): Promise<void> => {
      for (let round = 0; !isOver; round += 1) {
        const [one, other] = round % 2 === 0 ? servers.replicas : [...servers.replicas].reverse();
        await one?.pause();
        await other?.setApplyDelay((round * 7) % 30);
        await delay(15);
        await one?.resume();
      }
    };
    const disturbance = disturb();
    const ports = new Set<number>();
    let stale = 0;
    const reader = async (): Promise<void> => {
      for (let round = 0; round < 60; round += 1) {
        const { name, token } = await writeAgent();
        const options = { after: token, waitMs: 25 };
        const { port, names } = await manager.read(
          acme,
          async (tx) => ({ port: await portOf(tx), names: await agentNames(tx) }),
          options,
        );
        ports.add(port);
        if (!names.includes(name)) stale += 1;
      }
    };
    await Promise.all([reader(), reader(), reader()]);
    isOver = true;
    await disturbance;
    expect(stale).toBe(0);
    // It would prove nothing if everything had been read from the primary.
    expect(replicaPorts().some((port) => ports.has(port))).toBe(true);
  });

  it('does without a token on a replica that is behind, but not on one that is too far behind', async () => {
    const strict = managerOf({ DB_REPLICA_MAX_LAG_MS: '500' });
    await allAreLevel();
    expect(replicaPorts()).toContain(await strict.read(acme, portOf));
    for (const replica of servers.replicas) await replica.pause();
    await writeAgent();
    await delay(600);
    await untilLookedAgain();
    expect(await strict.read(acme, portOf)).toBe(primaryPort());
    expect(await strict.getHealth()).toMatchObject({
      healthy: true,
      stats: { healthStatus: 'degraded' },
      reasons: [{ code: 'REPLICA_LAGGING' }],
    });
    await strict.shutdown();
  });

  it('finds a quiet primary no reason to call its replicas late', async () => {
    const strict = managerOf({ DB_REPLICA_MAX_LAG_MS: '200' });
    await writeAgent();
    await allAreLevel();
    await delay(400);
    expect(replicaPorts()).toContain(await strict.read(acme, portOf));
    await strict.shutdown();
  });

  it('throws what its callback throws, and runs it nowhere else', async () => {
    let runs = 0;
    const failing = manager.read(acme, async (tx) => {
      runs += 1;
      await sql`select 1 / 0`.execute(tx);
    });
    expect(await codeOf(failing)).toBe('QUERY_FAILED');
    expect(runs).toBe(1);
  });

  it('reads inside a transaction what that has written', async () => {
    const names = await manager.withTenant(acme, async (tx) => {
      await insertAgent(tx, 'uncommitted');
      const seen = await manager.read(acme, agentNames);
      await sql`delete from agent_profiles where name = 'uncommitted'`.execute(tx);
      return seen;
    });
    expect(names).toContain('uncommitted');
  });

  it.each(['', 'latest', '0/', '16/B374D848; drop table tenants'])('refuses %o as a token', async (after) => {
    expect(await codeOf(manager.read(acme, agentNames, { after }))).toBe('INVALID_INPUT');
  });
});

describe('read, with a bad limit', () => {
  it.each([-1, 0.5, Number.NaN, Infinity])('refuses to wait %s ms', async (waitMs) => {
    expect(await codeOf(manager.read(acme, agentNames, { waitMs }))).toBe('INVALID_INPUT');
  });
});

describe('write', () => {
  it('answers with the result and a token, also when nothing was written', async () => {
    const { result, token } = await manager.write(acme, () => Promise.resolve('nothing'));
    expect(result).toBe('nothing');
    expect(token).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/);
  });

  it('is refused inside a transaction, which has no token before it is committed', async () => {
    const inside = manager.withTenant(acme, () => manager.write(acme, agentNames));
    expect(await codeOf(inside)).toBe('NESTED_TRANSACTION');
  });
});

describe('read, when servers fail', () => {
  it('passes over a replica that is gone, and goes back when there is one again', async () => {
    const [gone] = await Promise.all([
      startReplicaSet({ replicas: 0 }).then(async (set) => {
        const { url } = set.primary;
        await set.stop();
        return url;
      }),
    ]);
    const [alive] = servers.replicas;
    const urls = [gone, alive?.url ?? ''].map(applicationUrl);
    const partly = managerOf({ DB_REPLICA_URLS: urls.join(',') });
    const ports = await Promise.all([1, 2, 3].map(() => partly.read(acme, portOf)));
    expect(new Set(ports)).toEqual(new Set([Number(new URL(alive?.url ?? '').port)]));
    expect(await partly.getHealth()).toMatchObject({
      healthy: true,
      reasons: [{ code: 'REPLICA_DOWN', severity: 'degraded' }],
    });
    await partly.shutdown();
  });

  it('does not send reads to a server that is no replica', async () => {
    const mistaken = managerOf({ DB_REPLICA_URLS: applicationUrl(servers.primary.url) });
    const { name, token } = await writeAgent();
    expect(await mistaken.read(acme, agentNames, { after: token })).toContain(name);
    expect(await mistaken.getHealth()).toMatchObject({ reasons: [{ code: 'REPLICA_DOWN' }] });
    await mistaken.shutdown();
  });

  it('goes on without the primary', async () => {
    const { name } = await writeAgent();
    await allAreLevel();
    await servers.primary.crash();
    try {
      await untilLookedAgain();
      expect(await manager.read(acme, agentNames)).toContain(name);
      expect(['UNREACHABLE', 'CONNECTION_LOST', 'CIRCUIT_OPEN']).toContain(
        await codeOf(manager.withTenant(acme, agentNames)),
      );
    } finally {
      await servers.primary.start();
    }
    await untilLookedAgain();
    const session = await connect(servers.primary.url);
    await session.query('select 1');
    await session.close();
  });
});
