import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenants, insertRows, queryValue } from './support/rows.ts';
import {
  CONSTRAINTS,
  ENUMS,
  FUNCTIONS,
  INDEXES,
  POLICIES,
  TABLES,
  TRIGGERS,
  VIEWS,
} from './support/schema-contract.ts';
import { undone } from './support/undone.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, 'acme');
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

type Row = Record<string, unknown>;
const ask = async (text: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await administrator.query(text, values)).rows;

/** Columns of a relation, as the contract writes them, by name. */
async function columnsOf(relation: string): Promise<Map<string, { type: string; nullable: boolean }>> {
  const rows = await ask(
    `select attname::text as name, format_type(atttypid, atttypmod) as type, not attnotnull as nullable
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [relation],
  );
  return new Map(
    rows.map(({ name, type, nullable }) => [
      String(name),
      {
        type: String(type)
          .replace('character varying', 'varchar')
          .replace('timestamp with time zone', 'timestamptz'),
        nullable: nullable === true,
      },
    ]),
  );
}

/** One column of the contract. */
function parse(words: string): { name: string; type: string; nullable: boolean | undefined } {
  const [, name = '', type = '', nullability] = /^(\w+) (\S+)(?: (null|not null))?$/.exec(words) ?? [];
  return { name, type, nullable: nullability === undefined ? undefined : nullability === 'null' };
}

describe.skipIf(database.kind === 'pglite')('the schema document', () => {
  it.each(Object.entries(TABLES))('has its columns in %s', async (table, promised) => {
    const columns = await columnsOf(table);
    expect(promised.length).toBeGreaterThan(5);
    for (const words of promised) {
      const { name, type, nullable } = parse(words);
      const column = columns.get(name);
      expect(column?.type, `${table}.${name}`).toBe(type);
      if (nullable !== undefined) expect(column?.nullable, `${table}.${name}`).toBe(nullable);
    }
  });

  it.each(Object.entries(ENUMS))('has its values in %s, in order', async (type, values) => {
    const rows = await ask(
      'select enumlabel::text as label from pg_enum where enumtypid = $1::regtype order by enumsortorder',
      [type],
    );
    expect(rows.map(({ label }) => label)).toEqual(values);
  });

  it.each(Object.entries(VIEWS))('has its columns in the view %s', async (view, promised) => {
    const columns = await columnsOf(view);
    expect([...columns.keys()].filter((name) => promised.includes(name))).toEqual(promised);
    const kinds = await ask('select relkind::text as kind from pg_class where oid = $1::regclass', [view]);
    expect(kinds).toEqual([{ kind: 'v' }]);
  });

  it.each(Object.entries(CONSTRAINTS))('has its constraints on %s', async (table, promised) => {
    const rows = await ask(
      `select conname::text as name from pg_constraint where conrelid = $1::regclass
       union select indexrelid::regclass::text from pg_index where indrelid = $1::regclass and indisunique`,
      [table],
    );
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining([...promised]));
  });

  it.each([
    ['tenant_privacy_config', 'tenants', 'c'],
    ['entity_chunk_mappings', 'agent_capabilities_graph', 'c'],
    // A trigger looks nodes up that others derive from; records refer to theirs.
    ['provenance_records', 'caws_provenance_graph', 'r'],
  ])('has of %s, when a row of %s goes, the rule %s', async (referring, referred, rule) => {
    const rows = await ask(
      `select distinct confdeltype::text as rule from pg_constraint
       where contype = 'f' and conrelid = $1::regclass and confrelid = $2::regclass`,
      [referring, referred],
    );
    expect(rows).toEqual([{ rule }]);
  });

  it.each(FUNCTIONS)('has the function %s', async (signature) => {
    const [, name] = /^(\w+)/.exec(signature) ?? [];
    const rows = await ask(
      `select format('%s(%s) → %s',
         proname,
         (select string_agg(argument, ', ' order by place)
          from unnest(proargnames, proargmodes) with ordinality as arguments (argument, mode, place)
          where mode is null or mode = 'i'),
         coalesce(
           (select string_agg(argument, ', ' order by place)
            from unnest(proargnames, proargmodes) with ordinality as arguments (argument, mode, place)
            where mode = 't'),
           format_type(prorettype, null)
         )) as signature
       from pg_proc where proname = $1 and pronamespace = 'public'::regnamespace`,
      [name],
    );
    expect(rows).toEqual([{ signature }]);
  });

  it.each(Object.entries(TRIGGERS))('has the trigger %s', async (trigger, [table, calls]) => {
    const rows = await ask(
      `select tgrelid::regclass::text as on, tgfoid::regproc::text as calls from pg_trigger where tgname = $1`,
      [trigger],
    );
    expect(rows).toEqual([{ on: table, calls }]);
  });

  it.each(Object.entries(POLICIES))('has the policy %s', async (policy, table) => {
    const rows = await ask('select polrelid::regclass::text as on from pg_policy where polname = $1', [
      policy,
    ]);
    expect(rows).toEqual([{ on: table }]);
  });

  it.each(Object.entries(INDEXES))('has its indexes on %s', async (table, promised) => {
    const rows = await ask(
      'select indexrelid::regclass::text as name from pg_index where indrelid = $1::regclass and indisvalid',
      [table],
    );
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining([...promised]));
  });

  it.each(Object.values(INDEXES).flat())(
    'has its index %s led by the tenant, or says why not',
    async (index) => {
      const [row] = await ask(
        `select attname = 'tenant_id' as led, obj_description(attrelid, 'pg_class') as why
       from pg_attribute where attrelid = $1::regclass and attnum = 1`,
        [index],
      );
      if (row?.['led'] !== true) expect(row?.['why'], index).toMatch(/\S/);
    },
  );

  it.each(['app.idx_capabilities_embedding', 'idx_hybrid_search_embedding'])(
    'has in %s a graph of 16 links, built with 64 candidates',
    async (index) => {
      const rows = await ask(
        `select amname::text as method, reloptions as options
         from pg_class join pg_am on pg_am.oid = relam where pg_class.oid = $1::regclass`,
        [index],
      );
      expect(rows).toEqual([{ method: 'hnsw', options: ['m=16', 'ef_construction=64'] }]);
    },
  );

  it.each(['idx_capabilities_search'])('has %s by words', async (index) => {
    await expect(
      queryValue(
        administrator,
        'select amname::text from pg_class join pg_am on pg_am.oid = relam where pg_class.oid = $1::regclass',
        [index],
      ),
    ).resolves.toBe('gin');
  });

  it.each([
    `traverse_agent_relationships('a')`,
    `traverse_agent_relationships('a', 3)`,
    `traverse_agent_relationships('a', 3, 0.5)`,
    `traverse_agent_relationships('a', 3, 0.5, null)`,
    `traverse_agent_relationships('a', 3, 0.5, array['VALIDATES', 'ENHANCES']::relationship_type[])`,
    `traverse_agent_relationships('a', 3, 0.5, '{VALIDATES}')`,
    `traverse_agent_relationships(start_agent_id => 'a', max_hops => 3)`,
  ])('lets anybody call %s', async (call) => {
    await undone(application, 'acme', async () => {
      await insertRows(
        application,
        'agent_profiles',
        ['a', 'b'].map((id) => ({ id, name: id, model_family: 'human' })),
      );
      await insertRows(application, 'agent_relationships', [
        { source_agent_id: 'a', target_agent_id: 'b', type: 'VALIDATES', confidence: 0.9 },
      ]);
      await expect(queryValue(application, `select agent_id from ${call}`)).resolves.toBe('b');
    });
  });
});
