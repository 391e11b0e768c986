import { createHash } from 'node:crypto';
import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenants, insertRows, queryOne, queryValue, type Row } from './support/rows.ts';
import { applyContext, signContext } from './support/tenant-context.ts';
import { become, outcomeOf, undone } from './support/undone.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, 'acme', 'globex');
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

const asAcme = <T>(work: () => Promise<T>): Promise<T> => undone(application, 'acme', work);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Searches with the same question, one for each time, in ms. */
async function insertSearches(question: string, times: readonly number[], fields: Row = {}): Promise<void> {
  await insertRows(
    application,
    'graph_search_sessions',
    times.map((execution_time_ms) => ({
      ...{
        id: crypto.randomUUID(),
        query_text: question,
        query_hash: sha256(question),
        search_type: 'hybrid',
      },
      ...{ execution_time_ms, result_count: 4, ...fields },
    })),
  );
}

describe.skipIf(database.kind === 'pglite')('log_search_session', () => {
  it('notes a search, with who asked', async () => {
    await asAcme(async () => {
      await applyContext(application, signContext({ tenant: 'acme', user: 'u'.repeat(150), session: 's1' }));
      const id = await queryValue(
        application,
        `select log_search_session('Tides – 潮', 'vector', 3, 17, null, '{"arm": 1}')`,
      );
      await expect(queryOne(application, 'select * from graph_search_sessions')).resolves.toMatchObject({
        ...{ id, tenant_id: 'acme', query_text: 'Tides – 潮', query_hash: sha256('Tides – 潮') },
        ...{ search_type: 'vector', result_count: 3, execution_time_ms: 17, metadata: { arm: 1 } },
        ...{ max_results: 10, max_hops: 2, min_confidence: '0.50', entity_type_filters: null },
        ...{ nodes_visited: 0, edges_traversed: 0, max_hops_reached: 0 },
        ...{ vector_search_time_ms: null, graph_traversal_time_ms: null },
        ...{ user_id: 'u'.repeat(100), session_id: 's1' },
      });
    });
  });

  it('takes a search whose text is not to be kept', async () => {
    await asAcme(async () => {
      await queryValue(application, `select log_search_session(null, 'text', 0, 0)`);
      await expect(queryOne(application, 'select * from graph_search_sessions')).resolves.toMatchObject({
        ...{ query_text: null, user_id: null, session_id: null, metadata: {} },
      });
      // Nobody can tell whether it was the same question, so it does not count as one.
      await queryValue(application, `select log_search_session(null, 'text', 0, 0)`);
      await expect(
        queryValue(application, 'select count(distinct query_hash)::int from graph_search_sessions'),
      ).resolves.toBe(2);
    });
  });

  it.each([
    [`'x', 'fuzzy', 1, 1`, '23514'],
    [`'x', null, 1, 1`, '23502'],
    [`'x', 'text', -1, 1`, '23514'],
    [`'x', 'text', 1, -1`, '23514'],
    [`'x', 'text', 1, null`, '23502'],
    [`'x', 'text', 1, 1, null, '[]'`, '23514'],
    [`'x', 'text', 1, 1, 'globex'`, '42501'],
    [`'x', 'text', 1, 1, 'nobody'`, '42501'],
    [`'x', 'text', 1, 1, 'acme'`, 1],
  ])('answers to (%s) with %s', async (values, expected) => {
    await asAcme(() =>
      expect(outcomeOf(application, `select log_search_session(${values})`)).resolves.toBe(expected),
    );
  });

  it('refuses whoever has no tenant', async () => {
    await undone(application, undefined, async () => {
      const log = `select log_search_session('x', 'text', 1, 1`;
      await expect(outcomeOf(application, `${log})`)).resolves.toBe('AATNU');
      await expect(outcomeOf(application, `${log}, 'acme')`)).resolves.toBe('42501');
    });
  });

  it('is not for the reading login', async () => {
    const reader = await connect(database.urlFor('agent_agency_readonly'));
    try {
      await expect(
        undone(reader, 'acme', () => outcomeOf(reader, `select log_search_session('x', 'text', 1, 1)`)),
      ).resolves.toBe('42501');
    } finally {
      await reader.close();
    }
  });
});

describe.skipIf(database.kind === 'pglite')('graph_search_sessions', () => {
  it.each(['update graph_search_sessions set result_count = 0', 'delete from graph_search_sessions'])(
    'is only added to: %s',
    async (statement) => {
      await expect(asAcme(() => outcomeOf(application, statement))).resolves.toBe('42501');
    },
  );

  it.each([
    { query_hash: 'short' },
    { query_hash: 'A'.repeat(64) },
    { search_type: 'fuzzy' },
    { max_results: -1 },
    { max_hops: -1 },
    { min_confidence: 1.01 },
    { min_confidence: 'NaN' },
    { result_count: -1 },
    { execution_time_ms: -1 },
    { vector_search_time_ms: -1 },
    { graph_traversal_time_ms: -1 },
    { nodes_visited: -1 },
    { edges_traversed: -1 },
    { max_hops_reached: -1 },
    { metadata: [] },
  ])('refuses %j', async (fields) => {
    const good = {
      ...{
        max_results: 0,
        max_hops: 0,
        min_confidence: 1,
        vector_search_time_ms: 0,
        graph_traversal_time_ms: 0,
      },
      ...{ nodes_visited: 0, edges_traversed: 0, max_hops_reached: 0, metadata: {} },
    };
    await asAcme(() => insertSearches('x', [0], good));
    await expect(asAcme(() => insertSearches('x', [0], { ...good, ...fields }))).rejects.toMatchObject({
      code: '23514',
    });
  });
});

const ago = async (interval: string): Promise<unknown> =>
  queryValue(application, `select (now() - interval '${interval}')::text`);
const questionsIn = async (view: string): Promise<unknown[]> =>
  (await application.query(`select query_text from ${view} order by query_text`)).rows.map(
    (row) => row['query_text'],
  );

describe.skipIf(database.kind === 'pglite')('slow_search_queries', () => {
  it('shows what took more than 200 ms on average in the last 7 days, of the own tenant', async () => {
    await asAcme(async () => {
      await insertSearches('slow', [100, 302], { result_count: 1 });
      await insertSearches('just not', [200, 200]);
      await insertSearches('fast', [1, 2]);
      await insertSearches('by type', [10, 10]);
      await insertSearches('by type', [900], { search_type: 'vector' });
      await insertSearches('old', [900], { created_at: await ago('7 days') });
      await insertSearches('not yet old', [900], { created_at: await ago('6 days 23:59:59') });
      await become(application, 'globex');
      await insertSearches('fast', [5000]);
      await expect(questionsIn('slow_search_queries')).resolves.toEqual(['fast']);
      await become(application, 'acme');
      await expect(questionsIn('slow_search_queries')).resolves.toEqual(['by type', 'not yet old', 'slow']);
      await expect(
        queryOne(application, `select * from slow_search_queries where query_text = 'slow'`),
      ).resolves.toMatchObject({
        ...{ tenant_id: 'acme', query_hash: sha256('slow'), search_type: 'hybrid', execution_count: '2' },
        ...{ avg_execution_time_ms: '201.0000000000000000', max_execution_time_ms: 302 },
        avg_result_count: '1.00000000000000000000',
      });
    });
  });
});

describe.skipIf(database.kind === 'pglite')('popular_search_queries', () => {
  const six = [1, 2, 3, 4, 5, 6];

  it('shows what was asked more than five times in the last 30 days, of the own tenant', async () => {
    await asAcme(async () => {
      await insertSearches('six', six);
      await insertSearches('five', six.slice(1));
      await insertSearches('old', six, { created_at: await ago('30 days') });
      await insertSearches('not yet old', six, { created_at: await ago('29 days 23:59:59') });
      await insertSearches('across types', six.slice(3));
      await insertSearches('across types', six.slice(3), { search_type: 'text' });
      await become(application, 'globex');
      await insertSearches('five', six.slice(1));
      await expect(questionsIn('popular_search_queries')).resolves.toEqual([]);
      await become(application, 'acme');
      await expect(questionsIn('popular_search_queries')).resolves.toEqual([
        'across types',
        'not yet old',
        'six',
      ]);
      await expect(
        queryOne(
          application,
          `select execution_count, avg_execution_time_ms::float, avg_result_count::float
           from popular_search_queries where query_text = 'six'`,
        ),
      ).resolves.toEqual({ execution_count: '6', avg_execution_time_ms: 3.5, avg_result_count: 4 });
    });
  });

  it('shows a hundred, those that were asked most, and each tenant its own hundred', async () => {
    await asAcme(async () => {
      for (const tenant of ['globex', 'acme']) {
        await become(application, tenant);
        for (let at = 0; at < 103; at += 1)
          await insertSearches(`question ${at}`, at < 101 ? [...six, 7] : six);
      }
      await insertSearches('question 102', [1, 1]);
      const questions = await questionsIn('popular_search_queries');
      expect(questions).toHaveLength(100);
      expect(questions).toContain('question 102');
      expect(questions).not.toContain('question 101');
      await become(application, 'globex');
      await expect(questionsIn('popular_search_queries')).resolves.toHaveLength(100);
    });
  });
});

describe.skipIf(database.kind === 'pglite')('search_performance_by_type', () => {
  it('gives percentiles of the last 7 days by type, of the own tenant', async () => {
    await asAcme(async () => {
      const times = Array.from({ length: 101 }, (_, at) => at * 10);
      await insertSearches('x', times);
      await insertSearches('y', [7], { search_type: 'text' });
      await insertSearches('x', [99_999], { created_at: await ago('7 days') });
      await become(application, 'globex');
      await insertSearches('x', [55_555]);
      await become(application, 'acme');
      const { rows } = await application.query(
        `select search_type, execution_count, avg_execution_time_ms::float as avg, p50_execution_time_ms as p50,
           p95_execution_time_ms as p95, p99_execution_time_ms as p99, avg_result_count::float as results
         from search_performance_by_type order by search_type`,
      );
      expect(rows).toEqual([
        { search_type: 'hybrid', execution_count: '101', avg: 500, p50: 500, p95: 950, p99: 990, results: 4 },
        { search_type: 'text', execution_count: '1', avg: 7, p50: 7, p95: 7, p99: 7, results: 4 },
      ]);
    });
  });

  it.each(['slow_search_queries', 'popular_search_queries', 'search_performance_by_type'])(
    'like %s shows nothing without a tenant',
    async (view) => {
      await asAcme(async () => {
        await insertSearches(
          'x',
          Array.from({ length: 10 }, () => 1000),
        );
        await expect(outcomeOf(application, `select from ${view}`)).resolves.toBe(1);
        await applyContext(application, { 'app.context_signature': '' });
        await expect(outcomeOf(application, `select from ${view}`)).resolves.toBe(0);
      });
    },
  );
});
