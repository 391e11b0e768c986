import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTenants, insertRows, queryOne, queryValue, type Row } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;
let tenants = 0;
let tenant: string;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
});
afterAll(() => Promise.all([administrator.close(), application.close()]));
beforeEach(async () => {
  tenants += 1;
  tenant = `tenant-${tenants}`;
  await createTenants(administrator, tenant);
  await insert('agent_profiles', ...['a', 'B', 'é'].map((id) => ({ id, name: id, model_family: 'human' })));
});

const insert = (table: string, ...rows: Row[]): Promise<void> =>
  asTenant(application, tenant, () => insertRows(application, table, rows));
const ask = (text: string): Promise<Record<string, unknown>> =>
  asTenant(application, tenant, () => queryOne(application, text));
const capability = (fields: Row = {}): Row => ({
  ...{ agent_id: 'a', capability_name: 'Cooking', confidence: 0.9, extraction_confidence: 1 },
  ...fields,
});
const relationship = (fields: Row = {}): Row => ({
  ...{ source_agent_id: 'a', target_agent_id: 'B', type: 'SIMILAR_TO', confidence: 0.9 },
  ...fields,
});
const byConstraint = (name: string) => ({ code: '23514', constraint_name: name });

describe('normalize_entity_name', () => {
  it.each([
    ['TypeScript', 'typescript'],
    ['  two \t\n words  ', 'two words'],
    ['\u00a0no\u2003break\u3000', 'no break'],
    ['\u2028lines\u2029 and\u0085more\u1680', 'lines and more'],
    ['ＦＵＬＬ　ｗｉｄｔｈ', 'full width'],
    ['ﬁne', 'fine'],
    ['cafe\u0301', 'caf\u00e9'],
    ['', ''],
    [' \t ', ''],
  ])('makes of %j %j', async (name, canonical) => {
    await expect(queryValue(application, 'select normalize_entity_name($1)', [name])).resolves.toBe(
      canonical,
    );
  });

  it('knows no name for null', async () => {
    await expect(queryValue(application, 'select normalize_entity_name(null)')).resolves.toBeNull();
  });

  it('changes nothing the second time, for any character', async () => {
    const unstable = `
      select string_agg(to_hex(code), ' ') from generate_series(1, 131071) as code
      where code not between 55296 and 57343
        and normalize_entity_name(normalize_entity_name('x' || chr(code) || 'y'))
          <> normalize_entity_name('x' || chr(code) || 'y')`;
    await expect(queryValue(application, unstable)).resolves.toBeNull();
  });
});

describe.skipIf(database.kind === 'pglite')('agent_profiles', () => {
  it.each([
    [{ name: '' }, 'agent_profiles_name_check'],
    [{ status: 'asleep' }, 'agent_profiles_status_check'],
    [{ config: [] }, 'agent_profiles_config_check'],
    [{ active_tasks: -1 }, 'agent_profiles_active_tasks_check'],
    [{ queued_tasks: -1 }, 'agent_profiles_queued_tasks_check'],
    [{ utilization_percent: 100.01 }, 'agent_profiles_utilization_percent_check'],
    [{ utilization_percent: 'NaN' }, 'agent_profiles_utilization_percent_check'],
  ])('refuses %j', async (fields, constraint) => {
    const row = { id: 'z', name: 'z', model_family: 'human', ...fields };
    await expect(insert('agent_profiles', row)).rejects.toMatchObject(byConstraint(constraint));
  });

  it('lets two tenants use one identifier and one name, and one tenant only once', async () => {
    const row = { id: 'z', name: 'Z', model_family: 'human' };
    await insert('agent_profiles', row);
    await expect(insert('agent_profiles', { ...row, id: 'y' })).rejects.toMatchObject({
      code: '23505',
      constraint_name: 'unique_agent_name',
    });
    await createTenants(administrator, `${tenant}-other`);
    await asTenant(application, `${tenant}-other`, () => insertRows(application, 'agent_profiles', [row]));
    await expect(
      queryValue(administrator, `select count(*)::int from agent_profiles where id = 'z'`),
    ).resolves.toBe(2);
  });

  it('notes when a row changes, whatever the change says', async () => {
    await ask(
      `update agent_profiles set updated_at = '2000-01-01', name = 'new' where id = 'a' returning id`,
    );
    await expect(
      ask(`select updated_at > now() - interval '1 hour' as recent from agent_profiles where id = 'a'`),
    ).resolves.toEqual({
      recent: true,
    });
  });

  it('takes what is known of an agent with it when it goes', async () => {
    await insert('agent_capabilities_graph', capability());
    await insert('agent_relationships', relationship());
    await ask(`delete from agent_profiles where id = 'a' returning id`);
    await expect(
      ask(
        'select (select count(*) from agent_capabilities_graph) + (select count(*) from agent_relationships) as left',
      ),
    ).resolves.toEqual({ left: '0' });
  });
});

describe.skipIf(database.kind === 'pglite')('agent_capabilities_graph', () => {
  it('derives the canonical name on insert and update, whatever is given', async () => {
    await insert(
      'agent_capabilities_graph',
      capability({ capability_name: ' Web  Design', canonical_name: 'forged' }),
    );
    await expect(ask('select canonical_name from agent_capabilities_graph')).resolves.toEqual({
      canonical_name: 'web design',
    });
    await ask(
      `update agent_capabilities_graph set canonical_name = 'forged', capability_name = 'UI' returning id`,
    );
    await expect(ask('select canonical_name from agent_capabilities_graph')).resolves.toEqual({
      canonical_name: 'ui',
    });
  });

  it('holds an agent’s capability once, by its canonical name', async () => {
    await insert('agent_capabilities_graph', capability());
    await expect(
      insert('agent_capabilities_graph', capability({ capability_name: ' COOKING ' })),
    ).rejects.toMatchObject({
      code: '23505',
      constraint_name: 'unique_agent_capability',
    });
    await insert('agent_capabilities_graph', capability({ agent_id: 'B', capability_name: 'COOKING' }));
  });

  it('finds the words of name, aliases and topics', async () => {
    await insert(
      'agent_capabilities_graph',
      capability({ aliases: ['baking', 'roasting'], metadata: { topics: ['kitchens'], other: ['hidden'] } }),
    );
    const found = (word: string) => `search_vector @@ to_tsquery('english', '${word}') as ${word}`;
    const words = ['cook', 'bake', 'roast', 'kitchen', 'hidden'];
    await expect(ask(`select ${words.map(found).join(', ')} from agent_capabilities_graph`)).resolves.toEqual(
      {
        ...{ cook: true, bake: true, roast: true, kitchen: true },
        hidden: false,
      },
    );
  });

  it.each([
    [{ confidence: 0.694 }, 'agent_capabilities_graph_confidence_check'],
    [{ confidence: 1.01 }, 'agent_capabilities_graph_confidence_check'],
    [{ confidence: 'NaN' }, 'agent_capabilities_graph_confidence_check'],
    [{ extraction_confidence: -0.01 }, 'agent_capabilities_graph_extraction_confidence_check'],
    [{ extraction_confidence: 'NaN' }, 'agent_capabilities_graph_extraction_confidence_check'],
    [{ failure_count: -1 }, 'agent_capabilities_graph_failure_count_check'],
    [{ demonstration_count: 2, failure_count: 3 }, 'agent_capabilities_graph_failure_count_check'],
    [{ validation_reason: '' }, 'agent_capabilities_graph_validation_reason_check'],
    [{ demonstration_count: 0 }, 'agent_capabilities_graph_demonstration_count_check'],
    [{ capability_name: ' \t' }, 'agent_capabilities_graph_canonical_name_check'],
    [{ validation_status: 'maybe' }, 'agent_capabilities_graph_validation_status_check'],
    [{ metadata: [] }, 'agent_capabilities_graph_metadata_check'],
    [{ embedding: `[${Array<number>(768).fill(0).join(',')}]` }, 'agent_capabilities_graph_embedding_check'],
    [
      { first_observed: '2025-01-02', last_demonstrated: '2025-01-01' },
      'agent_capabilities_graph_observed_check',
    ],
  ])('refuses %j', async (fields, constraint) => {
    await expect(insert('agent_capabilities_graph', capability(fields))).rejects.toMatchObject(
      byConstraint(constraint),
    );
  });

  it('refuses vectors of another size or without a number', async () => {
    await expect(
      insert('agent_capabilities_graph', capability({ embedding: '[1,2]' })),
    ).rejects.toMatchObject({
      code: '22000',
    });
    const nan = `[NaN${',1'.repeat(767)}]`;
    await expect(insert('agent_capabilities_graph', capability({ embedding: nan }))).rejects.toMatchObject({
      code: '22000',
    });
  });

  it('accepts the limits', async () => {
    const embedding = `[1${',0'.repeat(767)}]`;
    await insert('agent_capabilities_graph', capability({ confidence: 0.7, embedding }));
    await insert('agent_capabilities_graph', capability({ capability_name: 'x', confidence: 1 }));
  });

  it('derives the success rate from the counts, and takes none that is not given for a success', async () => {
    const counts = [
      { demonstration_count: 3 },
      { demonstration_count: 3, failure_count: 1 },
      { demonstration_count: 7, failure_count: 7 },
    ];
    for (const [at, fields] of counts.entries())
      await insert('agent_capabilities_graph', capability({ capability_name: `Skill ${at}`, ...fields }));
    const rates = `select array_agg(success_rate::text order by capability_name) as rates from agent_capabilities_graph`;
    await expect(ask(rates)).resolves.toEqual({ rates: ['1.000', '0.667', '0.000'] });
    await expect(
      insert('agent_capabilities_graph', capability({ capability_name: 'y', success_rate: 1 })),
    ).rejects.toMatchObject({ code: '428C9' });
  });
});

describe.skipIf(database.kind === 'pglite')('agent_relationships', () => {
  const pairs = 'select source_agent_id as source, target_agent_id as target from agent_relationships';

  it.each([
    ['a', 'B'],
    ['é', 'a'],
    ['é', 'B'],
  ])(
    'stores undirected %s–%s with the smaller identifier first, by its bytes',
    async (source_agent_id, target_agent_id) => {
      await insert('agent_relationships', relationship({ source_agent_id, target_agent_id }));
      const [source, target] = [source_agent_id, target_agent_id].sort();
      await expect(ask(pairs)).resolves.toEqual({ source, target });
    },
  );

  it('leaves a directional relationship as it is, until it is not directional any more', async () => {
    await insert('agent_relationships', relationship({ is_directional: true }));
    await expect(ask(pairs)).resolves.toEqual({ source: 'a', target: 'B' });
    await ask('update agent_relationships set is_directional = false returning id');
    await expect(ask(pairs)).resolves.toEqual({ source: 'B', target: 'a' });
  });

  it('holds an undirected pair once, whichever way it is given; upserts work', async () => {
    const reversed = { source_agent_id: 'B', target_agent_id: 'a' };
    await insert('agent_relationships', relationship());
    await expect(insert('agent_relationships', relationship(reversed))).rejects.toMatchObject({
      code: '23P01',
      constraint_name: 'relationship_periods_do_not_overlap',
    });
    const upsert = `
      insert into agent_relationships (source_agent_id, target_agent_id, type, confidence)
      values ('a', 'B', 'SIMILAR_TO', 0.7)
      on conflict (tenant_id, source_agent_id, target_agent_id, type) where valid_to = 'infinity'
      do update set confidence = excluded.confidence, cooccurrence_count = agent_relationships.cooccurrence_count + 1
      returning confidence, cooccurrence_count`;
    await expect(ask(upsert)).resolves.toEqual({ confidence: '0.70', cooccurrence_count: 2 });
    await insert('agent_relationships', relationship({ ...reversed, type: 'VALIDATES' }));
  });

  it('holds directional relationships both ways', async () => {
    await insert('agent_relationships', relationship({ is_directional: true }));
    await insert(
      'agent_relationships',
      relationship({ source_agent_id: 'B', target_agent_id: 'a', is_directional: true }),
    );
  });

  it('refuses an order that the trigger did not see', async () => {
    await insert('agent_relationships', relationship());
    await administrator.query('begin; set local session_replication_role = replica');
    try {
      await expect(
        administrator.query(
          `update agent_relationships set source_agent_id = target_agent_id, target_agent_id = source_agent_id
           where tenant_id = '${tenant}'`,
        ),
      ).rejects.toMatchObject(byConstraint('agent_relationships_canonical_order_check'));
    } finally {
      await administrator.query('rollback');
    }
  });

  it.each([
    [{ target_agent_id: 'a' }, 'no_self_relationships'],
    [{ target_agent_id: 'a', is_directional: true }, 'no_self_relationships'],
    [{ confidence: 0.49 }, 'valid_confidence'],
    [{ confidence: 1.01 }, 'valid_confidence'],
    [{ confidence: 'NaN' }, 'valid_confidence'],
    [{ strength: 1.01 }, 'agent_relationships_strength_check'],
    [{ cooccurrence_count: 0 }, 'agent_relationships_cooccurrence_count_check'],
    [{ mutual_information: -0.1 }, 'agent_relationships_mutual_information_check'],
    [{ mutual_information: 'NaN' }, 'agent_relationships_mutual_information_check'],
    [{ pointwise_mutual_information: 'NaN' }, 'agent_relationships_pointwise_mutual_information_check'],
    [{ metadata: [] }, 'agent_relationships_metadata_check'],
  ])('refuses %j', async (fields, constraint) => {
    const refusal = insert('agent_relationships', relationship(fields));
    // An undirected pair with itself is out of order as well; either constraint may answer.
    const names =
      constraint === 'no_self_relationships'
        ? `${constraint}|agent_relationships_canonical_order_check`
        : constraint;
    await expect(refusal).rejects.toMatchObject({
      code: '23514',
      constraint_name: expect.stringMatching(new RegExp(`^(${names})$`)) as string,
    });
  });

  it('lets one of two callers through that give a pair both ways at the same time', async () => {
    const other = await connect(database.urlFor('agent_agency_app'));
    try {
      const results = await Promise.allSettled([
        insert('agent_relationships', relationship()),
        asTenant(other, tenant, () =>
          insertRows(other, 'agent_relationships', [
            relationship({ source_agent_id: 'B', target_agent_id: 'a' }),
          ]),
        ),
      ]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    } finally {
      await other.close();
    }
  });
});

describe.skipIf(database.kind === 'pglite')('entity_chunk_mappings', () => {
  let mapping: Row;
  beforeEach(async () => {
    await insert('agent_capabilities_graph', capability());
    mapping = {
      entity_id: (await ask('select id from agent_capabilities_graph'))['id'],
      chunk_id: crypto.randomUUID(),
      chunk_type: 'document',
      mention_text: 'cook',
      extraction_method: 'pattern',
      extraction_confidence: 0.5,
    };
  });

  it('holds a mention once at a place, also one without a place, however long', async () => {
    const mention_text = 'x'.repeat(65536);
    for (const place of [
      { start_position: 0, end_position: 4 },
      { start_position: null, end_position: null },
    ]) {
      await insert('entity_chunk_mappings', { ...mapping, ...place, mention_text });
      await expect(
        insert('entity_chunk_mappings', { ...mapping, ...place, mention_text }),
      ).rejects.toMatchObject({
        code: '23505',
        constraint_name: 'unique_entity_chunk_mention',
      });
    }
    await insert('entity_chunk_mappings', { ...mapping, mention_text, start_position: 5, end_position: 9 });
  });

  it.each([
    [{ start_position: -1, end_position: 4 }, 'valid_position_range'],
    [{ start_position: 4, end_position: 4 }, 'valid_position_range'],
    [{ start_position: 4 }, 'valid_position_range'],
    [{ end_position: 4 }, 'valid_position_range'],
    [{ mention_text: '' }, 'entity_chunk_mappings_mention_text_check'],
    [{ mention_text: 'é'.repeat(32769) }, 'entity_chunk_mappings_mention_text_check'],
    [{ chunk_type: 'dream' }, 'entity_chunk_mappings_chunk_type_check'],
    [{ extraction_method: 'guess' }, 'entity_chunk_mappings_extraction_method_check'],
    [{ extraction_confidence: 'NaN' }, 'entity_chunk_mappings_extraction_confidence_check'],
  ])('refuses %j', async (fields, constraint) => {
    await expect(insert('entity_chunk_mappings', { ...mapping, ...fields })).rejects.toMatchObject(
      byConstraint(constraint),
    );
  });
});

describe.skipIf(database.kind === 'pglite')('hybrid_search_index', () => {
  it('shows a tenant what search covers of its own', async () => {
    await insert('agent_capabilities_graph', capability());
    const other = `${tenant}-other`;
    await createTenants(administrator, other);
    const view = `select tenant_id, parent_id, name, confidence from hybrid_search_index where entity_type = 'agent_capability'`;
    await expect(ask(view)).resolves.toEqual({
      tenant_id: tenant,
      parent_id: 'a',
      name: 'Cooking',
      confidence: '0.90',
    });
    const rows = await asTenant(application, other, async () => (await application.query(view)).rows);
    expect(rows).toEqual([]);
  });
});
