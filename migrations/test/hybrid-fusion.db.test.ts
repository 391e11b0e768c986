import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchNaively, type WordRank } from './support/naive-search.ts';
import { seededRandom } from './support/random.ts';
import { createTenants } from './support/rows.ts';
import { undone } from './support/undone.ts';
import { axis, randomVector } from './support/vectors.ts';
import {
  agent,
  capability,
  decision,
  edge,
  insertWorld,
  searchWorld,
  type Search,
  type World,
} from './support/world.ts';
import type { Edge } from './support/graph.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, 'random');
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

const WORDS = ['tide', 'moon', 'bread', 'shoe', 'song', 'ship', 'stone', 'light', 'paper', 'glass'];

/** 40 agents with up to three capabilities each, and 20 decisions; half of all without an embedding. */
function randomWorld(): World {
  const random = seededRandom(11);
  const words = (): string =>
    Array.from({ length: 1 + random.integer(4) }, () => random.pick(WORDS)).join(' ');
  const embedding = (): number[] | null => random.pick([null, randomVector(random), axis(1), axis(2)]);
  const agents = Array.from({ length: 40 }, (_, at) =>
    agent(`a${String(at).padStart(2, '0')}`, { name: `${words()} ${at}`, embedding: embedding() }),
  );
  const capabilities = Array.from({ length: 90 }, (_, at) =>
    capability(1000 + at, random.pick(agents).id, `${words()} number${at}`, {
      embedding: embedding(),
      confidence: (70 + random.integer(31)) / 100,
    }),
  );
  const decisions = Array.from({ length: 20 }, (_, at) =>
    decision(2000 + at, `${words()} number${at}`, {
      embedding: embedding(),
      confidence: random.pick([null, random.integer(101) / 100]),
    }),
  );
  const pairs = new Map<string, Edge>();
  for (let drawn = 0; drawn < 50; drawn += 1) {
    const [source, target] = [random.pick(agents).id, random.pick(agents).id];
    if (source >= target) continue;
    const directional = random.integer(3) === 0;
    pairs.set(`${source} ${target}`, {
      ...edge(source, target, (50 + random.integer(51)) / 100),
      directional,
    });
  }
  return {
    tenant: 'random',
    entities: [...agents, ...capabilities, ...decisions],
    edges: [...pairs.values()],
  };
}

describe.skipIf(database.kind === 'pglite')('hybrid_search in a random world', () => {
  const world = randomWorld();
  beforeAll(() => insertWorld(application, world));

  const ranksOf = (text: string | null | undefined): Promise<WordRank[]> =>
    undone(application, world.tenant, async () => {
      const { rows } = await application.query(
        `select entity_type, id, ts_rank(search_vector, app.any_word_of($1), 1) as rank
         from hybrid_search_index where search_vector @@ app.any_word_of($1)`,
        [text ?? null],
      );
      return rows as unknown as WordRank[];
    });

  const random = seededRandom(17);
  const somewhere = randomVector(random);
  it.each<Search>([
    { embedding: axis(1), hops: 0, limit: 300 },
    { text: 'moon', hops: 0, limit: 300 },
    { embedding: somewhere, text: 'bread glass', hops: 0, limit: 300 },
    { embedding: axis(2), hops: 2, limit: 300 },
    { text: 'song', hops: 1, limit: 300 },
    { embedding: somewhere, text: 'stone ship', hops: 2, limit: 300 },
    { embedding: somewhere, text: 'stone ship', hops: 3, limit: 7 },
    { embedding: axis(1, 2, 0.3), text: 'light paper tide moon', hops: 3, limit: 1 },
    { embedding: somewhere, text: 'tide', types: ['agent_capability'], limit: 300 },
    { embedding: somewhere, text: 'tide', types: ['agent_profile'], limit: 300 },
    { embedding: somewhere, text: 'tide', types: ['caws_provenance'], limit: 300 },
    { embedding: somewhere, text: 'tide shoe', confidence: 0.9, limit: 300 },
    { embedding: somewhere, text: WORDS.join(' '), confidence: 0, hops: 4, limit: 300 },
  ])(
    'finds with $text, $hops hops, $types, $limit and $confidence what sorting everything finds',
    async (what) => {
      const expected = searchNaively(world, what, await ranksOf(what.text));
      const found = await searchWorld(application, world.tenant, what);
      expect(found.length).toBeGreaterThan(0);
      expect(
        found.map((it) =>
          [
            ...[it.entity_type, it.entity_id, it.name, it.relevance_score],
            ...[it.source, it.hop_distance, it.parent_id],
          ].join(),
        ),
      ).toEqual(expected);
    },
  );

  it('finds exactly as many as were asked for, the same that more would begin with, and each once', async () => {
    const what = { embedding: somewhere, text: 'stone ship', hops: 3 };
    const all = await searchWorld(application, world.tenant, { ...what, limit: 1000 });
    expect(new Set(all.map(({ entity_type, entity_id }) => `${entity_type} ${entity_id}`)).size).toBe(
      all.length,
    );
    expect(all.length).toBeGreaterThan(100);
    for (const limit of [1, 2, 10, 99])
      await expect(searchWorld(application, world.tenant, { ...what, limit })).resolves.toEqual(
        all.slice(0, limit),
      );
  });
});
