import { applicationManager } from '@agent-agency/db-core/testing';
import { connect, withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { attack, observeBoth } from './attack.ts';
import { contextOf, MARKER, OTHER, OWN, twoWorlds } from './worlds.ts';

const database = testDatabase();

/**
 * What a tenant's SQL can tell of others, and nobody can keep from it without a server of its own or an administrator who
 * takes rights from PUBLIC. Each says how much, and why it is let be. One that is closed fails its test here, and becomes an attack.
 */
const COUNTS = [
  {
    what: 'how large a table is',
    why: 'pg_class and the size of files are everybody’s; the planner needs them',
    statement: `select reltuples, relpages, pg_relation_size(oid) from pg_class where relname = 'task_queue'`,
  },
  {
    what: 'how many rows were written to a table',
    why: 'the counters of pg_stat_user_tables are everybody’s',
    statement: `select n_live_tup from pg_stat_user_tables where relname = 'task_queue'`,
  },
  {
    what: 'how many rows a scan went over',
    why: 'so are those of the transaction itself; without indexes it goes over all',
    statement: `set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_indexonlyscan = off;
      select count(*) from task_queue; select seq_tup_read from pg_stat_xact_user_tables where relname = 'task_queue'`,
  },
  {
    what: 'how many rows a tenant has that is known by its name',
    why: 'tenant_id has statistics, which plans for large and small tenants need; its operators are leakproof',
    statement: `explain select from task_queue where tenant_id = '${OTHER}'`,
  },
  {
    what: 'whether a tenant of a name exists',
    why: 'an entry in its log is a write; what was asked for in vain is not',
    statement: `select app.record_tenant_access('${OTHER}', 'read', 'x'); select pg_current_xact_id_if_assigned() is not null`,
  },
  {
    what: 'whether a project of a name exists',
    why: 'operators find tenants by an index that does not begin with the tenant',
    statement: `set local enable_seqscan = off; explain (analyze, costs off, timing off, summary off) select from tenants where project_id = '${OTHER}'`,
  },
  {
    what: 'how a query is planned',
    why: 'it depends on how large a table is, and shows in the order of rows and in time',
    statement: `explain (costs off) select from task_queue where tenant_id = '${OWN}' and task_id = 'x'`,
  },
];

// PGlite has one login, an administrator's.
describe.skipIf(database.kind === 'pglite')('what is known to tell of other tenants', () => {
  const worlds = twoWorlds(database);

  it.each(COUNTS)('is $what, and no value: $why', async ({ what, statement }) => {
    const tried = attack(what, statement);
    const [alone, beside] = await observeBoth(worlds, tried);
    expect(beside).not.toEqual(alone);
    expect(beside.join('\n')).not.toContain(MARKER);
  });

  it('is a value that is common or at a bound in its column, by the estimates of plans', async () => {
    const session = await connect(worlds.withOther);
    onTestFinished(() => session.close());
    await session.query('begin');
    for (const [name, value] of Object.entries(contextOf(OWN))) {
      await session.query('select set_config($1, $2, true)', [name, value]);
    }
    const rowsUpTo = async (text: string): Promise<number> => {
      const { rows } = await session.query(
        `explain (format json) select from task_queue where description <= '${text}' collate "C"`,
      );
      const [{ 'QUERY PLAN': plan } = {}] = rows as { 'QUERY PLAN'?: [{ Plan: { 'Plan Rows': number } }] }[];
      return plan?.[0].Plan['Plan Rows'] ?? 0;
    };
    // How the estimate jumps at a value that is common enough to be kept.
    expect(await rowsUpTo(MARKER)).toBeGreaterThan(await rowsUpTo(MARKER.slice(0, -1)));
  });

  it('is that somebody writes, by the numbers that the server draws for all', async () => {
    const [own, others] = [await connect(worlds.withOther), await connect(worlds.withOther)];
    onTestFinished(async () => {
      await Promise.all([own.close(), others.close()]);
    });
    const drawn = async (): Promise<unknown> =>
      (
        await own.query(
          'select pg_snapshot_xmax(pg_current_snapshot())::text as xid, pg_current_wal_insert_lsn()::text as lsn',
        )
      ).rows;
    const before = await drawn();
    await others.query('select pg_current_xact_id()');
    await others.query(`select pg_logical_emit_message(true, 'x', 'x')`);
    expect(await drawn()).not.toEqual(before);
  });

  it('is the text of a statement while it runs, but none of its parameters', async () => {
    const manager = applicationManager({ kind: database.kind, urlFor: () => worlds.withOther });
    onTestFinished(() => manager.shutdown());
    const seen = await manager.withTenant({ tenantId: OTHER, userId: MARKER }, async (tx) => {
      await tx
        .selectFrom('task_queue' as never)
        .selectAll()
        .execute();
      return withSession(worlds.withOther, async (session) => {
        const { rows } = await session.query(
          `select activity::text from pg_stat_activity as activity
           where usename = 'agent_agency_app' and pid <> pg_backend_pid() and datname = current_database()`,
        );
        const locks = await session.query('select lock::text from pg_locks as lock');
        return JSON.stringify([...rows, ...locks.rows]);
      });
    });
    expect(seen).toContain('task_queue');
    for (const secret of [OTHER, MARKER, 'test.']) expect(seen).not.toContain(secret);
  });
});
