import { readFile } from 'node:fs/promises';
import { applicationManager } from '@agent-agency/db-core/testing';
import { connect, withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { attack, observeBoth } from './attack.ts';
import { contextOf, MARKER, OTHER, OWN, twoWorlds } from './worlds.ts';

const database = testDatabase();

/** Of a plan. */
interface Node {
  readonly 'Plan Rows'?: number;
  readonly 'Index Name'?: string;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Node[];
}

interface Channel {
  readonly what: string;
  readonly why: string;
  readonly statement: string;
  /** An administrator's harden.sql closes it. */
  readonly isClosable?: true;
}

/**
 * What a tenant's SQL can tell of others, and nobody can keep from it without a server of its own. Each says how much, and why
 * it is let be. One that is closed fails its test here, and becomes an attack.
 */
const COUNTS: readonly Channel[] = [
  {
    what: 'how large a table is',
    why: 'pg_class and the size of files are everybody’s; the planner needs them',
    statement: `select reltuples, relpages, pg_relation_size(oid) from pg_class where relname = 'task_queue'`,
  },
  {
    what: 'how many rows were written to a table',
    why: 'the counters of pg_stat_user_tables are everybody’s',
    statement: `select n_live_tup from pg_stat_user_tables where relname = 'task_queue'`,
    isClosable: true,
  },
  {
    what: 'how many rows a scan went over',
    why: 'so are those of the transaction itself; without indexes it goes over all',
    statement: `set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_indexonlyscan = off;
      select count(*) from task_queue; select seq_tup_read from pg_stat_xact_user_tables where relname = 'task_queue'`,
    isClosable: true,
  },
  {
    what: 'how many sessions of others there are',
    why: 'so is what functions with the service role’s rights went through to find those that are open to the tenant',
    statement: `select app.find_federated_sessions(); select relname, seq_scan + idx_scan from pg_stat_xact_user_tables where relname = 'tenants'`,
    isClosable: true,
  },
  {
    what: 'whether there is a tenant of a name, and how many rows it has',
    why: 'tenant_id has statistics, which plans for large and small tenants need; its operators are leakproof',
    statement: `explain select from task_queue where tenant_id = '${OTHER}'`,
  },
  {
    what: 'how many tenants have a graph of their own, and how large each is, not whose it is',
    why: 'it is a partition, and has a number for a name',
    statement: `select relname, reltuples from pg_class where relname ~ '^capability_vectors_' order by relname`,
  },
  {
    what: 'how a query is planned',
    why: 'it depends on how large a table is, and shows in the order of rows and in time',
    statement: `explain (costs off) select from task_queue where tenant_id = '${OWN}' and task_id = 'x'`,
  },
];

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const harden = await readFile(new URL('../../../../migrations/harden.sql', import.meta.url), 'utf8');

// PGlite has one login, an administrator's.
describe.skipIf(database.kind === 'pglite')('what is known to tell of other tenants', () => {
  const worlds = twoWorlds(database);

  it.each(COUNTS)('is $what, and no value: $why', async ({ what, statement }) => {
    const tried = attack(what, statement);
    const [alone, beside] = await observeBoth(worlds, tried);
    expect(beside).not.toEqual(alone);
    expect(beside.join('\n')).not.toContain(MARKER);
  });

  /** The nodes of a plan in a transaction of {@link OWN}, beside the other. */
  async function explained(
    query: string,
    options = 'verbose',
    settings: readonly string[] = [],
  ): Promise<Node[]> {
    const session = await connect(worlds.withOther);
    onTestFinished(() => session.close());
    await session.query('begin');
    for (const [name, value] of Object.entries(contextOf(OWN)))
      await session.query(`select set_config('${name}', '${value}', true)`);
    for (const setting of settings) await session.query(`set local ${setting}`);
    const { rows } = await session.query(`explain (${options}, format json) ${query}`);
    const [{ 'QUERY PLAN': plan } = {}] = rows as { 'QUERY PLAN'?: [{ Plan: Node }] }[];
    return plan === undefined ? [] : nodesOf(plan[0].Plan);
  }

  /** How many rows of others came first in the order of an index. */
  async function passedBy(index: string, query: string): Promise<number> {
    const inOrder = ['enable_seqscan = off', 'enable_sort = off'];
    const nodes = await explained(query, 'analyze', inOrder);
    const scan = nodes.find((node) => node['Index Name'] === index);
    if (scan === undefined) throw new Error(`not by ${index}`);
    return scan['Rows Removed by Filter'] ?? 0;
  }

  it('is when the first and the last row of a table is from: without that, “for an hour” is a third of a table', async () => {
    const rowsSince = async (time: string): Promise<unknown> =>
      (await explained(`select from task_queue where dequeued_at > ${time}`))[0]?.['Plan Rows'];
    expect(await rowsSince(`now() - interval '1 hour'`)).toBeGreaterThan(Number(await rowsSince('now()')));
  });

  it('is how many tenants come before itself by their names: what keeps them unique has an order', async () => {
    const order = 'order by app.opaque(project_id) desc, app.opaque(name) desc limit 1';
    expect(await passedBy('unique_tenant_name', `select from tenants ${order}`)).toBe(2);
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

  describe('is less where an administrator has run harden.sql', () => {
    beforeAll(async () => {
      for (const url of [database.url, worlds.administrator])
        await withSession(url, (session) => session.query(harden));
    });

    it.each(COUNTS.filter(({ isClosable }) => isClosable))('not $what', async ({ what, statement }) => {
      const [alone, beside] = await observeBoth(worlds, attack(what, statement));
      expect(beside).toEqual(alone);
      expect(beside.join('\n')).toContain('permission denied for function');
    });

    it.each(['pg_stat_activity', 'pg_locks', 'pg_stat_wal'])('not %s', async (view) => {
      const [, beside] = await observeBoth(worlds, attack(view, `select * from ${view}`));
      expect(beside.join('\n')).toContain('permission denied for function');
    });
  });
});
