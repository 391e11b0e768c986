-- What agents look up: questions and their answers, claims and their verification, pages of the web. Still without
-- tenants; 007 gives every row one.
--
-- Indexes: none of flags and of kinds with a handful of values, which nearly every row has in common, nor of tables
-- with a handful of rows. Those of text and arrays (gin) are of use to operators only: their operators are not
-- leakproof, so under row level security they are never an index condition.

-- ---------------------------------------------------------------------------------------------------------------
-- Knowledge

create table knowledge_queries (
  id uuid not null default gen_random_uuid(),
  query_text text not null,
  query_type varchar(20) not null,
  requester_id varchar(255) not null,
  priority integer not null default 1,
  max_results integer not null default 10,
  relevance_threshold numeric(3, 2) not null default 0.5,
  timeout_ms bigint not null default 30000,
  context jsonb not null default '{}',
  tags text[] not null default '{}',
  status varchar(20) not null default 'pending',
  created_at timestamptz not null default now(),
  processed_at timestamptz, -- null: not processed
  error_message text, -- null: no error
  retry_count integer not null default 0,
  constraint knowledge_queries_pkey primary key (id),
  constraint knowledge_queries_query_text_check check (length(query_text) > 0),
  constraint knowledge_queries_query_type_check
    check (query_type in ('factual', 'explanatory', 'comparative', 'trend', 'technical')),
  constraint knowledge_queries_requester_id_check check (length(requester_id) > 0),
  constraint knowledge_queries_priority_check check (priority between 1 and 10),
  constraint knowledge_queries_max_results_check check (max_results > 0),
  constraint knowledge_queries_relevance_threshold_check check (relevance_threshold between 0 and 1),
  constraint knowledge_queries_timeout_ms_check check (timeout_ms > 0),
  constraint knowledge_queries_context_check check (jsonb_typeof(context) = 'object'),
  constraint knowledge_queries_status_check check (status in ('pending', 'processing', 'completed', 'failed')),
  constraint knowledge_queries_retry_count_check check (retry_count >= 0)
);

create index idx_knowledge_queries_status on knowledge_queries (status);
create index idx_knowledge_queries_requester on knowledge_queries (requester_id);
create index idx_knowledge_queries_priority on knowledge_queries (priority desc, created_at);
create index idx_knowledge_queries_created_at on knowledge_queries (created_at desc);
create index idx_knowledge_queries_tags on knowledge_queries using gin (tags);

comment on table knowledge_queries is 'Questions that are to be researched.';
comment on column knowledge_queries.id is 'Identifier.';
comment on column knowledge_queries.query_text is 'The question.';
comment on column knowledge_queries.query_type is 'factual, explanatory, comparative, trend or technical.';
comment on column knowledge_queries.requester_id is 'Who asks: an agent, a user or a component.';
comment on column knowledge_queries.priority is '1 to 10; 10 is the most urgent.';
comment on column knowledge_queries.max_results is 'Most results wanted.';
comment on column knowledge_queries.relevance_threshold is 'Least relevance of a result, 0 to 1.';
comment on column knowledge_queries.timeout_ms is 'How long the research may take, in ms.';
comment on column knowledge_queries.context is 'Circumstances, a JSON object.';
comment on column knowledge_queries.tags is 'Tags.';
comment on column knowledge_queries.status is 'pending, processing, completed or failed.';
comment on column knowledge_queries.created_at is 'When it was asked.';
comment on column knowledge_queries.processed_at is 'When the research ended; null until then.';
comment on column knowledge_queries.error_message is 'Why it failed; null when it did not.';
comment on column knowledge_queries.retry_count is 'Attempts after the first.';

-- A tsvector holds less than a megabyte: the search vectors of this file are of the start of a text, so that a long
-- one can be stored.
create table search_results (
  id uuid not null default gen_random_uuid(),
  query_id uuid not null,
  title text not null,
  content text not null,
  url text not null,
  domain varchar(255) not null,
  source_type varchar(20) not null,
  relevance_score numeric(3, 2) not null,
  credibility_score numeric(3, 2) not null,
  quality varchar(20) not null default 'medium',
  provider varchar(100) not null,
  provider_metadata jsonb not null default '{}',
  published_at timestamptz, -- null: unknown
  created_at timestamptz not null default now(),
  content_hash varchar(64), -- null: not computed
  search_vector tsvector not null generated always as (
    setweight(to_tsvector('english', left(title, 10000)), 'A')
    || setweight(to_tsvector('english', left(content, 100000)), 'B')
  ) stored,
  constraint search_results_pkey primary key (id),
  constraint search_results_content_hash_unique unique (content_hash),
  constraint search_results_query_id_fkey
    foreign key (query_id) references knowledge_queries (id) on delete cascade,
  constraint search_results_url_check check (length(url) > 0),
  constraint search_results_source_type_check
    check (source_type in ('web', 'academic', 'news', 'documentation', 'social', 'internal')),
  constraint search_results_relevance_score_check check (relevance_score between 0 and 1),
  constraint search_results_credibility_score_check check (credibility_score between 0 and 1),
  constraint search_results_quality_check check (quality in ('high', 'medium', 'low', 'unreliable')),
  constraint search_results_provider_check check (length(provider) > 0),
  constraint search_results_provider_metadata_check check (jsonb_typeof(provider_metadata) = 'object'),
  constraint search_results_content_hash_check check (content_hash ~ '^[0-9a-f]{64}$')
);

create index idx_search_results_query_id on search_results (query_id, relevance_score desc);
create index idx_search_results_domain on search_results (domain);
create index idx_search_results_provider on search_results (provider);
create index idx_search_results_published_at on search_results (published_at desc);
create index idx_search_results_fts on search_results using gin (search_vector);

comment on table search_results is 'What providers found for a question.';
comment on column search_results.id is 'Identifier.';
comment on column search_results.query_id is 'Question it answers; the results go with it.';
comment on column search_results.title is 'Title of the source.';
comment on column search_results.content is 'Text of the source, or what the provider shows of it.';
comment on column search_results.url is 'Where the source is.';
comment on column search_results.domain is 'Host in the URL.';
comment on column search_results.source_type is 'web, academic, news, documentation, social or internal.';
comment on column search_results.relevance_score is 'How far it answers the question, 0 to 1.';
comment on column search_results.credibility_score is 'How far the source can be trusted, 0 to 1.';
comment on column search_results.quality is 'high, medium, low or unreliable.';
comment on column search_results.provider is 'Provider that found it.';
comment on column search_results.provider_metadata is 'What the provider says besides, a JSON object.';
comment on column search_results.published_at is 'When the source was published; null when unknown.';
comment on column search_results.created_at is 'When the row was made.';
comment on column search_results.content_hash is 'SHA-256 of the content in hex, so that it is kept once; null when not computed.';
comment on column search_results.search_vector is 'Lexemes of the title (A) and of the content''s first 100 000 characters (B).';

create table knowledge_responses (
  id uuid not null default gen_random_uuid(),
  query_id uuid not null,
  summary text not null,
  confidence numeric(3, 2) not null,
  sources_used text[] not null default '{}',
  total_results_found integer not null default 0,
  results_filtered integer not null default 0,
  processing_time_ms bigint not null,
  cache_used boolean not null default false,
  providers_queried text[] not null default '{}',
  relevance_score_avg numeric(3, 2), -- null, here and below: without results
  credibility_score_avg numeric(3, 2),
  diversity_score numeric(3, 2),
  created_at timestamptz not null default now(),
  constraint knowledge_responses_pkey primary key (id),
  constraint knowledge_responses_query_id_fkey
    foreign key (query_id) references knowledge_queries (id) on delete cascade,
  constraint knowledge_responses_confidence_check check (confidence between 0 and 1),
  constraint knowledge_responses_total_results_found_check check (total_results_found >= 0),
  constraint knowledge_responses_results_filtered_check check (results_filtered >= 0),
  constraint knowledge_responses_processing_time_ms_check check (processing_time_ms >= 0),
  constraint knowledge_responses_relevance_score_avg_check check (relevance_score_avg between 0 and 1),
  constraint knowledge_responses_credibility_score_avg_check check (credibility_score_avg between 0 and 1),
  constraint knowledge_responses_diversity_score_check check (diversity_score between 0 and 1)
);

create index idx_knowledge_responses_query_id on knowledge_responses (query_id);
create index idx_knowledge_responses_confidence on knowledge_responses (confidence desc);
create index idx_knowledge_responses_processing_time on knowledge_responses (processing_time_ms);
create index idx_knowledge_responses_created_at on knowledge_responses (created_at desc);

comment on table knowledge_responses is 'Answers that were made of results.';
comment on column knowledge_responses.id is 'Identifier.';
comment on column knowledge_responses.query_id is 'Question it answers; the answers go with it.';
comment on column knowledge_responses.summary is 'The answer.';
comment on column knowledge_responses.confidence is 'Confidence in the answer, 0 to 1.';
comment on column knowledge_responses.sources_used is 'Sources the answer rests on.';
comment on column knowledge_responses.total_results_found is 'Results that were found.';
comment on column knowledge_responses.results_filtered is 'Results that were left out.';
comment on column knowledge_responses.processing_time_ms is 'How long it took, in ms.';
comment on column knowledge_responses.cache_used is 'Whether it came from the cache.';
comment on column knowledge_responses.providers_queried is 'Providers that were asked.';
comment on column knowledge_responses.relevance_score_avg is 'Mean relevance of the results, 0 to 1; null without results.';
comment on column knowledge_responses.credibility_score_avg is 'Mean credibility of the results, 0 to 1; null without results.';
comment on column knowledge_responses.diversity_score is 'How different the sources are, 0 to 1; null without results.';
comment on column knowledge_responses.created_at is 'When the row was made.';

create table search_provider_health (
  id uuid not null default gen_random_uuid(),
  provider_name varchar(100) not null,
  available boolean not null default true,
  last_health_check timestamptz not null default now(),
  consecutive_failures integer not null default 0,
  avg_response_time_ms numeric(8, 2), -- null: never asked
  error_rate numeric(5, 4) not null default 0,
  requests_this_minute integer not null default 0,
  requests_this_hour integer not null default 0,
  rate_limit_remaining integer, -- null: the provider does not say
  rate_limit_reset_at timestamptz, -- null: the provider does not say
  last_error_message text, -- null: no error yet
  last_error_at timestamptz, -- null: no error yet
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint search_provider_health_pkey primary key (id),
  constraint search_provider_health_provider_name_unique unique (provider_name),
  constraint search_provider_health_provider_name_check check (length(provider_name) > 0),
  constraint search_provider_health_consecutive_failures_check check (consecutive_failures >= 0),
  -- NaN is greater than every number, so an upper bound is what keeps it out.
  constraint search_provider_health_avg_response_time_ms_check
    check (avg_response_time_ms >= 0 and avg_response_time_ms < 'NaN'),
  constraint search_provider_health_error_rate_check check (error_rate between 0 and 1),
  constraint search_provider_health_requests_this_minute_check check (requests_this_minute >= 0),
  constraint search_provider_health_requests_this_hour_check check (requests_this_hour >= 0),
  constraint search_provider_health_rate_limit_remaining_check check (rate_limit_remaining >= 0)
);

create trigger update_search_provider_health_updated_at
before update on search_provider_health
for each row execute function update_updated_at_column();

insert into search_provider_health (provider_name)
values
  ('google'),
  ('bing'),
  ('duckduckgo'),
  ('arxiv'),
  ('pubmed');

comment on table search_provider_health is 'Search providers: whether they answer, how fast, how much more may be asked.';
comment on column search_provider_health.id is 'Identifier.';
comment on column search_provider_health.provider_name is 'Name of the provider.';
comment on column search_provider_health.available is 'Whether it may be asked.';
comment on column search_provider_health.last_health_check is 'When that was last found out.';
comment on column search_provider_health.consecutive_failures is 'Failures since the last success.';
comment on column search_provider_health.avg_response_time_ms is 'Mean time to an answer, in ms; null before the first.';
comment on column search_provider_health.error_rate is 'Part of the requests that fail, 0 to 1.';
comment on column search_provider_health.requests_this_minute is 'Requests of this minute.';
comment on column search_provider_health.requests_this_hour is 'Requests of this hour.';
comment on column search_provider_health.rate_limit_remaining is 'Requests that are still allowed; null when the provider does not say.';
comment on column search_provider_health.rate_limit_reset_at is 'When more are allowed; null when the provider does not say.';
comment on column search_provider_health.last_error_message is 'The last error; null before the first.';
comment on column search_provider_health.last_error_at is 'When it was; null before the first.';
comment on column search_provider_health.created_at is 'When the row was made.';
comment on column search_provider_health.updated_at is 'When the row last changed.';

create table knowledge_cache (
  id uuid not null default gen_random_uuid(),
  cache_key varchar(64) not null,
  cache_type varchar(20) not null,
  content jsonb not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  access_count integer not null default 0,
  last_accessed_at timestamptz not null default now(),
  size_bytes integer not null,
  compression_ratio numeric(3, 2) not null default 1.0,
  constraint knowledge_cache_pkey primary key (id),
  constraint knowledge_cache_cache_key_unique unique (cache_key),
  constraint knowledge_cache_cache_key_check check (length(cache_key) > 0),
  constraint knowledge_cache_cache_type_check check (cache_type in ('query_result', 'search_result', 'response')),
  constraint knowledge_cache_metadata_check check (jsonb_typeof(metadata) = 'object'),
  constraint knowledge_cache_access_count_check check (access_count >= 0),
  constraint knowledge_cache_size_bytes_check check (size_bytes >= 0),
  constraint knowledge_cache_compression_ratio_check check (compression_ratio > 0 and compression_ratio < 'NaN')
);

create index idx_knowledge_cache_expires on knowledge_cache (expires_at);
create index idx_knowledge_cache_access on knowledge_cache (last_accessed_at desc, access_count desc);

comment on table knowledge_cache is 'Answers of providers that are kept for a while.';
comment on column knowledge_cache.id is 'Identifier.';
comment on column knowledge_cache.cache_key is 'What is looked up by: a hash of the request.';
comment on column knowledge_cache.cache_type is 'query_result, search_result or response.';
comment on column knowledge_cache.content is 'What is kept, any JSON.';
comment on column knowledge_cache.metadata is 'Further facts, a JSON object.';
comment on column knowledge_cache.created_at is 'When it was kept.';
comment on column knowledge_cache.expires_at is 'When it may no longer be used.';
comment on column knowledge_cache.access_count is 'How often it was used.';
comment on column knowledge_cache.last_accessed_at is 'When it was last used.';
comment on column knowledge_cache.size_bytes is 'Size in bytes.';
comment on column knowledge_cache.compression_ratio is 'Size before compression by size after it.';

create view query_performance with (security_invoker = true) as
select
  query.id,
  query.query_type,
  query.priority,
  query.status,
  query.created_at,
  query.processed_at,
  extract(epoch from query.processed_at - query.created_at) * 1000 as processing_time_ms,
  response.confidence,
  response.total_results_found,
  response.results_filtered,
  response.processing_time_ms as response_processing_time_ms,
  response.cache_used,
  cardinality(response.providers_queried) as providers_used
from knowledge_queries as query
left join knowledge_responses as response on response.query_id = query.id;

comment on view query_performance is 'Questions with each of their answers; a question without one comes once.';
comment on column query_performance.id is 'The question.';
comment on column query_performance.query_type is 'Its kind.';
comment on column query_performance.priority is '1 to 10; 10 is the most urgent.';
comment on column query_performance.status is 'Its status.';
comment on column query_performance.created_at is 'When it was asked.';
comment on column query_performance.processed_at is 'When the research ended; null until then.';
comment on column query_performance.processing_time_ms is 'Time from one to the other, in ms.';
comment on column query_performance.confidence is 'Confidence in the answer; null without one, as all that follows.';
comment on column query_performance.total_results_found is 'Results that were found.';
comment on column query_performance.results_filtered is 'Results that were left out.';
comment on column query_performance.response_processing_time_ms is 'How long the answer took, in ms.';
comment on column query_performance.cache_used is 'Whether it came from the cache.';
comment on column query_performance.providers_used is 'How many providers were asked.';

create view result_quality_analysis with (security_invoker = true) as
select
  result.query_id,
  count(*) as total_results,
  avg(result.relevance_score) as avg_relevance,
  avg(result.credibility_score) as avg_credibility,
  count(*) filter (where result.quality = 'high') as high_quality_count,
  count(*) filter (where result.quality = 'medium') as medium_quality_count,
  count(*) filter (where result.quality = 'low') as low_quality_count,
  count(*) filter (where result.quality = 'unreliable') as unreliable_count,
  count(distinct result.domain) as unique_domains,
  count(distinct result.source_type) as unique_source_types,
  array_agg(distinct result.provider) as providers_used
from search_results as result
group by result.query_id;

comment on view result_quality_analysis is 'Questions that have results: how many, how good, from how many sources.';
comment on column result_quality_analysis.query_id is 'The question.';
comment on column result_quality_analysis.total_results is 'Its results.';
comment on column result_quality_analysis.avg_relevance is 'Their mean relevance, 0 to 1.';
comment on column result_quality_analysis.avg_credibility is 'Their mean credibility, 0 to 1.';
comment on column result_quality_analysis.high_quality_count is 'Results of high quality.';
comment on column result_quality_analysis.medium_quality_count is 'Results of medium quality.';
comment on column result_quality_analysis.low_quality_count is 'Results of low quality.';
comment on column result_quality_analysis.unreliable_count is 'Unreliable results.';
comment on column result_quality_analysis.unique_domains is 'Hosts they are from.';
comment on column result_quality_analysis.unique_source_types is 'Kinds of sources they are from.';
comment on column result_quality_analysis.providers_used is 'Providers that found them.';

-- ---------------------------------------------------------------------------------------------------------------
-- Verification

create table verification_requests (
  id uuid not null default gen_random_uuid(),
  content text not null,
  source text, -- null: unknown
  context text, -- null: none
  priority varchar(20) not null default 'medium',
  priority_rank smallint not null generated always as (
    case priority when 'critical' then 4 when 'high' then 3 when 'medium' then 2 else 1 end
  ) stored,
  timeout_ms bigint not null default 30000,
  verification_types text[] not null default '{}',
  metadata jsonb not null default '{}',
  status varchar(20) not null default 'pending',
  created_at timestamptz not null default now(),
  started_at timestamptz, -- null: not started
  completed_at timestamptz, -- null: not over
  processing_time_ms bigint, -- null: not over
  error_message text, -- null: no error
  error_code varchar(50), -- null: no error
  retry_count integer not null default 0,
  max_retries integer not null default 3,
  cache_key varchar(128), -- null: not to be cached
  content_vector tsvector not null generated always as (
    setweight(to_tsvector('english', left(content, 100000)), 'A')
    || setweight(to_tsvector('english', left(coalesce(context, ''), 10000)), 'B')
  ) stored,
  constraint verification_requests_pkey primary key (id),
  constraint verification_requests_cache_key_unique unique (cache_key),
  constraint verification_requests_content_check check (length(content) > 0),
  constraint verification_requests_priority_check check (priority in ('low', 'medium', 'high', 'critical')),
  constraint verification_requests_timeout_ms_check check (timeout_ms > 0),
  constraint verification_requests_metadata_check check (jsonb_typeof(metadata) = 'object'),
  constraint verification_requests_status_check
    check (status in ('pending', 'processing', 'completed', 'failed', 'cancelled')),
  constraint verification_requests_processing_time_ms_check check (processing_time_ms >= 0),
  constraint verification_requests_retry_count_check check (retry_count >= 0),
  constraint verification_requests_max_retries_check check (max_retries >= 0)
);

create index idx_verification_requests_status on verification_requests (status);
-- By rank and not by name: as texts, medium > low > high > critical.
create index idx_verification_requests_priority on verification_requests (priority_rank desc, created_at);
create index idx_verification_requests_created_at on verification_requests (created_at desc);
-- As text: PostgreSQL writes a list of varchar another way each time it reads it back, and 007 makes the index again.
create index idx_verification_requests_active on verification_requests (priority_rank desc, created_at)
  where status::text in ('pending', 'processing');
create index idx_verification_requests_fts on verification_requests using gin (content_vector);

comment on table verification_requests is 'Claims that are to be verified.';
comment on column verification_requests.id is 'Identifier.';
comment on column verification_requests.content is 'The claim.';
comment on column verification_requests.source is 'Where it is from; null when unknown.';
comment on column verification_requests.context is 'What it was said in; null when unknown.';
comment on column verification_requests.priority is 'low, medium, high or critical; to sort, take priority_rank.';
comment on column verification_requests.priority_rank is 'The priority as a number: 1 low, 2 medium, 3 high, 4 critical.';
comment on column verification_requests.timeout_ms is 'How long the verification may take, in ms.';
comment on column verification_requests.verification_types is 'Methods that are wanted; none for all that are enabled.';
comment on column verification_requests.metadata is 'Further facts, a JSON object.';
comment on column verification_requests.status is 'pending, processing, completed, failed or cancelled.';
comment on column verification_requests.created_at is 'When it was asked.';
comment on column verification_requests.started_at is 'When work began; null until then.';
comment on column verification_requests.completed_at is 'When it ended; null until then.';
comment on column verification_requests.processing_time_ms is 'How long it took, in ms; null until it ended.';
comment on column verification_requests.error_message is 'Why it failed; null when it did not.';
comment on column verification_requests.error_code is 'The same as a code; null when it did not fail.';
comment on column verification_requests.retry_count is 'Attempts after the first.';
comment on column verification_requests.max_retries is 'Most attempts after the first.';
comment on column verification_requests.cache_key is 'What its result is kept by; null when it is not to be kept.';
comment on column verification_requests.content_vector is 'Lexemes of the claim''s first 100 000 characters (A) and of the context (B).';

create table verification_results (
  id uuid not null default gen_random_uuid(),
  request_id uuid not null,
  verdict varchar(30) not null,
  confidence numeric(3, 2) not null,
  reasoning text[] not null default '{}',
  supporting_evidence jsonb not null default '[]',
  contradictory_evidence jsonb not null default '[]',
  verification_methods jsonb not null default '[]',
  processing_time_ms bigint not null,
  created_at timestamptz not null default now(),
  evidence_quality_score numeric(3, 2), -- null: without evidence
  consensus_strength numeric(3, 2), -- null: only one method said something
  uncertainty_bounds jsonb, -- null: not estimated
  error_message text, -- null: no error
  error_code varchar(50), -- null: no error
  verified_by varchar(100), -- null: unknown
  verification_version varchar(20), -- null: unknown
  result_hash varchar(64), -- null: not computed
  cache_expiry timestamptz, -- null: not to be cached
  constraint verification_results_pkey primary key (id),
  constraint verification_results_result_hash_unique unique (result_hash),
  constraint verification_results_request_id_fkey
    foreign key (request_id) references verification_requests (id) on delete cascade,
  constraint verification_results_verdict_check check (
    verdict in (
      'verified_true', 'verified_false', 'partially_true', 'unverified', 'contradictory', 'insufficient_data'
    )
  ),
  constraint verification_results_confidence_check check (confidence between 0 and 1),
  constraint verification_results_supporting_evidence_check check (jsonb_typeof(supporting_evidence) = 'array'),
  constraint verification_results_contradictory_evidence_check check (jsonb_typeof(contradictory_evidence) = 'array'),
  constraint verification_results_verification_methods_check check (jsonb_typeof(verification_methods) = 'array'),
  constraint verification_results_processing_time_ms_check check (processing_time_ms >= 0),
  constraint verification_results_evidence_quality_score_check check (evidence_quality_score between 0 and 1),
  constraint verification_results_consensus_strength_check check (consensus_strength between 0 and 1),
  constraint verification_results_uncertainty_bounds_check check (jsonb_typeof(uncertainty_bounds) = 'object'),
  constraint verification_results_result_hash_check check (result_hash ~ '^[0-9a-f]{64}$')
);

create index idx_verification_results_request_id on verification_results (request_id);
create index idx_verification_results_verdict on verification_results (verdict);
create index idx_verification_results_confidence on verification_results (confidence desc);
create index idx_verification_results_created_at on verification_results (created_at desc);
create index idx_verification_results_cache_expiry on verification_results (cache_expiry)
  where cache_expiry is not null;

comment on table verification_results is 'What came of verifying a claim.';
comment on column verification_results.id is 'Identifier.';
comment on column verification_results.request_id is 'Request it answers; the results go with it.';
comment on column verification_results.verdict is
  'verified_true, verified_false, partially_true, unverified, contradictory or insufficient_data.';
comment on column verification_results.confidence is 'Confidence in the verdict, 0 to 1.';
comment on column verification_results.reasoning is 'Steps to the verdict.';
comment on column verification_results.supporting_evidence is 'Evidence for the claim, a JSON array.';
comment on column verification_results.contradictory_evidence is 'Evidence against it, a JSON array.';
comment on column verification_results.verification_methods is 'What each method said, a JSON array.';
comment on column verification_results.processing_time_ms is 'How long it took, in ms.';
comment on column verification_results.created_at is 'When the row was made.';
comment on column verification_results.evidence_quality_score is 'Quality of the evidence, 0 to 1; null without any.';
comment on column verification_results.consensus_strength is 'How far the methods agree, 0 to 1; null when only one spoke.';
comment on column verification_results.uncertainty_bounds is 'Bounds of the confidence, a JSON object; null when not estimated.';
comment on column verification_results.error_message is 'What went wrong; null when nothing did.';
comment on column verification_results.error_code is 'The same as a code; null when nothing went wrong.';
comment on column verification_results.verified_by is 'Who verified; null when unknown.';
comment on column verification_results.verification_version is 'Version of who verified; null when unknown.';
comment on column verification_results.result_hash is 'SHA-256 of the result in hex; null when not computed.';
comment on column verification_results.cache_expiry is 'Until when the result may be used again; null when it may not.';

create table verification_methods (
  id uuid not null default gen_random_uuid(),
  method_type varchar(30) not null,
  enabled boolean not null default true,
  priority integer not null default 1,
  timeout_ms bigint not null default 10000,
  config jsonb not null default '{}',
  last_used_at timestamptz, -- null: never used
  total_requests bigint not null default 0,
  successful_requests bigint not null default 0,
  failed_requests bigint not null default 0,
  average_processing_time_ms numeric(8, 2), -- null: never used
  last_error_message text, -- null: no error yet
  last_error_at timestamptz, -- null: no error yet
  accuracy_rate numeric(5, 4), -- null, here and below: not compared with known claims
  false_positive_rate numeric(5, 4),
  precision_rate numeric(5, 4),
  recall_rate numeric(5, 4),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version varchar(20) not null default '1.0.0',
  constraint verification_methods_pkey primary key (id),
  constraint verification_methods_method_type_unique unique (method_type),
  constraint verification_methods_method_type_check check (
    method_type in (
      'fact_checking',
      'source_credibility',
      'cross_reference',
      'consistency_check',
      'logical_validation',
      'statistical_validation',
      'insufficient_data'
    )
  ),
  constraint verification_methods_priority_check check (priority between 1 and 10),
  constraint verification_methods_timeout_ms_check check (timeout_ms > 0),
  constraint verification_methods_config_check check (jsonb_typeof(config) = 'object'),
  constraint verification_methods_total_requests_check check (total_requests >= 0),
  constraint verification_methods_successful_requests_check check (successful_requests >= 0),
  constraint verification_methods_failed_requests_check check (failed_requests >= 0),
  constraint verification_methods_average_processing_time_ms_check
    check (average_processing_time_ms >= 0 and average_processing_time_ms < 'NaN'),
  constraint verification_methods_accuracy_rate_check check (accuracy_rate between 0 and 1),
  constraint verification_methods_false_positive_rate_check check (false_positive_rate between 0 and 1),
  constraint verification_methods_precision_rate_check check (precision_rate between 0 and 1),
  constraint verification_methods_recall_rate_check check (recall_rate between 0 and 1)
);

create trigger update_verification_methods_updated_at
before update on verification_methods
for each row execute function update_updated_at_column();

insert into verification_methods (method_type, enabled, priority, timeout_ms, config)
values
  ('fact_checking', true, 1, 10000, '{"providers": ["google_fact_check", "snopes", "factcheck_org"]}'),
  ('source_credibility', true, 2, 5000, '{"credibility_database": "media_bias_fact_check"}'),
  ('cross_reference', true, 3, 15000, '{"max_sources": 5, "min_consensus": 0.7}'),
  ('consistency_check', true, 4, 8000, '{"logic_engine": "default"}'),
  ('logical_validation', true, 5, 12000, '{"reasoning_engine": "symbolic"}'),
  ('statistical_validation', true, 6, 10000, '{"statistical_tests": ["chi_square", "correlation", "significance"]}'),
  ('insufficient_data', false, 10, 1000, '{}');

comment on table verification_methods is 'Ways to verify a claim: settings, and how they did so far.';
comment on column verification_methods.id is 'Identifier.';
comment on column verification_methods.method_type is 'One of seven; insufficient_data is what remains when none can say anything.';
comment on column verification_methods.enabled is 'Whether it may be used.';
comment on column verification_methods.priority is '1 to 10; 1 is tried first.';
comment on column verification_methods.timeout_ms is 'How long it may take, in ms.';
comment on column verification_methods.config is 'Settings, a JSON object.';
comment on column verification_methods.last_used_at is 'When it was last used; null before.';
comment on column verification_methods.total_requests is 'Requests so far.';
comment on column verification_methods.successful_requests is 'Those that came to an end.';
comment on column verification_methods.failed_requests is 'Those that failed.';
comment on column verification_methods.average_processing_time_ms is 'Mean time in ms; null before the first.';
comment on column verification_methods.last_error_message is 'The last error; null before the first.';
comment on column verification_methods.last_error_at is 'When it was; null before the first.';
comment on column verification_methods.accuracy_rate is
  'Part of the verdicts that were right, 0 to 1, against known claims; null until measured. Not the part that came to an end.';
comment on column verification_methods.false_positive_rate is 'Part of the false claims that it took for true, 0 to 1; null until measured.';
comment on column verification_methods.precision_rate is 'Part of what it took for true that was, 0 to 1; null until measured.';
comment on column verification_methods.recall_rate is 'Part of the true claims that it took for true, 0 to 1; null until measured.';
comment on column verification_methods.created_at is 'When the row was made.';
comment on column verification_methods.updated_at is 'When the row last changed.';
comment on column verification_methods.version is 'Version of the method.';

create table verification_evidence (
  id uuid not null default gen_random_uuid(),
  result_id uuid not null,
  request_id uuid not null,
  source_url text, -- null, here and below: unknown
  source_title text,
  source_publisher varchar(255),
  content_excerpt text,
  content_hash varchar(64), -- null: not computed
  relevance_score numeric(3, 2) not null,
  credibility_score numeric(3, 2) not null,
  supporting_claim boolean not null,
  evidence_type varchar(30) not null default 'general',
  publish_date timestamptz, -- null: unknown
  access_date timestamptz not null default now(),
  verification_method varchar(30), -- null: not found by a method
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  content_vector tsvector not null generated always as (
    setweight(to_tsvector('english', left(coalesce(content_excerpt, ''), 100000)), 'A')
    || setweight(to_tsvector('english', left(coalesce(source_title, ''), 10000)), 'B')
  ) stored,
  constraint verification_evidence_pkey primary key (id),
  constraint verification_evidence_result_id_fkey
    foreign key (result_id) references verification_results (id) on delete cascade,
  constraint verification_evidence_request_id_fkey
    foreign key (request_id) references verification_requests (id) on delete cascade,
  constraint verification_evidence_content_hash_check check (content_hash ~ '^[0-9a-f]{64}$'),
  constraint verification_evidence_relevance_score_check check (relevance_score between 0 and 1),
  constraint verification_evidence_credibility_score_check check (credibility_score between 0 and 1),
  constraint verification_evidence_evidence_type_check
    check (evidence_type in ('factual', 'statistical', 'testimonial', 'logical', 'anecdotal', 'general')),
  constraint verification_evidence_verification_method_check check (
    verification_method in (
      'fact_checking',
      'source_credibility',
      'cross_reference',
      'consistency_check',
      'logical_validation',
      'statistical_validation',
      'insufficient_data'
    )
  ),
  constraint verification_evidence_metadata_check check (jsonb_typeof(metadata) = 'object')
);

create index idx_verification_evidence_result_id on verification_evidence (result_id);
create index idx_verification_evidence_request_id on verification_evidence (request_id);
create index idx_verification_evidence_relevance on verification_evidence (relevance_score desc);
create index idx_verification_evidence_credibility on verification_evidence (credibility_score desc);
create index idx_verification_evidence_method on verification_evidence (verification_method);
create index idx_verification_evidence_content_hash on verification_evidence (content_hash);
create index idx_verification_evidence_publish_date on verification_evidence (publish_date desc);
create index idx_verification_evidence_fts on verification_evidence using gin (content_vector);

comment on table verification_evidence is 'Pieces of evidence that a verdict rests on.';
comment on column verification_evidence.id is 'Identifier.';
comment on column verification_evidence.result_id is 'Result it is part of; the evidence goes with it.';
comment on column verification_evidence.request_id is 'Request that result answers; the evidence goes with it.';
comment on column verification_evidence.source_url is 'Where the source is; null when unknown.';
comment on column verification_evidence.source_title is 'Title of the source; null when unknown.';
comment on column verification_evidence.source_publisher is 'Who published it; null when unknown.';
comment on column verification_evidence.content_excerpt is 'What the source says; null when unknown.';
comment on column verification_evidence.content_hash is 'SHA-256 of the source''s content in hex; null when not computed.';
comment on column verification_evidence.relevance_score is 'How far it is about the claim, 0 to 1.';
comment on column verification_evidence.credibility_score is 'How far the source can be trusted, 0 to 1.';
comment on column verification_evidence.supporting_claim is 'Whether it speaks for the claim; false: against it.';
comment on column verification_evidence.evidence_type is 'factual, statistical, testimonial, logical, anecdotal or general.';
comment on column verification_evidence.publish_date is 'When the source was published; null when unknown.';
comment on column verification_evidence.access_date is 'When the source was read.';
comment on column verification_evidence.verification_method is 'Method that found it; null when none did.';
comment on column verification_evidence.metadata is 'Further facts, a JSON object.';
comment on column verification_evidence.created_at is 'When the row was made.';
comment on column verification_evidence.content_vector is 'Lexemes of the excerpt''s first 100 000 characters (A) and of the title (B).';

create table verification_cache (
  id uuid not null default gen_random_uuid(),
  cache_key varchar(128) not null,
  request_hash varchar(64) not null,
  result_data jsonb not null,
  result_hash varchar(64) not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  access_count integer not null default 0,
  last_accessed_at timestamptz not null default now(),
  size_bytes integer not null,
  compression_ratio numeric(3, 2) not null default 1.0,
  request_count integer not null default 1,
  average_confidence numeric(3, 2), -- null: not computed
  cache_hit_rate numeric(3, 2) not null default 1.0,
  constraint verification_cache_pkey primary key (id),
  constraint verification_cache_cache_key_unique unique (cache_key),
  constraint verification_cache_request_hash_unique unique (request_hash),
  constraint verification_cache_cache_key_check check (length(cache_key) > 0),
  constraint verification_cache_request_hash_check check (request_hash ~ '^[0-9a-f]{64}$'),
  constraint verification_cache_result_hash_check check (result_hash ~ '^[0-9a-f]{64}$'),
  constraint verification_cache_access_count_check check (access_count >= 0),
  constraint verification_cache_size_bytes_check check (size_bytes >= 0),
  constraint verification_cache_compression_ratio_check check (compression_ratio > 0 and compression_ratio < 'NaN'),
  constraint verification_cache_request_count_check check (request_count >= 0),
  constraint verification_cache_average_confidence_check check (average_confidence between 0 and 1),
  constraint verification_cache_cache_hit_rate_check check (cache_hit_rate between 0 and 1)
);

create index idx_verification_cache_expires on verification_cache (expires_at);
create index idx_verification_cache_access on verification_cache (last_accessed_at desc, access_count desc);

comment on table verification_cache is 'Results of verifications that are kept for a while.';
comment on column verification_cache.id is 'Identifier.';
comment on column verification_cache.cache_key is 'What is looked up by.';
comment on column verification_cache.request_hash is 'SHA-256 of the request in hex.';
comment on column verification_cache.result_data is 'The result, any JSON.';
comment on column verification_cache.result_hash is 'SHA-256 of the result in hex.';
comment on column verification_cache.created_at is 'When it was kept.';
comment on column verification_cache.expires_at is 'When it may no longer be used.';
comment on column verification_cache.access_count is 'How often it was used.';
comment on column verification_cache.last_accessed_at is 'When it was last used.';
comment on column verification_cache.size_bytes is 'Size in bytes.';
comment on column verification_cache.compression_ratio is 'Size before compression by size after it.';
comment on column verification_cache.request_count is 'Requests it answers.';
comment on column verification_cache.average_confidence is 'Mean confidence of the results, 0 to 1; null when not computed.';
comment on column verification_cache.cache_hit_rate is 'Part of the look-ups that found it, 0 to 1.';

create view verification_performance with (security_invoker = true) as
select
  result.id,
  result.verdict,
  result.confidence,
  result.processing_time_ms,
  result.created_at,
  request.priority,
  request.status,
  request.retry_count,
  cardinality(result.reasoning) as reasoning_count,
  jsonb_array_length(result.supporting_evidence) as supporting_evidence_count,
  jsonb_array_length(result.contradictory_evidence) as contradictory_evidence_count,
  jsonb_array_length(result.verification_methods) as methods_used
from verification_results as result
join verification_requests as request on request.id = result.request_id;

comment on view verification_performance is 'Results with what is to be known of their requests.';
comment on column verification_performance.id is 'The result.';
comment on column verification_performance.verdict is 'Its verdict.';
comment on column verification_performance.confidence is 'Confidence in the verdict, 0 to 1.';
comment on column verification_performance.processing_time_ms is 'How long it took, in ms.';
comment on column verification_performance.created_at is 'When it was made.';
comment on column verification_performance.priority is 'Priority of the request, as a name.';
comment on column verification_performance.status is 'Status of the request.';
comment on column verification_performance.retry_count is 'Attempts after the first.';
comment on column verification_performance.reasoning_count is 'Steps to the verdict.';
comment on column verification_performance.supporting_evidence_count is 'Pieces of evidence for the claim.';
comment on column verification_performance.contradictory_evidence_count is 'Pieces of evidence against it.';
comment on column verification_performance.methods_used is 'Methods that were used.';

create view method_performance with (security_invoker = true) as
select
  method.method_type,
  method.enabled,
  method.priority,
  method.total_requests,
  method.successful_requests,
  method.failed_requests,
  case when method.total_requests > 0
    then round(100.0 * method.successful_requests / method.total_requests, 2) end as success_rate_percent,
  method.average_processing_time_ms,
  method.accuracy_rate,
  method.false_positive_rate,
  method.last_used_at,
  method.last_error_at
from verification_methods as method;

comment on view method_performance is 'How the ways to verify a claim did so far.';
comment on column method_performance.method_type is 'The method.';
comment on column method_performance.enabled is 'Whether it may be used.';
comment on column method_performance.priority is '1 to 10; 1 is tried first.';
comment on column method_performance.total_requests is 'Requests so far.';
comment on column method_performance.successful_requests is 'Those that came to an end.';
comment on column method_performance.failed_requests is 'Those that failed.';
comment on column method_performance.success_rate_percent is 'Part that came to an end, in percent; null before the first request.';
comment on column method_performance.average_processing_time_ms is 'Mean time in ms; null before the first.';
comment on column method_performance.accuracy_rate is 'Part of the verdicts that were right, 0 to 1; null until measured.';
comment on column method_performance.false_positive_rate is 'Part of the false claims taken for true, 0 to 1; null until measured.';
comment on column method_performance.last_used_at is 'When it was last used; null before.';
comment on column method_performance.last_error_at is 'When it last failed; null before.';

create view evidence_quality_analysis with (security_invoker = true) as
select
  evidence.verification_method,
  count(*) as total_evidence,
  avg(evidence.relevance_score) as avg_relevance,
  avg(evidence.credibility_score) as avg_credibility,
  count(*) filter (where evidence.supporting_claim) as supporting_count,
  count(*) filter (where not evidence.supporting_claim) as contradicting_count,
  count(distinct evidence.result_id) as unique_results,
  min(evidence.access_date) as earliest_evidence,
  max(evidence.access_date) as latest_evidence
from verification_evidence as evidence
group by evidence.verification_method;

comment on view evidence_quality_analysis is 'Methods that found evidence: how much, and how good.';
comment on column evidence_quality_analysis.verification_method is 'The method; null for evidence that none found.';
comment on column evidence_quality_analysis.total_evidence is 'Pieces it found.';
comment on column evidence_quality_analysis.avg_relevance is 'Their mean relevance, 0 to 1.';
comment on column evidence_quality_analysis.avg_credibility is 'Their mean credibility, 0 to 1.';
comment on column evidence_quality_analysis.supporting_count is 'Pieces for a claim.';
comment on column evidence_quality_analysis.contradicting_count is 'Pieces against a claim.';
comment on column evidence_quality_analysis.unique_results is 'Results they are part of.';
comment on column evidence_quality_analysis.earliest_evidence is 'When the first was read.';
comment on column evidence_quality_analysis.latest_evidence is 'When the last was read.';

-- ---------------------------------------------------------------------------------------------------------------
-- The web
--
-- A URL that is a key or in an index has at most 2048 bytes: an entry of an index holds 2704.

create table web_content (
  id uuid not null default gen_random_uuid(),
  url text not null,
  title text not null,
  content text not null,
  html text, -- null: not kept
  content_hash varchar(64) not null,
  quality varchar(20) not null default 'unknown',
  metadata jsonb not null default '{}',
  extraction_type varchar(20) not null,
  extracted_at timestamptz not null default now(),
  cached_until timestamptz not null,
  extraction_time_ms bigint not null,
  content_size_bytes integer not null,
  constraint web_content_pkey primary key (id),
  constraint web_content_content_hash_unique unique (content_hash),
  constraint web_content_url_check check (octet_length(url) between 1 and 2048),
  constraint web_content_content_hash_check check (content_hash ~ '^[0-9a-f]{64}$'),
  constraint web_content_quality_check check (quality in ('high', 'medium', 'low', 'unknown')),
  constraint web_content_metadata_check check (jsonb_typeof(metadata) = 'object'),
  constraint web_content_extraction_type_check
    check (extraction_type in ('full_page', 'main_content', 'specific_element', 'metadata')),
  constraint web_content_extraction_time_ms_check check (extraction_time_ms >= 0),
  constraint web_content_content_size_bytes_check check (content_size_bytes >= 0)
);

create index idx_web_content_url on web_content (url);
create index idx_web_content_extracted_at on web_content (extracted_at desc);
create index idx_web_content_cached_until on web_content (cached_until);

comment on table web_content is 'Pages as they were read.';
comment on column web_content.id is 'Identifier.';
comment on column web_content.url is 'Where the page is, at most 2048 bytes.';
comment on column web_content.title is 'Its title.';
comment on column web_content.content is 'Its text.';
comment on column web_content.html is 'The page itself; null when not kept.';
comment on column web_content.content_hash is 'SHA-256 of the text in hex; a text is kept once.';
comment on column web_content.quality is 'high, medium, low or unknown.';
comment on column web_content.metadata is 'Further facts, a JSON object.';
comment on column web_content.extraction_type is 'What of the page was read: full_page, main_content, specific_element or metadata.';
comment on column web_content.extracted_at is 'When it was read.';
comment on column web_content.cached_until is 'When it has to be read again.';
comment on column web_content.extraction_time_ms is 'How long reading took, in ms.';
comment on column web_content.content_size_bytes is 'Size of the text in bytes.';

create table web_traversals (
  id uuid not null default gen_random_uuid(),
  session_id varchar(64) not null,
  start_url text not null,
  max_depth integer not null default 3,
  max_pages integer not null default 50,
  strategy varchar(20) not null,
  same_domain_only boolean not null default true,
  respect_robots_txt boolean not null default true,
  status varchar(20) not null default 'pending',
  pages_visited integer not null default 0,
  pages_skipped integer not null default 0,
  errors_encountered integer not null default 0,
  max_depth_reached integer not null default 0,
  total_content_bytes bigint not null default 0,
  rate_limit_encounters integer not null default 0,
  started_at timestamptz not null default now(),
  completed_at timestamptz, -- null: not over
  error_message text, -- null: no error
  config_metadata jsonb not null default '{}',
  constraint web_traversals_pkey primary key (id),
  constraint web_traversals_session_id_unique unique (session_id),
  constraint web_traversals_session_id_check check (length(session_id) > 0),
  constraint web_traversals_start_url_check check (octet_length(start_url) between 1 and 2048),
  constraint web_traversals_max_depth_check check (max_depth between 1 and 10),
  constraint web_traversals_max_pages_check check (max_pages >= 1),
  constraint web_traversals_strategy_check check (strategy in ('breadth_first', 'depth_first', 'relevance_based')),
  constraint web_traversals_status_check check (status in ('pending', 'running', 'completed', 'failed')),
  constraint web_traversals_pages_visited_check check (pages_visited >= 0),
  constraint web_traversals_pages_skipped_check check (pages_skipped >= 0),
  constraint web_traversals_errors_encountered_check check (errors_encountered >= 0),
  constraint web_traversals_max_depth_reached_check check (max_depth_reached >= 0),
  constraint web_traversals_total_content_bytes_check check (total_content_bytes >= 0),
  constraint web_traversals_rate_limit_encounters_check check (rate_limit_encounters >= 0),
  constraint web_traversals_config_metadata_check check (jsonb_typeof(config_metadata) = 'object')
);

create index idx_web_traversals_status on web_traversals (status);
create index idx_web_traversals_start_url on web_traversals (start_url);
create index idx_web_traversals_started_at on web_traversals (started_at desc);

comment on table web_traversals is 'Walks from page to page.';
comment on column web_traversals.id is 'Identifier.';
comment on column web_traversals.session_id is 'Name of the walk, chosen by who walks.';
comment on column web_traversals.start_url is 'Where it begins, at most 2048 bytes.';
comment on column web_traversals.max_depth is 'Most links from the start, 1 to 10.';
comment on column web_traversals.max_pages is 'Most pages.';
comment on column web_traversals.strategy is 'breadth_first, depth_first or relevance_based.';
comment on column web_traversals.same_domain_only is 'Whether it stays on the first page''s host.';
comment on column web_traversals.respect_robots_txt is 'Whether it keeps to robots.txt.';
comment on column web_traversals.status is 'pending, running, completed or failed.';
comment on column web_traversals.pages_visited is 'Nodes that are visited; counted by a trigger, as the next three are kept.';
comment on column web_traversals.pages_skipped is 'Nodes that are skipped.';
comment on column web_traversals.errors_encountered is 'Nodes that failed.';
comment on column web_traversals.max_depth_reached is 'Deepest node that was ever visited.';
comment on column web_traversals.total_content_bytes is 'Bytes that were read.';
comment on column web_traversals.rate_limit_encounters is 'How often a host asked to wait.';
comment on column web_traversals.started_at is 'When it began.';
comment on column web_traversals.completed_at is 'When it ended; null until then.';
comment on column web_traversals.error_message is 'Why it failed; null when it did not.';
comment on column web_traversals.config_metadata is 'Further settings, a JSON object.';

create table web_traversal_nodes (
  id uuid not null default gen_random_uuid(),
  traversal_id uuid not null,
  url text not null,
  depth integer not null,
  status varchar(20) not null default 'pending',
  content_id uuid, -- null: not read, or not kept
  parent_id uuid, -- null: the start, or its parent is gone
  link_text text, -- null: the start, or a link without text
  link_type varchar(20), -- null: the start
  discovered_at timestamptz not null default now(),
  visited_at timestamptz, -- null: not visited
  error_message text, -- null: no error
  constraint web_traversal_nodes_pkey primary key (id),
  constraint web_traversal_nodes_traversal_id_fkey
    foreign key (traversal_id) references web_traversals (id) on delete cascade,
  constraint web_traversal_nodes_content_id_fkey
    foreign key (content_id) references web_content (id) on delete set null,
  constraint web_traversal_nodes_parent_id_fkey
    foreign key (parent_id) references web_traversal_nodes (id) on delete set null,
  constraint web_traversal_nodes_url_check check (octet_length(url) between 1 and 2048),
  constraint web_traversal_nodes_depth_check check (depth >= 0),
  constraint web_traversal_nodes_status_check check (status in ('pending', 'visited', 'skipped', 'error')),
  constraint web_traversal_nodes_link_type_check check (link_type in ('internal', 'external'))
);

create index idx_web_traversal_nodes_traversal on web_traversal_nodes (traversal_id, status, depth);
create index idx_web_traversal_nodes_url on web_traversal_nodes (url);
create index idx_web_traversal_nodes_content on web_traversal_nodes (content_id);
create index idx_web_traversal_nodes_parent on web_traversal_nodes (parent_id);

comment on table web_traversal_nodes is 'Pages that a walk came to or will.';
comment on column web_traversal_nodes.id is 'Identifier.';
comment on column web_traversal_nodes.traversal_id is 'Walk it is part of; the nodes go with it.';
comment on column web_traversal_nodes.url is 'Where the page is, at most 2048 bytes.';
comment on column web_traversal_nodes.depth is 'Links from the start.';
comment on column web_traversal_nodes.status is 'pending, visited, skipped or error.';
comment on column web_traversal_nodes.content_id is 'What was read; null before, and when it is gone.';
comment on column web_traversal_nodes.parent_id is 'Node whose page links here; null for the start, and when it is gone.';
comment on column web_traversal_nodes.link_text is 'Text of the link; null without one.';
comment on column web_traversal_nodes.link_type is 'internal or external; null for the start.';
comment on column web_traversal_nodes.discovered_at is 'When the link was found.';
comment on column web_traversal_nodes.visited_at is 'When the page was read; null until then.';
comment on column web_traversal_nodes.error_message is 'Why it failed; null when it did not.';

-- Adds what a statement changed to the counters, once a walk: counting its nodes anew each time would take a walk the
-- square of its length, and two crawlers of one walk would each miss what the other has not committed yet.
create function update_traversal_statistics() returns trigger
language plpgsql
set search_path = pg_catalog, public, pg_temp
as $$
begin
  -- What an operator moves or erases as a whole has been counted.
  if current_user = 'agent_agency_maintenance' then
    return null;
  end if;
  if tg_op in ('UPDATE', 'DELETE') then
    update web_traversals as traversal
    set
      pages_visited = traversal.pages_visited - gone.visited,
      pages_skipped = traversal.pages_skipped - gone.skipped,
      errors_encountered = traversal.errors_encountered - gone.failed
    from (
      select
        node.traversal_id,
        count(*) filter (where node.status = 'visited') as visited,
        count(*) filter (where node.status = 'skipped') as skipped,
        count(*) filter (where node.status = 'error') as failed
      from old_nodes as node
      where node.status <> 'pending'
      group by node.traversal_id
    ) as gone
    where traversal.id = gone.traversal_id;
  end if;

  if tg_op in ('INSERT', 'UPDATE') then
    update web_traversals as traversal
    set
      pages_visited = traversal.pages_visited + come.visited,
      pages_skipped = traversal.pages_skipped + come.skipped,
      errors_encountered = traversal.errors_encountered + come.failed,
      max_depth_reached = greatest(traversal.max_depth_reached, come.deepest)
    from (
      select
        node.traversal_id,
        count(*) filter (where node.status = 'visited') as visited,
        count(*) filter (where node.status = 'skipped') as skipped,
        count(*) filter (where node.status = 'error') as failed,
        max(node.depth) filter (where node.status = 'visited') as deepest
      from new_nodes as node
      where node.status <> 'pending'
      group by node.traversal_id
    ) as come
    where traversal.id = come.traversal_id;
  end if;
  return null;
end
$$;

comment on function update_traversal_statistics() is
  'Trigger: keeps a walk''s counters of visited, skipped and failed nodes, and the depth it reached.';

-- PostgreSQL takes one event a trigger where the trigger sees the changed rows together.
create trigger update_traversal_stats_on_node_insert
after insert on web_traversal_nodes
referencing new table as new_nodes
for each statement execute function update_traversal_statistics();

create trigger update_traversal_stats_on_node_update
after update on web_traversal_nodes
referencing old table as old_nodes new table as new_nodes
for each statement execute function update_traversal_statistics();

create trigger update_traversal_stats_on_node_delete
after delete on web_traversal_nodes
referencing old table as old_nodes
for each statement execute function update_traversal_statistics();

create table web_cache (
  url text not null,
  content_id uuid not null,
  cached_at timestamptz not null default now(),
  expires_at timestamptz not null,
  hit_count integer not null default 0,
  last_accessed timestamptz not null default now(),
  cache_size_bytes integer not null,
  compression_used boolean not null default false,
  constraint web_cache_pkey primary key (url),
  constraint web_cache_content_id_fkey foreign key (content_id) references web_content (id) on delete cascade,
  constraint web_cache_url_check check (octet_length(url) between 1 and 2048),
  constraint web_cache_hit_count_check check (hit_count >= 0),
  constraint web_cache_cache_size_bytes_check check (cache_size_bytes >= 0)
);

create index idx_web_cache_content_id on web_cache (content_id);
create index idx_web_cache_expires_at on web_cache (expires_at);
create index idx_web_cache_last_accessed on web_cache (last_accessed desc);

comment on table web_cache is 'Which content is current for a URL, and until when.';
comment on column web_cache.url is 'The URL, at most 2048 bytes.';
comment on column web_cache.content_id is 'The content; the entry goes with it.';
comment on column web_cache.cached_at is 'When it was kept.';
comment on column web_cache.expires_at is 'When it may no longer be used.';
comment on column web_cache.hit_count is 'How often it was used.';
comment on column web_cache.last_accessed is 'When it was last used.';
comment on column web_cache.cache_size_bytes is 'Size in bytes.';
comment on column web_cache.compression_used is 'Whether it is compressed.';

create function cleanup_expired_web_cache() returns integer
language sql
volatile
parallel unsafe
begin atomic
  with gone as (
    delete from web_cache where expires_at < now() returning url
  )
  select count(*)::integer from gone;
end;

comment on function cleanup_expired_web_cache() is 'Deletes the entries of the web cache that have expired; how many there were.';

create table web_rate_limits (
  domain varchar(255) not null,
  status varchar(20) not null default 'ok',
  requests_in_window integer not null default 0,
  window_start timestamptz not null default now(),
  window_end timestamptz not null,
  backoff_until timestamptz, -- null: no need to wait
  backoff_count integer not null default 0,
  last_request timestamptz not null default now(),
  total_requests bigint not null default 0,
  consecutive_errors integer not null default 0,
  last_error_message text, -- null: no error yet
  last_error_at timestamptz, -- null: no error yet
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint web_rate_limits_pkey primary key (domain),
  constraint web_rate_limits_domain_check check (length(domain) > 0),
  constraint web_rate_limits_status_check check (status in ('ok', 'throttled', 'blocked')),
  constraint web_rate_limits_requests_in_window_check check (requests_in_window >= 0),
  constraint web_rate_limits_window_check check (window_start < window_end),
  constraint web_rate_limits_backoff_count_check check (backoff_count >= 0),
  constraint web_rate_limits_total_requests_check check (total_requests >= 0),
  constraint web_rate_limits_consecutive_errors_check check (consecutive_errors >= 0)
);

create index idx_web_rate_limits_backoff on web_rate_limits (backoff_until);
create index idx_web_rate_limits_window_end on web_rate_limits (window_end);

create trigger update_web_rate_limits_updated_at
before update on web_rate_limits
for each row execute function update_updated_at_column();

comment on table web_rate_limits is 'How much more may be asked of a host.';
comment on column web_rate_limits.domain is 'The host.';
comment on column web_rate_limits.status is 'ok, throttled or blocked.';
comment on column web_rate_limits.requests_in_window is 'Requests in the window.';
comment on column web_rate_limits.window_start is 'Start of the window.';
comment on column web_rate_limits.window_end is 'End of the window, after its start.';
comment on column web_rate_limits.backoff_until is 'Until when to wait; null when there is no need.';
comment on column web_rate_limits.backoff_count is 'How often in a row one had to wait.';
comment on column web_rate_limits.last_request is 'When the host was last asked.';
comment on column web_rate_limits.total_requests is 'Requests so far.';
comment on column web_rate_limits.consecutive_errors is 'Errors since the last success.';
comment on column web_rate_limits.last_error_message is 'The last error; null before the first.';
comment on column web_rate_limits.last_error_at is 'When it was; null before the first.';
comment on column web_rate_limits.created_at is 'When the row was made.';
comment on column web_rate_limits.updated_at is 'When the row last changed.';

create table web_extraction_metrics (
  id uuid not null default gen_random_uuid(),
  content_id uuid not null,
  total_time_ms bigint not null,
  fetch_time_ms bigint not null,
  parse_time_ms bigint not null,
  sanitize_time_ms bigint not null,
  status_code integer not null,
  content_type varchar(100), -- null: the host did not say
  content_length integer, -- null: the host did not say
  redirect_count integer not null default 0,
  ssl_verified boolean not null,
  malicious_detected boolean not null default false,
  sanitization_applied boolean not null default false,
  extracted_at timestamptz not null default now(),
  constraint web_extraction_metrics_pkey primary key (id),
  constraint web_extraction_metrics_content_id_fkey
    foreign key (content_id) references web_content (id) on delete cascade,
  constraint web_extraction_metrics_total_time_ms_check check (total_time_ms >= 0),
  constraint web_extraction_metrics_fetch_time_ms_check check (fetch_time_ms >= 0),
  constraint web_extraction_metrics_parse_time_ms_check check (parse_time_ms >= 0),
  constraint web_extraction_metrics_sanitize_time_ms_check check (sanitize_time_ms >= 0),
  constraint web_extraction_metrics_status_code_check check (status_code between 100 and 599),
  constraint web_extraction_metrics_content_length_check check (content_length >= 0),
  constraint web_extraction_metrics_redirect_count_check check (redirect_count >= 0)
);

create index idx_web_extraction_metrics_content on web_extraction_metrics (content_id);
create index idx_web_extraction_metrics_extracted_at on web_extraction_metrics (extracted_at desc);
create index idx_web_extraction_metrics_total_time on web_extraction_metrics (total_time_ms);
create index idx_web_extraction_metrics_status_code on web_extraction_metrics (status_code);

comment on table web_extraction_metrics is 'How reading a page went.';
comment on column web_extraction_metrics.id is 'Identifier.';
comment on column web_extraction_metrics.content_id is 'What was read; the metrics go with it.';
comment on column web_extraction_metrics.total_time_ms is 'How long it took, in ms.';
comment on column web_extraction_metrics.fetch_time_ms is 'Of that, fetching.';
comment on column web_extraction_metrics.parse_time_ms is 'Of that, parsing.';
comment on column web_extraction_metrics.sanitize_time_ms is 'Of that, taking out what could do harm.';
comment on column web_extraction_metrics.status_code is 'Status code of HTTP.';
comment on column web_extraction_metrics.content_type is 'Content-Type; null when the host did not say.';
comment on column web_extraction_metrics.content_length is 'Content-Length in bytes; null when the host did not say.';
comment on column web_extraction_metrics.redirect_count is 'Redirections.';
comment on column web_extraction_metrics.ssl_verified is 'Whether the host''s certificate was verified.';
comment on column web_extraction_metrics.malicious_detected is 'Whether something that does harm was found.';
comment on column web_extraction_metrics.sanitization_applied is 'Whether it was taken out.';
comment on column web_extraction_metrics.extracted_at is 'When it was.';

create view web_cache_performance with (security_invoker = true) as
select
  count(*) as total_entries,
  coalesce(sum(entry.hit_count), 0) as total_hits,
  avg(entry.hit_count) as avg_hits_per_entry,
  coalesce(sum(entry.cache_size_bytes), 0) as total_cache_size_bytes,
  count(*) filter (where entry.expires_at >= now()) as active_entries,
  count(*) filter (where entry.expires_at < now()) as expired_entries,
  count(*) filter (where entry.last_accessed > now() - interval '1 hour') as entries_accessed_last_hour,
  count(*) filter (where entry.last_accessed > now() - interval '6 hours') as entries_accessed_last_6hours,
  count(*) filter (where entry.last_accessed > now() - interval '12 hours') as entries_accessed_last_12hours,
  count(*) filter (where entry.last_accessed > now() - interval '24 hours') as entries_accessed_last_24hours
from web_cache as entry;

comment on view web_cache_performance is 'The web cache as a whole, one row.';
comment on column web_cache_performance.total_entries is 'Entries.';
comment on column web_cache_performance.total_hits is 'How often they were used.';
comment on column web_cache_performance.avg_hits_per_entry is 'How often on average; null without entries.';
comment on column web_cache_performance.total_cache_size_bytes is 'Size of all in bytes.';
comment on column web_cache_performance.active_entries is 'Entries that may be used.';
comment on column web_cache_performance.expired_entries is 'Entries that cleanup_expired_web_cache() would delete.';
comment on column web_cache_performance.entries_accessed_last_hour is 'Entries used in the last hour.';
comment on column web_cache_performance.entries_accessed_last_6hours is 'Entries used in the last 6 hours.';
comment on column web_cache_performance.entries_accessed_last_12hours is 'Entries used in the last 12 hours.';
comment on column web_cache_performance.entries_accessed_last_24hours is 'Entries used in the last 24 hours.';

create view web_extraction_performance with (security_invoker = true) as
select
  date_trunc('hour', metric.extracted_at, 'UTC') as hour,
  count(*) as extractions_count,
  avg(metric.total_time_ms) as avg_total_time_ms,
  percentile_cont(0.50) within group (order by metric.total_time_ms) as p50_total_time_ms,
  percentile_cont(0.95) within group (order by metric.total_time_ms) as p95_total_time_ms,
  percentile_cont(0.99) within group (order by metric.total_time_ms) as p99_total_time_ms,
  avg(metric.fetch_time_ms) as avg_fetch_time_ms,
  avg(metric.parse_time_ms) as avg_parse_time_ms,
  avg(metric.sanitize_time_ms) as avg_sanitize_time_ms,
  count(*) filter (where metric.malicious_detected) as malicious_detected_count,
  count(*) filter (where metric.status_code >= 400) as error_responses_count
from web_extraction_metrics as metric
group by date_trunc('hour', metric.extracted_at, 'UTC');

comment on view web_extraction_performance is 'Reading of pages by hour.';
comment on column web_extraction_performance.hour is 'Start of the hour, in UTC whatever the session''s time zone.';
comment on column web_extraction_performance.extractions_count is 'Pages that were read.';
comment on column web_extraction_performance.avg_total_time_ms is 'Mean time in ms.';
comment on column web_extraction_performance.p50_total_time_ms is 'Median time in ms.';
comment on column web_extraction_performance.p95_total_time_ms is 'Time that 95 % stay below, in ms.';
comment on column web_extraction_performance.p99_total_time_ms is 'Time that 99 % stay below, in ms.';
comment on column web_extraction_performance.avg_fetch_time_ms is 'Mean time of fetching, in ms.';
comment on column web_extraction_performance.avg_parse_time_ms is 'Mean time of parsing, in ms.';
comment on column web_extraction_performance.avg_sanitize_time_ms is 'Mean time of taking out what could do harm, in ms.';
comment on column web_extraction_performance.malicious_detected_count is 'Pages with something that does harm.';
comment on column web_extraction_performance.error_responses_count is 'Answers with a status code from 400 on.';

create view web_traversal_analysis with (security_invoker = true) as
select
  traversal.id,
  traversal.session_id,
  traversal.start_url,
  traversal.strategy,
  traversal.status,
  traversal.pages_visited,
  traversal.pages_skipped,
  traversal.errors_encountered,
  traversal.max_depth_reached,
  traversal.total_content_bytes,
  traversal.rate_limit_encounters,
  extract(epoch from traversal.completed_at - traversal.started_at) * 1000 as duration_ms,
  traversal.started_at,
  traversal.completed_at
from web_traversals as traversal;

comment on view web_traversal_analysis is 'Walks, with how long they took.';
comment on column web_traversal_analysis.id is 'The walk.';
comment on column web_traversal_analysis.session_id is 'Its name.';
comment on column web_traversal_analysis.start_url is 'Where it begins.';
comment on column web_traversal_analysis.strategy is 'In which order it goes on.';
comment on column web_traversal_analysis.status is 'Its status.';
comment on column web_traversal_analysis.pages_visited is 'Nodes that are visited.';
comment on column web_traversal_analysis.pages_skipped is 'Nodes that are skipped.';
comment on column web_traversal_analysis.errors_encountered is 'Nodes that failed.';
comment on column web_traversal_analysis.max_depth_reached is 'Deepest node that was ever visited.';
comment on column web_traversal_analysis.total_content_bytes is 'Bytes that were read.';
comment on column web_traversal_analysis.rate_limit_encounters is 'How often a host asked to wait.';
comment on column web_traversal_analysis.duration_ms is 'How long it took, in ms; null until it ended.';
comment on column web_traversal_analysis.started_at is 'When it began.';
comment on column web_traversal_analysis.completed_at is 'When it ended; null until then.';

create view web_rate_limit_status with (security_invoker = true) as
select
  host.domain,
  host.status,
  host.requests_in_window,
  host.backoff_until,
  host.backoff_count,
  host.consecutive_errors,
  host.total_requests,
  host.last_request,
  greatest(extract(epoch from host.backoff_until - now()), 0) as seconds_until_backoff_expires
from web_rate_limits as host
where host.status <> 'ok' or host.backoff_until > now();

comment on view web_rate_limit_status is 'Hosts that one has to be careful with.';
comment on column web_rate_limit_status.domain is 'The host.';
comment on column web_rate_limit_status.status is 'ok, throttled or blocked.';
comment on column web_rate_limit_status.requests_in_window is 'Requests in the window.';
comment on column web_rate_limit_status.backoff_until is 'Until when to wait; null when there is no need.';
comment on column web_rate_limit_status.backoff_count is 'How often in a row one had to wait.';
comment on column web_rate_limit_status.consecutive_errors is 'Errors since the last success.';
comment on column web_rate_limit_status.total_requests is 'Requests so far.';
comment on column web_rate_limit_status.last_request is 'When the host was last asked.';
comment on column web_rate_limit_status.seconds_until_backoff_expires is 'Seconds to wait, 0 when there is no need.';
