import { withSession, type SqlSession } from '@agent-agency/testing';
import { expect, vi } from 'vitest';
import type { TenantTransaction } from '../../src/index.ts';
import type { GuardedClient } from '../../src/pool/guarded-client.ts';
import { agentNames, insertAgent } from '../support/agents.ts';
import { gate } from '../support/gate.ts';
import { closeSubject, type Subject } from './subject.ts';

/** How long a pool may take to be at rest again: longer than any of its own patiences, shorter than a statement's. */
export const REST = { timeout: 10_000, interval: 10 };

/**
 * Whether a pool has come out of a fault as it went in. Run after every test of a fault:
 *
 * - no session of the application is in a transaction or runs a statement;
 * - the counters agree with each other and with what the server sees;
 * - the pool lends `max` connections at once, and not one more;
 * - no session has kept anything of a tenant;
 * - the next tenants get their own rows and no others.
 */
async function expectSound(subject: Subject): Promise<void> {
  await withSession(subject.adminUrl, async (admin) => {
    await vi.waitFor(() => expectRest(subject, admin), REST);
    await expectBareSessions(subject);
    await expectOwnRows(subject);
    await vi.waitFor(() => expectRest(subject, admin), REST);
  });
}

/** The end of every test of a fault: {@link expectSound}, and the pool's. */
export async function expectSoundAndClose(subject: Subject): Promise<void> {
  try {
    await expectSound(subject);
  } finally {
    await closeSubject(subject);
  }
}

async function expectRest({ manager, isPooled }: Subject, admin: SqlSession): Promise<void> {
  const states = await applicationStates(admin);
  const { totalCount, idleCount, activeConnections, waitingCount, opened, closed, circuit } =
    manager.getStats();
  expect({ activeConnections, waitingCount, circuit }).toEqual({
    activeConnections: 0,
    waitingCount: 0,
    circuit: 'closed',
  });
  expect(idleCount).toBe(totalCount);
  expect(opened - closed).toBe(totalCount);
  expect(states.filter((state) => state !== 'idle')).toEqual([]);
  if (!isPooled) expect(states).toHaveLength(totalCount);
}

/** The states of the application's sessions, as the server sees them. */
export async function applicationStates(admin: SqlSession): Promise<unknown[]> {
  const { rows } = await admin.query(`
    select state
    from pg_stat_activity
    where datname = current_database() and usename = 'agent_agency_app' and backend_type = 'client backend'`);
  return rows.map(({ state }) => state);
}

const SESSION = `
  select
    coalesce(current_setting('app.current_tenant', true), '') as tenant,
    coalesce(current_setting('app.context_signature', true), '') as signature,
    current_user = session_user as is_itself,
    pg_backend_pid() as pid`;

/** Lends every connection that may be had, at the same time and outside of transactions, and looks at the session. */
async function expectBareSessions({ pool, isPooled }: Subject): Promise<void> {
  const { max } = pool.config;
  const seen = gate();
  let held = 0;
  const look = async (client: GuardedClient): Promise<object> => {
    held += 1;
    const isInTransaction = client.isInTransaction();
    const { rows } = await client.query(SESSION);
    await seen.opened;
    return { ...rows[0], isInTransaction };
  };
  const lent = Array.from({ length: max + 1 }, () => pool.lend(look, { timeoutMs: REST.timeout }));
  const sessions = Promise.allSettled(lent);
  // A permit that was lost leaves fewer than `max`; one that was given back twice makes it more.
  await vi
    .waitFor(() => {
      expect({ held, waiting: pool.stats().waitingCount }).toEqual({ held: max, waiting: 1 });
    }, REST)
    .finally(seen.open);
  const expected = { tenant: '', signature: '', is_itself: true, isInTransaction: false };
  const found = (await sessions).map((session) => (session.status === 'fulfilled' ? session.value : session));
  expect(found).toEqual(found.map(() => ({ ...expected, pid: expect.any(Number) as unknown })));
  const pids = found.map((session) => ('pid' in session ? session.pid : undefined));
  // The one who waited has got somebody else's.
  if (!isPooled) expect(new Set(pids).size).toBe(max);
}

/** Tenants that nobody else uses, on every connection in turn. */
async function expectOwnRows({ manager, pool }: Subject): Promise<void> {
  const witnesses = ['north', 'south'];
  const options = { acquireTimeoutMs: REST.timeout };
  const callers = Array.from({ length: pool.config.max }, () => witnesses).flat();
  for (const tenantId of witnesses) {
    const writeOnce = async (tx: TenantTransaction): Promise<void> => {
      if ((await agentNames(tx)).length === 0) await insertAgent(tx, tenantId);
    };
    await manager.withTenant({ tenantId }, writeOnce, options);
  }
  const seen = await Promise.all(
    callers.map((tenantId) => manager.withTenant({ tenantId }, agentNames, options)),
  );
  expect(seen).toEqual(callers.map((tenantId) => [tenantId]));
}
