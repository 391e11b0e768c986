import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTenants, insertRows, queryValue } from './support/rows.ts';
import { askForShared, ownersSeen } from './support/shared-agents.ts';
import { applyContext, asTenant, signContext } from './support/tenant-context.ts';
import { outcomeOf, undone } from './support/undone.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

/** globex shares its agents with acme, initech its data sets. */
beforeAll(async () => {
  [administrator, application] = await Promise.all([
    connect(database.url),
    connect(database.urlFor('agent_agency_app')),
  ]);
  await createTenants(administrator, 'acme', 'globex', 'initech');
  for (const tenant of ['globex', 'initech']) {
    await administrator.query(`select update_tenant_isolation($1, 'shared')`, [tenant]);
    await asTenant(application, tenant, () =>
      insertRows(application, 'agent_profiles', [{ id: 'a', name: tenant, model_family: 'human' }]),
    );
  }
});
beforeEach(async () => {
  await administrator.query(
    'delete from tenant_access_log; delete from tenant_access_policies; delete from tenant_sharing_rules',
  );
  for (const [tenant, resource] of [
    ['globex', 'agent_profiles'],
    ['initech', 'benchmark_datasets'],
  ])
    await insertRows(administrator, 'tenant_sharing_rules', [
      { tenant_id: tenant, target_tenant_id: 'acme', resource_types: [resource] },
    ]);
});
afterAll(() => Promise.all([administrator, application].map((session) => session.close())));

const OPEN = 'select app.open_shared_access($1, $2)';
const hash = 'ab'.repeat(32);

const open = (tenant = 'acme', resource = 'agent_profiles'): Promise<unknown> =>
  asTenant(application, tenant, async () => (await application.query(OPEN, [resource, hash])).rows);

const seenByAcme = (): Promise<unknown[]> => undone(application, 'acme', () => ownersSeen(application));

const entries = async (): Promise<unknown[]> =>
  (
    await administrator.query(
      'select tenant_id, accessor_tenant_id, table_name, query_hash from tenant_access_log',
    )
  ).rows;

describe.skipIf(database.kind === 'pglite')('rows that somebody shares', () => {
  it('are seen once it is in their owner’s log that they will be', async () => {
    await expect(seenByAcme()).resolves.toEqual([]);
    await expect(open()).resolves.toEqual([{ open_shared_access: 'globex' }]);
    await expect(seenByAcme()).resolves.toEqual(['globex']);
    await expect(entries()).resolves.toEqual([
      { tenant_id: 'globex', accessor_tenant_id: 'acme', table_name: 'agent_profiles', query_hash: hash },
    ]);
  });

  it('are not seen by the transaction that makes the entry: it could take it back', async () => {
    await undone(application, 'acme', async () => {
      await application.query(OPEN, ['agent_profiles', hash]);
      await expect(ownersSeen(application)).resolves.toEqual([]);
      await application.query('savepoint within');
      await application.query(OPEN, ['agent_profiles', hash]);
      await expect(ownersSeen(application)).resolves.toEqual([]);
    });
    await expect(entries()).resolves.toEqual([]);
    await expect(seenByAcme()).resolves.toEqual([]);
  });

  it('are seen by a transaction that has written something of its own', async () => {
    await open();
    await undone(application, 'acme', async () => {
      await insertRows(application, 'agent_profiles', [{ id: 'own', name: 'own', model_family: 'human' }]);
      await expect(ownersSeen(application)).resolves.toEqual(['acme', 'globex']);
    });
  });

  it('are not among the rows of who does not ask for them', async () => {
    await open();
    const owners = 'select from agent_profiles';
    await undone(application, 'acme', async () => {
      await expect(outcomeOf(application, owners)).resolves.toBe(0);
      for (const other of ['benchmark_datasets', 'agent_profiles,benchmark_datasets', '*', '']) {
        await askForShared(application, other);
        await expect(outcomeOf(application, owners), other).resolves.toBe(0);
      }
    });
  });

  it('are not seen a minute later', async () => {
    await open();
    await administrator.query(`update tenant_access_log set accessed_at = accessed_at - interval '1 minute'`);
    await expect(seenByAcme()).resolves.toEqual([]);
  });

  it('are not seen by another user of the tenant, nor for another table or kind of entry', async () => {
    await open();
    await undone(application, undefined, async () => {
      await applyContext(application, signContext({ tenant: 'acme', user: 'bob' }));
      await expect(ownersSeen(application)).resolves.toEqual([]);
    });
    for (const change of [`table_name = 'benchmark_datasets'`, `access_type = 'aggregate'`, 'row_count = 1'])
      await undone(administrator, undefined, async () => {
        await administrator.query(`update tenant_access_log set ${change}`);
        await administrator.query('set local role agent_agency_app');
        await applyContext(administrator, signContext({ tenant: 'acme' }));
        await expect(ownersSeen(administrator), change).resolves.toEqual([]);
      });
  });

  it('are seen no more once the rule is withdrawn', async () => {
    await open();
    await asTenant(application, 'globex', () => application.query('delete from tenant_sharing_rules'));
    await expect(seenByAcme()).resolves.toEqual([]);
  });

  it.each([
    [{ access_level: 'read', allowed_tenants: ['acme'] }, []],
    [{ access_level: 'write', allowed_tenants: ['acme'] }, []],
    [{ access_level: 'share', allowed_tenants: [] }, []],
    [{ access_level: 'share', allowed_tenants: ['initech'] }, []],
    [{ access_level: 'share', allowed_tenants: ['initech', 'acme'] }, ['globex']],
    [{ access_level: 'federate', allowed_tenants: ['acme'] }, ['globex']],
    [{ resource_type: 'benchmark_datasets', access_level: 'read' }, ['globex']],
  ])('are seen as far as the owner’s access policy lets them: %j', async (policy, expected) => {
    await open();
    await asTenant(application, 'globex', () =>
      insertRows(application, 'tenant_access_policies', [{ resource_type: 'agent_profiles', ...policy }]),
    );
    await expect(seenByAcme()).resolves.toEqual(expected);
  });
});

describe.skipIf(database.kind === 'pglite')('app.open_shared_access', () => {
  it('tells and enters nothing where nobody shares', async () => {
    await expect(open('globex')).resolves.toEqual([]);
    await expect(open('acme', 'agent_relationships')).resolves.toEqual([]);
    await expect(entries()).resolves.toEqual([]);
  });

  it.each([
    ['agent_profiles', 'no hash', '22023'],
    ['agent_profiles', '', '22023'],
  ])('refuses %s, %s', async (resource, query, code) => {
    await undone(application, 'acme', () =>
      expect(outcomeOf(application, OPEN, [resource, query])).resolves.toBe(code),
    );
  });

  it('is for tenants', async () => {
    await undone(application, undefined, () =>
      expect(outcomeOf(application, OPEN, ['agent_profiles', null])).resolves.toBe('AATNU'),
    );
  });
});

describe.skipIf(database.kind === 'pglite')('app.purge_access_log', () => {
  it('deletes what is older than its tenant wants, 90 days if it says nothing', async () => {
    await undone(administrator, undefined, async () => {
      for (const tenant of ['acme', 'globex'])
        await administrator.query(
          `insert into tenant_access_log (tenant_id, access_type, table_name, accessed_at)
           select $1, 'read', 'x', now() - make_interval(days => days) from unnest(array[0, 29, 31, 89, 91]) as days`,
          [tenant],
        );
      await administrator.query(`
        update tenants set data_retention = data_retention || '{"access_log_days": 30}' where id = 'globex'`);
      await administrator.query('set local role agent_agency_owner');
      await expect(queryValue(administrator, 'select app.purge_access_log(3)')).resolves.toBe('3');
      await expect(queryValue(administrator, 'select app.purge_access_log()')).resolves.toBe('1');
      await administrator.query('reset role');
      await expect(
        queryValue(administrator, `select count(*) from tenant_access_log where tenant_id = 'acme'`),
      ).resolves.toBe('4');
    });
  });

  it.each(['0', '-1', '"many"', '36501', '1.5'])('takes no retention of %s days', async (days) => {
    await undone(administrator, undefined, async () => {
      const update = `update tenants set data_retention = '{"access_log_days": ${days}}' where id = 'acme'`;
      await expect(outcomeOf(administrator, update)).resolves.toMatch(/^2(3514|2P02)$/);
    });
  });
});

describe.skipIf(database.kind === 'pglite')('tenants.sharing_rules', () => {
  const document = (): Promise<unknown> =>
    queryValue(administrator, `select sharing_rules from tenants where id = 'globex'`);

  it('repeats the rules, whoever changes them', async () => {
    const rule = {
      target_tenant: 'acme',
      resources: ['agent_profiles'],
      anonymization_level: 'basic',
      active: true,
    };
    await expect(document()).resolves.toEqual([rule]);
    await asTenant(application, 'globex', () =>
      application.query(`
        insert into tenant_sharing_rules (target_tenant_id, resource_types, expires_at)
        values ('initech', '{benchmark_datasets}', '2030-01-01Z');
        update tenant_sharing_rules set active = false where target_tenant_id = 'acme'`),
    );
    await expect(document()).resolves.toEqual([
      { ...rule, active: false },
      {
        ...rule,
        target_tenant: 'initech',
        resources: ['benchmark_datasets'],
        expires_at: '2030-01-01T00:00:00+00:00',
      },
    ]);
    await asTenant(application, 'globex', () => application.query('delete from tenant_sharing_rules'));
    await expect(document()).resolves.toEqual([]);
  });

  it('misses none of two rules that are made at once', async () => {
    const other = await connect(database.urlFor('agent_agency_app'));
    const insert = (session: SqlSession, target: string): Promise<void> =>
      asTenant(session, 'globex', () =>
        insertRows(session, 'tenant_sharing_rules', [
          { target_tenant_id: target, resource_types: ['agent_profiles'] },
        ]),
      );
    await Promise.all([insert(application, 'one'), insert(other, 'two')]);
    await other.close();
    const targets = (await document()) as { target_tenant: string }[];
    expect(targets.map(({ target_tenant }) => target_tenant)).toEqual(['acme', 'one', 'two']);
  });
});

describe.skipIf(database.kind === 'pglite')('the audit log', () => {
  const changes = async (table: string): Promise<unknown[]> =>
    (
      await administrator.query(
        `select operation, old_values, new_values, user_id, actor from audit_log
         where tenant_id = 'initech' and table_name = $1 order by "timestamp", operation`,
        [table],
      )
    ).rows;

  it('has every change of how far a tenant opens itself, and who made it', async () => {
    const before = (await changes('tenants')).length;
    const login = await queryValue(administrator, 'select session_user');
    await administrator.query(`select update_tenant_isolation('initech', 'federated')`);
    await administrator.query(`select update_tenant_isolation('initech', 'federated')`);
    expect((await changes('tenants')).slice(before)).toEqual([
      {
        operation: 'UPDATE',
        old_values: { isolation_level: 'shared' },
        new_values: { isolation_level: 'federated' },
        user_id: null,
        actor: login,
      },
    ]);
    await asTenant(application, 'initech', async () => {
      await applyContext(application, signContext({ tenant: 'initech', user: 'ann' }));
      await insertRows(application, 'tenant_access_policies', [{ resource_type: 'agent_profiles' }]);
    });
    expect((await changes('tenant_access_policies')).at(-1)).toMatchObject({
      operation: 'INSERT',
      old_values: null,
      new_values: { resource_type: 'agent_profiles', access_level: 'read' },
      ...{ user_id: 'ann', actor: 'agent_agency_app' },
    });
  });

  it('of a tenant that wants none, has only changes of the tenant itself', async () => {
    await administrator.query(`update tenants set audit_logging = false where id = 'initech'`);
    const before = await changes('tenant_privacy_config');
    await administrator.query(`update tenant_privacy_config set k_anonymity = 9 where tenant_id = 'initech'`);
    await expect(changes('tenant_privacy_config')).resolves.toEqual(before);
    expect((await changes('tenants')).at(-1)).toMatchObject({ new_values: { audit_logging: false } });
  });
});
