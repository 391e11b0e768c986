import { beforeEach, describe, expect, it } from 'vitest';
import { insertKnowledgeRows } from './support/knowledge-rows.ts';
import { insertRows, queryOne, queryValue, type Row } from './support/rows.ts';
import { STAGES, TenantStage } from './support/tenant-stage.ts';

const refusedBy = (constraint_name: string, code = '23514') => ({ code, constraint_name });

const ID = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const HASH = 'a'.repeat(64);
const [START, END] = ['2025-01-01T00:00:00Z', '2025-01-01T01:00:00Z'];
const SCORES = { relevance_score: 0.5, credibility_score: 0.5 };

/** A row of each table that it takes. */
const ROWS: Record<string, Row> = {
  knowledge_queries: { query_text: 'How?', query_type: 'technical', requester_id: 'a' },
  search_results: {
    ...{ query_id: ID, title: 'Tides', content: 'The moon pulls.', url: 'u', domain: 'example.org' },
    ...{ source_type: 'web', provider: 'google', ...SCORES },
  },
  knowledge_responses: { query_id: ID, summary: 'So.', confidence: 0.5, processing_time_ms: 1 },
  search_provider_health: { provider_name: 'almanac' },
  knowledge_cache: { cache_key: 'k', cache_type: 'response', content: {}, expires_at: END, size_bytes: 1 },
};

/** More than a megabyte of words, all different. */
const manyWords = (): string => Array.from({ length: 300_000 }, (_, at) => at.toString(36)).join(' ');

describe.each(STAGES)('knowledge %s', (name) => {
  const stage = new TenantStage(name, 3);
  const insert = (table: string, fields: Row = {}): Promise<void> =>
    insertRows(stage.session, table, [{ ...ROWS[table], ...fields }]);
  const ask = (text: string): Promise<Record<string, unknown>> => queryOne(stage.session, text);
  const list = async (text: string): Promise<unknown[]> => (await stage.session.query(text)).rows;
  const count = (table: string): Promise<unknown> =>
    queryValue(stage.session, `select count(*)::int from ${table}`);

  describe.skipIf(stage.kind === 'pglite')('its tables', () => {
    beforeEach(() => insert('knowledge_queries', { id: ID }));

    it.each(Object.keys(ROWS))('take a row: %s', async (table) => {
      await expect(insert(table)).resolves.toBeUndefined();
    });

    it.each([
      ['knowledge_queries', 'query_text', ''],
      ['knowledge_queries', 'query_type', 'idle'],
      ['knowledge_queries', 'requester_id', ''],
      ['knowledge_queries', 'priority', 0],
      ['knowledge_queries', 'priority', 11],
      ['knowledge_queries', 'max_results', 0],
      ['knowledge_queries', 'relevance_threshold', 'NaN'],
      ['knowledge_queries', 'timeout_ms', 0],
      ['knowledge_queries', 'context', []],
      ['knowledge_queries', 'status', 'lost'],
      ['knowledge_queries', 'retry_count', -1],
      ['search_results', 'url', ''],
      ['search_results', 'source_type', 'hearsay'],
      ['search_results', 'relevance_score', 'NaN'],
      ['search_results', 'credibility_score', 1.01],
      ['search_results', 'quality', 'so so'],
      ['search_results', 'provider', ''],
      ['search_results', 'provider_metadata', []],
      ['search_results', 'content_hash', 'A'.repeat(64)],
      ['search_results', 'content_hash', 'a'.repeat(32)],
      ['knowledge_responses', 'confidence', 'NaN'],
      ['knowledge_responses', 'total_results_found', -1],
      ['knowledge_responses', 'results_filtered', -1],
      ['knowledge_responses', 'processing_time_ms', -1],
      ['knowledge_responses', 'relevance_score_avg', 'NaN'],
      ['knowledge_responses', 'credibility_score_avg', 1.01],
      ['knowledge_responses', 'diversity_score', -0.01],
      ['search_provider_health', 'provider_name', ''],
      ['search_provider_health', 'consecutive_failures', -1],
      ['search_provider_health', 'avg_response_time_ms', 'NaN'],
      ['search_provider_health', 'error_rate', 'NaN'],
      ['search_provider_health', 'requests_this_minute', -1],
      ['search_provider_health', 'requests_this_hour', -1],
      ['search_provider_health', 'rate_limit_remaining', -1],
      ['knowledge_cache', 'cache_key', ''],
      ['knowledge_cache', 'cache_type', 'lunch'],
      ['knowledge_cache', 'metadata', []],
      ['knowledge_cache', 'access_count', -1],
      ['knowledge_cache', 'size_bytes', -1],
      ['knowledge_cache', 'compression_ratio', 0],
      ['knowledge_cache', 'compression_ratio', 'NaN'],
    ])('refuse a bad %s.%s: %j', async (table, column, value) => {
      await expect(insert(table, { [column]: value })).rejects.toMatchObject(
        refusedBy(`${table}_${column}_check`),
      );
    });

    it.each([
      ['search_results', 'search_results_content_hash_unique', { content_hash: HASH }],
      ['search_provider_health', 'search_provider_health_provider_name_unique', {}],
      ['knowledge_cache', 'knowledge_cache_cache_key_unique', {}],
    ])('take it only once: %s', async (table, constraint, fields) => {
      await insert(table, fields);
      await expect(insert(table, fields)).rejects.toMatchObject(refusedBy(constraint, '23505'));
    });

    it.each([
      ['search_results', 'query_id'],
      ['knowledge_responses', 'query_id'],
    ])('refer to nothing that is not there: %s.%s', async (table, column) => {
      await expect(insert(table, { [column]: OTHER })).rejects.toMatchObject(
        refusedBy(`${table}_${column}_fkey`, '23503'),
      );
    });

    it('take with a question its results and answers', async () => {
      await insert('search_results');
      await insert('knowledge_responses');
      await ask(`delete from knowledge_queries where id = '${ID}' returning id`);
      await expect(count('search_results')).resolves.toBe(0);
      await expect(count('knowledge_responses')).resolves.toBe(0);
    });

    it('take a text that is longer than a search vector can be', async () => {
      await expect(insert('search_results', { content: manyWords() })).resolves.toBeUndefined();
      await expect(
        queryValue(stage.session, `select to_tsvector('english', content) from search_results`),
      ).rejects.toMatchObject({ code: '54000' });
    });

    it('find a text by its words, those of the title before those of the content', async () => {
      await insert('search_results', { title: 'Moons', content: 'of Jupiter' });
      await insert('search_results', { title: 'Jupiter', content: 'and its moon' });
      await expect(
        list(`
          select title from search_results, to_tsquery('english', 'moon') as query
          where search_vector @@ query order by ts_rank(search_vector, query) desc`),
      ).resolves.toEqual([{ title: 'Moons' }, { title: 'Jupiter' }]);
    });

    it('note when a row changes: search_provider_health', async () => {
      await insert('search_provider_health', { updated_at: START });
      await expect(
        queryValue(
          stage.session,
          `with changed as (update search_provider_health set created_at = created_at returning updated_at)
           select bool_and(updated_at = now()) from changed`,
        ),
      ).resolves.toBe(true);
    });
  });

  describe.skipIf(stage.kind === 'pglite')('what there is from the start', () => {
    it('five search providers', async () => {
      await expect(list('select provider_name from search_provider_health order by 1')).resolves.toEqual(
        ['arxiv', 'bing', 'duckduckgo', 'google', 'pubmed'].map((provider_name) => ({ provider_name })),
      );
    });
  });

  describe.skipIf(stage.kind === 'pglite')('its views', () => {
    it('query_performance: a question without an answer once, else with each', async () => {
      await insert('knowledge_queries', { id: ID, created_at: START, processed_at: END });
      const asked = `
        select processing_time_ms::int, confidence, providers_used from query_performance order by confidence`;
      await expect(list(asked)).resolves.toEqual([
        { processing_time_ms: 3_600_000, confidence: null, providers_used: null },
      ]);
      await insert('knowledge_responses', { confidence: 0.5, providers_queried: [] });
      await insert('knowledge_responses', { confidence: 0.9, providers_queried: ['a', 'b'] });
      await expect(list(asked)).resolves.toEqual([
        { processing_time_ms: 3_600_000, confidence: '0.50', providers_used: 0 },
        { processing_time_ms: 3_600_000, confidence: '0.90', providers_used: 2 },
      ]);
    });

    it('result_quality_analysis: the results of a question', async () => {
      await insert('knowledge_queries', { id: ID });
      await insert('search_results', { quality: 'high', relevance_score: 0.9 });
      await insert('search_results', { quality: 'low', relevance_score: 0.7, domain: 'example.net' });
      await insert('search_results', { quality: 'low', relevance_score: 0.2, provider: 'bing' });
      await expect(
        ask(`
          select
            total_results::int, avg_relevance::float, high_quality_count::int as high, low_quality_count::int as low,
            unreliable_count::int as unreliable, unique_domains::int as domains, unique_source_types::int as types,
            providers_used::text[] as providers
          from result_quality_analysis where query_id = '${ID}'`),
      ).resolves.toEqual({
        ...{ total_results: 3, avg_relevance: 0.6, high: 1, low: 2, unreliable: 0, domains: 2, types: 1 },
        providers: ['bing', 'google'],
      });
    });
  });

  it.skipIf(stage.kind === 'pglite')('has example rows for every table', async () => {
    await insertKnowledgeRows(stage.session, 'default-tenant');
    for (const table of Object.keys(ROWS)) await expect(count(table), table).resolves.not.toBe(0);
  });
});
