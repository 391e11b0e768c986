import { agent, hash, LATER, uuid, type RowMaker } from './row-maker.ts';

export const KNOWLEDGE_ROWS: readonly RowMaker[] = [
  // 003
  {
    table: 'knowledge_queries',
    row: (n, tenant) => ({
      id: uuid(n),
      query_text: tenant,
      query_type: 'explanatory',
      requester_id: agent(1),
      priority: 5,
      max_results: 10,
      relevance_threshold: 0.5,
    }),
  },
  {
    table: 'search_results',
    row: (n, tenant) => ({
      id: uuid(n),
      query_id: uuid(1),
      title: tenant,
      content: tenant,
      url: `https://example.org/${String(n)}`,
      domain: 'example.org',
      source_type: 'web',
      relevance_score: 0.9,
      credibility_score: 0.8,
      provider: 'google',
      content_hash: hash(n),
    }),
  },
  {
    table: 'knowledge_responses',
    row: (n, tenant) => ({
      id: uuid(n),
      query_id: uuid(1),
      summary: tenant,
      confidence: 0.9,
      processing_time_ms: 12,
    }),
  },
  {
    table: 'search_provider_health',
    row: (n) => ({ id: uuid(n), provider_name: `provider ${String(n)}` }),
  },
  {
    table: 'knowledge_cache',
    row: (n, tenant) => ({
      id: uuid(n),
      cache_key: `key ${String(n)}`,
      cache_type: 'response',
      content: { tenant },
      expires_at: LATER,
      size_bytes: 2,
    }),
  },
  {
    table: 'verification_requests',
    row: (n, tenant) => ({
      id: uuid(n),
      content: tenant,
      priority: 'high',
      cache_key: `key ${String(n)}`,
    }),
  },
  {
    table: 'verification_results',
    row: (n) => ({
      id: uuid(n),
      request_id: uuid(1),
      verdict: 'verified_true',
      confidence: 0.9,
      processing_time_ms: 12,
      result_hash: hash(n),
    }),
  },
  {
    table: 'verification_evidence',
    row: (n, tenant) => ({
      id: uuid(n),
      result_id: uuid(1),
      request_id: uuid(1),
      content_excerpt: tenant,
      relevance_score: 0.9,
      credibility_score: 0.8,
      supporting_claim: true,
      verification_method: 'fact_checking',
    }),
  },
  {
    table: 'verification_methods',
    row: (n) => ({
      id: uuid(n),
      method_type: ['fact_checking', 'source_credibility', 'cross_reference'][n - 1],
    }),
  },
  {
    table: 'verification_cache',
    row: (n) => ({
      id: uuid(n),
      cache_key: `key ${String(n)}`,
      request_hash: hash(n),
      result_data: {},
      result_hash: hash(),
      expires_at: LATER,
      size_bytes: 2,
    }),
  },
  {
    table: 'web_content',
    row: (n, tenant) => ({
      id: uuid(n),
      url: `https://example.org/${String(n)}`,
      title: tenant,
      content: tenant,
      content_hash: hash(n),
      extraction_type: 'full_page',
      cached_until: LATER,
      extraction_time_ms: 12,
      content_size_bytes: 15,
    }),
  },
  {
    table: 'web_traversals',
    row: (n) => ({
      id: uuid(n),
      session_id: `walk ${String(n)}`,
      start_url: 'https://example.org/',
      strategy: 'breadth_first',
    }),
  },
  {
    table: 'web_traversal_nodes',
    row: (n) => ({
      id: uuid(n),
      traversal_id: uuid(1),
      url: `https://example.org/${String(n)}`,
      depth: 0,
      status: 'visited',
      content_id: uuid(1),
    }),
  },
  {
    table: 'web_cache',
    row: (n) => ({
      url: `https://example.org/${String(n)}`,
      content_id: uuid(1),
      expires_at: LATER,
      cache_size_bytes: 15,
    }),
  },
  {
    table: 'web_rate_limits',
    row: (n) => ({ domain: `${String(n)}.example.org`, window_end: LATER }),
  },
  {
    table: 'web_extraction_metrics',
    row: (n) => ({
      id: uuid(n),
      content_id: uuid(1),
      total_time_ms: 12,
      fetch_time_ms: 10,
      parse_time_ms: 1,
      sanitize_time_ms: 1,
      status_code: 200,
      ssl_verified: true,
    }),
  },
];
