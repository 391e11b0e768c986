import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { insertKnowledgeRows } from './support/knowledge-rows.ts';
import { insertRows, queryOne, queryValue, type Row } from './support/rows.ts';
import { STAGES, TenantStage } from './support/tenant-stage.ts';

const refusedBy = (constraint_name: string, code = '23514') => ({ code, constraint_name });

const ID = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const [HASH, OTHER_HASH] = ['a'.repeat(64), 'b'.repeat(64)];
const [START, END] = ['2025-01-01T00:00:00Z', '2025-01-01T01:00:00Z'];
const LONG_URL = `https://example.org/${'ü'.repeat(1015)}`;

/** A row of each table that it takes. */
const ROWS: Record<string, Row> = {
  web_content: {
    ...{ url: 'u', title: 'Tides', content: 'The moon pulls.', content_hash: OTHER_HASH },
    ...{ extraction_type: 'metadata', cached_until: END, extraction_time_ms: 1, content_size_bytes: 1 },
  },
  web_traversals: { session_id: 's', start_url: 'u', strategy: 'depth_first' },
  web_traversal_nodes: { traversal_id: ID, url: 'u', depth: 0 },
  web_cache: { url: 'u', content_id: ID, expires_at: END, cache_size_bytes: 1 },
  web_rate_limits: { domain: 'example.org', window_start: START, window_end: END },
  web_extraction_metrics: {
    ...{ content_id: ID, total_time_ms: 1, fetch_time_ms: 1, parse_time_ms: 1, sanitize_time_ms: 1 },
    ...{ status_code: 200, ssl_verified: true },
  },
};

describe.each(STAGES)('the web %s', (name) => {
  const stage = new TenantStage(name, 3);
  const insert = (table: string, fields: Row = {}): Promise<void> =>
    insertRows(stage.session, table, [{ ...ROWS[table], ...fields }]);
  const ask = (text: string): Promise<Record<string, unknown>> => queryOne(stage.session, text);
  const list = async (text: string): Promise<unknown[]> => (await stage.session.query(text)).rows;
  const count = (table: string): Promise<unknown> =>
    queryValue(stage.session, `select count(*)::int from ${table}`);

  describe.skipIf(stage.kind === 'pglite')('its tables', () => {
    beforeEach(async () => {
      await insert('web_content', { id: ID, content_hash: HASH });
      await insert('web_traversals', { id: ID, session_id: 'first' });
    });

    it.each(Object.keys(ROWS))('take a row: %s', async (table) => {
      await expect(insert(table)).resolves.toBeUndefined();
    });

    it.each([
      ['web_content', 'url', ''],
      ['web_content', 'url', LONG_URL],
      ['web_content', 'content_hash', 'x'],
      ['web_content', 'quality', 'so so'],
      ['web_content', 'metadata', []],
      ['web_content', 'extraction_type', 'all'],
      ['web_content', 'extraction_time_ms', -1],
      ['web_content', 'content_size_bytes', -1],
      ['web_traversals', 'session_id', ''],
      ['web_traversals', 'start_url', LONG_URL],
      ['web_traversals', 'max_depth', 0],
      ['web_traversals', 'max_depth', 11],
      ['web_traversals', 'max_pages', 0],
      ['web_traversals', 'strategy', 'random'],
      ['web_traversals', 'status', 'lost'],
      ['web_traversals', 'pages_visited', -1],
      ['web_traversals', 'pages_skipped', -1],
      ['web_traversals', 'errors_encountered', -1],
      ['web_traversals', 'max_depth_reached', -1],
      ['web_traversals', 'total_content_bytes', -1],
      ['web_traversals', 'rate_limit_encounters', -1],
      ['web_traversals', 'config_metadata', []],
      ['web_traversal_nodes', 'url', LONG_URL],
      ['web_traversal_nodes', 'depth', -1],
      ['web_traversal_nodes', 'status', 'lost'],
      ['web_traversal_nodes', 'link_type', 'sideways'],
      ['web_cache', 'url', LONG_URL],
      ['web_cache', 'hit_count', -1],
      ['web_cache', 'cache_size_bytes', -1],
      ['web_rate_limits', 'domain', ''],
      ['web_rate_limits', 'status', 'lost'],
      ['web_rate_limits', 'requests_in_window', -1],
      ['web_rate_limits', 'backoff_count', -1],
      ['web_rate_limits', 'total_requests', -1],
      ['web_rate_limits', 'consecutive_errors', -1],
      ['web_extraction_metrics', 'total_time_ms', -1],
      ['web_extraction_metrics', 'fetch_time_ms', -1],
      ['web_extraction_metrics', 'parse_time_ms', -1],
      ['web_extraction_metrics', 'sanitize_time_ms', -1],
      ['web_extraction_metrics', 'status_code', 99],
      ['web_extraction_metrics', 'status_code', 600],
      ['web_extraction_metrics', 'content_length', -1],
      ['web_extraction_metrics', 'redirect_count', -1],
    ])('refuse a bad %s.%s: %j', async (table, column, value) => {
      await expect(insert(table, { [column]: value })).rejects.toMatchObject(
        refusedBy(`${table}_${column}_check`),
      );
    });

    it('refuse a window of web_rate_limits that ends as it starts', async () => {
      await expect(insert('web_rate_limits', { window_end: START })).rejects.toMatchObject(
        refusedBy('web_rate_limits_window_check'),
      );
    });

    it.each([
      ['web_content', 'web_content_content_hash_unique', {}],
      ['web_traversals', 'web_traversals_session_id_unique', {}],
      ['web_cache', 'web_cache_pkey', {}],
      ['web_rate_limits', 'web_rate_limits_pkey', {}],
    ])('take it only once: %s', async (table, constraint, fields) => {
      await insert(table, fields);
      await expect(insert(table, fields)).rejects.toMatchObject(refusedBy(constraint, '23505'));
    });

    it.each([
      ['web_traversal_nodes', 'traversal_id'],
      ['web_traversal_nodes', 'content_id'],
      ['web_traversal_nodes', 'parent_id'],
      ['web_cache', 'content_id'],
      ['web_extraction_metrics', 'content_id'],
    ])('refer to nothing that is not there: %s.%s', async (table, column) => {
      await expect(insert(table, { [column]: OTHER })).rejects.toMatchObject(
        refusedBy(`${table}_${column}_fkey`, '23503'),
      );
    });

    it('take with a page its cache and metrics, and leave the nodes of walks', async () => {
      await insert('web_cache');
      await insert('web_extraction_metrics');
      await insert('web_traversal_nodes', { id: ID, content_id: ID });
      await insert('web_traversal_nodes', { id: OTHER, parent_id: ID });
      await ask(`delete from web_content where id = '${ID}' returning id`);
      await expect(count('web_cache')).resolves.toBe(0);
      await expect(count('web_extraction_metrics')).resolves.toBe(0);
      await ask(`delete from web_traversal_nodes where id = '${ID}' returning id`);
      await expect(
        ask('select id, traversal_id, content_id, parent_id from web_traversal_nodes'),
      ).resolves.toEqual({ id: OTHER, traversal_id: ID, content_id: null, parent_id: null });
    });

    it('take a URL that is as long as it may be', async () => {
      await expect(insert('web_cache', { url: LONG_URL.slice(0, -1) })).resolves.toBeUndefined();
    });

    it('note when a row changes: web_rate_limits', async () => {
      await insert('web_rate_limits', { updated_at: START });
      await expect(
        queryValue(
          stage.session,
          `with changed as (update web_rate_limits set created_at = created_at returning updated_at)
           select bool_and(updated_at = now()) from changed`,
        ),
      ).resolves.toBe(true);
    });
  });

  describe.skipIf(stage.kind === 'pglite')('update_traversal_statistics', () => {
    const counters = (id = ID): Promise<Record<string, unknown>> =>
      ask(`
        select pages_visited as visited, pages_skipped as skipped, errors_encountered as failed, max_depth_reached as depth
        from web_traversals where id = '${id}'`);
    const node = (status: string, depth = 0, traversal_id = ID): Row => ({
      traversal_id,
      url: 'u',
      depth,
      status,
    });
    beforeEach(async () => {
      await insert('web_traversals', { id: ID });
      await insert('web_traversals', { id: OTHER, session_id: 'other' });
    });

    it('counts the nodes of a statement, each for its walk', async () => {
      await insertRows(stage.session, 'web_traversal_nodes', [
        ...[node('visited'), node('visited', 3), node('pending', 9), node('skipped', 8), node('error')],
        ...[node('visited', 1, OTHER), node('error', 2, OTHER)],
      ]);
      await expect(counters()).resolves.toEqual({ visited: 2, skipped: 1, failed: 1, depth: 3 });
      await expect(counters(OTHER)).resolves.toEqual({ visited: 1, skipped: 0, failed: 1, depth: 1 });
    });

    it('follows nodes that change, move to another walk, or go', async () => {
      await insertRows(stage.session, 'web_traversal_nodes', [node('visited', 3), node('pending', 5)]);
      await stage.session.query(`update web_traversal_nodes set status = 'error' where depth = 5`);
      await expect(counters()).resolves.toEqual({ visited: 1, skipped: 0, failed: 1, depth: 3 });
      await stage.session.query(`update web_traversal_nodes set traversal_id = '${OTHER}' where depth = 3`);
      await expect(counters()).resolves.toEqual({ visited: 0, skipped: 0, failed: 1, depth: 3 });
      await expect(counters(OTHER)).resolves.toEqual({ visited: 1, skipped: 0, failed: 0, depth: 3 });
      await stage.session.query('delete from web_traversal_nodes');
      await expect(counters()).resolves.toEqual({ visited: 0, skipped: 0, failed: 0, depth: 3 });
    });

    it('lets a walk go with its nodes', async () => {
      await insertRows(stage.session, 'web_traversal_nodes', [node('visited'), node('pending')]);
      await ask(`delete from web_traversals where id = '${ID}' returning id`);
      await expect(count('web_traversal_nodes')).resolves.toBe(0);
    });

    it('misses nothing of two crawlers at once', async () => {
      await stage.session.query('commit');
      const other = await stage.open();
      onTestFinished(async () => {
        await other.close();
        await stage.begin(stage.session);
        await stage.session.query('delete from web_traversals');
        await stage.session.query('commit');
      });
      await stage.begin(stage.session);
      await stage.begin(other);
      await insertRows(stage.session, 'web_traversal_nodes', [node('visited')]);
      const waiting = insertRows(other, 'web_traversal_nodes', [node('visited'), node('skipped')]);
      await stage.session.query('commit');
      await waiting;
      await other.query('commit');
      await stage.begin(stage.session);
      await expect(counters()).resolves.toEqual({ visited: 2, skipped: 1, failed: 0, depth: 0 });
    });
  });

  describe.skipIf(stage.kind === 'pglite')('cleanup_expired_web_cache', () => {
    it('deletes what has expired, and says how much', async () => {
      await insert('web_content', { id: ID });
      await insert('web_cache', { url: '1' });
      await insert('web_cache', { url: '2' });
      await insert('web_cache', { url: '3', expires_at: '2999-01-01' });
      const cleanUp = (): Promise<unknown> => queryValue(stage.session, 'select cleanup_expired_web_cache()');
      await expect(cleanUp()).resolves.toBe(2);
      await expect(cleanUp()).resolves.toBe(0);
      await expect(ask('select url from web_cache')).resolves.toEqual({ url: '3' });
      await expect(count('web_content')).resolves.toBe(1);
    });
  });

  describe.skipIf(stage.kind === 'pglite')('its views', () => {
    it('web_cache_performance: one row, also of an empty cache', async () => {
      const asked = `
        select total_entries::int as total, total_hits::int as hits, avg_hits_per_entry::float as average,
          total_cache_size_bytes::int as bytes, active_entries::int as active, expired_entries::int as expired,
          entries_accessed_last_hour::int as hour, entries_accessed_last_24hours::int as day
        from web_cache_performance`;
      await expect(ask(asked)).resolves.toEqual({
        ...{ total: 0, hits: 0, average: null, bytes: 0, active: 0, expired: 0, hour: 0, day: 0 },
      });
      await insert('web_content', { id: ID });
      await insert('web_cache', { url: '1', hit_count: 3, last_accessed: START });
      await insert('web_cache', {
        ...{ url: '2', hit_count: 1, expires_at: '2999-01-01', last_accessed: new Date().toISOString() },
      });
      await expect(ask(asked)).resolves.toEqual({
        ...{ total: 2, hits: 4, average: 2, bytes: 2, active: 1, expired: 1, hour: 1, day: 1 },
      });
    });

    it.each(['UTC', 'Asia/Kolkata'])('web_extraction_performance: by hour of UTC, in %s', async (zone) => {
      await ask(`select set_config('timezone', '${zone}', true)`);
      await insert('web_content', { id: ID });
      const metrics = (total_time_ms: number, fields: Row = {}): Promise<void> =>
        insert('web_extraction_metrics', { total_time_ms, extracted_at: START, ...fields });
      await metrics(10);
      await metrics(20, { status_code: 404 });
      await metrics(90, { malicious_detected: true, extracted_at: '2025-01-01T00:59:59Z' });
      await metrics(1, { extracted_at: END });
      await expect(
        list(`
          select hour = '${START}' as first, extractions_count::int as pages, avg_total_time_ms::float as mean,
            p50_total_time_ms as median, malicious_detected_count::int as malicious, error_responses_count::int as errors
          from web_extraction_performance order by hour`),
      ).resolves.toEqual([
        { first: true, pages: 3, mean: 40, median: 20, malicious: 1, errors: 1 },
        { first: false, pages: 1, mean: 1, median: 1, malicious: 0, errors: 0 },
      ]);
    });

    it('web_traversal_analysis: how long walks took', async () => {
      await insert('web_traversals', { started_at: START, completed_at: END });
      await insert('web_traversals', { session_id: 'second', started_at: START });
      await expect(
        list('select session_id, duration_ms::int from web_traversal_analysis order by 1'),
      ).resolves.toEqual([
        { session_id: 's', duration_ms: 3_600_000 },
        { session_id: 'second', duration_ms: null },
      ]);
    });

    it('web_rate_limit_status: the hosts to be careful with', async () => {
      await insert('web_rate_limits', { domain: 'fine' });
      await insert('web_rate_limits', { domain: 'over', backoff_until: START });
      await insert('web_rate_limits', { domain: 'throttled', status: 'throttled', backoff_until: START });
      await insert('web_rate_limits', {
        domain: 'wait',
        backoff_until: new Date(Date.now() + 60_000).toISOString(),
      });
      await expect(
        list(`
          select domain, seconds_until_backoff_expires > 0 as waits, seconds_until_backoff_expires < 120 as briefly
          from web_rate_limit_status order by domain`),
      ).resolves.toEqual([
        { domain: 'throttled', waits: false, briefly: true },
        { domain: 'wait', waits: true, briefly: true },
      ]);
    });
  });

  it.skipIf(stage.kind === 'pglite')('has example rows for every table', async () => {
    await insertKnowledgeRows(stage.session, 'default-tenant');
    for (const table of Object.keys(ROWS)) await expect(count(table), table).resolves.not.toBe(0);
  });
});
