import type { SqlSession } from '@agent-agency/testing';
import { insertRows } from './rows.ts';

const HASH = 'a'.repeat(64);
const LATER = '2999-01-01T00:00:00Z';

/** Puts a row into every table of knowledge, verification and the web, as the application in the tenant's own context. */
export async function insertKnowledgeRows(session: SqlSession, tenant: string): Promise<void> {
  await insertKnowledge(session, tenant);
  await insertVerification(session);
  await insertWeb(session, tenant);
}

async function insertKnowledge(session: SqlSession, tenant: string): Promise<void> {
  const id = crypto.randomUUID();
  await insertRows(session, 'knowledge_queries', [
    {
      id,
      query_text: 'How do tides work?',
      query_type: 'explanatory',
      requester_id: `${tenant} agent 1`,
      priority: 5,
      max_results: 10,
      relevance_threshold: 0.5,
      tags: ['sea', 'moon'],
    },
  ]);
  await insertRows(session, 'search_results', [
    {
      query_id: id,
      title: 'Tides',
      content: 'The moon pulls.',
      url: 'https://example.org/tides',
      domain: 'example.org',
      source_type: 'web',
      relevance_score: 0.9,
      credibility_score: 0.8,
      provider: 'google',
      content_hash: HASH,
    },
  ]);
  await insertRows(session, 'knowledge_responses', [
    { query_id: id, summary: 'The moon pulls.', confidence: 0.9, processing_time_ms: 12 },
  ]);
  // Not one of the providers that the default tenant has from the migration.
  await insertRows(session, 'search_provider_health', [{ provider_name: 'almanac' }]);
  await insertRows(session, 'knowledge_cache', [
    { cache_key: 'tides', cache_type: 'response', content: {}, expires_at: LATER, size_bytes: 2 },
  ]);
}

async function insertVerification(session: SqlSession): Promise<void> {
  const [request, result] = [crypto.randomUUID(), crypto.randomUUID()];
  await insertRows(session, 'verification_requests', [
    { id: request, content: 'The moon pulls.', priority: 'high', cache_key: 'moon' },
  ]);
  await insertRows(session, 'verification_results', [
    {
      id: result,
      request_id: request,
      verdict: 'verified_true',
      confidence: 0.9,
      processing_time_ms: 12,
      result_hash: HASH,
    },
  ]);
  await insertRows(session, 'verification_evidence', [
    {
      result_id: result,
      request_id: request,
      content_excerpt: 'It pulls.',
      relevance_score: 0.9,
      credibility_score: 0.8,
      supporting_claim: true,
      verification_method: 'fact_checking',
    },
  ]);
  // The default tenant has every method from the migration, and there are no others.
  await session.query(
    `insert into verification_methods (method_type) values ('fact_checking') on conflict do nothing`,
  );
  await insertRows(session, 'verification_cache', [
    {
      cache_key: 'moon',
      request_hash: HASH,
      result_data: {},
      result_hash: HASH,
      expires_at: LATER,
      size_bytes: 2,
    },
  ]);
}

async function insertWeb(session: SqlSession, tenant: string): Promise<void> {
  const [content, traversal] = [crypto.randomUUID(), crypto.randomUUID()];
  const url = 'https://example.org/';
  await insertRows(session, 'web_content', [
    {
      id: content,
      url,
      title: 'Tides',
      content: 'The moon pulls.',
      content_hash: HASH,
      extraction_type: 'full_page',
      cached_until: LATER,
      extraction_time_ms: 12,
      content_size_bytes: 15,
    },
  ]);
  await insertRows(session, 'web_traversals', [
    { id: traversal, session_id: `${tenant.slice(0, 50)} walk`, start_url: url, strategy: 'breadth_first' },
  ]);
  await insertRows(session, 'web_traversal_nodes', [
    { traversal_id: traversal, url, depth: 0, status: 'visited', content_id: content },
  ]);
  await insertRows(session, 'web_cache', [
    { url, content_id: content, expires_at: LATER, cache_size_bytes: 15 },
  ]);
  await insertRows(session, 'web_rate_limits', [{ domain: 'example.org', window_end: LATER }]);
  await insertRows(session, 'web_extraction_metrics', [
    {
      content_id: content,
      total_time_ms: 12,
      fetch_time_ms: 10,
      parse_time_ms: 1,
      sanitize_time_ms: 1,
      status_code: 200,
      ssl_verified: true,
    },
  ]);
}
