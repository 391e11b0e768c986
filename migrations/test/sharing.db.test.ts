import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertRows, queryValue } from './support/rows.ts';
import { insertSharingTenants, ownersSeen, TO_ACME, whileShared } from './support/shared-agents.ts';
import { applyContext, signContext } from './support/tenant-context.ts';
import { become, outcomeOf, undone } from './support/undone.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await insertSharingTenants(administrator, application);
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

describe.skipIf(database.kind === 'pglite')('a rule of the owner', () => {
  it.each([{}, { expires_at: '2999-01-01' }, { expires_at: 'infinity' }, { anonymization_level: 'basic' }])(
    'shows the rows with %j',
    async (fields) => {
      await expect(whileShared(application, () => ownersSeen(application), fields)).resolves.toEqual([
        'acme',
        'globex',
      ]);
    },
  );

  it.each([
    { active: false },
    { expires_at: '2000-01-01' },
    { expires_at: '-infinity' },
    { anonymization_level: 'differential' },
    { anonymization_level: 'secure' },
    { target_tenant_id: 'initech' },
    { target_tenant_id: 'ACME' },
  ])('shows no row with %j', async (fields) => {
    await expect(whileShared(application, () => ownersSeen(application), fields)).resolves.toEqual(['acme']);
  });

  it('ends at its expiry, not after it', async () => {
    await undone(application, 'globex', async () => {
      await insertRows(application, 'tenant_sharing_rules', [TO_ACME]);
      await application.query('update tenant_sharing_rules set expires_at = now()');
      await become(application, 'acme');
      await expect(ownersSeen(application)).resolves.toEqual(['acme']);
    });
  });

  it('ends when it is withdrawn', async () => {
    await whileShared(application, async () => {
      await expect(ownersSeen(application)).resolves.toEqual(['acme', 'globex']);
      await become(application, 'globex');
      await application.query('delete from tenant_sharing_rules');
      await become(application, 'acme');
      await expect(ownersSeen(application)).resolves.toEqual(['acme']);
    });
  });

  it.each(['strict', 'federated'])('shows no row of an owner who is %s', async (level) => {
    await undone(administrator, undefined, async () => {
      await insertRows(administrator, 'tenant_sharing_rules', [{ tenant_id: 'globex', ...TO_ACME }]);
      const seenByAcme = async (): Promise<unknown> => {
        await administrator.query('set local role agent_agency_app');
        await become(administrator, 'acme');
        const owners = await ownersSeen(administrator);
        await administrator.query('reset role');
        return owners;
      };
      await expect(seenByAcme()).resolves.toEqual(['acme', 'globex']);
      await administrator.query(`select update_tenant_isolation('globex', $1)`, [level]);
      await expect(seenByAcme()).resolves.toEqual(['acme']);
    });
  });

  it('shows the rows to whom it names only, and not what others show to its owner', async () => {
    await whileShared(application, async () => {
      await become(application, 'initech');
      await insertRows(application, 'tenant_sharing_rules', [{ ...TO_ACME, target_tenant_id: 'globex' }]);
      await expect(ownersSeen(application)).resolves.toEqual(['initech']);
      await become(application, 'globex');
      await expect(ownersSeen(application)).resolves.toEqual(['globex', 'initech']);
      await become(application, 'acme');
      await expect(ownersSeen(application)).resolves.toEqual(['acme', 'globex']);
    });
  });

  it('stands beside the rules of other owners', async () => {
    await whileShared(application, async () => {
      await become(application, 'initech');
      await insertRows(application, 'tenant_sharing_rules', [TO_ACME]);
      await become(application, 'acme');
      await expect(ownersSeen(application)).resolves.toEqual(['acme', 'globex', 'initech']);
    });
  });

  it.each([
    [{ resource_types: [] }, '23514'],
    [{ resource_types: ['performance_events'] }, '23514'],
    [{ resource_types: ['agent_profiles', 'tenants'] }, '23514'],
    [{ resource_types: [null] }, '23514'],
    [{ resource_types: ['agent_profiles', null] }, '23514'],
    [{ resource_types: null }, '23502'],
    [{ target_tenant_id: 'globex' }, '23514'],
    [{ target_tenant_id: null }, '23502'],
    [{ anonymization_level: 'none' }, '22P02'],
  ])('cannot be made with %j', async (fields, code) => {
    await expect(whileShared(application, () => Promise.resolve(), fields)).rejects.toMatchObject({ code });
  });
});

describe.skipIf(database.kind === 'pglite')('app.visible_tenants', () => {
  const visible = (resource: string | null): Promise<unknown> =>
    queryValue(application, 'select app.visible_tenants($1)', [resource]);

  it('names the tenant itself and, for what is shared, the owners', async () => {
    await whileShared(application, async () => {
      await expect(visible('agent_profiles')).resolves.toEqual(['acme', 'globex']);
      for (const resource of ['performance_events', 'agent_profile', '', null])
        await expect(visible(resource), String(resource)).resolves.toEqual(['acme']);
    });
  });

  it('names nobody without a tenant', async () => {
    await expect(undone(application, undefined, () => visible('agent_profiles'))).resolves.toEqual([]);
  });
});

describe.skipIf(database.kind === 'pglite')('whoever would like to read', () => {
  it.each([
    ['a rule for itself as the owner', { ...TO_ACME, tenant_id: 'globex' }, '42501'],
    ['a rule for itself as its own', TO_ACME, '23514'],
  ])('cannot make %s', async (_, row, code) => {
    await expect(
      undone(application, 'acme', () => insertRows(application, 'tenant_sharing_rules', [row])),
    ).rejects.toMatchObject({ code });
  });

  it('sees nothing more for sharing its own rows', async () => {
    await undone(application, 'acme', async () => {
      await insertRows(application, 'tenant_sharing_rules', [{ ...TO_ACME, target_tenant_id: 'globex' }]);
      await expect(ownersSeen(application)).resolves.toEqual(['acme']);
      const steal = `update tenant_sharing_rules set tenant_id = 'globex', target_tenant_id = 'acme'`;
      await expect(outcomeOf(application, steal)).resolves.toBe('42501');
    });
  });

  it('neither sees nor changes the rules that name it', async () => {
    await whileShared(
      application,
      async () => {
        for (const statement of [
          `select from tenant_sharing_rules where tenant_id <> 'acme'`,
          `update tenant_sharing_rules set active = true where tenant_id <> 'acme' returning 1`,
          `delete from tenant_sharing_rules where tenant_id <> 'acme' returning 1`,
        ])
          await expect(outcomeOf(application, statement), statement).resolves.toBe(0);
      },
      { active: false },
    );
  });

  it('cannot change how far it or anybody shares', async () => {
    await undone(application, 'acme', async () => {
      for (const statement of [
        `update tenants set isolation_level = 'shared'`,
        `update tenants set sharing_rules = '[{"allowed_tenants": ["globex"]}]'`,
        `select update_tenant_isolation('globex', 'shared')`,
        `insert into tenants (id, project_id, name) values ('new', 'tests', 'new')`,
      ])
        await expect(outcomeOf(application, statement), statement).resolves.toBe('42501');
    });
  });

  it.each([
    ['another tenant', { 'app.current_tenant': 'globex' }],
    ['another user', { 'app.current_user': 'globex' }],
    ['another session', { 'app.current_session': 'globex' }],
    ['no signature', { 'app.context_signature': '' }],
    ['a list of tenants', { 'app.current_tenant': 'acme,globex' }],
    ['a condition', { 'app.current_tenant': `acme' or '1'='1` }],
    ['a pattern', { 'app.current_tenant': '%' }],
  ])('sees nothing at all with %s set by hand', async (_, settings) => {
    await whileShared(application, async () => {
      await applyContext(application, settings);
      await expect(ownersSeen(application)).resolves.toEqual([]);
      await expect(outcomeOf(application, 'select app.require_tenant_id()')).resolves.toBe('AATNU');
    });
  });

  it('cannot use the signature of one tenant for another', async () => {
    await whileShared(application, async () => {
      const { 'app.context_signature': signature } = signContext({ tenant: 'acme' });
      await applyContext(application, {
        'app.current_tenant': 'globex',
        'app.context_signature': signature,
      });
      await expect(ownersSeen(application)).resolves.toEqual([]);
    });
  });

  it.each([
    'set local role agent_agency_service',
    'set local role agent_agency_owner',
    'set local role postgres',
  ])('cannot %s', async (statement) => {
    await expect(undone(application, 'acme', () => outcomeOf(application, statement))).resolves.toBe('42501');
  });

  it('cannot turn the policies off', async () => {
    await whileShared(application, async () => {
      await application.query('set local row_security = off');
      await expect(outcomeOf(application, 'select from agent_profiles')).resolves.toBe('42501');
    });
  });
});
