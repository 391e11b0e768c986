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
const METHOD: Row = {
  ...{ enabled: true, priority: 1, timeout_ms: 1, config: {}, total_requests: 0, successful_requests: 0 },
  ...{ failed_requests: 0, version: '1' },
};

/** A row of each table that it takes. */
const ROWS: Record<string, Row> = {
  verification_requests: { content: 'The moon pulls.' },
  verification_results: { request_id: ID, verdict: 'unverified', confidence: 0.5, processing_time_ms: 1 },
  verification_evidence: { request_id: ID, result_id: ID, supporting_claim: true, ...SCORES },
  verification_cache: {
    ...{
      cache_key: 'k',
      request_hash: HASH,
      result_data: {},
      result_hash: HASH,
      expires_at: END,
      size_bytes: 1,
    },
  },
};

/** More than a megabyte of words, all different. */
const manyWords = (): string => Array.from({ length: 300_000 }, (_, at) => at.toString(36)).join(' ');

describe.each(STAGES)('verification %s', (name) => {
  const stage = new TenantStage(name, 3);
  const insert = (table: string, fields: Row = {}): Promise<void> =>
    insertRows(stage.session, table, [{ ...ROWS[table], ...fields }]);
  const ask = (text: string): Promise<Record<string, unknown>> => queryOne(stage.session, text);
  const list = async (text: string): Promise<unknown[]> => (await stage.session.query(text)).rows;
  const count = (table: string): Promise<unknown> =>
    queryValue(stage.session, `select count(*)::int from ${table}`);

  describe.skipIf(stage.kind === 'pglite')('its tables', () => {
    beforeEach(async () => {
      await insert('verification_requests', { id: ID });
      await insert('verification_results', { id: ID });
    });

    it.each(Object.keys(ROWS))('take a row: %s', async (table) => {
      await expect(insert(table)).resolves.toBeUndefined();
    });

    it.each([
      ['verification_requests', 'content', ''],
      ['verification_requests', 'priority', 'urgent'],
      ['verification_requests', 'timeout_ms', 0],
      ['verification_requests', 'metadata', []],
      ['verification_requests', 'status', 'lost'],
      ['verification_requests', 'processing_time_ms', -1],
      ['verification_requests', 'retry_count', -1],
      ['verification_requests', 'max_retries', -1],
      ['verification_results', 'verdict', 'maybe'],
      ['verification_results', 'confidence', 'NaN'],
      ['verification_results', 'supporting_evidence', {}],
      ['verification_results', 'contradictory_evidence', {}],
      ['verification_results', 'verification_methods', {}],
      ['verification_results', 'processing_time_ms', -1],
      ['verification_results', 'evidence_quality_score', 'NaN'],
      ['verification_results', 'consensus_strength', 'NaN'],
      ['verification_results', 'uncertainty_bounds', []],
      ['verification_results', 'result_hash', 'x'],
      ['verification_evidence', 'content_hash', 'x'],
      ['verification_evidence', 'relevance_score', 'NaN'],
      ['verification_evidence', 'credibility_score', 'NaN'],
      ['verification_evidence', 'evidence_type', 'rumour'],
      ['verification_evidence', 'verification_method', 'dice'],
      ['verification_evidence', 'metadata', []],
      ['verification_cache', 'cache_key', ''],
      ['verification_cache', 'request_hash', 'x'],
      ['verification_cache', 'result_hash', 'x'],
      ['verification_cache', 'access_count', -1],
      ['verification_cache', 'size_bytes', -1],
      ['verification_cache', 'compression_ratio', 'NaN'],
      ['verification_cache', 'request_count', -1],
      ['verification_cache', 'average_confidence', 'NaN'],
      ['verification_cache', 'cache_hit_rate', 'NaN'],
    ])('refuse a bad %s.%s: %j', async (table, column, value) => {
      await expect(insert(table, { [column]: value })).rejects.toMatchObject(
        refusedBy(`${table}_${column}_check`),
      );
    });

    it.each([
      ['priority', { priority: 0 }],
      ['timeout_ms', { timeout_ms: 0 }],
      ['config', { config: [] }],
      ['total_requests', { total_requests: -1 }],
      ['successful_requests', { successful_requests: -1 }],
      ['failed_requests', { failed_requests: -1 }],
      ['average_processing_time_ms', { average_processing_time_ms: 'NaN' }],
      ['accuracy_rate', { accuracy_rate: 'NaN' }],
      ['false_positive_rate', { false_positive_rate: 1.1 }],
      ['precision_rate', { precision_rate: -1 }],
      ['recall_rate', { recall_rate: 'NaN' }],
      ['method_type', { method_type: 'dice' }],
    ])('refuse a bad verification_methods.%s: %j', async (column, fields) => {
      await stage.session.query('delete from verification_methods');
      await expect(
        insertRows(stage.session, 'verification_methods', [
          { method_type: 'fact_checking', ...METHOD, ...fields },
        ]),
      ).rejects.toMatchObject(refusedBy(`verification_methods_${column}_check`));
    });

    it.each([
      ['verification_requests', 'verification_requests_cache_key_unique', { cache_key: 'k' }],
      ['verification_results', 'verification_results_result_hash_unique', { result_hash: HASH }],
      ['verification_cache', 'verification_cache_cache_key_unique', {}],
    ])('take it only once: %s', async (table, constraint, fields) => {
      await insert(table, fields);
      await expect(insert(table, fields)).rejects.toMatchObject(refusedBy(constraint, '23505'));
    });

    it.each([
      ['verification_results', 'request_id'],
      ['verification_evidence', 'request_id'],
      ['verification_evidence', 'result_id'],
    ])('refer to nothing that is not there: %s.%s', async (table, column) => {
      await expect(insert(table, { [column]: OTHER })).rejects.toMatchObject(
        refusedBy(`${table}_${column}_fkey`, '23503'),
      );
    });

    it('take with a claim its verdicts and evidence', async () => {
      await insert('verification_evidence');
      await ask(`delete from verification_requests where id = '${ID}' returning id`);
      await expect(count('verification_results')).resolves.toBe(0);
      await expect(count('verification_evidence')).resolves.toBe(0);
    });

    it('take texts that are longer than a search vector can be', async () => {
      await insert('verification_requests', { content: manyWords(), context: manyWords() });
      await insert('verification_evidence', { content_excerpt: manyWords(), source_title: manyWords() });
      await expect(
        queryValue(
          stage.session,
          `select to_tsvector('english', content_excerpt) from verification_evidence`,
        ),
      ).rejects.toMatchObject({ code: '54000' });
    });

    it('sort claims by how urgent they are', async () => {
      for (const priority of ['high', 'low', 'critical', 'medium'])
        await insert('verification_requests', { priority });
      await ask(`delete from verification_requests where id = '${ID}' returning id`);
      await expect(
        list('select priority from verification_requests order by priority_rank desc'),
      ).resolves.toEqual(['critical', 'high', 'medium', 'low'].map((priority) => ({ priority })));
    });

    it('note when a row changes: verification_methods', async () => {
      await expect(
        queryValue(
          stage.session,
          `with changed as (update verification_methods set updated_at = '${START}' returning updated_at)
           select bool_and(updated_at = now()) from changed`,
        ),
      ).resolves.toBe(true);
    });
  });

  describe.skipIf(stage.kind === 'pglite')('what there is from the start', () => {
    it('seven methods, of which insufficient_data is off, and none was measured', async () => {
      await expect(
        ask(`
          select
            count(*)::int as methods, count(accuracy_rate)::int as measured,
            array_agg(method_type::text order by priority) filter (where not enabled) as off
          from verification_methods`),
      ).resolves.toEqual({ methods: 7, measured: 0, off: ['insufficient_data'] });
    });
  });

  describe.skipIf(stage.kind === 'pglite')('its views', () => {
    it('verification_performance: a verdict with its request', async () => {
      await insert('verification_requests', { id: ID, priority: 'critical', retry_count: 2 });
      await insert('verification_results', {
        ...{ reasoning: ['a', 'b'], supporting_evidence: [1, 2, 3] },
      });
      await expect(
        ask(`
          select verdict, priority, retry_count, reasoning_count, supporting_evidence_count as pro,
            contradictory_evidence_count as contra, methods_used
          from verification_performance`),
      ).resolves.toEqual({
        ...{
          verdict: 'unverified',
          priority: 'critical',
          retry_count: 2,
          reasoning_count: 2,
          pro: 3,
          contra: 0,
        },
        methods_used: 0,
      });
    });

    it('method_performance: success in percent, null before the first request', async () => {
      await stage.session.query(`
        update verification_methods set total_requests = 3, successful_requests = 2, failed_requests = 1
        where method_type = 'fact_checking'`);
      await expect(
        list(`
          select method_type, success_rate_percent, accuracy_rate from method_performance
          where priority in (1, 2) order by priority`),
      ).resolves.toEqual([
        { method_type: 'fact_checking', success_rate_percent: '66.67', accuracy_rate: null },
        { method_type: 'source_credibility', success_rate_percent: null, accuracy_rate: null },
      ]);
    });

    it('evidence_quality_analysis: what each method found', async () => {
      await insert('verification_requests', { id: ID });
      await insert('verification_results', { id: ID });
      const verification_method = 'fact_checking';
      await insert('verification_evidence', {
        verification_method,
        access_date: START,
        relevance_score: 0.2,
      });
      await insert('verification_evidence', {
        verification_method,
        access_date: END,
        supporting_claim: false,
      });
      await insert('verification_evidence');
      await expect(
        list(`
          select verification_method, total_evidence::int as total, avg_relevance::float, supporting_count::int as pro,
            contradicting_count::int as contra, unique_results::int as results, latest_evidence = '${END}' as latest
          from evidence_quality_analysis order by verification_method nulls last`),
      ).resolves.toEqual([
        {
          ...{
            verification_method,
            total: 2,
            avg_relevance: 0.35,
            pro: 1,
            contra: 1,
            results: 1,
            latest: true,
          },
        },
        {
          ...{
            verification_method: null,
            total: 1,
            avg_relevance: 0.5,
            pro: 1,
            contra: 0,
            results: 1,
            latest: false,
          },
        },
      ]);
    });
  });

  it.skipIf(stage.kind === 'pglite')('has example rows for every table', async () => {
    await insertKnowledgeRows(stage.session, 'default-tenant');
    for (const table of [...Object.keys(ROWS), 'verification_methods'])
      await expect(count(table), table).resolves.not.toBe(0);
  });
});
