import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embedding, insertDocumentedData, uuidOf } from './support/documented-data.ts';
import { DocumentedSql } from './support/documented-run.ts';
import { indexesNamed, readSections } from './support/documented-sql.ts';
import { asTenant } from './support/tenant-context.ts';
import type { Row } from './support/rows.ts';

const database = testDatabase();
const sections = await readSections('database/QUERY-PATTERNS.md');
const patterns = new DocumentedSql(sections);
let administrator: SqlSession;
let application: SqlSession;

const like = embedding({ 1: 1 });
const tenantOf = (tenant: string): string[] => [tenant];

const answers = (
  caption: string,
  values: (tenant: string) => readonly unknown[],
  expected: (tenant: string) => readonly Row[],
): Promise<void> => patterns.answers(application, caption, values, expected);

/** Compares a block's rows in some other way, as acme. */
async function checks(
  caption: string,
  values: readonly unknown[],
  check: (rows: readonly Row[]) => void,
): Promise<void> {
  check((await patterns.run(application, 'acme', caption, values)).rows);
  patterns.checked.add(caption);
}

describe.skipIf(database.kind === 'pglite')('docs/database/QUERY-PATTERNS.md', () => {
  beforeAll(async () => {
    [administrator, application] = await Promise.all([
      connect(database.url),
      connect(database.urlFor('agent_agency_app')),
    ]);
    await insertDocumentedData(administrator, application);
  });
  afterAll(() => Promise.all([administrator.close(), application.close()]));

  it('has fourteen patterns with SQL', () => {
    const titles = sections.filter(({ blocks }) => blocks.some(({ language }) => language === 'sql'));
    expect(titles.map(({ title }) => Number.parseInt(title))).toEqual(
      Array.from({ length: 14 }, (_, place) => place + 1),
    );
  });

  it('1 finds capabilities by meaning', async () => {
    const nearest = [
      { capability_name: 'TypeScript', similarity_score: '1' },
      { capability_name: 'JavaScript', similarity_score: '0.8' },
    ];
    await answers(
      'The nearest capabilities',
      () => [like, 2],
      () => nearest,
    );
    await answers(
      'By signs first',
      (tenant) => [tenant, like],
      () => [
        { id: uuidOf(1), distance: 0 },
        { id: uuidOf(2) },
        ...Array.from({ length: 8 }, () => ({ capability_name: expect.any(String) as unknown })),
      ],
    );
    await checks('Prepared', [], (rows) => {
      expect(rows).toHaveLength(10);
    });
  });

  it('2 finds capabilities by name, alias and type, in pages, with their evidence', async () => {
    await answers(
      'By name, however it is spelt',
      (tenant) => [tenant, ' TYPEScript '],
      () => [{ id: uuidOf(1), agent_id: 'ada' }],
    );
    await answers(
      'By another name',
      (tenant) => [tenant, `TypeScript of ${tenant}`],
      () => [{ id: uuidOf(1) }],
    );
    await answers(
      'By type',
      (tenant) => [tenant, 'TECHNOLOGY'],
      () => [{ id: uuidOf(2) }, { id: uuidOf(3) }, { id: uuidOf(1) }],
    );
    const page = 'The next page, after the last row of the one before';
    await checks(page, ['acme', '2999-01-03', uuidOf(3)], (rows) => {
      expect(rows).toHaveLength(20);
      expect(rows.slice(0, 2)).toMatchObject([{ id: uuidOf(2) }, { id: uuidOf(1) }]);
    });
    await answers(
      'Where a capability was seen',
      (tenant) => [tenant, uuidOf(1)],
      (tenant) => [{ chunk_id: uuidOf(9), mention_text: `*.ts of ${tenant}` }],
    );
  });

  it('3 walks to related agents', async () => {
    await answers(
      'Agents within two hops',
      () => ['ada'],
      (tenant) => [
        { agent_id: 'brin', agent_name: `brin of ${tenant}`, hop_distance: 1, cumulative_confidence: '0.9' },
        { agent_id: 'cleo', agent_name: `cleo of ${tenant}`, path: ['ada', 'brin', 'cleo'] },
      ],
    );
    await answers(
      'Only along some types, and only sure ones',
      () => ['ada', '{COLLABORATES_WITH}'],
      () => [{ agent_id: 'brin' }, { agent_id: 'cleo' }],
    );
  });

  it('4 finds the shortest path', async () => {
    await answers(
      'The shortest path',
      () => ['ada', 'dora'],
      () => [{ path_length: 3, agent_path: ['ada', 'brin', 'cleo', 'dora'], total_confidence: '0.36' }],
    );
  });

  it('5 searches by meaning, words and relation', async () => {
    await answers(
      'By meaning, by words and by relation',
      () => [like, 'typescript'],
      () => [
        { name: 'TypeScript', source: 'hybrid' },
        ...Array.from({ length: 4 }, () => ({ hop_distance: expect.any(Number) as unknown })),
      ],
    );
    await answers(
      'The nearest capabilities, and how well connected their agents are',
      (tenant) => [tenant, like],
      () => [
        { capability_name: 'TypeScript', relationship_count: '1', avg_confidence: '0.90000000000000000000' },
        { capability_name: 'JavaScript', relationship_count: '2', avg_confidence: '0.85000000000000000000' },
      ],
    );
  });

  it('6 sees one tenant, and none for a claim without a signature', async () => {
    await answers(
      'Whose rows this transaction sees',
      () => [],
      (tenant) => [{ tenant, agents: '104' }],
    );
    await answers(
      'Wrong: anybody can claim to be a tenant',
      (tenant) => [tenant === 'acme' ? 'globex' : 'acme'],
      () => [{ tenant: null, agents: '0' }],
    );
  });

  it('6 isolates a new table', async () => {
    const caption = "As the owner: a table of tenants' rows";
    await administrator.query('begin');
    await administrator.query('set local role agent_agency_owner');
    for (const statement of patterns.statements(caption)) await administrator.query(statement);
    await administrator.query('commit');
    const write = (tenant: string) =>
      asTenant(application, tenant, async () => {
        await application.query(`insert into notes (body) values ($1)`, [tenant]);
        return (await application.query('select tenant_id, body from notes')).rows;
      });
    expect(await write('acme')).toEqual([{ tenant_id: 'acme', body: 'acme' }]);
    expect(await write('globex')).toEqual([{ tenant_id: 'globex', body: 'globex' }]);
    patterns.checked.add(caption);
  });

  it('7 adds noise to figures, and gives none of small groups', async () => {
    const caption = 'Quality by type of task, with noise';
    const agents: number[] = [];
    await checks(caption, ['acme', '1 day'], (rows) => {
      expect(rows).toMatchObject([{ task_type: 'research' }]);
    });
    while (agents.length < 50) {
      const { rows } = await patterns.run(application, 'globex', caption, ['globex', '1 day']);
      agents.push(Number(rows[0]?.['agents']));
    }
    expect(new Set(agents).size).toBeGreaterThan(1);
    // Ten agents; the mean of fifty Laplace noises of scale 1 has a deviation of 0.2.
    expect(agents.reduce((sum, value) => sum + value, 0) / agents.length).toBeCloseTo(10, -0.5);
  });

  it('8 finds what is wrong with a log', async () => {
    await answers('Nodes whose hash, number or link is wrong', tenantOf, () => []);
    await answers('Whether the log ends where its head says', tenantOf, () => [
      { seq: '307', ends_there: true },
    ]);
    await administrator.query('begin');
    await administrator.query('set local session_replication_role = replica');
    const forge = `update caws_provenance_graph set description = 'forged' where tenant_id = 'acme' and seq = 3`;
    await administrator.query(forge);
    const [statement = ''] = patterns.statements('Nodes whose hash, number or link is wrong');
    const { rows } = await administrator.query(statement, ['acme']);
    await administrator.query('rollback');
    expect(rows).toMatchObject([{ seq: '3', hash_is_right: false, continues_the_log: true }]);
  });

  it('9 finds what follows from a decision', async () => {
    await answers(
      'Waivers that go back to a verdict, at any depth',
      (tenant) => [tenant, 'VERDICT-001'],
      (tenant) => [
        { entity_id: 'WAIVER-001', description: `WAIVER-001 of ${tenant}` },
        { entity_id: 'WAIVER-002', description: `WAIVER-002 of ${tenant}` },
      ],
    );
    await answers(
      'Decisions that name a clause of the constitution',
      (tenant) => [tenant, 'CAWS-2'],
      () => [{ entity_id: 'VERDICT-001' }, { entity_id: 'WAIVER-001' }],
    );
  });

  it('10 finds similar decisions', async () => {
    await answers(
      'Verdicts near to an embedding',
      () => [like],
      () => [
        { entity_id: 'VERDICT-001', similarity_score: '1', constitutional_refs: ['CAWS-1', 'CAWS-2'] },
        { entity_id: 'VERDICT-002', similarity_score: '0.8' },
      ],
    );
  });

  it('11 tells how well an agent is connected', async () => {
    await answers(
      'Relationships of one agent',
      (tenant) => [tenant, 'cleo'],
      () => [{ outbound_relationships: '2', inbound_relationships: '1', total_relationships: '2' }],
    );
    await answers(
      'What it has shown',
      (tenant) => [tenant, 'cleo'],
      () => [{ capability_count: '1', avg_confidence: '0.90000000000000000000' }],
    );
    await answers(
      'Its relationships by type',
      (tenant) => [tenant, 'cleo'],
      () => [
        { type: 'COLLABORATES_WITH', relationship_count: '1' },
        { type: 'VALIDATES', relationship_count: '1' },
      ],
    );
    await checks('All agents, the most central first', [], (rows) => {
      expect(rows).toHaveLength(3);
      expect(Number(rows[0]?.['connection_count'])).toBeGreaterThan(1);
    });
  });

  it('12 takes many at once', async () => {
    await answers(
      'The nearest capabilities for each of many questions',
      () => [`{"${embedding({ 2: 1 })}","${like}"}`],
      () => [
        { place: '1', capability_name: 'Postgres' },
        { place: '2', capability_name: 'TypeScript' },
      ],
    );
    await answers(
      'Store relationships, or raise the confidence of those that are there',
      (tenant) => [tenant, '{dora,brin}', '{ada,ada}', '{SIMILAR_TO,COLLABORATES_WITH}', '{0.7,0.5}'],
      () => [
        { source_agent_id: 'ada', target_agent_id: 'brin', confidence: '0.90' },
        { source_agent_id: 'ada', target_agent_id: 'dora', confidence: '0.70' },
      ],
    );
  });

  it('13 gives no task to two workers', async () => {
    const take = 'Take the most urgent tasks';
    await answers(
      take,
      (tenant) => [tenant, 1],
      (tenant) => [{ task_id: 'urgent', description: `For ${tenant}`, attempts: 1 }],
    );
    const other = await connect(database.urlFor('agent_agency_app'));
    await other.query(`set lock_timeout = '1s'`);
    const [statement = ''] = patterns.statements(take);
    const first = asTenant(application, 'acme', async () => {
      await application.query(statement, ['acme', 1]);
      return asTenant(other, 'acme', () => other.query(statement, ['acme', 1]));
    });
    expect((await first).rows).toMatchObject([{ task_id: 'less urgent' }]);
    await other.close();
  });

  it('13 finishes tasks and gives them back', async () => {
    // The test before has taken both; one of them too often, and long ago.
    await administrator.query(
      `update task_queue set status = 'dequeued', attempts = 1, dequeued_at = now() - interval '1 day' where task_id = 'urgent'`,
    );
    await administrator.query(
      `update task_queue set status = 'dequeued', attempts = 3, dequeued_at = now() - interval '1 day'
       where task_id = 'less urgent'`,
    );
    await answers(
      'Give back what nobody finished in time, and give up what was tried too often',
      tenantOf,
      () => [
        { task_id: 'urgent', status: 'queued' },
        { task_id: 'less urgent', status: 'failed' },
      ],
    );
    await answers(
      'Finish one',
      (tenant) => [tenant, 'urgent'],
      () => [{ task_id: 'urgent' }],
    );
  });

  it('14 watches what is asked', async () => {
    await answers(
      'Note a search',
      () => ['who?', 3, 12],
      () => [{ id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown }],
    );
    await answers('Slow questions of the last week', tenantOf, (tenant) => [
      { query_text: `slow question of ${tenant}`, execution_count: '6' },
    ]);
    await answers('Popular questions of the last month', tenantOf, (tenant) => [
      { query_text: `slow question of ${tenant}`, execution_count: '6' },
    ]);
    await answers('How long searches take, by type', tenantOf, () => [
      { search_type: 'hybrid', execution_count: '6', p50_execution_time_ms: 500 },
      { search_type: 'text', p99_execution_time_ms: 10 },
    ]);
    await checks('Events by hour', ['acme', '5 hours'], (rows) => {
      expect(rows).toHaveLength(4);
      expect(rows[0]).toMatchObject({ event_type: 'routing_decision', events: '1' });
    });
    await answers('How much there is', tenantOf, (tenant) => [
      {
        tenant_name: tenant,
        agent_count: '104',
        capability_count: '303',
        provenance_count: '307',
        event_count: '300',
      },
    ]);
    await answers("Who else asked for the tenant's rows", tenantOf, (tenant) => [
      { accessor_tenant_id: `friend of ${tenant}`, access_type: 'read', access_count: '1' },
    ]);
  });

  it('has compared the result of every block', () => {
    const captions = sections.flatMap(({ blocks }) =>
      blocks.filter(({ language }) => language === 'sql').map(({ caption }) => caption),
    );
    expect(captions).toEqual([...new Set(captions)]);
    expect([...patterns.checked].toSorted()).toEqual(captions.toSorted());
  });

  it.each(sections.filter(({ title }) => /^\d/.test(title)))(
    'names the indexes that serve $title',
    (section) => {
      const { used, unused } = indexesNamed(section.prose);
      const seen = patterns.indexesOf(section.title);
      expect(section.prose).toContain('**Served by**');
      expect(used.filter((name) => !seen.has(name))).toEqual([]);
      expect(unused.filter((name) => seen.has(name))).toEqual([]);
    },
  );

  it('names no index that does not exist', async () => {
    const { rows } = await administrator.query(
      `select indexname as name from pg_indexes where schemaname = 'public'`,
    );
    const existing = new Set(rows.map(({ name }) => name));
    const named = sections.flatMap(({ prose }) => Object.values(indexesNamed(prose)).flat());
    expect(named.filter((name) => !existing.has(name))).toEqual([]);
  });
});
