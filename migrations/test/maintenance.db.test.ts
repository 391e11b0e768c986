import { provisionPostgres, connect, startCluster, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createEmptyDatabase, openSession, untilLockAwaited, urlOf } from './support/databases.ts';
import { DocumentedSql } from './support/documented-run.ts';
import { readSections } from './support/documented-sql.ts';
import { createTenants, queryValue, type Row } from './support/rows.ts';
import { applyContext, asTenant, signContext } from './support/tenant-context.ts';
import { insertTenantRows } from './support/tenant-rows.ts';

const runProgram = promisify(execFile);
const database = testDatabase();
const sections = await readSections('operations/maintenance.md');
const blocks = sections.flatMap((section) => section.blocks);
const documented = new DocumentedSql(sections);
const checked = new Set<string>();
let administrator: SqlSession;
let application: SqlSession;

/** Runs the statements of a block one by one; the rows are those of the last. */
async function run(
  caption: string,
  values: readonly unknown[] = [],
  session = administrator,
): Promise<readonly Row[]> {
  let rows: readonly Row[] = [];
  for (const statement of documented.statements(caption)) {
    ({ rows } = await session.query(statement, statement.includes('$1') ? values : []));
  }
  checked.add(caption);
  return rows;
}

/** As the owner, who has no login. */
async function runAsOwner(caption: string): Promise<readonly Row[]> {
  await administrator.query('set role agent_agency_owner');
  try {
    return await run(caption);
  } finally {
    await administrator.query('reset role');
    await administrator.query('reset lock_timeout');
  }
}

async function openNamed(name: string, role = 'agent_agency_app'): Promise<SqlSession & { pid: number }> {
  const session = await openSession(database.urlFor(role));
  await session.query(`select set_config('application_name', $1, false)`, [name]);
  return { ...session, pid: Number(await queryValue(session, 'select pg_backend_pid()')) };
}

const fileNode = (index: string): Promise<unknown> =>
  queryValue(administrator, 'select pg_relation_filenode($1::regclass)', [index]);

describe.skipIf(database.kind === 'pglite')('docs/operations/maintenance.md', () => {
  beforeAll(async () => {
    [administrator, application] = await Promise.all([
      connect(database.url),
      connect(database.urlFor('agent_agency_app')),
    ]);
    await createTenants(administrator, 'acme', 'globex');
    for (const tenant of ['acme', 'globex'])
      await asTenant(application, tenant, () => insertTenantRows(application, tenant));
  });
  afterAll(() => Promise.all([administrator.close(), application.close()]));

  it('counts connections by state, and what is in use', async () => {
    await openNamed('counted');
    const busy = await openNamed('counted');
    await busy.query('begin');
    await expect(run('Connections by state', ['counted'])).resolves.toEqual([
      { state: 'idle', connections: '1' },
      { state: 'idle in transaction', connections: '1' },
    ]);
    await expect(run('How much of the pool is in use', ['counted'])).resolves.toEqual([
      { connections: '2', idle: '1', active: '0', idle_in_transaction: '1', in_use_percent: '50.00' },
    ]);
    await expect(run('How much of the pool is in use', ['nobody'])).resolves.toMatchObject([
      { connections: '0', in_use_percent: null },
    ]);
    const [full] = await run('How full the server is');
    expect(Number(full?.['connections'])).toBeGreaterThan(2);
    expect(Number(full?.['most'])).toBeGreaterThan(Number(full?.['connections']));
  });

  it('lists tables and unused indexes', async () => {
    const tables = await run('The largest tables, and what is dead in them');
    expect(tables).toHaveLength(20);
    await administrator.query('create table looked_at_by_nobody as select 1 as n');
    await administrator.query('create index idx_used_by_nobody on looked_at_by_nobody (n)');
    const unused = await run(
      'Indexes that nobody has used since the counters began, and that keep nothing unique',
    );
    expect(unused).toContainEqual(expect.objectContaining({ index_name: 'idx_used_by_nobody' }));
  });

  it('refreshes what operators search in', async () => {
    await runAsOwner('As the owner: what operators search in');
    await administrator.query(
      `update agent_profiles set embedding = array_fill(1, array[768])::vector where tenant_id = 'acme'`,
    );
    await runAsOwner('As the owner: what operators search in');
    const count = 'select count(*)::integer from hybrid_search_materialized';
    // Two agents, and a verdict of each tenant.
    expect(await queryValue(administrator, count)).toBe(4);
  });

  it('analyzes and vacuums', async () => {
    const statistics = `select count(*)::integer from pg_stats where tablename = $1`;
    expect(await queryValue(administrator, statistics, ['agent_relationships'])).toBe(0);
    await runAsOwner('As the owner: statistics after a large import');
    expect(await queryValue(administrator, statistics, ['agent_relationships'])).toBeGreaterThan(0);
    const allVisible = `select relallvisible from pg_class where relname = 'task_queue'`;
    expect(await queryValue(administrator, allVisible)).toBe(0);
    // Not while autovacuum, or anybody else, is in the middle of something in this database.
    await expect
      .poll(
        async () => {
          await run('Free what is dead, and note what is visible to everybody');
          return queryValue(administrator, allVisible);
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
  });

  it('cleans up for a tenant', async () => {
    await administrator.query(`update entity_similarity_cache set computed_at = now() - interval '8 days'`);
    const caption = "In a tenant's transaction: forget what was computed and has aged";
    const rows = await asTenant(application, 'acme', () => run(caption, [], application));
    expect(rows).toMatchObject([{ similarities: 1 }]);
    expect(await queryValue(administrator, 'select tenant_id from entity_similarity_cache')).toBe('globex');
  });

  it('says how vectors are searched', async () => {
    await administrator.query(
      `update agent_capabilities_graph set embedding = array_fill(1, array[768])::vector;
       select app.begin_vector_index('acme'), app.fill_vector_index('acme'), app.finish_vector_index('acme')`,
    );
    const searched = await runAsOwner("As the owner: how each tenant's vectors are searched");
    const two = { vectors: '2', pending: '0', index_recall: null };
    expect(searched).toEqual([
      { vector_tenant_id: 'acme', index_state: 'ready', indexed: '2', ...two },
      { vector_tenant_id: 'globex', index_state: null, indexed: null, ...two },
    ]);
  });

  it('puts another index in the place of one', async () => {
    const before = await fileNode('idx_capabilities_type');
    await runAsOwner('As the owner: an index with more columns under its name');
    expect(await fileNode('idx_capabilities_type')).not.toBe(before);
    await expect(run('Indexes that were not finished')).resolves.toEqual([]);
  });

  it('rewrites a table only when nobody reads it', async () => {
    const caption = 'One table, rewritten: nobody can read it meanwhile';
    const before = await fileNode('graph_search_sessions');
    await asTenant(application, 'acme', async () => {
      await application.query('select count(*) from graph_search_sessions');
      await administrator.query(`set lock_timeout = '50ms'`);
      await expect(run(caption)).rejects.toMatchObject({ code: '55P03' });
      await administrator.query('vacuum graph_search_sessions');
    });
    await administrator.query('reset lock_timeout');
    await run(caption);
    expect(await fileNode('graph_search_sessions')).not.toBe(before);
  });

  it('rebuilds every index', async () => {
    const before = await fileNode('idx_relationships_source');
    await run('Every index, while the database is used');
    expect(await fileNode('idx_relationships_source')).not.toBe(before);
    await expect(run('Indexes that were not finished')).resolves.toEqual([]);
  });

  it('tells of an index that was not finished', async () => {
    await administrator.query('create table broken as select 1 as n union all select 1');
    const build = administrator.query('create unique index concurrently idx_broken on broken (n)');
    await expect(build).rejects.toMatchObject({ code: '23505' });
    await expect(run('Indexes that were not finished')).resolves.toEqual([
      { index_name: 'idx_broken', table_name: 'broken' },
    ]);
    await administrator.query('drop table broken');
  });

  it('forgets old entries of the access log, which only operators can', async () => {
    const caption = 'As the owner: forget who asked longer ago than their tenant wants, 90 days by default';
    await administrator.query(
      `update tenant_access_log set accessed_at = now() - interval '91 days' where tenant_id = 'acme'`,
    );
    const [statement = ''] = documented.statements(caption);
    await expect(asTenant(application, 'acme', () => application.query(statement))).rejects.toMatchObject({
      code: '42501',
    });
    const held = Number(
      await queryValue(administrator, `select count(*) from tenant_access_log where tenant_id = 'acme'`),
    );
    expect(held).toBeGreaterThan(0);
    await administrator.query('set role agent_agency_owner');
    await expect(run(caption)).resolves.toEqual([{ deleted: String(held) }]);
    await expect(run(caption)).resolves.toEqual([{ deleted: '0' }]);
    await administrator.query('reset role');
    expect(await queryValue(administrator, 'select min(tenant_id) from tenant_access_log')).toBe('globex');
  });

  it('names settings that there are', async () => {
    await administrator.query(`load 'vector'`);
    const section = sections.find(({ title }) => title === 'Settings of the server');
    const inTable = [...(section?.prose ?? '').matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name),
    );
    const inFiles = blocks
      .filter(({ language }) => language === 'ini')
      .flatMap(({ code }) => [...code.matchAll(/^(\w+) = /gm)].map(([, name = '']) => name));
    expect(inTable.length).toBeGreaterThan(10);
    expect(inFiles).toHaveLength(5);
    const { rows } = await administrator.query(
      `select name from unnest($1::text[]) as name where name not in (select name from pg_settings)`,
      [[...inTable, ...inFiles]],
    );
    expect(rows).toEqual([]);
    const set = await run('What is set, and where');
    expect(set).toContainEqual(expect.objectContaining({ name: 'max_connections' }));
  });

  it('finds what runs, who waits for whom, and cancels it', async () => {
    const [holder, waiter] = [await openNamed('holder', 'postgres'), await openNamed('waiter', 'postgres')];
    await holder.query('begin');
    await holder.query('lock table looked_at_by_nobody');
    const waiting = waiter.query('select * from looked_at_by_nobody').catch((error: unknown) => error);
    await untilLockAwaited(administrator, waiter.pid);
    await expect(run('Who waits for whom')).resolves.toMatchObject([
      { pid: waiter.pid, blocked_by: holder.pid, blocking_state: 'idle in transaction' },
    ]);
    const running = await run('What has run for long', ['0 seconds']);
    expect(running.map(({ pid }) => pid)).toEqual(expect.arrayContaining([holder.pid, waiter.pid]));
    await expect(run('What has run for long', ['1 hour'])).resolves.toEqual([]);
    const cancel = 'Cancel a statement; the transaction fails, the connection stays';
    await expect(run(cancel, [waiter.pid])).resolves.toEqual([{ cancelled: true }]);
    expect(await waiting).toMatchObject({ code: '57014' });
    await expect(queryValue(waiter, 'select 1')).resolves.toBe(1);
  });

  it('tells a claim from a tenant', async () => {
    const caption = 'As the application: what the transaction claims, and what counts';
    const ask = () => run(caption, [], application);
    await expect(asTenant(application, undefined, ask)).resolves.toEqual([{ claimed: null, tenant: null }]);
    await expect(asTenant(application, 'acme', ask)).resolves.toEqual([{ claimed: 'acme', tenant: 'acme' }]);
    const forged = asTenant(application, undefined, async () => {
      await applyContext(application, { ...signContext({ tenant: 'globex' }), 'app.current_tenant': 'acme' });
      return ask();
    });
    await expect(forged).resolves.toEqual([{ claimed: 'acme', tenant: null }]);
  });

  it('lists sessions without encryption', async () => {
    const open = await openNamed('in clear');
    const rows = await run('Sessions whose traffic can be read');
    expect(rows).toContainEqual(expect.objectContaining({ pid: open.pid, application_name: 'in clear' }));
  });

  it.skipIf(database.kind !== 'provisioned')(
    'dumps as the administrator only, and restores every row',
    async () => {
      const binDir = await provisionPostgres({ env: process.env });
      const folder = await mkdtemp(join(tmpdir(), 'agent-agency-dump-'));
      onTestFinished(() => rm(folder, { recursive: true }));
      const restored = await createEmptyDatabase(database.url);
      const shell = async (caption: string, env: Record<string, string>): Promise<void> => {
        const block = blocks.find(
          (candidate) => candidate.language === 'sh' && candidate.caption === caption,
        );
        const PATH = `${binDir}:${process.env['PATH'] ?? ''}`;
        await runProgram('sh', ['-ec', block?.code ?? 'false'], { cwd: folder, env: { PATH, ...env } });
        checked.add(caption);
      };
      const dump = 'A dump, by a role that sees every row';
      const reader = `reader_${randomBytes(6).toString('hex')}`;
      await administrator.query(`create role ${reader} login in role pg_read_all_data`);
      onTestFinished(async () => {
        await administrator.query(`drop role ${reader}`);
      });
      await expect(shell(dump, { ADMINISTRATOR_URL: urlOf(reader, database.url) })).rejects.toThrow(
        'row-level security',
      );
      // A filled view has to be filled again on restoring.
      await administrator.query('select refresh_hybrid_search_index()');
      await shell(dump, { ADMINISTRATOR_URL: database.url });
      await shell('Back into an empty database', { RESTORED_URL: restored });
      const copy = await openSession(restored);
      const everything = `
      select string_agg(relname || ' ' || (xpath('/row/n/text()', query_to_xml(
        format('select count(*) as n from %s', oid::regclass), false, true, '')))[1]::text, ', ' order by relname)
      from pg_class where relkind = 'r' and relnamespace in ('public'::regnamespace, 'app'::regnamespace)`;
      expect(await queryValue(copy, everything)).toBe(await queryValue(administrator, everything));
      const policies = 'select count(*)::integer from pg_policies';
      expect(await queryValue(copy, policies)).toBe(await queryValue(administrator, policies));
    },
  );

  it.skipIf(database.kind !== 'provisioned')('archives the write-ahead log', async () => {
    const archive = await mkdtemp(join(tmpdir(), 'agent-agency-archive-'));
    onTestFinished(() => rm(archive, { recursive: true }));
    await runProgram('chmod', ['777', archive]);
    const file = blocks.find(({ caption }) => caption === 'postgresql.conf');
    const settings = Object.fromEntries(
      [...(file?.code ?? '').matchAll(/^(\w+) = '?(.*?)'?$/gm)].map(([, name = '', value = '']) => [
        name,
        value.replaceAll('/mnt/wal_archive', archive),
      ]),
    );
    const cluster = await startCluster({
      binDir: await provisionPostgres({ env: process.env }),
      settings: { wal_level: 'replica', ...settings },
    });
    onTestFinished(() => cluster.stop());
    const session = await connect(cluster.url);
    await session.query('create table written (n integer)');
    const segment = await queryValue(session, 'select pg_walfile_name(pg_switch_wal())');
    const [statement = ''] = documented.statements('Whether the archive keeps up');
    let last: Row | undefined;
    do [last] = (await session.query(statement)).rows;
    while (last?.['last_archived_wal'] !== segment && last?.['failed_count'] === '0');
    await session.close();
    expect(last).toMatchObject({ failed_count: '0', last_archived_wal: segment });
    expect(await readdir(archive)).toContain(segment);
    checked.add('Whether the archive keeps up');
  });

  it.skipIf(database.kind !== 'provisioned')('names the statements that took most time', async () => {
    const cluster = await startCluster({
      binDir: await provisionPostgres({ env: process.env }),
      settings: { shared_preload_libraries: 'pg_stat_statements' },
    });
    onTestFinished(() => cluster.stop());
    const session = await connect(cluster.url);
    await session.query('create extension pg_stat_statements');
    for (const place of [1, 2, 3]) await session.query('select pg_sleep(0.05), $1::integer', [place]);
    const [statement = ''] = documented.statements("The statements that took most of the server's time");
    const [first] = (await session.query(statement)).rows;
    await session.close();
    expect(first).toMatchObject({ calls: '3', rows: '3', query: 'select pg_sleep($2), $1::integer' });
    expect(Number(first?.['mean_ms'])).toBeGreaterThanOrEqual(50);
    checked.add("The statements that took most of the server's time");
  });

  it.skipIf(database.kind !== 'provisioned')('has compared the result of every block', () => {
    const captions = blocks
      // What is a program's own command, its own tests run.
      .filter(
        ({ language, code }) => language === 'sql' || (language === 'sh' && !code.includes('agency-db')),
      )
      .map(({ caption }) => caption);
    expect(captions).toEqual([...new Set(captions)]);
    expect([...checked].toSorted()).toEqual(captions.toSorted());
  });
});
