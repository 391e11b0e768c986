import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenants, queryOne, queryValue } from './support/rows.ts';
import { become, outcomeOf, undone } from './support/undone.ts';

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
  await createTenants(administrator, 'acme');
});
afterAll(() => Promise.all([administrator, application, reader].map((session) => session.close())));

const asOperator = <T>(work: () => Promise<T>): Promise<T> =>
  undone(administrator, undefined, async () => {
    await administrator.query('set local role agent_agency_owner');
    return work();
  });
const operator = (text: string, values?: readonly unknown[]): Promise<unknown> =>
  queryValue(administrator, text, values);

/** What a tenant's own application reads; afterwards the operator goes on. */
async function seenBy(tenant: string, text: string): Promise<Record<string, unknown>> {
  await administrator.query('set local role agent_agency_app');
  await become(administrator, tenant);
  const row = await queryOne(administrator, text);
  await administrator.query('set local role agent_agency_owner');
  return row;
}

/** The settings that a tenant begins with, without what is its own about them. */
const SETTINGS = `
  select
    (select jsonb_agg(to_jsonb(it) - '{id,tenant_id,created_at,updated_at}'::text[] order by config_key)
      from queue_configuration as it) as queue,
    (select jsonb_agg(to_jsonb(it) - '{id,tenant_id,created_at,updated_at}'::text[] order by method_type)
      from verification_methods as it) as methods,
    (select jsonb_agg(to_jsonb(it) - '{tenant_id,updated_at}'::text[] order by key)
      from graph_config as it) as graph`;

describe.skipIf(database.kind === 'pglite')('create_tenant', () => {
  it('makes a tenant that shares nothing, with the default protection', async () => {
    await asOperator(async () => {
      await expect(operator(`select create_tenant('new', 'project', 'New')`)).resolves.toBe('new');
      await expect(seenBy('new', 'select * from tenants')).resolves.toMatchObject({
        ...{ id: 'new', project_id: 'project', name: 'New', isolation_level: 'strict' },
        ...{ access_policies: [], sharing_rules: [], config: {} },
        data_retention: { policy: 'archive', retention_days: 730, archive_after_days: 90 },
        ...{ encryption_enabled: false, audit_logging: true },
      });
      await expect(seenBy('new', 'select * from tenant_privacy_config')).resolves.toMatchObject({
        ...{ tenant_id: 'new', privacy_level: 'differential', k_anonymity: 5, epsilon: '1.0000' },
        ...{ noise_magnitude: '0.0100', delta: '0.00001000' },
        ...{ allow_cross_tenant_learning: false, allowed_tenant_groups: [] },
      });
    });
  });

  it.each(['strict', 'shared', 'federated'])('makes a tenant that is %s', async (level) => {
    await asOperator(async () => {
      await operator(`select create_tenant('new', 'project', 'New', $1)`, [level]);
      await expect(seenBy('new', 'select isolation_level from tenants')).resolves.toEqual({
        isolation_level: level,
      });
    });
  });

  it('copies the default tenant’s settings as they are then', async () => {
    await undone(administrator, undefined, async () => {
      await administrator.query('set local role agent_agency_app');
      await become(administrator, 'default-tenant');
      await administrator.query(`
        update queue_configuration set config_value = '7', description = 'changed' where config_key = 'max_retries';
        update verification_methods set enabled = false, priority = 7, timeout_ms = 4321, config = '{"changed": true}'
          where method_type = 'fact_checking';
        delete from graph_config where key = 'enable_auto_merge';
        update graph_config set value = '0.42', description = 'changed' where key = 'similarity_threshold';
        insert into graph_config (key, value, description) values ('added', 'null', 'A new one.')`);
      const defaults = await queryOne(administrator, SETTINGS);
      await administrator.query('set local role agent_agency_owner');
      await operator(`select create_tenant('new', 'project', 'New')`);
      const copies = await seenBy('new', SETTINGS);
      expect(copies).toEqual(defaults);
      expect(copies).toMatchObject({
        queue: expect.arrayContaining([
          expect.objectContaining({ config_value: 7, description: 'changed' }),
        ]) as unknown,
        methods: expect.arrayContaining([
          expect.objectContaining({ timeout_ms: 4321, enabled: false }),
        ]) as unknown,
        graph: expect.arrayContaining([expect.objectContaining({ key: 'added' })]) as unknown,
      });
    });
  });

  it('copies every setting, and leaves the ones of other tenants', async () => {
    await asOperator(async () => {
      const before = await seenBy('acme', SETTINGS);
      await operator(`select create_tenant('new', 'project', 'New')`);
      const copies = await seenBy('new', SETTINGS);
      expect(copies).toEqual(await seenBy('default-tenant', SETTINGS));
      for (const setting of Object.values(copies)) expect(setting).not.toHaveLength(0);
      await administrator.query('set local role agent_agency_app');
      await become(administrator, 'new');
      await administrator.query(`update graph_config set value = '1'; delete from queue_configuration`);
      await expect(seenBy('acme', SETTINGS)).resolves.toEqual(before);
      await expect(seenBy('default-tenant', SETTINGS)).resolves.toEqual(before);
    });
  });

  it.each([
    ['an identifier that is taken', ['acme', 'other', 'other'], '23505'],
    ['a name that is taken in its project', ['new', 'tests', 'acme'], '23505'],
    ['no identifier', [null, 'p', 'n'], '23502'],
    ['an empty identifier', ['', 'p', 'n'], '23514'],
    ['an identifier with a blank', ['a b', 'p', 'n'], '23514'],
    ['an identifier on two lines', ['a\nb', 'p', 'n'], '23514'],
    ['an identifier with a line end', ['a\n', 'p', 'n'], '23514'],
    ['an identifier that begins with a dot', ['.a', 'p', 'n'], '23514'],
    ['an identifier in other letters', ['é', 'p', 'n'], '23514'],
    ['an identifier of 256 letters', ['a'.repeat(256), 'p', 'n'], '22001'],
    ['no project', ['new', null, 'n'], '23502'],
    ['an empty name', ['new', 'p', ''], '23514'],
  ])('refuses %s, and leaves nothing behind', async (_, values, code) => {
    await asOperator(async () => {
      await expect(outcomeOf(administrator, 'select create_tenant($1, $2, $3)', values)).resolves.toBe(code);
      await expect(outcomeOf(administrator, 'select from app.list_tenants()')).resolves.toBe(2);
    });
  });

  it('refuses no level and a wrong one', async () => {
    await asOperator(async () => {
      const create = `select create_tenant('new', 'project', 'New', $1::text::isolation_level)`;
      await expect(outcomeOf(administrator, create, [null])).resolves.toBe('23502');
      await expect(outcomeOf(administrator, create, ['open'])).resolves.toBe('22P02');
    });
  });

  it('takes an identifier of 255 letters', async () => {
    await asOperator(() =>
      expect(outcomeOf(administrator, `select create_tenant($1, 'p', 'n')`, ['Z'.repeat(255)])).resolves.toBe(
        1,
      ),
    );
  });
});

describe.skipIf(database.kind === 'pglite')('update_tenant_isolation', () => {
  it('changes the level and nothing else', async () => {
    await asOperator(async () => {
      const tenant = `select to_jsonb(it) - '{isolation_level,updated_at}'::text[] as rest, isolation_level from tenants as it`;
      const before = await seenBy('acme', tenant);
      await expect(operator(`select update_tenant_isolation('acme', 'federated')`)).resolves.toBe(true);
      await expect(seenBy('acme', tenant)).resolves.toEqual({ ...before, isolation_level: 'federated' });
      await expect(seenBy('default-tenant', 'select isolation_level from tenants')).resolves.toEqual({
        isolation_level: 'strict',
      });
    });
  });

  it('says when there is no such tenant', async () => {
    await asOperator(async () => {
      for (const tenant of ['nobody', '', null])
        await expect(operator(`select update_tenant_isolation($1, 'shared')`, [tenant])).resolves.toBe(false);
    });
  });

  it('refuses no level', async () => {
    await asOperator(() =>
      expect(outcomeOf(administrator, `select update_tenant_isolation('acme', null)`)).resolves.toBe('23502'),
    );
  });
});

describe.skipIf(database.kind === 'pglite')('an operator’s function', () => {
  it.each([
    `select create_tenant('new', 'project', 'New')`,
    `select update_tenant_isolation('acme', 'shared')`,
    'select app.list_tenants()',
    `select app.copy_default_settings('acme')`,
    'select refresh_hybrid_search_index()',
    `select app.put_context_key('mine', sha256('') || sha256(''))`,
    'select app.context_key_blocks()',
    `select app.isolate_tenant_table('tenants', 'id', 'mine')`,
    `select app.share_tenant_table('performance_events', 'mine')`,
  ])('is not the application’s or the reader’s: %s', async (statement) => {
    for (const session of [application, reader])
      await expect(undone(session, 'acme', () => outcomeOf(session, statement))).resolves.toBe('42501');
  });
});

describe.skipIf(database.kind === 'pglite')('a tenant’s own row', () => {
  it.each([
    `update tenants set name = 'Other'`,
    'delete from tenants',
    `insert into tenants (id, project_id, name) values ('new', 'p', 'n')`,
    'select from app.context_keys',
    'select from app.system_access',
  ])('is not the application’s to touch: %s', async (statement) => {
    await expect(undone(application, 'acme', () => outcomeOf(application, statement))).resolves.toBe('42501');
  });
});
