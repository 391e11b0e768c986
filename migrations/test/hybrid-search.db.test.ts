import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenants, queryValue } from './support/rows.ts';
import { outcomeOf, undone } from './support/undone.ts';
import { axis } from './support/vectors.ts';
import {
  agent,
  CALL,
  capability,
  decision,
  edge,
  insertWorld,
  parametersOf,
  searchWorld,
  uuid,
  type Found,
  type Search,
  type World,
} from './support/world.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, 'chain', 'other', 'empty');
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

/** Who knows whom: a, b, c, d in a row. Each has a capability; a's is about tides. */
const chain: World = {
  tenant: 'chain',
  entities: [
    ...['a', 'b', 'c', 'd'].map((id) => agent(id)),
    capability(1, 'a', 'Predicting tides', { embedding: axis(1) }),
    capability(2, 'b', 'Baking bread', { embedding: axis(2) }),
    capability(3, 'c', 'Mending shoes', { embedding: axis(3), confidence: 0.7 }),
    capability(4, 'd', 'Singing'),
    decision(5, 'The moon is to be watched', { embedding: axis(1, 2, 0.5) }),
    decision(6, "Waived: the moon's far side", { confidence: 0.4 }),
  ],
  edges: [edge('a', 'b'), edge('b', 'c'), edge('c', 'd')],
};

const search = (tenant: string | undefined, what: Search): Promise<Found[]> =>
  searchWorld(application, tenant, what);

/** What came, by name, with the arm that found it and the hops to it. */
const summary = (found: readonly Found[]): unknown[] =>
  found.map(({ name, source, hop_distance }) => `${name}: ${source} ${hop_distance}`);

describe.skipIf(database.kind === 'pglite')('hybrid_search', () => {
  beforeAll(async () => {
    await insertWorld(application, chain);
    await insertWorld(application, {
      ...chain,
      tenant: 'other',
      entities: chain.entities.map((it) => ({ ...it, name: `Other ${it.name}` })),
    });
  });

  it('finds by meaning what is nearest, first', async () => {
    const found = await search('chain', { embedding: axis(1, 3, 0.1), hops: 0 });
    expect(summary(found)).toEqual([
      'Predicting tides: vector 0',
      'The moon is to be watched: vector 0',
      'Mending shoes: vector 0',
      'Baking bread: vector 0',
    ]);
    expect(found[0]).toEqual({
      ...{ entity_id: uuid(1), entity_type: 'agent_capability', name: 'Predicting tides', parent_id: 'a' },
      ...{ relevance_score: '0.01639344262295081967', source: 'vector', hop_distance: 0 },
    });
  });

  it('finds by any of the words, in another form too', async () => {
    const found = await search('chain', { text: 'What of the tide, or bread?', hops: 0 });
    expect(summary(found).sort()).toEqual(['Baking bread: text 0', 'Predicting tides: text 0']);
  });

  it('finds agents by their names, which are not English', async () => {
    await expect(search('chain', { text: 'agent A', hops: 0 }).then(summary)).resolves.toEqual([
      'Agent a: text 0',
      'Agent b: text 0',
      'Agent c: text 0',
      'Agent d: text 0',
    ]);
  });

  it('says of what both meaning and words find that it is hybrid, and adds up their scores', async () => {
    const found = await search('chain', { embedding: axis(1), text: 'tides', hops: 0, limit: 1 });
    expect(summary(found)).toEqual(['Predicting tides: hybrid 0']);
    expect(Number(found[0]?.relevance_score)).toBeCloseTo(2 / 61, 15);
  });

  it.each([
    [0, ['Predicting tides: text 0']],
    [1, ['Agent b: graph 1', 'Predicting tides: text 0', 'Baking bread: graph 1']],
    [
      2,
      [
        'Agent b: graph 1',
        'Predicting tides: text 0',
        'Baking bread: graph 1',
        'Agent c: graph 2',
        'Mending shoes: graph 2',
      ],
    ],
    [
      3,
      [
        'Agent b: graph 1',
        'Predicting tides: text 0',
        'Baking bread: graph 1',
        'Agent c: graph 2',
        'Mending shoes: graph 2',
        'Agent d: graph 3',
        'Singing: graph 3',
      ],
    ],
  ])('reaches within %s hops of whose skill it found', async (hops, expected) => {
    const found = await search('chain', { text: 'tides', hops });
    expect(summary(found).sort()).toEqual([...expected].sort());
  });

  it('reaches as far as two hops unless told otherwise', async () => {
    const found = await undone(application, 'chain', async () => {
      const { rows } = await application.query(`select * from hybrid_search(null, 'tides')`);
      return rows as unknown as Found[];
    });
    await expect(search('chain', { text: 'tides', hops: 2, limit: 10 })).resolves.toEqual(found);
  });

  it.each([
    [['agent_capability'], ['Baking bread', 'Mending shoes', 'Predicting tides']],
    [['agent_profile'], []],
    [['caws_provenance'], ['The moon is to be watched']],
    [
      ['agent_capability', 'caws_provenance'],
      ['Baking bread', 'Mending shoes', 'Predicting tides', 'The moon is to be watched'],
    ],
    [[], []],
    [['nonsense'], []],
  ])('finds only the kinds %j', async (types, expected) => {
    const found = await search('chain', { embedding: axis(1), hops: 0, types });
    expect(found.map(({ name }) => name).sort()).toEqual(expected);
  });

  it.each([
    [0, ['Mending shoes', 'The moon is to be watched', "Waived: the moon's far side"]],
    [0.5, ['Mending shoes', 'The moon is to be watched']],
    [0.71, ['The moon is to be watched']],
    [1, ['The moon is to be watched']],
  ])('takes from a confidence of %s on, and what was never scored', async (confidence, expected) => {
    const found = await search('chain', { text: 'moon shoes', hops: 0, confidence });
    expect(found.map(({ name }) => name).sort()).toEqual(expected);
  });

  it.each([
    ['neither meaning nor words', {}],
    ['empty words', { text: '' }],
    ['blanks', { text: ' \t\n ' }],
    ['signs', { text: `!&|()<->:*'"\\` }],
    ['stop words', { text: 'the of and is' }],
    ['words that nobody has', { text: 'xylophone' }],
  ])('finds nothing by %s', async (_, what) => {
    await expect(search('chain', { ...what, types: ['agent_capability', 'agent_profile'] })).resolves.toEqual(
      [],
    );
  });

  it.each([
    `tides' or '1'='1`,
    `'tides'`,
    `tides\\`,
    `\\'tides\\'`,
    `"tides"`,
    'tides & !tides',
    'tides | (',
    'tides <-> :*',
    '!tides',
    `$$tides$$; drop table task_queue; --`,
    'tides\u0001\u00a0\u2028\ufeff',
    '潮汐 TIDES 😀 ｔｉｄｅｓ',
    `${'x'.repeat(3000)} tides`,
  ])('takes %j for words', async (text) => {
    await expect(search('chain', { text, hops: 0 }).then(summary)).resolves.toEqual([
      'Predicting tides: text 0',
    ]);
  });

  it('takes 100 kB of words', async () => {
    const text = `${Array.from({ length: 16_000 }, (_, at) => `w${at}`).join(' ')} tides`;
    expect(text.length).toBeGreaterThan(90_000);
    await expect(search('chain', { text, hops: 0 }).then(summary)).resolves.toEqual([
      'Predicting tides: text 0',
    ]);
  });

  it('has no query where there are no words: an empty one would tell every client so, with a notice', async () => {
    for (const text of [null, '', ' ', '!?'])
      await expect(queryValue(application, 'select app.any_word_of($1)', [text])).resolves.toBeNull();
  });

  it.each([
    [{ limit: -1 }, '22023'],
    [{ limit: 1001 }, '22023'],
    [{ limit: null }, '22023'],
    [{ hops: -1 }, '22023'],
    [{ hops: 11 }, '22023'],
    [{ hops: null }, '22023'],
    [{ embedding: [1, 2] }, '22023'],
    [{ embedding: axis(0).map(() => 0) }, '22023'],
    [{ limit: 0 }, 0],
    [{ limit: 1000 }, 1],
    [{ hops: 10, limit: 1 }, 1],
  ])('answers to %j', async (what, expected) => {
    const parameters = parametersOf({ text: 'tides', types: ['agent_capability'], hops: 0, ...what });
    await undone(application, 'chain', () =>
      expect(outcomeOf(application, `select from ${CALL}`, parameters)).resolves.toBe(expected),
    );
    if (expected !== '22023') return;
    await undone(application, 'empty', () =>
      expect(outcomeOf(application, `select from ${CALL}`, parameters)).resolves.toBe(expected),
    );
  });

  it('keeps tenants apart, with the same identifiers in both', async () => {
    const what = { embedding: axis(1), text: 'tides moon agent', hops: 3, limit: 100, confidence: 0 };
    const own = await search('chain', what);
    expect(own).toHaveLength(chain.entities.length);
    expect(own.filter(({ name }) => name.startsWith('Other'))).toEqual([]);
    const others = await search('other', what);
    expect(others.filter(({ name }) => !name.startsWith('Other'))).toEqual([]);
    await expect(search('chain', { ...what, tenant: 'chain' })).resolves.toEqual(own);
    for (const [asking, tenant] of [
      ['chain', 'other'],
      ['chain', 'nobody'],
      ['empty', null],
      [undefined, null],
      [undefined, 'chain'],
    ] as const)
      await expect(search(asking, { ...what, tenant }), `${asking} ${tenant}`).resolves.toEqual([]);
  });
});
