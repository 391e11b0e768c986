import type { TenantTransaction } from '@agent-agency/db-core';
import { useApplication } from '@agent-agency/db-core/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, vi } from 'vitest';
import { registerAgent, type AgentRegistration } from '../../src/index.ts';

/** A test file's database, with tenants made at once: one at a time takes longer than a test. */
export function useRegistry(tenantCount: number) {
  const app = useApplication(testDatabase());
  let unused: string[] = [];
  beforeAll(async () => {
    unused = await app.newTenants(tenantCount);
  });
  const run = <T>(tenant: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T> =>
    app.inTenant(tenant, work);
  return {
    app,
    run,
    /** A tenant that no other test has. */
    newTenant: (): string => {
      const tenant = unused.pop();
      if (tenant === undefined) throw new Error('there are not so many tenants: ask for more');
      return tenant;
    },
    register: (tenant: string, ...agents: AgentRegistration[]): Promise<void> =>
      run(tenant, async (tx) => {
        for (const agent of agents) await registerAgent(tx, agent);
      }),
    /** As if nobody had seen the agents since then. */
    unseenFor: (tenant: string, interval: string, ...ids: string[]) =>
      run(tenant, (tx) =>
        sql`
          update agent_profiles set last_active_at = now() - ${interval}::interval
          where tenant_id = ${tx.tenantId} and id = any(${ids}::text[])
        `.execute(tx),
      ),
    /** Until a session of this database waits for a lock of another. */
    untilSomebodyWaits: async (): Promise<void> => {
      const session = await connect(app.database.url);
      const waiting = `
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
      `;
      try {
        await vi.waitUntil(async () => (await session.query(waiting)).rows.length > 0, { timeout: 10_000 });
      } finally {
        await session.close();
      }
    },
  };
}

export const agent = (id: string, fields: Partial<AgentRegistration> = {}): AgentRegistration => ({
  id,
  name: `Agent ${id}`,
  modelFamily: 'claude',
  ...fields,
});

/** What a JavaScript caller may pass, whatever the types say. */
export const unchecked = (value: unknown) => value as never;

export const times = <T>(count: number, make: (place: number) => T): T[] =>
  Array.from({ length: count }, (_, place) => make(place));
