import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertFederationResults } from './support/federation-rows.ts';
import { insertPrivacyRows } from './support/privacy-rows.ts';
import { createTenants, insertRows, queryOne, queryValue } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';
import { changeTenantRows, insertTenantRows } from './support/tenant-rows.ts';
import { become, outcomeOf, undone } from './support/undone.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;
let tables: readonly string[];

beforeAll(async () => {
  [administrator, application] = await Promise.all([
    connect(database.url),
    connect(database.urlFor('agent_agency_app')),
  ]);
  await createTenants(administrator, 'acme', 'globex');
  for (const tenant of ['acme', 'globex']) {
    await asTenant(application, tenant, () => insertTenantRows(application, tenant));
    await asTenant(application, tenant, () => changeTenantRows(application));
  }
  for (const tenant of ['acme', 'globex']) {
    await insertFederationResults(administrator, tenant);
    await insertPrivacyRows(administrator, tenant);
  }
  const { rows } = await administrator.query(`
    select relname as name from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'tenant_id'
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`);
  tables = rows.map((row) => String(row['name']));
});
afterAll(() => Promise.all([administrator, application].map((session) => session.close())));

const BEGIN = 'select app.begin_tenant_maintenance($1, $2, $3)';

/** Does something to a tenant's rows as an operator, and takes it back. */
const whileMaintaining = <T>(kind: string, work: () => Promise<T>, tenant = 'acme'): Promise<T> =>
  undone(administrator, undefined, async () => {
    await administrator.query('set local role agent_agency_owner');
    await administrator.query(BEGIN, [tenant, kind, 'a test']);
    await administrator.query('set local role agent_agency_maintenance');
    return work();
  });

const owners = (table: string): string =>
  `select coalesce(array_agg(distinct tenant_id order by tenant_id), '{}') from ${table}`;

describe.skipIf(database.kind === 'pglite')('app.begin_tenant_maintenance', () => {
  it('opens the rows of that tenant and of no other, in every table', async () => {
    await whileMaintaining('export', async () => {
      for (const table of tables)
        await expect(queryValue(administrator, owners(table)), table).resolves.toEqual(['acme']);
    });
  });

  it('opens nothing to the maintenance role without it', async () => {
    await undone(administrator, undefined, async () => {
      await administrator.query('set local role agent_agency_maintenance');
      for (const table of tables)
        await expect(queryValue(administrator, owners(table)), table).resolves.toEqual([]);
    });
  });

  it('changes no row of another tenant', async () => {
    await whileMaintaining('erasure', async () => {
      for (const table of tables) {
        const foreign = `delete from ${table} where tenant_id = 'globex' returning 1`;
        await expect(outcomeOf(administrator, foreign), table).resolves.toBe(0);
      }
    });
  });

  it('ends with its transaction', async () => {
    await administrator.query('begin');
    await administrator.query('set local role agent_agency_owner');
    await administrator.query(BEGIN, ['acme', 'export', 'a test that stays']);
    await administrator.query('commit');
    await undone(administrator, undefined, async () => {
      await administrator.query('set local role agent_agency_maintenance');
      await expect(outcomeOf(administrator, 'select from web_content')).resolves.toBe(0);
    });
    const entry = `select * from app.tenant_maintenance where reason = 'a test that stays'`;
    await expect(queryOne(administrator, entry)).resolves.toMatchObject({
      ...{
        maintained_tenant_id: 'acme',
        kind: 'export',
        login: await queryValue(administrator, 'select session_user'),
      },
    });
    for (const statement of [
      `update app.tenant_maintenance set reason = 'other'`,
      'delete from app.tenant_maintenance',
      'truncate app.tenant_maintenance',
    ])
      await undone(administrator, undefined, () =>
        expect(outcomeOf(administrator, statement)).resolves.toBe('AAAPO'),
      );
  });

  it('does not take the number of a transaction of before a restore for its own', async () => {
    await undone(administrator, undefined, async () => {
      await administrator.query(`
        insert into app.tenant_maintenance (maintained_tenant_id, kind, reason, began_at)
        values ('acme', 'erasure', 'of another cluster', now() - interval '1 year')`);
      await expect(queryValue(administrator, 'select app.maintained_tenant()')).resolves.toBeNull();
    });
  });

  it('takes one tenant in a transaction', async () => {
    await whileMaintaining('export', async () => {
      await administrator.query('set local role agent_agency_owner');
      await expect(outcomeOf(administrator, BEGIN, ['globex', 'export', 'more'])).resolves.toBe('55000');
    });
  });

  it.each([
    [['nobody', 'export', 'x'], 'AATNF'],
    [[null, 'export', 'x'], 'AATNF'],
    [['acme', 'look', 'x'], '23514'],
    [['acme', null, 'x'], '23502'],
    [['acme', 'export', ''], '23514'],
    [['acme', 'export', null], '23502'],
  ])('refuses %j', async (values, code) => {
    await undone(administrator, undefined, async () => {
      await administrator.query('set local role agent_agency_owner');
      await expect(outcomeOf(administrator, BEGIN, values)).resolves.toBe(code);
    });
  });

  it('is for operators', async () => {
    await undone(application, 'acme', async () => {
      await expect(outcomeOf(application, BEGIN, ['acme', 'export', 'x'])).resolves.toBe('42501');
      await expect(outcomeOf(application, 'select app.maintained_tenant()')).resolves.toBe('42501');
      await expect(outcomeOf(application, 'set local role agent_agency_maintenance')).resolves.toBe('42501');
    });
  });
});

const someRows: unknown = expect.any(Number);

describe.skipIf(database.kind === 'pglite')('a log that only grows', () => {
  const LOGS = ['caws_provenance_graph', 'provenance_signing_keys', 'audit_log'];

  it('is not passed by with what only a restore may turn off', async () => {
    await undone(application, 'acme', async () => {
      const change = `
        update tenant_access_policies set conditions = '{"turned": "off"}'
        where set_config('row_security', 'off', true) = 'off'`;
      await expect(outcomeOf(application, change)).resolves.toBe('42501');
    });
  });

  it('ends with its tenant', async () => {
    await whileMaintaining('erasure', async () => {
      // What refers to the log first.
      for (const log of ['git_commits', 'provenance_records', ...LOGS]) {
        await expect(outcomeOf(administrator, `delete from ${log} returning 1`), log).resolves.toEqual(
          expect.any(Number),
        );
        const rest = `select from ${log} where tenant_id = 'acme'`;
        await administrator.query(`delete from ${log} where tenant_id = 'acme'`);
        await expect(outcomeOf(administrator, rest), log).resolves.toBe(0);
      }
    });
  });

  it.each(['export', 'import', 'subject erasure', 'retention'])('is not shortened for %s', async (kind) => {
    await whileMaintaining(kind, async () => {
      for (const log of LOGS) {
        const expected = kind === 'retention' && log === 'audit_log' ? someRows : 'AAAPO';
        await expect(outcomeOf(administrator, `delete from ${log} returning 1`), log).resolves.toEqual(
          expected,
        );
      }
    });
  });

  it.each(['erasure', 'export', 'import', 'retention', 'subject erasure'])(
    'is not changed for %s, but where a subject is to be forgotten',
    async (kind) => {
      await whileMaintaining(kind, async () => {
        for (const log of LOGS) {
          const expected = kind === 'subject erasure' && log === 'audit_log' ? someRows : 'AAAPO';
          await expect(
            outcomeOf(administrator, `update ${log} set tenant_id = tenant_id returning 1`),
            log,
          ).resolves.toEqual(expected);
        }
      });
    },
  );

  it('is not truncated by anybody', async () => {
    await undone(administrator, undefined, async () => {
      await administrator.query(BEGIN, ['acme', 'erasure', 'x']);
      for (const log of LOGS)
        await expect(outcomeOf(administrator, `truncate ${log} cascade`), log).resolves.toBe('AAAPO');
    });
  });
});

describe.skipIf(database.kind === 'pglite')('a suspended tenant', () => {
  const suspend = async (tenant: string): Promise<unknown> => {
    await administrator.query('set local role agent_agency_owner');
    return queryValue(administrator, 'select app.suspend_tenant($1)', [tenant]);
  };
  const actAs = async (tenant: string): Promise<void> => {
    await administrator.query('set local role agent_agency_app');
    await become(administrator, tenant);
  };

  it('is nobody any more, until it is resumed', async () => {
    await undone(administrator, undefined, async () => {
      await expect(suspend('acme')).resolves.toBe(true);
      await expect(suspend('acme')).resolves.toBe(true);
      await actAs('acme');
      const write = `insert into agent_profiles (name, model_family) values ('x', 'human')`;
      for (const statement of ['select from agent_profiles', 'select from tenants', write])
        await expect(outcomeOf(administrator, statement), statement).resolves.toBe('AATSU');
      await actAs('globex');
      await expect(outcomeOf(administrator, 'select from tenants')).resolves.toBe(1);
      await administrator.query('set local role agent_agency_owner');
      await expect(queryValue(administrator, `select app.resume_tenant('acme')`)).resolves.toBe(true);
      await actAs('acme');
      await expect(outcomeOf(administrator, 'select from tenants')).resolves.toBe(1);
    });
  });

  it('is told only to whoever holds a valid context', async () => {
    await undone(administrator, undefined, async () => {
      await suspend('acme');
      await actAs('acme');
      await administrator.query(`set local app.context_signature = 'test.1.forged'`);
      await expect(outcomeOf(administrator, 'select from tenants')).resolves.toBe(0);
    });
  });

  it('shares no more', async () => {
    await undone(administrator, undefined, async () => {
      await administrator.query(`select update_tenant_isolation('globex', 'shared')`);
      await insertRows(administrator, 'tenant_sharing_rules', [
        { tenant_id: 'globex', target_tenant_id: 'acme', resource_types: ['agent_profiles'] },
      ]);
      const sharing = `select app.sharing_tenants('acme', 'agent_profiles')`;
      await expect(outcomeOf(administrator, sharing)).resolves.toBe(1);
      await suspend('globex');
      await administrator.query('reset role');
      await expect(outcomeOf(administrator, sharing)).resolves.toBe(0);
    });
  });

  it.each(['suspend', 'resume'])('has to exist to %s it', async (verb) => {
    await undone(administrator, undefined, async () => {
      await expect(queryValue(administrator, `select app.${verb}_tenant('nobody')`)).resolves.toBe(false);
      await expect(queryValue(administrator, `select app.${verb}_tenant(null)`)).resolves.toBe(false);
    });
  });

  it('is an operator’s to make', async () => {
    await undone(application, 'acme', async () => {
      for (const call of [
        `app.suspend_tenant('acme')`,
        `app.resume_tenant('acme')`,
        `app.update_tenant('acme')`,
      ])
        await expect(outcomeOf(application, `select ${call}`), call).resolves.toBe('42501');
    });
  });
});
