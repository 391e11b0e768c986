import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLexicalHashEmbeddings, prepareQuery, search } from '../src/index.ts';
import { seedAgents, seedCapabilities, seedDecisions, seedGroups } from './support/seed.ts';

const app = useApplication(testDatabase());
const embeddings = createLexicalHashEmbeddings();
let tenant = '';

const verbs = ['Fix', 'Add', 'Remove', 'Document', 'Rename', 'Speed up', 'Test', 'Revert'];
const things = [
  'parser',
  'job queue',
  'release notes',
  'retry limit',
  'http client',
  'error message',
  'index',
];
const places = ['in the worker', 'for Windows', 'of the public API', 'under load', 'when it is empty'];

/** Texts that share most of their words with each other: 280, and no two alike. */
const descriptions = verbs.flatMap((verb) =>
  things.flatMap((thing) => places.map((place) => `${verb} ${thing} ${place}`)),
);

/** 20 agents with the words of the descriptions as capabilities and topics: 160. */
beforeAll(async () => {
  tenant = await app.newTenant();
  const agents = Array.from({ length: 20 }, (_, number) => `Agent ${number}`);
  const id = (number: number) => `agent ${number % agents.length}`;
  await app.inTenant(tenant, async (tx) => {
    await seedAgents(tx, agents);
    await seedCapabilities(
      tx,
      agents.flatMap((_, number) =>
        [...verbs.slice(0, 3), ...things.slice(0, 5)].map((name, place) => ({
          agentId: id(number),
          name,
          topics: `${things[(number + place) % 7] ?? ''} ${places[number % 5] ?? ''}`.split(' '),
        })),
      ),
    );
    await seedGroups(
      tx,
      agents.map((_, number) => [id(number), id(number + 1), id(number + 7)]),
    );
    await seedDecisions(tx, descriptions);
  });
});

describe('search, among a few hundred entries that share their words', () => {
  it('puts the decision first whose description is the text', async () => {
    const missed: string[] = [];
    for (const text of descriptions.filter((_, place) => place % 4 === 0)) {
      const query = await prepareQuery({ text, limit: 5 }, embeddings);
      const [first] = await app.inTenant(tenant, (tx) => search(tx, query));
      if (first?.name !== text) missed.push(text);
    }
    expect(missed).toEqual([]);
  });
  it('looks further than it answers, so that what is good for both arms beats what is best for one', async () => {
    const find = async (text: string, limit: number) => {
      const query = await prepareQuery({ text, limit }, embeddings);
      return app.inTenant(tenant, (tx) => search(tx, query));
    };
    for (const text of ['windows client retry', 'limits and queues', 'empty error messages under windows']) {
      const ten = await find(text, 10);
      for (const limit of [1, 2, 5]) expect(await find(text, limit)).toEqual(ten.slice(0, limit));
    }
  });
  it('answers in full for every limit', async () => {
    for (const limit of [1, 7, 50, 100]) {
      const query = await prepareQuery({ text: 'fix the job queue', limit }, embeddings);
      expect(await app.inTenant(tenant, (tx) => search(tx, query))).toHaveLength(limit);
    }
  });
});
