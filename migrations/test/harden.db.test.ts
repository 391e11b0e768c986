import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrationsDirectory } from '../src/index.ts';
import { DocumentedSql } from './support/documented-run.ts';
import { readSections } from './support/documented-sql.ts';
import { createTenants, type Row } from './support/rows.ts';

const database = testDatabase();
const harden = await readFile(new URL('harden.sql', migrationsDirectory), 'utf8');
const sections = await readSections('operations/hardening.md');
const documented = new DocumentedSql(sections);
const checked = new Set<string>();
let administrator: SqlSession;

async function run(caption: string, ...replaced: readonly [string, string][]): Promise<Row[]> {
  let rows: Row[] = [];
  for (const statement of documented.statements(caption))
    ({ rows } = await administrator.query(
      replaced.reduce((text, [from, to]) => text.replaceAll(from, to), statement),
    ));
  checked.add(caption);
  return rows;
}

const ask = async (query: string): Promise<Row[]> => (await administrator.query(query)).rows;

/** What is known of a column. */
const KNOWN = `
  select null_frac::text as nulls, n_distinct::text as different, avg_width as width,
    most_common_vals is not null or histogram_bounds is not null or most_common_elems is not null as has_values
  from pg_stats where tablename = 'task_queue' and attname = 'description'`;

async function sample(): Promise<void> {
  await administrator.query('alter table task_queue alter column description set statistics 100');
  await administrator.query('analyze task_queue (description)');
  await administrator.query('alter table task_queue alter column description set statistics 0');
}

describe.skipIf(database.kind === 'pglite')('harden.sql', () => {
  beforeAll(async () => {
    administrator = await connect(database.url);
    await createTenants(administrator, 'acme');
    await administrator.query(
      `insert into task_queue (tenant_id, task_id, task_type, description)
       select 'acme', n::text, 'research', 'something ' || n % 10 from generate_series(1, 100) as n`,
    );
  });
  afterAll(() => administrator.close());

  it('leaves of what was sampled earlier the figures, and no value', async () => {
    await sample();
    const figures = { nulls: '0', different: '10', width: 12 };
    expect(await ask(KNOWN)).toEqual([{ ...figures, has_values: true }]);
    await administrator.query(harden);
    expect(await ask(KNOWN)).toEqual([{ ...figures, has_values: false }]);
    // Nor does the next one bring them back, or take the figures away.
    await administrator.query('analyze task_queue');
    expect(await ask(KNOWN)).toEqual([{ ...figures, has_values: false }]);
  });

  it('leaves what it is not about as it is: whose rows are whose, and other tables', async () => {
    await administrator.query(
      `create table others as select 'x'::text as said from generate_series(1, 10);
       alter table others alter column said set statistics 1;
       analyze others; analyze task_queue`,
    );
    await administrator.query(harden);
    const known = await ask(
      `select tablename, attname from pg_stats where most_common_vals is not null
       and (tablename, attname) in (('others', 'said'), ('task_queue', 'tenant_id')) order by 1`,
    );
    expect(known).toEqual([
      { tablename: 'others', attname: 'said' },
      { tablename: 'task_queue', attname: 'tenant_id' },
    ]);
  });

  it('forgets what indexed expressions and several columns together were', async () => {
    await administrator.query(
      `create index lower_description on task_queue (tenant_id, lower(description));
       create statistics together (mcv) on tenant_id, created_at from task_queue;
       analyze task_queue;
       select app.limit_statistics('task_queue')`,
    );
    const KEPT = `
      select (select count(*) from pg_statistic_ext_data) as together,
        (select count(*) from pg_stats where tablename = 'lower_description' and most_common_vals is not null) as computed`;
    expect(await ask(KEPT)).toEqual([{ together: '1', computed: '1' }]);
    await administrator.query(harden);
    expect(await ask(KEPT)).toEqual([{ together: '0', computed: '0' }]);
    await administrator.query('analyze task_queue');
    expect(await ask(KEPT)).toEqual([{ together: '0', computed: '0' }]);
    await administrator.query('drop statistics together; drop index lower_description');
  });

  describe('docs/operations/hardening.md', () => {
    const service: [string, string] = ['orders_service', `orders_${randomBytes(4).toString('hex')}`];

    it('makes a login for a service, which has no more rights than its role', async () => {
      await run('One login for each service', service);
      await run('How much of the disk a query may take to sort and to join', service);
      await administrator.query(`alter role ${service[1]} set search_path = public`);
      expect(await run('What sessions of a role begin with')).toContainEqual({
        role: service[1],
        database: null,
        settings: ['temp_file_limit=2GB', 'search_path=public'],
      });
      await run('Take them back', service);
      const begins = await run('What sessions of a role begin with');
      expect(begins.map(({ role }) => role)).not.toContain(service[1]);
      await administrator.query(`drop role ${service[1]}`);
      // Of the whole server, which other tests log in to.
      await administrator.query('begin');
      await run('Nobody logs in as the role that all services share');
      await administrator.query('rollback');
    });

    it('lets the planner know how many different values there are, and none of them', async () => {
      await administrator.query(
        `insert into agent_profiles (tenant_id, id, name, model_family)
         select 'acme', 'agent ' || n, 'agent ' || n, 'human' from generate_series(1, 100) as n`,
      );
      await administrator.query('begin');
      await run('As an administrator, in one transaction with harden.sql after it');
      await administrator.query(harden);
      await administrator.query('commit');
      const known = await ask(
        `select n_distinct::text as different, histogram_bounds is null as has_none, attstattarget as target
         from pg_stats join pg_attribute as attribute using (attname)
         where tablename = 'agent_profiles' and attname = 'id' and attrelid = 'agent_profiles'::regclass`,
      );
      expect(known).toEqual([{ different: '-1', has_none: true, target: 0 }]);
    });

    it('has no block that is not run', () => {
      const captions = sections.flatMap(({ blocks }) => blocks.filter(({ language }) => language === 'sql'));
      expect([...checked].sort()).toEqual(captions.map(({ caption }) => caption).sort());
    });
  });
});
