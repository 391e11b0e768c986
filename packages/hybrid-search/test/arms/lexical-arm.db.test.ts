import { testDatabase } from '@agent-agency/testing/vitest';
import { useApplication } from '@agent-agency/db-core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { searchByWords } from '../../src/arms/lexical-arm.ts';
import { seedAgents, seedCapabilities, seedDecisions, uuidOf } from '../support/seed.ts';

const app = useApplication(testDatabase());
let tenant = '';
let other = '';

beforeAll(async () => {
  [tenant = '', other = ''] = await app.newTenants(2);
  await app.inTenant(tenant, async (tx) => {
    await seedAgents(tx, ['Ada', 'Brin', "O'Neil", 'The Who']);
    await seedCapabilities(tx, [
      { agentId: 'ada', name: 'Migrations', topics: ['postgres', 'schema'] },
      { agentId: 'brin', name: 'Parsing', topics: ['http', 'headers', 'migrations'] },
    ]);
    await seedDecisions(tx, [
      'Migrate the payments database',
      'Parse http headers',
      'Parse HTTP headers',
      'Cut C:\\temp and foo-bar',
      'שלום עולם',
      "See a.de/p/%20'",
    ]);
  });
  await app.inTenant(other, async (tx) => {
    await seedAgents(tx, ['Ada']);
    await seedCapabilities(tx, [{ agentId: 'ada', name: 'Migrations of other people' }]);
  });
});

const find = (text: string, depth = 50, tenantId = tenant) =>
  app.inTenant(tenantId, (tx) => searchByWords(tx, { text, depth }));
const names = async (...query: Parameters<typeof find>) => (await find(...query)).map(({ name }) => name);

describe('searchByWords', () => {
  it('finds any of the words, in any form, words of a name before words of topics', async () => {
    const hits = await find('migration');
    expect(hits.map(({ name }) => name)).toEqual(['Migrations', 'Migrate the payments database', 'Parsing']);
    expect(hits[0]).toMatchObject({ entityType: 'agent_capability', agentId: 'ada' });
    expect(hits[1]).toMatchObject({
      entityType: 'caws_provenance',
      entityId: uuidOf('Migrate the payments database'),
      agentId: undefined,
    });
    const scores = hits.map(({ wordScore }) => wordScore);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(scores.every((score) => score > 0)).toBe(true);
  });
  it('finds one where more of the words are first', async () => {
    expect((await names('payments headers http'))[0]).toMatch(/^Parse http headers$/i);
  });
  it('finds an agent by its name as it is written', async () => {
    expect(await find('ada')).toEqual([
      expect.objectContaining({ entityType: 'agent_profile', entityId: 'ada', agentId: 'ada', name: 'Ada' }),
    ]);
    expect(await names("o'neil")).toEqual(["O'Neil"]);
    expect(await names('שלום')).toEqual(['שלום עולם']);
  });
  it('finds only names by stop words', async () => {
    expect(await names('the who')).toEqual(['The Who']);
    expect(await names('of an is')).toEqual([]);
  });
  it('puts the very text before another spelling of it', async () => {
    expect((await names('Parse http headers')).slice(0, 2)).toEqual([
      'Parse http headers',
      'Parse HTTP headers',
    ]);
    expect((await names('Parse HTTP headers')).slice(0, 2)).toEqual([
      'Parse HTTP headers',
      'Parse http headers',
    ]);
  });
  it('counts a word once, however often it is said', async () => {
    expect(await find('migration '.repeat(1000).trim())).toEqual(await find('migration'));
  });
  it('answers the best only, and the same every time', async () => {
    expect(await names('migration', 2)).toEqual(['Migrations', 'Migrate the payments database']);
    expect(await find('migration http')).toEqual(await find('migration http'));
  });
  it.each([
    ["'", []],
    ["it's migrations' '' \"", ['Migrations', 'Migrate the payments database', 'Parsing']],
    ['&|!():*<->', []],
    ['migrations & !(postgres | :*) <-> \\', ['Migrations', 'Migrate the payments database', 'Parsing']],
    [String.raw`C:\temp`, [String.raw`Cut C:\temp and foo-bar`]],
    ["a.de/p/%20'", ["See a.de/p/%20'"]],
    ['foo-bar', [String.raw`Cut C:\temp and foo-bar`]],
    ["'); drop table tenants; --", []],
    ['$1 ${2} %s {migrations}', ['Migrations', 'Migrate the payments database', 'Parsing']],
    ['\u202e migrations \u202c\u{1f680}', ['Migrations', 'Migrate the payments database', 'Parsing']],
    ['\u200b', []],
    ['\u{1f680}', []],
    ['<b a="migrations & x">', []],
  ])('takes %j for words', async (text, expected) => {
    expect(await names(text)).toEqual(expected);
  });
  it.each([
    ['one word', 'x'.repeat(10_000)],
    [
      'many different words',
      Array.from({ length: 3000 }, (_, at) => at.toString(36))
        .join(' ')
        .slice(0, 9980),
    ],
    ['backslashes', '\\'.repeat(9980)],
    ['quotes', "'".repeat(9980)],
  ])('takes 10,000 characters: %s', async (_what, text) => {
    expect(await names(`${text} ada`.slice(-10_000))).toContain('Ada');
  });
  it('finds nothing of another tenant', async () => {
    expect(await names('migrations', 50, other)).toEqual(['Migrations of other people']);
  });
});
