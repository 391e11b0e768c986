import { setTimeout } from 'node:timers/promises';
import { withSession, type SqlSession } from '@agent-agency/testing';

export interface Load {
  /** Waits until every session has done something more. */
  progress(): Promise<void>;
  /** Ends it, and says which agents it was told it had written. Throws what a statement threw. */
  stop(): Promise<string[]>;
}

/**
 * An application from before tenants, in three sessions: two insert agents and events, change the agents and delete an
 * event of two; one reads. As an administrator, whom 007 does not shut out.
 *
 * From 007 on a row has to say whose it is. Whoever is told so for the first time (23502) says it from then on.
 */
export function startLoad(url: string): Load {
  let isStopped = false;
  const done = [0, 0, 0];
  const written: string[] = [];

  const run = (at: number, act: (session: SqlSession, turn: number) => Promise<void>): Promise<void> =>
    withSession(url, async (session) => {
      for (let turn = 0; !isStopped; turn++) {
        await act(session, turn);
        done[at] = turn + 1;
        // Leaves the machine to the migration.
        await setTimeout(5);
      }
    });
  const write = (name: string) => {
    const insert = tenantAwareInsert();
    return async (session: SqlSession, turn: number): Promise<void> => {
      const id = `load ${name} ${turn}`;
      await insert(session, 'agent_profiles', { id, name: id, model_family: 'human' });
      written.push(id);
      await insert(session, 'agent_performance_events', {
        agent_id: id,
        success: true,
        quality_score: 1,
        latency_ms: 1,
      });
      await session.query('update agent_profiles set active_tasks = active_tasks + 1 where id = $1', [id]);
      if (turn % 2 === 0)
        await session.query('delete from agent_performance_events where agent_id = $1', [id]);
    };
  };
  const read = async (session: SqlSession): Promise<void> => {
    await session.query(
      'select count(*) from agent_profiles join agent_capabilities on agent_id = agent_profiles.id',
    );
  };
  const all = Promise.all([run(0, write('a')), run(1, write('b')), run(2, read)]);
  // Whoever stops it is told; nobody is while it runs.
  all.catch(() => undefined);

  return {
    async progress() {
      const before = [...done];
      while (done.some((count, at) => count <= (before[at] ?? 0))) {
        await Promise.race([all, setTimeout(5)]);
      }
    },
    async stop() {
      isStopped = true;
      await all;
      return written;
    },
  };
}

function tenantAwareInsert() {
  let tenant: Readonly<Record<string, unknown>> = {};
  return async (
    session: SqlSession,
    table: string,
    row: Readonly<Record<string, unknown>>,
  ): Promise<void> => {
    const insert = (full: Readonly<Record<string, unknown>>): Promise<unknown> => {
      const columns = Object.keys(full);
      const places = columns.map((_, at) => `$${at + 1}`);
      return session.query(
        `insert into ${table} (${columns.join(', ')}) values (${places.join(', ')})`,
        Object.values(full),
      );
    };
    try {
      await insert({ ...row, ...tenant });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === '23502')) throw error;
      tenant = { tenant_id: 'default-tenant' };
      await insert({ ...row, ...tenant });
    }
  };
}
