import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertFederationResults } from './support/federation-rows.ts';
import { insertPrivacyRows } from './support/privacy-rows.ts';
import { createTenants, queryValue } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';
import { changeTenantRows, insertTenantRows } from './support/tenant-rows.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;
let reader: SqlSession;
let tables: TenantTable[];

interface TenantTable {
  readonly name: string;
  /** The column that says whose a row is. */
  readonly tenantColumn: string;
  /** Columns that can be written, comma-separated. */
  readonly columns: string;
  /** What the application may do. */
  readonly rights: readonly string[];
}

beforeAll(async () => {
  [administrator, application, reader] = await Promise.all([
    connect(database.url),
    connect(database.urlFor('agent_agency_app')),
    connect(database.urlFor('agent_agency_readonly')),
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
  tables = await readTenantTables();
});
afterAll(() => Promise.all([administrator, application, reader].map((session) => session.close())));

async function readTenantTables(): Promise<TenantTable[]> {
  const { rows } = await administrator.query(`
    select
      pg_class.oid::regclass::text as name,
      attname::text as "tenantColumn",
      (
        select string_agg(quote_ident(attname), ', ') from pg_attribute
        where attrelid = pg_class.oid and attnum > 0 and not attisdropped and attgenerated = ''
      ) as columns,
      array(
        select privilege from unnest(array['select', 'insert', 'update', 'delete']) as privilege
        where has_table_privilege('agent_agency_app', pg_class.oid, privilege)
      ) as rights
    from pg_class
    join pg_namespace on pg_namespace.oid = relnamespace
    join pg_attribute on attrelid = pg_class.oid and not attisdropped
      and attname = case relname when 'tenants' then 'id' else 'tenant_id' end
    where nspname in ('public', 'app') and relkind in ('r', 'p')
      -- Whoever has no right at all is refused by the catalogue: vector-index.db.test.ts.
      and has_table_privilege('agent_agency_app', pg_class.oid, 'select, insert, update, delete')
    order by name
  `);
  return rows as unknown as TenantTable[];
}

/** Goes through every table, and tells of the ones that differ from what is expected. */
async function forEveryTable<T>(
  ask: (table: TenantTable) => Promise<T>,
  expected: (table: TenantTable) => T,
) {
  const answers = new Map<string, T>();
  for (const table of tables) answers.set(table.name, await ask(table));
  expect(answers).toEqual(new Map(tables.map((table) => [table.name, expected(table)])));
}

/** What a statement does: how many rows it returns, or the SQLSTATE that it is refused with. */
async function outcome(
  session: SqlSession,
  tenant: string | undefined,
  statement: string,
  values?: readonly unknown[],
): Promise<number | string> {
  try {
    return await asTenant(session, tenant, async () => (await session.query(statement, values)).rows.length);
  } catch (error) {
    return sqlStateOf(error);
  }
}

function sqlStateOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  throw error;
}

const rowsOf = ({ name, tenantColumn }: TenantTable, tenant: string): Promise<unknown> =>
  queryValue(
    administrator,
    `select jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text)::text from ${name} as t where ${tenantColumn} = $1`,
    [tenant],
  );
const privilegeNeeded = (right: string, otherwise: number | string) => (table: TenantTable) =>
  table.rights.includes(right) ? otherwise : '42501';

describe.skipIf(database.kind === 'pglite')('every table of tenants, as the application', () => {
  it('has rows of two tenants to test with: see support/tenant-rows.ts', async () => {
    await forEveryTable(
      async (table) => [await rowsOf(table, 'acme'), await rowsOf(table, 'globex')].includes(null),
      () => false,
    );
  });

  it('shows a tenant its own rows and no others', async () => {
    await forEveryTable(
      async ({ name, tenantColumn }) => {
        const owners = `select distinct ${tenantColumn} as owner from ${name}`;
        return asTenant(application, 'acme', async () => (await application.query(owners)).rows);
      },
      () => [{ owner: 'acme' }],
    );
  });

  it('shows nothing to whoever has no tenant', async () => {
    await forEveryTable(
      ({ name }) => outcome(application, undefined, `select from ${name}`),
      () => 0,
    );
  });

  it.each([
    ['another tenant', 'acme', 'globex'],
    ['a tenant by whoever has none', undefined, 'acme'],
  ])('takes no row for %s', async (_, asking, tenant) => {
    await forEveryTable(
      async (table) => {
        const { name, columns } = table;
        // Row level security refuses the row before any key does.
        const copy = `
          insert into ${name} (${columns})
          select ${columns} from jsonb_populate_recordset(null::${name}, $1::text::jsonb)`;
        return outcome(application, asking, copy, [await rowsOf(table, tenant)]);
      },
      () => '42501',
    );
  });

  it('changes no row of another tenant', async () => {
    await forEveryTable(
      async (table) => {
        const { name, tenantColumn } = table;
        const before = await rowsOf(table, 'globex');
        const set = `update ${name} set ${tenantColumn} = ${tenantColumn} where ${tenantColumn} = 'globex' returning 1`;
        const result = await outcome(application, 'acme', set);
        expect(await rowsOf(table, 'globex')).toEqual(before);
        return result;
      },
      privilegeNeeded('update', 0),
    );
  });

  it('gives no row to another tenant', async () => {
    await forEveryTable(
      ({ name, tenantColumn }) =>
        outcome(application, 'acme', `update ${name} set ${tenantColumn} = 'globex'`),
      () => '42501',
    );
  });

  it('deletes no row of another tenant', async () => {
    await forEveryTable(
      async (table) => {
        const before = await rowsOf(table, 'globex');
        const deletion = `delete from ${table.name} where ${table.tenantColumn} = 'globex' returning 1`;
        const result = await outcome(application, 'acme', deletion);
        expect(await rowsOf(table, 'globex')).toEqual(before);
        return result;
      },
      privilegeNeeded('delete', 0),
    );
  });

  it.each(['update', 'delete'])('has nothing to %s for whoever has no tenant', async (verb) => {
    await forEveryTable(
      ({ name, tenantColumn }) =>
        outcome(
          application,
          undefined,
          verb === 'delete'
            ? `delete from ${name} returning 1`
            : `update ${name} set ${tenantColumn} = 'acme' returning 1`,
        ),
      privilegeNeeded(verb, 0),
    );
  });

  it('lets a tenant change and delete its own rows, where the application may', async () => {
    const own = async ({ name, tenantColumn }: TenantTable, verb: string): Promise<number | string> => {
      const statement =
        verb === 'delete' ? `delete from ${name}` : `update ${name} set ${tenantColumn} = 'globex'`;
      // Not committed: the other tests need the rows.
      const undone = new Error('undone');
      let rows = -1;
      try {
        await asTenant(application, 'globex', async () => {
          rows = (await application.query(`${statement} returning 1`)).rows.length;
          throw undone;
        });
      } catch (error) {
        if (error !== undone) return sqlStateOf(error);
      }
      return Math.min(rows, 1);
    };
    for (const verb of ['update', 'delete']) {
      await forEveryTable((table) => own(table, verb), privilegeNeeded(verb, 1));
    }
  });

  it('is emptied by nobody', async () => {
    await forEveryTable(
      ({ name }) => outcome(application, 'acme', `truncate ${name} cascade`),
      () => '42501',
    );
  });
});

describe.skipIf(database.kind === 'pglite')('every table of tenants, as the reader', () => {
  it('shows a tenant its own rows and no others', async () => {
    await forEveryTable(
      async ({ name, tenantColumn }) => {
        const owners = `select distinct ${tenantColumn} as owner from ${name}`;
        return asTenant(reader, 'globex', async () => (await reader.query(owners)).rows);
      },
      () => [{ owner: 'globex' }],
    );
  });

  it.each(['update', 'delete', 'insert'])('refuses to %s', async (verb) => {
    const statements: Record<string, (table: TenantTable) => string> = {
      update: ({ name, tenantColumn }) => `update ${name} set ${tenantColumn} = ${tenantColumn}`,
      delete: ({ name }) => `delete from ${name}`,
      insert: ({ name }) => `insert into ${name} default values`,
    };
    await forEveryTable(
      (table) => outcome(reader, 'globex', statements[verb]?.(table) ?? ''),
      () => '42501',
    );
  });
});

describe.skipIf(database.kind === 'pglite')('every table of tenants, as the owner', () => {
  it('shows even the owner one tenant, and none without a tenant', async () => {
    const ownersSeen = async ({ name, tenantColumn }: TenantTable): Promise<unknown> => {
      await administrator.query('set local role agent_agency_owner');
      return (await administrator.query(`select distinct ${tenantColumn} as owner from ${name}`)).rows;
    };
    await forEveryTable(
      (table) => asTenant(administrator, undefined, () => ownersSeen(table)),
      () => [],
    );
  });
});

describe.skipIf(database.kind === 'pglite')('every foreign key', () => {
  it('refuses a row of another tenant', async () => {
    const { rows: keys } = await administrator.query(`
      select
        conname::text as name, conrelid::regclass::text as referring, confrelid::regclass::text as referred,
        (select attname::text from pg_attribute where attrelid = conrelid and attnum = conkey[2]) as own,
        (select attname::text from pg_attribute where attrelid = confrelid and attnum = confkey[2]) as other
      from pg_constraint
      where contype = 'f' and cardinality(conkey) = 2
        and has_table_privilege('agent_agency_app', conrelid, 'update')`);
    expect(keys.length).toBeGreaterThan(0);
    for (const { name, referring, referred, own, other } of keys as unknown as ForeignKey[]) {
      // Of a pair that has an order, the one that stands second stays behind the first.
      const end = own.includes('2') ? 'max' : 'min';
      const foreign = `select ${end}(${other}::text) from ${referred} where tenant_id = 'globex'`;
      const statement = `update ${referring} set ${own} = '${String(await queryValue(administrator, foreign))}'`;
      const refusal = { code: '23503' };
      await expect(
        asTenant(application, 'acme', () => application.query(statement)),
        name,
      ).rejects.toMatchObject(refusal);
      // Not even whoever stands above row level security can tie two tenants together.
      await expect(administrator.query(`${statement} where tenant_id = 'acme'`), name).rejects.toMatchObject(
        refusal,
      );
    }
  });
});

interface ForeignKey {
  readonly name: string;
  readonly referring: string;
  readonly referred: string;
  /** The column beside the tenant, on either side. */
  readonly own: string;
  readonly other: string;
}
