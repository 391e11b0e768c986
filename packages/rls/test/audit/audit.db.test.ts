import { connect, type SqlSession } from '@agent-agency/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  auditCatalogue,
  auditDatabase,
  readCatalogue,
  rules,
  type Audit,
  type AuditScope,
} from '../../src/index.ts';
import { FIXTURE } from './examples/example.ts';

const database = testDatabase();
let session: SqlSession;

beforeAll(async () => {
  session = await connect(database.url);
});
afterAll(() => session.close());

const places = ({ findings }: Audit): string[] => findings.map(({ rule, place }) => `${rule} ${place}`);

describe('auditDatabase', () => {
  it('looks at every login that is no superuser, and at every schema that is not PostgreSQL’s', async () => {
    const { roles, tables, notChecked } = await auditDatabase(session);
    expect(roles).toEqual(expect.arrayContaining(['agent_agency_app', 'agent_agency_readonly']));
    expect(tables).toBeGreaterThan(40);
    expect(notChecked).toEqual([]);
  });

  it('needs no superuser, and finds the same', async () => {
    const application = await connect(database.urlFor('agent_agency_app'));
    try {
      expect(await auditDatabase(application)).toEqual(await auditDatabase(session));
    } finally {
      await application.close();
    }
  });

  it('can write nothing, and leaves the connection as it was', async () => {
    const statements: string[] = [];
    await session.query(`set search_path = app`);
    await auditDatabase({
      query: async (text, values) => {
        statements.push(text);
        return session.query(text, values);
      },
    });
    expect(statements[0]).toContain('read only');
    const { rows } = await session.query('show search_path');
    expect(rows).toEqual([{ search_path: 'app' }]);
    await session.query(`reset search_path`);
  });

  it.each([
    [{ roles: ['agent_agency_app', 'nobody_here'] }, 'ROLE_UNKNOWN', /no role nobody_here/],
    [{ schemas: ['public', 'shopp'] }, 'SCHEMA_UNKNOWN', /no schema shopp/],
  ])('refuses %o', async (options, code, message) => {
    await expect(auditDatabase(session, options)).rejects.toMatchObject({ code, message: matching(message) });
    // The transaction is over.
    expect((await session.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});

describe('readCatalogue and auditCatalogue', () => {
  beforeEach(async () => {
    await session.query('begin');
    await session.query(`${FIXTURE}; reset role`);
  });
  afterEach(() => session.query('rollback'));

  const audit = async (sql: string, scope: AuditScope = {}): Promise<Audit> => {
    await session.query(sql);
    return auditCatalogue(
      await readCatalogue(session, { roles: ['example_app'], schemas: ['shop'], ...scope }),
    );
  };

  it('say of every rule that needs what the login may not read that it was not checked', async () => {
    const { findings, notChecked } = await audit(`
      grant truncate on shop.tasks to example_app;
      revoke select on pg_catalog.pg_proc from public;
      set local role example_other`);
    const names = notChecked.map(({ rule }) => rule);
    expect(names).toContain('definer-without-search-path');
    expect(names).toContain('policy-function-volatile');
    expect(new Set(notChecked.map(({ reason }) => reason))).toContain(
      'this login may not read the functions',
    );
    expect(findings.map(({ rule }) => rule)).toEqual(['grant-truncate']);
  });

  it('find the tenant column by its usual name, by what policies compare, and by what it is called elsewhere', async () => {
    const found = await audit(`
      create table shop.usual (workspace_id integer not null primary key);
      create table shop.owned (owned_by text not null default '' primary key);
      alter table shop.owned enable row level security;
      alter table shop.owned force row level security;
      create policy owned_own on shop.owned to example_app
        using (owned_by = (select shop.tenant())) with check (owned_by = (select shop.tenant()));
      create table shop.owned_too (id text primary key, owned_by text not null);
      create table shop.others (id text primary key)`);
    expect(places(found)).toEqual([
      'table-without-rls shop.owned_too',
      'tenant-column-without-index shop.owned_too',
      'unique-without-tenant shop.owned_too_pkey',
      'table-without-rls shop.usual',
    ]);
  });

  it('take the column that is named, and no other', async () => {
    const sql =
      'create table shop.rooms (workspace_id integer not null, house text not null, primary key (house))';
    expect(places(await audit(sql, { tenantColumns: ['house', 'tenant_id'] }))).toEqual([
      'table-without-rls shop.rooms',
    ]);
  });

  it('ask what a role reaches through others, not what others have', async () => {
    const sql = 'create role example_writers; grant truncate on shop.tasks to example_writers';
    expect(places(await audit(sql))).toEqual([]);
    expect(places(await audit('grant example_writers to example_app'))).toEqual([
      'grant-truncate shop.tasks',
    ]);
    expect(places(await audit('select 1', { roles: ['example_other'] }))).toEqual([]);
  });

  it('allow one rule at a place, and not what else is there', async () => {
    await session.query('grant truncate, trigger on shop.tasks to example_app');
    const catalogue = await readCatalogue(session, { roles: ['example_app'], schemas: ['shop'] });
    const found = auditCatalogue(catalogue, 'grant-trigger shop.tasks: its triggers are reviewed');
    expect(places(found)).toEqual(['grant-truncate shop.tasks']);
    expect(found.allowed).toEqual([
      {
        finding: expect.objectContaining({ rule: 'grant-trigger' }) as unknown,
        reason: 'its triggers are reviewed',
      },
    ]);
  });

  it('report on the schemas that are asked for, knowing the others', async () => {
    const found = await audit(
      `create schema depot; create table depot.notes (tenant_id text);
       create view shop.seen as select * from depot.notes; grant select on shop.seen to example_app`,
    );
    expect(places(found)).toEqual([]);
    const both = await audit('select 1', { schemas: ['shop', 'depot'] });
    expect(places(both)).toContain('view-without-security-invoker shop.seen');
    expect(places(both)).toContain('table-without-rls depot.notes');
  });
});

it('there are more than forty rules', () => {
  expect(rules.length).toBeGreaterThan(40);
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
});
