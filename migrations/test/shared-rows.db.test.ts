import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertRows } from './support/rows.ts';
import { insertSharingTenants, ownersSeen, TO_ACME, whileShared } from './support/shared-agents.ts';
import { applyContext, asTenant } from './support/tenant-context.ts';
import { outcomeOf, undone } from './support/undone.ts';
import { axis, vectorText } from './support/vectors.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;
let reader: SqlSession;

beforeAll(async () => {
  [administrator, application, reader] = await Promise.all([
    connect(database.url),
    connect(database.urlFor('agent_agency_app')),
    connect(database.urlFor('agent_agency_readonly')),
  ]);
  await insertSharingTenants(administrator, application);
});
afterAll(() => Promise.all([administrator, application, reader].map((session) => session.close())));

const rowsOf = async (statement: string): Promise<Record<string, unknown>[]> =>
  (await application.query(statement)).rows;

describe.skipIf(database.kind === 'pglite')('rows that are shared', () => {
  it.each([
    [`update agent_profiles set name = 'taken' where tenant_id = 'globex' returning 1`, 0],
    [`update agent_profiles set name = name where tenant_id = 'globex' returning 1`, 0],
    [`delete from agent_profiles where tenant_id = 'globex' returning 1`, 0],
    [`select from agent_profiles where tenant_id = 'globex' for update`, 0],
    [`select from agent_profiles where tenant_id = 'globex' for no key update`, 0],
    [`select from agent_profiles where tenant_id = 'globex' for share`, 0],
    [`select from agent_profiles where tenant_id = 'globex' for key share`, 0],
    [`insert into agent_profiles (tenant_id, name, model_family) values ('globex', 'x', 'human')`, '42501'],
    [
      `insert into agent_profiles (tenant_id, id, name, model_family) values ('globex', 'a', 'x', 'human')
       on conflict (tenant_id, id) do update set name = 'taken'`,
      '42501',
    ],
    [
      `insert into agent_profiles (tenant_id, id, name, model_family) values ('globex', 'a', 'x', 'human')
       on conflict do nothing`,
      '42501',
    ],
    [`update agent_profiles set tenant_id = 'globex' where tenant_id = 'acme' and id = 'b'`, '42501'],
    [`update agent_profiles set tenant_id = 'acme', id = 'c' where tenant_id = 'globex' returning 1`, 0],
    [
      `merge into agent_profiles using (values (1)) as one (row) on tenant_id = 'globex'
       when matched then update set name = 'taken'`,
      '42501',
    ],
    [
      `merge into agent_profiles using (values (1)) as one (row) on tenant_id = 'globex'
       when matched then delete`,
      '42501',
    ],
    ['truncate agent_profiles cascade', '42501'],
    [
      `insert into agent_capabilities (tenant_id, agent_id, capability_type, capability_value)
       values ('globex', 'a', 'language', 'x')`,
      '42501',
    ],
    [
      `insert into agent_capabilities (agent_id, capability_type, capability_value)
       values ('globex agent 1', 'language', 'x')`,
      '23503',
    ],
    [
      `insert into agent_relationships (source_agent_id, target_agent_id, type, confidence)
       values ('a', 'globex agent 1', 'VALIDATES', 1)`,
      '23503',
    ],
  ])('are not written: %s', async (statement, expected) => {
    await whileShared(application, () => expect(outcomeOf(application, statement)).resolves.toBe(expected));
  });

  it('are there, so that the statements above have something to fail on', async () => {
    await whileShared(application, () =>
      expect(outcomeOf(application, `select from agent_profiles where tenant_id = 'globex'`)).resolves.toBe(
        4,
      ),
    );
  });

  it('bring nothing else of their owner with them', async () => {
    // Whatever the application can read and has a tenant; two views show the shared agents themselves.
    const { rows } = await administrator.query(`
      select relation.oid::regclass::text as name
      from pg_class as relation
      join pg_attribute as tenant on attrelid = relation.oid and attname = 'tenant_id' and not attisdropped
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
        and has_table_privilege('agent_agency_app', relation.oid, 'select')
        and relname not in ('agent_profiles', 'agent_connectivity', 'hybrid_search_index')
      order by name`);
    const relations = rows.map((row) => String(row['name']));
    expect(relations.length).toBeGreaterThan(50);
    await whileShared(application, async () => {
      for (const relation of relations) {
        const owners = await ownersSeen(application, relation);
        // Views over time may be empty; none may show another tenant.
        expect(['acme', ''], relation).toContain(owners.join());
      }
    });
  });

  it('are in agent_profiles_with_capabilities without what belongs to them or to an agent of the same name', async () => {
    await whileShared(application, async () => {
      await expect(
        rowsOf(`select name, task_count, active_tasks, languages from agent_profiles_with_capabilities
          where id = 'a' order by name`),
      ).resolves.toMatchObject([
        { name: 'acme a', task_count: expect.anything() as unknown, active_tasks: 1, languages: ['acme'] },
        { name: 'globex a', task_count: null, active_tasks: 0, languages: [] },
      ]);
    });
  });

  it('are not in available_agents: they are not the tenant’s to use', async () => {
    await whileShared(application, () =>
      expect(rowsOf(`select name from available_agents where id = 'a'`)).resolves.toEqual([
        { name: 'acme a' },
      ]),
    );
  });

  it('have no relationships in agent_connectivity, not even those of an agent of the same name', async () => {
    await whileShared(application, () =>
      expect(
        rowsOf(
          `select tenant_id, total_relationships from agent_connectivity where agent_id = 'a' order by 1`,
        ),
      ).resolves.toEqual([
        { tenant_id: 'acme', total_relationships: '1' },
        { tenant_id: 'globex', total_relationships: '0' },
      ]),
    );
  });

  it('are not counted in tenant_statistics', async () => {
    await whileShared(application, () =>
      expect(rowsOf('select tenant_id, agent_count from tenant_statistics')).resolves.toEqual([
        { tenant_id: 'acme', agent_count: '4' },
      ]),
    );
  });

  it('are not met on walks', async () => {
    await whileShared(application, async () => {
      await expect(rowsOf(`select agent_name from traverse_agent_relationships('a')`)).resolves.toEqual([
        { agent_name: 'acme b' },
      ]);
      await expect(
        rowsOf(`select agent_id from traverse_agent_relationships('globex agent 1')`),
      ).resolves.toEqual([]);
      await expect(
        rowsOf(`select * from find_agent_path('globex agent 1', 'globex agent 2')`),
      ).resolves.toEqual([]);
      await expect(rowsOf(`select from compute_agent_centrality()`)).resolves.toHaveLength(4);
    });
  });

  it('are in hybrid_search_index as agents and nothing else', async () => {
    await whileShared(application, () =>
      expect(
        rowsOf(`select distinct entity_type from hybrid_search_index where tenant_id = 'globex'`),
      ).resolves.toEqual([{ entity_type: 'agent_profile' }]),
    );
  });

  it('are found only by a search that names their owner, and without the tenant’s own relationships', async () => {
    const search = (tenant: string): string => `
      select entity_type, name, source
      from hybrid_search('${vectorText(axis(0))}', 'a b', 100, 2, null, ${tenant}) order by name`;
    await whileShared(application, async () => {
      const own = await rowsOf(search('null'));
      expect(own.map(({ name }) => name)).toContain('acme a');
      expect(own.filter(({ name }) => String(name).startsWith('globex'))).toEqual([]);
      // Of the relationships between a and b it knows acme's only, which say nothing of globex's agents.
      const shared = await rowsOf(search(`'globex'`));
      expect(shared.map(({ entity_type, name }) => [entity_type, name])).toEqual([
        ['agent_profile', 'globex a'],
        ['agent_profile', 'globex b'],
      ]);
      const withoutGraph = search(`'globex'`)
        .replace('100, 2', '100, 0')
        .replace('source', 'relevance_score');
      await expect(rowsOf(search(`'globex'`).replace('source', 'relevance_score'))).resolves.toEqual(
        await rowsOf(withoutGraph),
      );
      await expect(rowsOf(search(`'initech'`))).resolves.toEqual([]);
    });
  });

  it('are seen by nobody without a tenant', async () => {
    await undone(application, 'globex', async () => {
      await insertRows(application, 'tenant_sharing_rules', [TO_ACME]);
      await applyContext(application, { 'app.current_tenant': '', 'app.context_signature': '' });
      for (const relation of ['agent_profiles', 'agent_profiles_with_capabilities', 'hybrid_search_index'])
        await expect(outcomeOf(application, `select from ${relation}`), relation).resolves.toBe(0);
    });
  });
});

describe.skipIf(database.kind === 'pglite')('the reading login', () => {
  it('sees what is shared with its tenant, and writes none of it', async () => {
    await asTenant(application, 'globex', () => insertRows(application, 'tenant_sharing_rules', [TO_ACME]));
    try {
      await undone(reader, 'acme', async () => {
        await expect(ownersSeen(reader)).resolves.toEqual(['acme', 'globex']);
        await expect(ownersSeen(reader, 'agent_capabilities_graph')).resolves.toEqual(['acme']);
        for (const statement of [
          `update agent_profiles set name = 'taken'`,
          'delete from agent_profiles',
          'select from agent_profiles for key share',
          `insert into tenant_sharing_rules (target_tenant_id, resource_types) values ('acme', '{agent_profiles}')`,
        ])
          await expect(outcomeOf(reader, statement), statement).resolves.toBe('42501');
      });
      await undone(reader, 'initech', () => expect(ownersSeen(reader)).resolves.toEqual(['initech']));
      await undone(reader, undefined, () => expect(ownersSeen(reader)).resolves.toEqual([]));
    } finally {
      await asTenant(application, 'globex', () =>
        application.query(`delete from tenant_sharing_rules where target_tenant_id = 'acme'`),
      );
    }
  });
});
