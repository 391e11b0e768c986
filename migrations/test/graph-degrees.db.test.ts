import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession, untilLockAwaited } from './support/databases.ts';
import { countedDegrees, recountDegrees, relate, type Degrees } from './support/degrees.ts';
import { seededRandom } from './support/random.ts';
import { createTenants, insertRows, queryValue } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';
import { become, outcomeOf, undone } from './support/undone.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;
let tenants = 0;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

const AGENTS = ['a', 'b', 'c', 'd', 'e', 'f'];

async function newTenant(): Promise<string> {
  tenants += 1;
  const tenant = `degrees-${tenants}`;
  await createTenants(administrator, tenant);
  await asTenant(application, tenant, () => register(application, AGENTS));
  return tenant;
}

const register = (session: SqlSession, agents: readonly string[]): Promise<void> =>
  insertRows(
    session,
    'agent_profiles',
    agents.map((id) => ({ id, name: id, model_family: 'human' })),
  );

const degreesOf = (tenant: string): Promise<Degrees> => countedDegrees(application, tenant);
const recount = (tenant: string): Promise<Degrees> => recountDegrees(application, tenant);
const miscounted = (tenant: string): Promise<unknown> =>
  queryValue(administrator, 'select count(*) from app.miscounted_degrees($1)', [tenant]);
const partsOf = async (tenant: string, agent: string): Promise<number> =>
  Number(
    await queryValue(
      administrator,
      'select count(*) from agent_degrees where tenant_id = $1 and agent_id = $2',
      [tenant, agent],
    ),
  );

/** Relates `a` to `agent 0`, `agent 1` …, a statement each. */
const relateOneByOne = (count: number): string => `do $$
  begin
    for at in 0 .. ${count - 1} loop
      insert into agent_relationships (source_agent_id, target_agent_id, type, is_directional, confidence)
      values ('a', 'agent ' || at, 'VALIDATES', true, 0.9);
    end loop;
  end $$`;

/** A session of the application's that rather fails than waits for another. */
async function impatientSession(): Promise<SqlSession> {
  const session = await openSession(database.urlFor('agent_agency_app'));
  await session.query(`set lock_timeout = '2s'`);
  return session;
}

describe.skipIf(database.kind === 'pglite')('the degree of an agent', () => {
  it('counts by direction, and one that holds both ways once in total', async () => {
    const tenant = await newTenant();
    await asTenant(application, tenant, () => relate(application, 'a>b', 'c>a', 'a-d', 'e-a', 'b>c'));
    expect(await degreesOf(tenant)).toEqual({
      a: [3, 3, 4],
      b: [1, 1, 2],
      c: [1, 1, 2],
      d: [1, 1, 1],
      e: [1, 1, 1],
    });
  });

  it('follows changes of any kind, each undone with its transaction or savepoint', async () => {
    const tenant = await newTenant();
    await asTenant(application, tenant, () => relate(application, 'a>b', 'a-c', 'a>d', 'b>c'));
    const changes = [
      `update agent_relationships set confidence = 0.8, cooccurrence_count = 5`,
      `update agent_relationships set is_directional = not is_directional`,
      `update agent_relationships set target_agent_id = 'e' where target_agent_id = 'd'`,
      `update agent_relationships set valid_to = now() where source_agent_id = 'a'
       and valid_from < now() and target_agent_id = 'b'`,
      `delete from agent_relationships where target_agent_id = 'c'`,
      `delete from agent_profiles where id = 'a'`,
    ];
    for (const change of changes) {
      const before = await degreesOf(tenant);
      await undone(application, tenant, () => application.query(change));
      expect(await degreesOf(tenant), change).toEqual(before);
      await asTenant(application, tenant, async () => {
        await outcomeOf(application, change);
        await application.query(change);
      });
      expect(await degreesOf(tenant), change).toEqual(await recount(tenant));
      expect(await miscounted(tenant), change).toBe('0');
    }
    expect(await degreesOf(tenant)).toEqual({});
  });

  it('writes nothing where a change makes no difference', async () => {
    const tenant = await newTenant();
    await asTenant(application, tenant, () => relate(application, 'a>b'));
    const before = await partsOf(tenant, 'a');
    await asTenant(application, tenant, () =>
      application.query(
        `insert into agent_relationships (source_agent_id, target_agent_id, type, is_directional, confidence)
         values ('a', 'b', 'VALIDATES', true, 0.7)
         on conflict (tenant_id, source_agent_id, target_agent_id, type) where valid_to = 'infinity'
         do update set confidence = 0.7`,
      ),
    );
    expect(await partsOf(tenant, 'a')).toBe(before);
  });

  it('counts a relationship from its beginning to its end, whenever it was stored', async () => {
    const tenant = await newTenant();
    await asTenant(application, tenant, () =>
      application.query(
        `insert into agent_relationships
           (source_agent_id, target_agent_id, type, is_directional, confidence, valid_from, valid_to)
         values
           ('a', 'b', 'VALIDATES', true, 0.9, '2020-01-01', '2021-01-01'),
           ('a', 'c', 'VALIDATES', true, 0.9, '-infinity', now() + interval '20 ms'),
           ('a', 'd', 'VALIDATES', true, 0.9, now() + interval '20 ms', now() + interval '1 day'),
           ('a', 'e', 'VALIDATES', true, 0.9, now() + interval '1 day', 'infinity')`,
      ),
    );
    const at = (instant: string): Promise<unknown> =>
      queryValue(
        administrator,
        `select sum(outgoing) from agent_degrees
         where tenant_id = $1 and agent_id = 'a' and counts_from <= ${instant}`,
        [tenant],
      );
    await administrator.query('select pg_sleep(0.03)');
    expect(await degreesOf(tenant)).toEqual({ a: [1, 0, 1], d: [0, 1, 1] });
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await at('now()')).toBe('1');
      expect(await at(`now() + interval '2 days'`)).toBe('1');
      expect(await at(`'infinity'`)).toBe('1');
      expect(await miscounted(tenant)).toBe('0');
      await administrator.query('select app.fold_agent_degrees()');
    }
    await asTenant(application, tenant, () => application.query('delete from agent_relationships'));
    expect(await at(`'infinity'`)).toBe('0');
    expect(await miscounted(tenant)).toBe('0');
  });

  it('is nobody’s who cannot see the agent, and nobody’s to change', async () => {
    const [tenant, other] = [await newTenant(), await newTenant()];
    await asTenant(application, tenant, () => relate(application, 'a-b'));
    await asTenant(application, other, () => relate(application, 'a>b', 'a>c'));
    expect(await degreesOf(tenant)).toEqual({ a: [1, 1, 1], b: [1, 1, 1] });
    await undone(application, tenant, async () => {
      for (const statement of [
        `insert into agent_degrees (agent_id, outgoing, incoming, undirected) values ('a', 1, 0, 0)`,
        'update agent_degrees set outgoing = 9',
        'delete from agent_degrees',
        'select app.fold_agent_degrees()',
        `select app.repair_agent_degrees('${tenant}')`,
        `select app.miscounted_degrees('${other}')`,
        `select app.fold_degree_parts('{${other}}', '{a}')`,
      ])
        expect(await outcomeOf(application, statement), statement).toBe('42501');
      expect(await outcomeOf(application, `select from agent_degrees where tenant_id = '${other}'`)).toBe(0);
    });
  });
});

describe.skipIf(database.kind === 'pglite')('writers who relate one agent', () => {
  it('do not wait for each other, in whatever order they come, nor for who sums up', async () => {
    const tenant = await newTenant();
    const [first, second] = [await impatientSession(), await impatientSession()];
    const [holder, other] = [await openSession(database.url), await openSession(database.url)];
    await other.query(`set lock_timeout = '2s'`);
    for (const words of ['c>a', 'd>b', 'd>a', 'c>b'])
      await asTenant(application, tenant, () => relate(application, words));
    for (const session of [first, second, holder]) await session.query('begin');
    for (const session of [first, second]) await become(session, tenant);
    // The rows are locked from here on.
    await holder.query('select app.fold_agent_degrees()');
    await relate(first, 'e>a');
    await relate(second, 'e>b');
    await other.query('select app.fold_agent_degrees()');
    await relate(first, 'f>b');
    await relate(second, 'f>a');
    await first.query('commit');
    await other.query('select app.fold_agent_degrees()');
    for (const session of [holder, second]) await session.query('commit');
    expect(await degreesOf(tenant)).toEqual({
      a: [0, 4, 4],
      b: [0, 4, 4],
      ...{ c: [2, 0, 2], d: [2, 0, 2], e: [2, 0, 2], f: [2, 0, 2] },
    });
  });

  it('are all counted, with others who change, delete, roll back, sum up and repair', async () => {
    const tenant = await newTenant();
    const agents = Array.from({ length: 12 }, (_, at) => `agent ${at}`);
    await asTenant(application, tenant, () => register(application, ['hub', ...agents]));
    const statements = [
      `insert into agent_relationships (source_agent_id, target_agent_id, type, is_directional, confidence, valid_to)
       values ($1, 'hub', 'VALIDATES', true, 0.9, 'infinity'), ('hub', $1, 'ENHANCES', false, 0.9, 'infinity')
       on conflict (tenant_id, source_agent_id, target_agent_id, type) where valid_to = 'infinity' do nothing`,
      `delete from agent_relationships where source_agent_id = $1 and target_agent_id = 'hub'`,
      `update agent_relationships set is_directional = not is_directional where source_agent_id = $1`,
      `update agent_relationships set valid_to = now() + interval '1 hour'
       where source_agent_id = $1 and valid_to = 'infinity'`,
    ];
    const write = async (writer: number): Promise<void> => {
      const session = await openSession(database.urlFor('agent_agency_app'));
      const random = seededRandom(writer);
      const gaveUp = new Error('changed its mind');
      for (let turn = 0; turn < 25; turn += 1) {
        await asTenant(session, tenant, async () => {
          // Agents of its own, so that writers have only the hub in common.
          const agent = `agent ${2 * writer + random.integer(2)}`;
          await session.query(random.pick(statements), [agent]);
          if (random.integer(4) === 0) throw gaveUp;
        }).catch((error: unknown) => {
          if (error !== gaveUp) throw error;
        });
      }
    };
    const writers = Promise.all([0, 1, 2, 3, 4, 5].map(write));
    let isWriting = true;
    const sumUp = async (): Promise<void> => {
      const session = await openSession(database.url);
      while (isWriting) {
        await session.query('select app.fold_agent_degrees()');
        expect(await queryValue(session, 'select app.repair_agent_degrees($1)', [tenant])).toBe('0');
        await session.query('select pg_sleep(0.002)');
      }
    };
    const folders = Promise.all([sumUp(), sumUp()]);
    await writers.finally(() => (isWriting = false));
    await folders;
    const degrees = await degreesOf(tenant);
    expect(degrees).toEqual(await recount(tenant));
    expect(degrees['hub']?.[2]).toBeGreaterThan(2);
    expect(await miscounted(tenant)).toBe('0');
  });

  it('are not stopped by what others have summed up since their snapshot', async () => {
    const tenant = await newTenant();
    const agents = Array.from({ length: 400 }, (_, at) => `agent ${at}`);
    await asTenant(application, tenant, () => register(application, agents));
    for (const target of ['b', 'c', 'd'])
      await asTenant(application, tenant, () => relate(application, `a>${target}`));
    const session = await impatientSession();
    await session.query('begin isolation level repeatable read');
    await become(session, tenant);
    await session.query('select from agent_profiles');
    await administrator.query('select app.fold_agent_degrees()');
    await session.query(relateOneByOne(400));
    await session.query('commit');
    expect(await degreesOf(tenant)).toMatchObject({ a: [403, 0, 403] });
  });

  it('leave as many rows as are read quickly, however many relationships the agent has', async () => {
    const tenant = await newTenant();
    await asTenant(application, tenant, async () => {
      await register(
        application,
        Array.from({ length: 600 }, (_, at) => `agent ${at}`),
      );
      await application.query(relateOneByOne(600));
    });
    expect(await degreesOf(tenant)).toMatchObject({ a: [600, 0, 600] });
    // Of 600 parts one in fifty sums up: that 500 in a row do not has a probability of 4e-5.
    expect(await partsOf(tenant, 'a')).toBeLessThan(500);
    await administrator.query('select app.fold_agent_degrees()');
    expect(await partsOf(tenant, 'a')).toBe(1);
    expect(await degreesOf(tenant)).toMatchObject({ a: [600, 0, 600] });
  });
});

describe.skipIf(database.kind === 'pglite')('the degree of an agent that is deleted', () => {
  it('goes with it, lessens its neighbors’, and does not wait for it when it is registered again', async () => {
    const tenant = await newTenant();
    await asTenant(application, tenant, () => relate(application, 'a>b', 'a-c', 'b>c'));
    await asTenant(application, tenant, () =>
      application.query(`delete from agent_profiles where id in ('a', 'c')`),
    );
    expect([await partsOf(tenant, 'a'), await partsOf(tenant, 'c')]).toEqual([0, 0]);
    expect(await degreesOf(tenant)).toEqual({});
    await asTenant(application, tenant, async () => {
      await register(application, ['a']);
      await relate(application, 'a>b');
    });
    expect(await degreesOf(tenant)).toEqual({ a: [1, 0, 1], b: [0, 1, 1] });
  });

  it.each(['commit', 'rollback'])(
    'goes also while its relationship is being deleted, without a deadlock: %s',
    async (end) => {
      const tenant = await newTenant();
      await asTenant(application, tenant, () => relate(application, 'a>b', 'a>c'));
      const [first, second] = [await impatientSession(), await impatientSession()];
      const pid = Number(await queryValue(second, 'select pg_backend_pid()'));
      await first.query('begin');
      await become(first, tenant);
      await first.query(`select from agent_relationships where target_agent_id = 'b' for update`);
      const deletion = asTenant(second, tenant, () =>
        second.query(`delete from agent_profiles where id = 'a'`),
      );
      await untilLockAwaited(administrator, pid);
      await first.query(`delete from agent_relationships where target_agent_id = 'b'`);
      await first.query(end);
      await deletion;
      expect(await partsOf(tenant, 'a')).toBe(0);
      expect(await degreesOf(tenant)).toEqual({});
      expect(await miscounted(tenant)).toBe('0');
    },
  );
});

describe.skipIf(database.kind === 'pglite')('degrees that are wrong', () => {
  it('are found and made right, while somebody writes', async () => {
    const tenant = await newTenant();
    await asTenant(application, tenant, () => relate(application, 'a>b', 'a-c', 'd>a'));
    await administrator.query(`delete from agent_degrees where tenant_id = $1 and agent_id = 'a'`, [tenant]);
    await administrator.query(
      `update agent_degrees set incoming = incoming + 2 where tenant_id = $1 and agent_id = 'b'`,
      [tenant],
    );
    const writer = await impatientSession();
    await writer.query('begin');
    await become(writer, tenant);
    await relate(writer, 'a>e');
    const { rows } = await administrator.query(
      `select miscounted_agent_id, since::text, missing_outgoing, missing_incoming, missing_undirected
       from app.miscounted_degrees($1) order by miscounted_agent_id`,
      [tenant],
    );
    expect(rows.map((row) => Object.values(row).map(String))).toEqual([
      ['a', '-infinity', '1', '1', '1'],
      ['b', '-infinity', '0', '-2', '0'],
    ]);
    expect(await queryValue(administrator, 'select app.repair_agent_degrees($1)', [tenant])).toBe('2');
    await writer.query('commit');
    expect(await degreesOf(tenant)).toEqual(await recount(tenant));
    expect(await queryValue(administrator, 'select app.repair_agent_degrees($1)', [tenant])).toBe('0');
  });

  it('are not repaired in a snapshot that could miss another repair', async () => {
    const session = await openSession(database.url);
    await session.query('begin isolation level repeatable read');
    await expect(session.query(`select app.repair_agent_degrees('none')`)).rejects.toMatchObject({
      code: '25001',
    });
  });
});

describe.skipIf(database.kind === 'pglite')('maintenance of a tenant', () => {
  it.each([
    ['import', 0],
    ['erasure', 0],
    ['subject erasure', 1],
    ['retention', 1],
  ])('that is of kind %s counts what it changes: %i', async (kind, counted) => {
    const tenant = await newTenant();
    await asTenant(application, tenant, () => relate(application, 'a>b', 'a>c', 'd>a'));
    await administrator.query('begin');
    await administrator.query('select app.begin_tenant_maintenance($1, $2, $3)', [tenant, kind, 'a test']);
    await administrator.query('set local role agent_agency_maintenance');
    await administrator.query(
      `delete from agent_relationships where tenant_id = $1 and target_agent_id = 'c'`,
      [tenant],
    );
    await administrator.query('commit');
    expect((await degreesOf(tenant))['a']).toEqual([2 - counted, 1, 3 - counted]);
  });
});
