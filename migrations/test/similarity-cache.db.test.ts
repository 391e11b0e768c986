import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenants, insertRows, queryValue, type Row } from './support/rows.ts';
import { asTenant } from './support/tenant-context.ts';
import { become, outcomeOf, undone } from './support/undone.ts';
import { axis, vectorText } from './support/vectors.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

/** Three capabilities, the same in both tenants. */
const [FIRST, SECOND, THIRD] = ['1', '2', '3'].map((digit) => `${digit}0000000-0000-4000-8000-000000000000`);

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, 'acme', 'globex');
  for (const tenant of ['acme', 'globex']) {
    await asTenant(application, tenant, async () => {
      await insertRows(application, 'agent_profiles', [{ id: 'a', name: 'A', model_family: 'human' }]);
      await insertRows(
        application,
        'agent_capabilities_graph',
        [FIRST, SECOND, THIRD].map((id, at) => ({
          ...{ id, agent_id: 'a', capability_name: `Skill ${at}`, confidence: 0.9, extraction_confidence: 1 },
          embedding: id === THIRD ? null : vectorText(axis(at)),
        })),
      );
      await insertPair();
    });
  }
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

async function insertPair(fields: Row = {}): Promise<void> {
  await insertRows(application, 'entity_similarity_cache', [
    { entity1_id: FIRST, entity2_id: SECOND, cosine_similarity: 0.8, ...fields },
  ]);
}

const asAcme = <T>(work: () => Promise<T>): Promise<T> => undone(application, 'acme', work);
const cached = (one: unknown, other: unknown, ...ttl: unknown[]): Promise<unknown> =>
  queryValue(application, `select get_cached_similarity($1, $2${ttl.length > 0 ? ', $3' : ''})`, [
    one,
    other,
    ...ttl,
  ]);
const computedAgo = (age: string): Promise<unknown> =>
  application.query(`update entity_similarity_cache set computed_at = now() - interval '${age}'`);
const pairs = (): Promise<unknown> =>
  queryValue(application, 'select count(*)::int from entity_similarity_cache');

describe.skipIf(database.kind === 'pglite')('get_cached_similarity', () => {
  it('knows a pair in either order, and no other', async () => {
    await asAcme(async () => {
      await expect(cached(FIRST, SECOND)).resolves.toBe('0.8000');
      await expect(cached(SECOND, FIRST)).resolves.toBe('0.8000');
      for (const [one, other] of [
        [FIRST, THIRD],
        [FIRST, FIRST],
        [FIRST, null],
        [null, SECOND],
        [null, null],
      ])
        await expect(cached(one, other), `${one} ${other}`).resolves.toBeNull();
    });
  });

  it.each([
    ['23 hours 59 minutes', [], '0.8000'],
    ['24 hours', [], null],
    ['25 hours', [], null],
    ['25 hours', [26], '0.8000'],
    ['1 minute', [0], null],
    ['0', [0], null],
    ['0', [-1], null],
    ['0', [null], null],
    ['100 years', [1_000_000], '0.8000'],
  ])('says of what was computed %s ago, good for %j hours: %s', async (age, ttl, expected) => {
    await asAcme(async () => {
      await computedAgo(age);
      await expect(cached(FIRST, SECOND, ...ttl)).resolves.toBe(expected);
    });
  });

  it('keeps tenants apart, also with the same capabilities', async () => {
    await asAcme(async () => {
      await application.query('delete from entity_similarity_cache');
      await expect(cached(FIRST, SECOND)).resolves.toBeNull();
      await become(application, 'globex');
      await expect(cached(FIRST, SECOND)).resolves.toBe('0.8000');
    });
    await undone(application, undefined, () => expect(cached(FIRST, SECOND)).resolves.toBeNull());
  });

  it('may be asked by the reading login, which cannot clean up', async () => {
    const reader = await connect(database.urlFor('agent_agency_readonly'));
    try {
      await undone(reader, 'acme', async () => {
        await expect(
          queryValue(reader, 'select get_cached_similarity($1, $2)', [SECOND, FIRST]),
        ).resolves.toBe('0.8000');
        await expect(outcomeOf(reader, 'select cleanup_similarity_cache()')).resolves.toBe('42501');
      });
    } finally {
      await reader.close();
    }
  });
});

describe.skipIf(database.kind === 'pglite')('cleanup_similarity_cache', () => {
  it.each([
    ['6 days 23 hours', '', 0],
    ['7 days', '', 0],
    ['7 days 1 second', '', 1],
    ['2 days', '1', 1],
    ['2 days', '3', 0],
    ['1 second', '0', 1],
    ['100 years', 'null', 0],
    ['100 years', '1000000', 0],
  ])('deletes of what was computed %s ago, with (%s), %s, and says so', async (age, days, expected) => {
    await asAcme(async () => {
      await computedAgo(age);
      await expect(queryValue(application, `select cleanup_similarity_cache(${days})`)).resolves.toBe(
        expected,
      );
      await expect(pairs()).resolves.toBe(1 - expected);
    });
  });

  it('deletes only the tenant’s own', async () => {
    await asAcme(async () => {
      await computedAgo('30 days');
      await become(application, 'globex');
      await computedAgo('30 days');
      await expect(queryValue(application, 'select cleanup_similarity_cache()')).resolves.toBe(1);
      await become(application, 'acme');
      await expect(pairs()).resolves.toBe(1);
    });
  });
});

describe.skipIf(database.kind === 'pglite')('a cached similarity', () => {
  const change = (set: string, id = FIRST): Promise<unknown> =>
    application.query(`update agent_capabilities_graph set ${set} where id = $1`, [id]);

  it.each([
    ['the first capability', FIRST],
    ['the second', SECOND],
  ])('goes when %s gets another embedding', async (_, id) => {
    await asAcme(async () => {
      await change(`embedding = '${vectorText(axis(9))}'`, id);
      await expect(pairs()).resolves.toBe(0);
      await become(application, 'globex');
      await expect(pairs()).resolves.toBe(1);
    });
  });

  it('goes when a capability loses its embedding, or gets its first', async () => {
    await asAcme(async () => {
      await change('embedding = null');
      await expect(pairs()).resolves.toBe(0);
      await insertPair({ entity2_id: THIRD });
      await change(`embedding = '${vectorText(axis(9))}'`, THIRD);
      await expect(pairs()).resolves.toBe(0);
    });
  });

  it('goes when an upsert brings another embedding', async () => {
    await asAcme(async () => {
      await application.query(
        `insert into agent_capabilities_graph as it
           (agent_id, capability_name, canonical_name, confidence, extraction_confidence, embedding)
         values ('a', 'Skill 0', '', 0.9, 1, '${vectorText(axis(9))}')
         on conflict (tenant_id, agent_id, canonical_name) do update set embedding = excluded.embedding`,
      );
      await expect(pairs()).resolves.toBe(0);
    });
  });

  it.each([
    'embedding = embedding',
    `capability_name = 'Other'`,
    'confidence = 1',
    'demonstration_count = 2',
  ])('stays with %s', async (set) => {
    await asAcme(async () => {
      await change(set);
      await expect(pairs()).resolves.toBe(1);
    });
  });

  it('stays when another capability changes', async () => {
    await asAcme(async () => {
      await change(`embedding = '${vectorText(axis(9))}'`, THIRD);
      await expect(pairs()).resolves.toBe(1);
    });
  });

  it.each([
    ['the first capability', FIRST],
    ['the second', SECOND],
  ])('goes with %s', async (_, id) => {
    await asAcme(async () => {
      await application.query('delete from agent_capabilities_graph where id = $1', [id]);
      await expect(pairs()).resolves.toBe(0);
    });
  });

  it.each([
    [{ entity1_id: THIRD, entity2_id: FIRST }, '23514', 'ordered_similarity_pair'],
    [{ entity1_id: FIRST, entity2_id: FIRST }, '23514', 'ordered_similarity_pair'],
    [{ entity2_id: SECOND }, '23505', 'unique_similarity_pair'],
    [{ cosine_similarity: 1.0001 }, '23514', 'entity_similarity_cache_cosine_similarity_check'],
    [{ cosine_similarity: -1.0001 }, '23514', 'entity_similarity_cache_cosine_similarity_check'],
    [{ cosine_similarity: 'NaN' }, '23514', 'entity_similarity_cache_cosine_similarity_check'],
    [{ semantic_similarity: 1.0001 }, '23514', 'entity_similarity_cache_semantic_similarity_check'],
    [{ semantic_similarity: 'NaN' }, '23514', 'entity_similarity_cache_semantic_similarity_check'],
    [{ computation_method: '' }, '23514', 'entity_similarity_cache_computation_method_check'],
    [
      { entity2_id: 'f0000000-0000-4000-8000-000000000000' },
      '23503',
      'entity_similarity_cache_entity2_id_fkey',
    ],
  ])('is not stored with %j', async (fields, code, constraint) => {
    const row = {
      ...{ id: crypto.randomUUID(), computed_at: '2025-01-01', computation_method: 'cosine' },
      ...{ entity2_id: THIRD, cosine_similarity: 1, semantic_similarity: -1 },
    };
    await asAcme(() => insertPair(row));
    await expect(asAcme(() => insertPair({ ...row, ...fields }))).rejects.toMatchObject({
      code,
      constraint_name: constraint,
    });
  });
});
