-- The schema after the newest migration, as pg_dump 17 writes it.
-- `pnpm run generate-schema` in migrations writes this file: do not edit it. Databases are made by the migrations; this
-- is what they amount to, to be read in a review.
-- Left out: comments, which docs/database/SCHEMA-DOCUMENTATION.md has; settings; and the owner of what belongs to
-- agent_agency_owner, as everything does whose owner is not said.

CREATE SCHEMA app;

CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;

CREATE TYPE app.federated_estimate AS (
	means numeric[],
	half_width numeric
);

CREATE TYPE public.privacy_level AS ENUM (
    'basic',
    'differential',
    'secure'
);

CREATE TYPE app.federated_settings AS (
	privacy_level public.privacy_level,
	method text,
	topic_keys text[],
	lower numeric,
	upper numeric,
	resolution numeric,
	dimensions integer,
	epsilon numeric,
	rounds integer,
	"trim" numeric,
	max_participants integer,
	insight_days integer
);

CREATE TYPE public.entity_type AS ENUM (
    'CAPABILITY',
    'AGENT',
    'TASK',
    'VERDICT',
    'TECHNOLOGY',
    'CONCEPT',
    'WAIVER',
    'GATE'
);

CREATE TYPE public.isolation_level AS ENUM (
    'strict',
    'shared',
    'federated'
);

CREATE TYPE public.relationship_type AS ENUM (
    'COLLABORATES_WITH',
    'SIMILAR_TO',
    'DERIVED_FROM',
    'VALIDATES',
    'DEPENDS_ON',
    'COMPETES_WITH',
    'INFLUENCES',
    'REPLACES',
    'ENHANCES'
);

CREATE TYPE public.retention_policy AS ENUM (
    'delete',
    'archive',
    'retain'
);

CREATE FUNCTION app.access_log_days(p_data_retention jsonb) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(((p_data_retention ->> 'access_log_days'::text))::integer, 90);

CREATE FUNCTION app.advance_federated_session(p_session_id uuid, p_status text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_session federated_sessions;
  v_is_secure boolean;
  v_missing bigint;
begin
  v_session := app.lock_federated_session(p_session_id, true, true);
  v_is_secure := (app.read_federated_settings(v_session.settings)).privacy_level = 'secure';
  case p_status
    when 'active' then
      perform app.refuse_federated_status(v_session, 'forming');
      if v_is_secure then
        perform app.begin_secure_session(v_session);
      end if;
      v_session.round := 1;
    when 'aggregating' then
      perform app.refuse_federated_status(v_session, 'active');
      if v_is_secure then
        v_missing := app.count_federated_parties(v_session) ^ 2
          * cardinality((app.read_federated_settings(v_session.settings)).topic_keys)
          - (
            select count(*) from federated_shares as share
            where share.initiator_tenant_id = v_session.tenant_id and app.opaque(share.session_id) = v_session.session_id
              and share.round = v_session.round
          );
        perform app.refuse_missing_messages(v_missing);
      end if;
    when 'failed' then
      if v_session.status in ('completed', 'failed') then
        raise exception using errcode = 'AAFST', message = format('the session is %s already', v_session.status);
      end if;
      perform app.forget_federated_round(v_session);
  end case;
  update federated_sessions as session
  set
    status = p_status,
    round = v_session.round,
    completed_at = case p_status when 'failed' then now() end
  where session.tenant_id = v_session.tenant_id and session.session_id = v_session.session_id;
exception when case_not_found then
  raise exception using errcode = '22023', message = 'a session is advanced to active, aggregating, or failed';
end
$$;
ALTER FUNCTION app.advance_federated_session(p_session_id uuid, p_status text) OWNER TO agent_agency_service;

CREATE FUNCTION app.aggregate_federated_round(p_session_id uuid) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_session federated_sessions;
  v_topic text;
  v_tenants text[] := '{}';
  v_releases integer := 0;
begin
  v_session := app.lock_federated_session(p_session_id, true, true);
  perform app.refuse_federated_level(v_session, 'differential');
  perform app.refuse_federated_status(v_session, 'aggregating');
  perform app.drop_unwilling_members(v_session);
  foreach v_topic in array (app.read_federated_settings(v_session.settings)).topic_keys loop
    begin
      v_tenants := v_tenants || app.publish_federated_topic(v_session, v_topic);
      v_releases := v_releases + 1;
    exception when sqlstate 'AAFKA' then
      -- Nothing of this topic is released, and nobody pays for it.
      null;
    end;
  end loop;
  if v_releases = 0 then
    raise exception using
      errcode = 'AAFKA',
      message = 'too few tenants contributed: no topic has as many as the k-anonymity of each of them demands',
      hint = 'Those count that consent, are trusted, and have budget left.';
  end if;
  perform app.end_federated_round(v_session, array(select distinct unnest(v_tenants)), v_releases);
  return v_releases;
end
$$;
ALTER FUNCTION app.aggregate_federated_round(p_session_id uuid) OWNER TO agent_agency_service;

CREATE FUNCTION app.any_word_of(p_text text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (string_agg(DISTINCT quoted.word, ' | '::text))::tsquery AS string_agg
    FROM ((( VALUES (to_tsvector('english'::regconfig, any_word_of.p_text)), (to_tsvector('simple'::regconfig, any_word_of.p_text))) parsed(words)
      CROSS JOIN LATERAL unnest(tsvector_to_array(parsed.words)) lexeme(word))
      CROSS JOIN LATERAL ( SELECT ((''''::text || replace(replace(lexeme.word, '\'::text, '\\'::text), ''''::text, ''''''::text)) || ''''::text) AS word) quoted);
END;

CREATE FUNCTION app.append_provenance_nodes(p_tenant_id text, p_key_id text, p_nodes json) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  insert into caws_provenance_graph (
    tenant_id, seq, previous_hash, id, entity_type, entity_id, parent_ids, parent_hashes, content,
    constitutional_refs, spec_hash, description, evidence_completeness, budget_adherence, gate_integrity,
    provenance_clarity, created_at, signing_key_id, hash_chain, signature
  )
  select
    p_tenant_id, node.seq, node.previous_hash, node.id, node.entity_type, node.entity_id, node.parent_ids,
    node.parent_hashes, node.content, node.constitutional_refs, node.spec_hash, node.description,
    node.evidence_completeness / 100.0, node.budget_adherence / 100.0, node.gate_integrity / 100.0,
    node.provenance_clarity / 100.0,
    -- Of whole days and the rest of the day, without a time zone: a number of microseconds times an interval is computed in
    -- floating point, which is wrong for the far future and past.
    (
      timestamp 'epoch'
      + make_interval(days => (node.created_at_micros / 86400000000)::integer)
      + node.created_at_micros % 86400000000 * interval '1 microsecond'
    ) at time zone 'UTC',
    p_key_id, node.hash_chain, node.signature
  from json_to_recordset(p_nodes) as node (
    seq bigint,
    previous_hash text,
    id uuid,
    entity_type text,
    entity_id text,
    parent_ids uuid[],
    parent_hashes text[],
    content bytea,
    constitutional_refs text[],
    spec_hash text,
    description text,
    evidence_completeness integer,
    budget_adherence integer,
    gate_integrity integer,
    provenance_clarity integer,
    created_at_micros bigint,
    hash_chain text,
    signature text
  )
  order by node.seq;
end
$$;

CREATE FUNCTION app.are_federated_settings(p_settings jsonb) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_types constant jsonb := '{
    "privacy_level": "string", "method": "string", "topic_keys": "array", "lower": "number", "upper": "number",
    "resolution": "number", "dimensions": "number", "epsilon": "number", "rounds": "number", "trim": "number",
    "max_participants": "number", "insight_days": "number"
  }';
  v_settings app.federated_settings;
  v_steps numeric;
begin
  if jsonb_typeof(p_settings) <> 'object'
    or (p_settings - array(select jsonb_object_keys(v_types))) <> '{}'
    or exists (
      select from jsonb_each_text(v_types) as expected
      where jsonb_typeof(p_settings -> expected.key) is distinct from expected.value
        and not coalesce(expected.key in ('epsilon', 'insight_days') and p_settings -> expected.key = 'null', false)
    )
  then
    return false;
  end if;
  if p_settings ->> 'privacy_level' not in ('differential', 'secure')
    or exists (
      select from jsonb_array_elements(p_settings -> 'topic_keys') as topic
      where jsonb_typeof(topic.value) <> 'string' or length(topic.value #>> '{}') not between 1 and 500
    )
    or exists (
      select from unnest(array['dimensions', 'rounds', 'max_participants', 'insight_days']) as whole (key)
      where (p_settings ->> whole.key)::numeric % 1 <> 0 or (p_settings ->> whole.key)::numeric not between 1 and 36500
    )
    or exists (
      select from unnest(array['lower', 'upper', 'resolution']) as bounded (key)
      where abs((p_settings ->> bounded.key)::numeric) > 1e15 or scale((p_settings ->> bounded.key)::numeric) > 15
    )
  then
    return false;
  end if;

  v_settings := app.read_federated_settings(p_settings);
  if v_settings.resolution <= 0 then
    return false;
  end if;
  v_steps := ceil((v_settings.upper - v_settings.lower) / v_settings.resolution);
  return v_steps between 1 and 1000000000
    and cardinality(v_settings.topic_keys) between 1 and 20
    and cardinality(v_settings.topic_keys) = (select count(distinct topic) from unnest(v_settings.topic_keys) as topic)
    and v_settings.dimensions <= 1000
    and v_settings.rounds <= 1000
    and v_settings.max_participants between 2 and 200
    and v_settings.trim >= 0 and v_settings.trim < 0.5
    and (v_settings.epsilon is null or v_settings.epsilon % 0.01 = 0 and v_settings.epsilon between 0.01 and 100)
    and case v_settings.privacy_level
      when 'secure' then v_settings.method = 'sum'
      else
        v_settings.method in ('weighted', 'consensus', 'hybrid')
        and v_settings.epsilon is not null
        and v_steps * v_settings.dimensions <= 10000000
    end;
end
$$;

CREATE FUNCTION app.current_tenant_id() RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant text := nullif(current_setting('app.current_tenant', true), '');
  v_user text := coalesce(current_setting('app.current_user', true), '');
  v_session text := coalesce(current_setting('app.current_session', true), '');
  -- key id . expiry in seconds since 1970 . HMAC-SHA256 in hex
  v_signature text[] := string_to_array(current_setting('app.context_signature', true), '.');
  v_mac text;
  v_suspended_at timestamptz;
begin
  if v_tenant is null or cardinality(v_signature) is distinct from 3 then
    return null;
  end if;

  -- Each field after its length, so that fields cannot run into each other. Written out: six calls of a function for it
  -- take three times as long as all the rest.
  select encode(
    sha256(key.outer_block || sha256(
      key.inner_block
      || int4send(octet_length('agent-agency.context.v1')) || convert_to('agent-agency.context.v1', 'UTF8')
      || int4send(octet_length(v_signature[1])) || convert_to(v_signature[1], 'UTF8')
      || int4send(octet_length(v_tenant)) || convert_to(v_tenant, 'UTF8')
      || int4send(octet_length(v_user)) || convert_to(v_user, 'UTF8')
      || int4send(octet_length(v_session)) || convert_to(v_session, 'UTF8')
      || int4send(octet_length(v_signature[2])) || convert_to(v_signature[2], 'UTF8')
    )),
    'hex'
  ), tenant.suspended_at into v_mac, v_suspended_at
  from app.context_keys as key
  left join public.tenants as tenant on tenant.id = v_tenant
  where key.key_id = v_signature[1] and (key.expires_at is null or key.expires_at > now());

  if v_mac is distinct from v_signature[3] then
    return null;
  end if;
  -- The signature covers the expiry, so from here on it is a number that a holder of the key wrote.
  if to_timestamp(v_signature[2]::double precision) <= now() then
    return null;
  end if;
  if v_suspended_at is not null then
    raise exception using
      errcode = 'AATSU',
      message = 'the tenant is suspended',
      hint = 'An operator can resume it: agency-db tenant resume.';
  end if;
  return v_tenant;
end
$$;
ALTER FUNCTION app.current_tenant_id() OWNER TO agent_agency_service;

CREATE TABLE public.federated_sessions (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    session_id uuid DEFAULT gen_random_uuid() NOT NULL,
    topic character varying(500) NOT NULL,
    status character varying(20) DEFAULT 'forming'::character varying NOT NULL,
    round integer DEFAULT 0 NOT NULL,
    privacy_metrics jsonb DEFAULT '{}'::jsonb NOT NULL,
    convergence_score numeric(5,4),
    settings jsonb DEFAULT '{"trim": 0.2, "lower": 0, "upper": 1, "method": "weighted", "rounds": 1, "epsilon": 0.1, "dimensions": 1, "resolution": 0.001, "topic_keys": ["mean"], "insight_days": null, "privacy_level": "differential", "max_participants": 100}'::jsonb NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    completed_at timestamp with time zone,
    CONSTRAINT federated_sessions_completed_at_check CHECK ((((completed_at IS NOT NULL) = ((status)::text = ANY ((ARRAY['completed'::character varying, 'failed'::character varying])::text[]))) AND (completed_at >= started_at))),
    CONSTRAINT federated_sessions_convergence_score_check CHECK (((convergence_score >= (0)::numeric) AND (convergence_score <= (1)::numeric))),
    CONSTRAINT federated_sessions_privacy_metrics_check CHECK ((jsonb_typeof(privacy_metrics) = 'object'::text)),
    CONSTRAINT federated_sessions_round_check CHECK (((round >= 0) AND (((status)::text <> 'forming'::text) OR (round = 0)) AND (((status)::text = ANY ((ARRAY['forming'::character varying, 'failed'::character varying])::text[])) OR (round > 0)))),
    CONSTRAINT federated_sessions_settings_check CHECK (app.are_federated_settings(settings)),
    CONSTRAINT federated_sessions_status_check CHECK (((status)::text = ANY ((ARRAY['forming'::character varying, 'active'::character varying, 'aggregating'::character varying, 'completed'::character varying, 'failed'::character varying])::text[]))),
    CONSTRAINT federated_sessions_topic_check CHECK ((length((topic)::text) > 0))
);
ALTER TABLE ONLY public.federated_sessions ALTER COLUMN topic SET STATISTICS 0;
ALTER TABLE ONLY public.federated_sessions ALTER COLUMN status SET STATISTICS 0;
ALTER TABLE ONLY public.federated_sessions ALTER COLUMN round SET STATISTICS 0;
ALTER TABLE ONLY public.federated_sessions ALTER COLUMN privacy_metrics SET STATISTICS 0;
ALTER TABLE ONLY public.federated_sessions ALTER COLUMN convergence_score SET STATISTICS 0;
ALTER TABLE ONLY public.federated_sessions ALTER COLUMN settings SET STATISTICS 0;
ALTER TABLE ONLY public.federated_sessions ALTER COLUMN started_at SET STATISTICS 1;
ALTER TABLE ONLY public.federated_sessions ALTER COLUMN completed_at SET STATISTICS 1;

ALTER TABLE ONLY public.federated_sessions FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.begin_secure_session(p_session public.federated_sessions) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_parties integer;
begin
  perform app.drop_unwilling_members(p_session);
  -- By lot: when somebody joined is not what others learn from its number.
  update session_participants as member
  set party = lot.number
  from (
    select
      other.participant_tenant_id as id,
      row_number() over (order by gen_random_uuid()) as number
    from session_participants as other
    where other.tenant_id = p_session.tenant_id and other.session_id = p_session.session_id and other.left_at is null
  ) as lot
  where member.tenant_id = p_session.tenant_id and member.session_id = p_session.session_id
    and member.participant_tenant_id = lot.id;
  get diagnostics v_parties = row_count;
  if v_parties < 3 or v_parties < app.strictest_k_anonymity(array(
    select member.participant_tenant_id from session_participants as member
    where member.tenant_id = p_session.tenant_id and member.session_id = p_session.session_id and member.party is not null
  )) then
    raise exception using
      errcode = 'AAFKA',
      message = 'too few tenants for a secure session',
      hint = 'At least 3, as of 2 each learns the other''s value, and as many as the k-anonymity of each demands.';
  end if;
end
$$;
ALTER FUNCTION app.begin_secure_session(p_session public.federated_sessions) OWNER TO agent_agency_service;

CREATE FUNCTION app.begin_tenant_maintenance(p_tenant_id text, p_kind text, p_reason text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_id bigint;
begin
  if app.maintained_tenant() is not null then
    raise exception using
      errcode = '55000',
      message = 'this transaction is for the rows of a tenant already',
      hint = 'Open one transaction for each.';
  end if;
  -- Locked against a second one, and so that the tenant stays.
  perform from tenants as tenant where tenant.id = p_tenant_id for no key update;
  -- One that is imported comes to be in this transaction.
  if not found and p_kind is distinct from 'import' then
    raise exception using errcode = 'AATNF', message = 'there is no such tenant';
  end if;
  insert into app.tenant_maintenance (maintained_tenant_id, kind, reason)
  values (p_tenant_id, p_kind, p_reason)
  returning id into v_id;
  return v_id;
end
$$;
ALTER FUNCTION app.begin_tenant_maintenance(p_tenant_id text, p_kind text, p_reason text) OWNER TO agent_agency_service;

CREATE FUNCTION app.begin_vector_index(p_tenant_id text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  if not exists (select from tenants as tenant where tenant.id = p_tenant_id) then
    raise exception using errcode = 'AATNF', message = 'there is no such tenant';
  end if;
  insert into app.vector_indexes as index (tenant_id, state)
  values (p_tenant_id, 'filling')
  on conflict (tenant_id) do update set state = 'filling' where index.state = 'scanned';
end
$$;
ALTER FUNCTION app.begin_vector_index(p_tenant_id text) OWNER TO agent_agency_service;

CREATE FUNCTION app.text_array_to_text(p_values text[]) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN array_to_string(p_values, ' '::text);

CREATE TABLE public.agent_capabilities_graph (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    agent_id character varying(255) NOT NULL,
    capability_type public.entity_type DEFAULT 'CAPABILITY'::public.entity_type NOT NULL,
    capability_name character varying(500) NOT NULL,
    canonical_name character varying(500) NOT NULL,
    aliases text[] DEFAULT '{}'::text[] NOT NULL,
    confidence numeric(3,2) NOT NULL,
    extraction_confidence numeric(3,2) NOT NULL,
    validation_status character varying(20) DEFAULT 'unvalidated'::character varying NOT NULL,
    validated_by character varying(255),
    validation_reason text,
    validated_at timestamp with time zone,
    embedding public.vector(768),
    embedding_bits bit(768) GENERATED ALWAYS AS (public.binary_quantize(embedding)) STORED,
    source_tasks uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    demonstration_count integer DEFAULT 1 NOT NULL,
    failure_count integer DEFAULT 0 NOT NULL,
    success_rate numeric(4,3) GENERATED ALWAYS AS (round((((demonstration_count - failure_count))::numeric / (GREATEST(demonstration_count, 1))::numeric), 3)) STORED NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    search_vector tsvector GENERATED ALWAYS AS (((setweight(to_tsvector('english'::regconfig, (capability_name)::text), 'A'::"char") || setweight(to_tsvector('english'::regconfig, app.text_array_to_text(aliases)), 'B'::"char")) || setweight(to_tsvector('english'::regconfig, COALESCE((metadata -> 'topics'::text), '[]'::jsonb)), 'C'::"char"))) STORED NOT NULL,
    first_observed timestamp with time zone DEFAULT now() NOT NULL,
    last_updated timestamp with time zone DEFAULT now() NOT NULL,
    last_demonstrated timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT agent_capabilities_graph_canonical_name_check CHECK ((length((canonical_name)::text) > 0)),
    CONSTRAINT agent_capabilities_graph_confidence_check CHECK (((confidence >= 0.7) AND (confidence <= 1.0))),
    CONSTRAINT agent_capabilities_graph_demonstration_count_check CHECK ((demonstration_count > 0)),
    CONSTRAINT agent_capabilities_graph_embedding_check CHECK ((public.cosine_distance(embedding, embedding) < (1)::double precision)),
    CONSTRAINT agent_capabilities_graph_extraction_confidence_check CHECK (((extraction_confidence >= 0.0) AND (extraction_confidence <= 1.0))),
    CONSTRAINT agent_capabilities_graph_failure_count_check CHECK (((failure_count >= 0) AND (failure_count <= demonstration_count))),
    CONSTRAINT agent_capabilities_graph_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT agent_capabilities_graph_observed_check CHECK ((first_observed <= last_demonstrated)),
    CONSTRAINT agent_capabilities_graph_validation_reason_check CHECK ((length(validation_reason) > 0)),
    CONSTRAINT agent_capabilities_graph_validation_status_check CHECK (((validation_status)::text = ANY ((ARRAY['unvalidated'::character varying, 'validated'::character varying, 'rejected'::character varying])::text[])))
)
WITH (toast_tuple_target='8160');
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN capability_type SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN capability_name SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN canonical_name SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN aliases SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN confidence SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN extraction_confidence SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN validation_status SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN validated_by SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN validation_reason SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN validated_at SET STATISTICS 1;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN embedding SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN embedding_bits SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN source_tasks SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN demonstration_count SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN failure_count SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN success_rate SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN search_vector SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN first_observed SET STATISTICS 1;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN last_updated SET STATISTICS 1;
ALTER TABLE ONLY public.agent_capabilities_graph ALTER COLUMN last_demonstrated SET STATISTICS 1;

ALTER TABLE ONLY public.agent_capabilities_graph FORCE ROW LEVEL SECURITY;

CREATE TABLE public.performance_events (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    event_type character varying(50) NOT NULL,
    "timestamp" timestamp with time zone DEFAULT now() NOT NULL,
    agent_id character varying(255),
    task_id character varying(255),
    integrity_hash character varying(128) NOT NULL,
    latency_metrics jsonb,
    accuracy_metrics jsonb,
    resource_metrics jsonb,
    compliance_metrics jsonb,
    cost_metrics jsonb,
    reliability_metrics jsonb,
    context jsonb,
    metadata jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT performance_events_accuracy_metrics_check CHECK ((jsonb_typeof(accuracy_metrics) = 'object'::text)),
    CONSTRAINT performance_events_agent_id_check CHECK ((length((agent_id)::text) > 0)),
    CONSTRAINT performance_events_compliance_metrics_check CHECK ((jsonb_typeof(compliance_metrics) = 'object'::text)),
    CONSTRAINT performance_events_context_check CHECK ((jsonb_typeof(context) = 'object'::text)),
    CONSTRAINT performance_events_cost_metrics_check CHECK ((jsonb_typeof(cost_metrics) = 'object'::text)),
    CONSTRAINT performance_events_event_type_check CHECK (((event_type)::text = ANY ((ARRAY['task_execution_start'::character varying, 'task_execution_complete'::character varying, 'routing_decision'::character varying, 'agent_selection'::character varying, 'constitutional_validation'::character varying, 'evaluation_outcome'::character varying, 'anomaly_detected'::character varying, 'system_load_spike'::character varying])::text[]))),
    CONSTRAINT performance_events_integrity_hash_check CHECK ((length((integrity_hash)::text) > 0)),
    CONSTRAINT performance_events_latency_metrics_check CHECK ((jsonb_typeof(latency_metrics) = 'object'::text)),
    CONSTRAINT performance_events_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT performance_events_reliability_metrics_check CHECK ((jsonb_typeof(reliability_metrics) = 'object'::text)),
    CONSTRAINT performance_events_resource_metrics_check CHECK ((jsonb_typeof(resource_metrics) = 'object'::text)),
    CONSTRAINT performance_events_task_id_check CHECK ((length((task_id)::text) > 0))
);
ALTER TABLE ONLY public.performance_events ALTER COLUMN event_type SET STATISTICS 0;
ALTER TABLE ONLY public.performance_events ALTER COLUMN "timestamp" SET STATISTICS 1;
ALTER TABLE ONLY public.performance_events ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.performance_events ALTER COLUMN task_id SET STATISTICS 0;
ALTER TABLE ONLY public.performance_events ALTER COLUMN integrity_hash SET STATISTICS 0;
ALTER TABLE ONLY public.performance_events ALTER COLUMN latency_metrics SET STATISTICS 0;
ALTER TABLE ONLY public.performance_events ALTER COLUMN accuracy_metrics SET STATISTICS 0;
ALTER TABLE ONLY public.performance_events ALTER COLUMN resource_metrics SET STATISTICS 0;
ALTER TABLE ONLY public.performance_events ALTER COLUMN compliance_metrics SET STATISTICS 0;
ALTER TABLE ONLY public.performance_events ALTER COLUMN cost_metrics SET STATISTICS 0;
ALTER TABLE ONLY public.performance_events ALTER COLUMN reliability_metrics SET STATISTICS 0;
ALTER TABLE ONLY public.performance_events ALTER COLUMN context SET STATISTICS 0;
ALTER TABLE ONLY public.performance_events ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE ONLY public.performance_events ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.performance_events ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.performance_events FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.bounded_contributions(p_request jsonb, p_tenants text[]) RETURNS TABLE(contributor text, contributed bigint, total_units numeric)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 WITH measured AS (
          SELECT event.tenant_id,
             event.agent_id,
             event.id,
             metric.value
            FROM ((public.performance_events event
              CROSS JOIN LATERAL ( SELECT
                         CASE (bounded_contributions.p_request ->> 'measure'::text)
                             WHEN 'latency_ms'::text THEN (event.latency_metrics -> 'averageMs'::text)
                             WHEN 'success_rate'::text THEN (event.accuracy_metrics -> 'successRate'::text)
                             ELSE NULL::jsonb
                         END AS "json") field)
              CROSS JOIN LATERAL ( SELECT
                         CASE
                             WHEN (jsonb_typeof(field."json") = 'number'::text) THEN ((field."json" #>> '{}'::text[]))::numeric
                             ELSE NULL::numeric
                         END AS value) metric)
           WHERE (((bounded_contributions.p_request ->> 'resource'::text) = 'performance_events'::text) AND ((event.tenant_id)::text = ANY (bounded_contributions.p_tenants)) AND ((event.event_type)::text = (bounded_contributions.p_request ->> 'group'::text)) AND (event.agent_id IS NOT NULL))
         UNION ALL
          SELECT capability.tenant_id,
             capability.agent_id,
             capability.id,
                 CASE (bounded_contributions.p_request ->> 'measure'::text)
                     WHEN 'confidence'::text THEN capability.confidence
                     WHEN 'success_rate'::text THEN capability.success_rate
                     WHEN 'demonstration_count'::text THEN (capability.demonstration_count)::numeric
                     ELSE NULL::numeric
                 END AS "case"
            FROM public.agent_capabilities_graph capability
           WHERE (((bounded_contributions.p_request ->> 'resource'::text) = 'agent_capabilities_graph'::text) AND ((capability.tenant_id)::text = ANY (bounded_contributions.p_tenants)) AND ((capability.canonical_name)::text = (bounded_contributions.p_request ->> 'group'::text)))
         ), bounded AS (
          SELECT measured.tenant_id,
                 CASE
                     WHEN (bounded_contributions.p_request ? 'measure'::text) THEN floor(((LEAST(GREATEST(measured.value, ((bounded_contributions.p_request ->> 'lower'::text))::numeric), ((bounded_contributions.p_request ->> 'upper'::text))::numeric) / ((bounded_contributions.p_request ->> 'resolution'::text))::numeric) + 0.5))
                     ELSE NULL::numeric
                 END AS units,
             row_number() OVER (PARTITION BY measured.tenant_id, measured.agent_id ORDER BY measured.id) AS number
            FROM measured
           WHERE ((measured.value IS NOT NULL) OR (NOT (bounded_contributions.p_request ? 'measure'::text)))
         )
  SELECT (bounded.tenant_id)::text AS tenant_id,
     count(*) AS count,
     sum(bounded.units) AS sum
    FROM bounded
   WHERE (bounded.number <= ((bounded_contributions.p_request ->> 'max_rows_per_agent'::text))::integer)
   GROUP BY bounded.tenant_id;
END;

CREATE FUNCTION app.capability_candidates(p_embedding public.vector, p_wanted integer, p_min_confidence numeric, p_type public.entity_type DEFAULT NULL::public.entity_type, OUT plan text, OUT reason text, OUT candidates uuid[], OUT visited integer) RETURNS record
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.current_tenant_id();
  -- The margin begins at the tenth: the distance of a single one says little.
  v_wanted constant integer := greatest(app.require_between('wanted', p_wanted, 0, 10000), 10);
  v_least constant integer := greatest(100, v_wanted);
  v_bits constant bit(768) := binary_quantize(p_embedding)::bit(768);
  v_index app.vector_indexes;
  v_distances double precision[];
  v_most integer := greatest(160, 2 * v_wanted);
  v_cut double precision;
begin
  select index.* into v_index from app.vector_indexes as index where index.tenant_id = v_tenant;
  plan := 'scan';
  reason := case
    when v_index.state = 'ready' and v_wanted > 100 then 'many-wanted'
    when v_index.state = 'ready' then 'too-few-found'
    when v_index.state = 'filling' then 'being-built'
    else 'small'
  end;

  if v_index.state = 'ready' and v_wanted <= 100 then
    begin
      select walk.ids, walk.visited into candidates, visited
      from app.walk_capability_graph(v_index, p_embedding, v_wanted, p_min_confidence, p_type) as walk;
    exception
      -- Dropped since this statement began.
      when undefined_table then candidates := '{}';
    end;
    if cardinality(candidates) >= v_wanted then
      plan := 'graph';
      reason := 'large';
      return;
    end if;
  end if;

  loop
    select scan.ids, scan.distances into candidates, v_distances
    from app.scan_capability_signs(v_tenant, v_bits, v_most, p_min_confidence, p_type) as scan;
    candidates := coalesce(candidates, '{}');
    visited := cardinality(candidates);
    if visited <= v_least then
      plan := 'exact';
      reason := 'few';
      return;
    end if;
    v_cut := v_distances[v_wanted] + coalesce(v_index.margin, 28);
    -- To keep few in order is cheaper; the scan is repeated where they were all near enough, up to a limit.
    exit when visited < v_most or v_distances[visited] > v_cut or v_most >= 2000 + 2 * v_wanted;
    v_most := 2000 + 2 * v_wanted;
  end loop;
  candidates := candidates[1:greatest(width_bucket(v_cut, v_distances), v_least)];
end
$$;
ALTER FUNCTION app.capability_candidates(p_embedding public.vector, p_wanted integer, p_min_confidence numeric, p_type public.entity_type, OUT plan text, OUT reason text, OUT candidates uuid[], OUT visited integer) OWNER TO agent_agency_service;

CREATE FUNCTION app.change_privacy_config(p_tenant_id character varying, p_changes jsonb, p_may_loosen boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_old tenant_privacy_config;
  v_new tenant_privacy_config;
begin
  if jsonb_typeof(p_changes) is distinct from 'object' or p_changes - array[
    'privacy_level', 'k_anonymity', 'epsilon', 'delta', 'composition', 'allow_cross_tenant_learning', 'allowed_tenant_groups'
  ] <> '{}' then
    raise exception using
      errcode = '22023',
      message = 'privacy settings are an object of columns that can be changed';
  end if;
  select config.* into v_old from tenant_privacy_config as config where config.tenant_id = p_tenant_id for update;
  if not found then
    raise exception using errcode = 'AATNF', message = 'there is no such tenant';
  end if;
  v_new := jsonb_populate_record(v_old, p_changes);

  if not p_may_loosen and (
    v_new.privacy_level >= v_old.privacy_level
    and v_new.k_anonymity >= v_old.k_anonymity
    and v_new.epsilon <= v_old.epsilon
    and v_new.delta <= v_old.delta
    -- Neither way of adding up is the stricter one: which allows more depends on what was spent.
    and v_new.composition = v_old.composition
    and v_new.allow_cross_tenant_learning <= v_old.allow_cross_tenant_learning
    and v_new.allowed_tenant_groups <@ v_old.allowed_tenant_groups
  ) is not true then
    raise exception using
      errcode = 'AAPLO',
      message = 'a tenant only tightens its own privacy',
      hint = 'Have an operator loosen it.';
  end if;

  update tenant_privacy_config as config
  set
    privacy_level = v_new.privacy_level,
    k_anonymity = v_new.k_anonymity,
    epsilon = v_new.epsilon,
    delta = v_new.delta,
    composition = v_new.composition,
    allow_cross_tenant_learning = v_new.allow_cross_tenant_learning,
    allowed_tenant_groups = v_new.allowed_tenant_groups
  where config.tenant_id = p_tenant_id;
end
$$;

CREATE FUNCTION app.charge_privacy_budget(p_tenant_id character varying, p_epsilon numeric, p_delta numeric, p_rho numeric, p_purpose character varying) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  -- Neither whose budget it is nor how much is left: the caller may be another tenant.
  if not app.spend_privacy_budget(p_tenant_id, p_epsilon, p_delta, p_rho, p_purpose) then
    raise exception using
      errcode = 'AAPBX',
      message = 'no privacy budget covers this, and nothing was spent',
      hint = 'Ask for less, or have an operator give the tenant more.';
  end if;
end
$$;

CREATE FUNCTION app.check_federated_progress() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  if (new.tenant_id, new.session_id, new.topic, new.settings) is distinct from
    (old.tenant_id, old.session_id, old.topic, old.settings)
  then
    raise exception using errcode = 'AAFST', message = 'what a session is about stays as it was when it was opened';
  end if;
  if (new.status, new.round) = (old.status, old.round)
    or (old.status, new.status, new.round) = ('forming', 'active', 1)
    or (old.status, new.status) = ('active', 'aggregating') and new.round = old.round
    or (old.status, new.status) = ('aggregating', 'active') and new.round = old.round + 1
    or (old.status, new.status) = ('aggregating', 'completed') and new.round = old.round
    or old.status in ('forming', 'active', 'aggregating') and new.status = 'failed' and new.round = old.round
  then
    return new;
  end if;
  raise exception using
    errcode = 'AAFST',
    message = format('a session that is %s in round %s cannot become %s', old.status, old.round, new.status);
end
$$;

CREATE FUNCTION app.check_performance_event_timestamp() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception using
    errcode = 'check_violation',
    message = 'a performance event cannot be more than an hour in the future',
    schema = tg_table_schema,
    table = tg_table_name,
    column = 'timestamp',
    constraint = 'performance_events_timestamp_not_future';
end
$$;

CREATE FUNCTION app.check_provenance_checkpoint() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_last bigint;
  v_head bigint;
begin
  select max(checkpoint.size) into v_last
  from provenance_checkpoints as checkpoint
  where checkpoint.tenant_id = new.tenant_id and checkpoint.size <> new.size;

  select head.seq into v_head
  from provenance_heads as head
  where head.tenant_id = new.tenant_id;

  if new.size > coalesce(v_head, 0) or new.size < v_last then
    raise exception using
      errcode = 'AACKP',
      message = format(
        'a checkpoint of size %s does not fit: the last is of %s, the log ends at %s',
        new.size, coalesce(v_last, 0), coalesce(v_head, 0)
      );
  end if;
  return null;
end
$$;

CREATE FUNCTION app.check_provenance_node() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  begin
    new.metadata := convert_from(new.content, 'UTF8')::jsonb;
  exception when data_exception then
    -- The server's own message would quote the content.
    new.metadata := null;
  end;
  if jsonb_typeof(new.metadata) is distinct from 'object' then
    raise exception using
      errcode = 'AACON',
      message = format('provenance node %s: its content has to be a JSON object, in UTF-8 and without NUL', new.seq);
  end if;
  if app.provenance_node_hash(new) is distinct from new.hash_chain then
    raise exception using
      errcode = 'AAHSH',
      message = format('provenance node %s: its hash does not belong to its columns', new.seq);
  end if;
  return new;
end
$$;

CREATE FUNCTION app.check_provenance_record() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  perform
  from caws_provenance_graph as node
  where node.tenant_id = new.tenant_id
    and node.id = new.verdict_id
    and node.entity_type = 'verdict'
    and node.signature = new.signature
    and node.created_at = new."timestamp"
    and node.metadata - '{task_id,decision_type,decision_data,consensus_score,judge_verdicts,caws_compliance,claim_verification,metadata,git_commit_hash}'::text[] = '{}'
    and node.metadata @> jsonb_build_object('task_id', new.task_id, 'decision_type', new.decision_type)
    and node.metadata -> 'decision_data' = new.decision_data
    and node.metadata -> 'consensus_score' = to_jsonb(new.consensus_score)
    and node.metadata -> 'judge_verdicts' = new.judge_verdicts
    and node.metadata -> 'caws_compliance' = new.caws_compliance
    and node.metadata -> 'claim_verification' is not distinct from new.claim_verification
    and node.metadata -> 'metadata' = new.metadata
    and node.metadata ->> 'git_commit_hash' is not distinct from new.git_commit_hash
    and new.git_trailer = format(E'Provenance-Node: %s\nProvenance-Hash: %s\n', node.id, node.hash_chain);
  if not found then
    raise exception using
      errcode = 'AAREC',
      message = format('provenance record %s is not what its node in the log says', new.verdict_id);
  end if;
  return null;
end
$$;

CREATE FUNCTION app.compare_vector_index(p_tenant_id text, OUT missing bigint, OUT stale bigint) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_nestloop TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
declare
  v_index app.vector_indexes;
begin
  missing := 0;
  stale := 0;
  select index.* into v_index from app.vector_indexes as index
  where index.tenant_id = p_tenant_id and index.state = 'ready'
  for no key update;
  if not found then
    return;
  end if;
  insert into app.pending_vectors (tenant_id, capability_id, bits)
  select capability.tenant_id, capability.id, capability.embedding_bits
  from agent_capabilities_graph as capability
  left join (
    select vector.capability_id, vector.embedding
    from app.capability_vectors as vector
    where vector.segment = v_index.segment and vector.tenant_id = p_tenant_id
  ) as known on known.capability_id = capability.id
  where capability.tenant_id = p_tenant_id
    and capability.embedding_bits is not null
    and known.embedding is distinct from l2_normalize(capability.embedding)::halfvec(768)
  on conflict (tenant_id, capability_id) do nothing;
  get diagnostics missing = row_count;
  delete from app.capability_vectors as vector
  where vector.segment = v_index.segment
    and vector.tenant_id = p_tenant_id
    and not exists (
      select from agent_capabilities_graph as capability
      where capability.tenant_id = p_tenant_id
        and capability.id = vector.capability_id
        and capability.embedding_bits is not null
    );
  get diagnostics stale = row_count;
  update app.vector_indexes as index
  set vector_count = (
    select count(*) from app.capability_vectors as vector
    where vector.segment = v_index.segment and vector.tenant_id = p_tenant_id
  )
  where index.tenant_id = p_tenant_id;
end
$$;
ALTER FUNCTION app.compare_vector_index(p_tenant_id text, OUT missing bigint, OUT stale bigint) OWNER TO agent_agency_service;

CREATE FUNCTION app.complete_provenance_trees() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_missing record;
  v_stored bigint := 0;
begin
  for v_missing in
    select head.tenant_id, tile.tile_index
    from provenance_heads as head
    cross join generate_series(0, head.seq / 256 - 1) as tile (tile_index)
    where not exists (
      select from provenance_tiles as stored
      where stored.tenant_id = head.tenant_id and stored.level = 0 and stored.tile_index = tile.tile_index
    )
    order by head.tenant_id, tile.tile_index
  loop
    perform app.put_provenance_tile(v_missing.tenant_id, 0, v_missing.tile_index);
    v_stored := v_stored + 1;
  end loop;
  return v_stored;
end
$$;
ALTER FUNCTION app.complete_provenance_trees() OWNER TO agent_agency_service;

CREATE TABLE public.tenant_privacy_config (
    tenant_id character varying(255) NOT NULL,
    privacy_level public.privacy_level DEFAULT 'differential'::public.privacy_level NOT NULL,
    noise_magnitude numeric(5,4) DEFAULT 0.01 NOT NULL,
    k_anonymity integer DEFAULT 5 NOT NULL,
    epsilon numeric(5,4) DEFAULT 1.0 NOT NULL,
    delta numeric(10,8) DEFAULT 0.00001 NOT NULL,
    allow_cross_tenant_learning boolean DEFAULT false NOT NULL,
    allowed_tenant_groups text[] DEFAULT '{}'::text[] NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    composition character varying(10) DEFAULT 'basic'::character varying NOT NULL,
    CONSTRAINT tenant_privacy_config_composition_check CHECK (((composition)::text = ANY ((ARRAY['basic'::character varying, 'zcdp'::character varying])::text[]))),
    CONSTRAINT tenant_privacy_config_delta_check CHECK (((delta >= (0)::numeric) AND (delta < (1)::numeric))),
    CONSTRAINT tenant_privacy_config_epsilon_check CHECK (((epsilon > (0)::numeric) AND (epsilon < 'NaN'::numeric))),
    CONSTRAINT tenant_privacy_config_k_anonymity_check CHECK ((k_anonymity >= 2)),
    CONSTRAINT tenant_privacy_config_noise_magnitude_check CHECK (((noise_magnitude >= (0)::numeric) AND (noise_magnitude < 'NaN'::numeric)))
);
ALTER TABLE ONLY public.tenant_privacy_config ALTER COLUMN privacy_level SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_config ALTER COLUMN noise_magnitude SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_config ALTER COLUMN k_anonymity SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_config ALTER COLUMN epsilon SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_config ALTER COLUMN delta SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_config ALTER COLUMN allow_cross_tenant_learning SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_config ALTER COLUMN allowed_tenant_groups SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_config ALTER COLUMN updated_at SET STATISTICS 1;
ALTER TABLE ONLY public.tenant_privacy_config ALTER COLUMN composition SET STATISTICS 0;

ALTER TABLE ONLY public.tenant_privacy_config FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenants (
    id character varying(255) NOT NULL,
    project_id character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    isolation_level public.isolation_level DEFAULT 'strict'::public.isolation_level NOT NULL,
    access_policies jsonb DEFAULT '[]'::jsonb NOT NULL,
    sharing_rules jsonb DEFAULT '[]'::jsonb NOT NULL,
    data_retention jsonb DEFAULT '{"policy": "archive", "retention_days": 730, "archive_after_days": 90}'::jsonb NOT NULL,
    encryption_enabled boolean DEFAULT false NOT NULL,
    audit_logging boolean DEFAULT true NOT NULL,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    suspended_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tenants_access_log_days_check CHECK (((app.access_log_days(data_retention) >= 1) AND (app.access_log_days(data_retention) <= 36500))),
    CONSTRAINT tenants_access_policies_check CHECK ((jsonb_typeof(access_policies) = 'array'::text)),
    CONSTRAINT tenants_config_check CHECK ((jsonb_typeof(config) = 'object'::text)),
    CONSTRAINT tenants_data_retention_check CHECK ((jsonb_typeof(data_retention) = 'object'::text)),
    CONSTRAINT tenants_id_check CHECK (((id)::text ~ '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,254}$'::text)),
    CONSTRAINT tenants_name_check CHECK ((length((name)::text) > 0)),
    CONSTRAINT tenants_sharing_rules_check CHECK ((jsonb_typeof(sharing_rules) = 'array'::text))
);
ALTER TABLE ONLY public.tenants ALTER COLUMN id SET STATISTICS 0;
ALTER TABLE ONLY public.tenants ALTER COLUMN project_id SET STATISTICS 0;
ALTER TABLE ONLY public.tenants ALTER COLUMN name SET STATISTICS 0;
ALTER TABLE ONLY public.tenants ALTER COLUMN isolation_level SET STATISTICS 0;
ALTER TABLE ONLY public.tenants ALTER COLUMN access_policies SET STATISTICS 0;
ALTER TABLE ONLY public.tenants ALTER COLUMN sharing_rules SET STATISTICS 0;
ALTER TABLE ONLY public.tenants ALTER COLUMN data_retention SET STATISTICS 0;
ALTER TABLE ONLY public.tenants ALTER COLUMN encryption_enabled SET STATISTICS 0;
ALTER TABLE ONLY public.tenants ALTER COLUMN audit_logging SET STATISTICS 0;
ALTER TABLE ONLY public.tenants ALTER COLUMN config SET STATISTICS 0;
ALTER TABLE ONLY public.tenants ALTER COLUMN suspended_at SET STATISTICS 1;
ALTER TABLE ONLY public.tenants ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.tenants ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.tenants FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.consenting_tenants(p_tenant_id character varying) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (other.id)::text AS id
    FROM (((public.tenants own
      JOIN public.tenant_privacy_config own_config ON (((own_config.tenant_id)::text = (own.id)::text)))
      JOIN public.tenants other ON (((other.project_id)::text = ANY (own_config.allowed_tenant_groups))))
      JOIN public.tenant_privacy_config other_config ON (((other_config.tenant_id)::text = (other.id)::text)))
   WHERE (((own.id)::text = (consenting_tenants.p_tenant_id)::text) AND ((own.project_id)::text = ANY (other_config.allowed_tenant_groups)) AND (own.isolation_level = 'federated'::public.isolation_level) AND (other.isolation_level = 'federated'::public.isolation_level) AND own_config.allow_cross_tenant_learning AND other_config.allow_cross_tenant_learning AND (own.suspended_at IS NULL) AND (other.suspended_at IS NULL));
END;

CREATE FUNCTION app.context_key_blocks() RETURNS TABLE(live_key_id text, live_inner_block bytea, live_outer_block bytea)
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select key.key_id, key.inner_block, key.outer_block
  from app.context_keys as key
  where key.expires_at is null
  order by key.created_at desc, key.key_id
  limit 1
$$;
ALTER FUNCTION app.context_key_blocks() OWNER TO agent_agency_service;

CREATE FUNCTION app.contribute_to_session(p_session_id uuid, p_topic_key text, p_values numeric[], p_weight numeric) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_session federated_sessions;
  v_settings app.federated_settings;
begin
  v_session := app.lock_federated_session(p_session_id, false, false);
  v_settings := app.read_federated_settings(v_session.settings);
  perform app.refuse_federated_level(v_session, 'differential');
  perform app.refuse_federated_status(v_session, 'active');
  perform app.refuse_without_consent(v_session);
  -- NaN is greater than every number, and Infinity than every other.
  if p_topic_key = any(v_settings.topic_keys) is not true
    or array_ndims(p_values) is distinct from 1
    or cardinality(p_values) <> v_settings.dimensions
    or array_position(p_values, null) is not null
    or not (v_settings.lower <= all(p_values) and v_settings.upper >= all(p_values))
    or (p_weight between 0.01 and 1 and p_weight % 0.01 = 0) is not true
  then
    raise exception using
      errcode = 'AAFVL',
      message = format(
        'a contribution to this session has one of its topics, %s values from %s to %s, and a weight from 0.01 to 1.00',
        v_settings.dimensions, v_settings.lower, v_settings.upper
      );
  end if;

  insert into federated_contributions (
    tenant_id, session_id, round, topic_key, initiator_tenant_id, steps, weight
  )
  select
    app.require_tenant_id(),
    v_session.session_id,
    v_session.round,
    p_topic_key,
    v_session.tenant_id,
    array_agg(round((item.value - v_settings.lower) / v_settings.resolution)::bigint order by item.position),
    p_weight
  from unnest(p_values) with ordinality as item (value, position);
end
$$;
ALTER FUNCTION app.contribute_to_session(p_session_id uuid, p_topic_key text, p_values numeric[], p_weight numeric) OWNER TO agent_agency_service;

CREATE TABLE public.graph_config (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    key character varying(100) NOT NULL,
    value jsonb NOT NULL,
    description text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE ONLY public.graph_config ALTER COLUMN key SET STATISTICS 0;
ALTER TABLE ONLY public.graph_config ALTER COLUMN value SET STATISTICS 0;
ALTER TABLE ONLY public.graph_config ALTER COLUMN description SET STATISTICS 0;
ALTER TABLE ONLY public.graph_config ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.graph_config FORCE ROW LEVEL SECURITY;

CREATE TABLE public.queue_configuration (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    config_key character varying(100) NOT NULL,
    config_value jsonb NOT NULL,
    description text,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by character varying(100),
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT queue_configuration_config_key_check CHECK ((length((config_key)::text) > 0)),
    CONSTRAINT queue_configuration_config_value_check CHECK (
CASE
    WHEN ((config_key)::text = ANY ((ARRAY['max_capacity'::character varying, 'default_timeout_ms'::character varying, 'retry_base_delay_ms'::character varying, 'retry_max_delay_ms'::character varying])::text[])) THEN ((jsonb_typeof(config_value) = 'number'::text) AND (config_value > '0'::jsonb))
    WHEN ((config_key)::text = 'max_retries'::text) THEN ((jsonb_typeof(config_value) = 'number'::text) AND (config_value >= '0'::jsonb))
    WHEN ((config_key)::text = 'priority_mode'::text) THEN (config_value = ANY (ARRAY['"fifo"'::jsonb, '"priority"'::jsonb, '"deadline"'::jsonb]))
    WHEN ((config_key)::text = 'persistence_enabled'::text) THEN (jsonb_typeof(config_value) = 'boolean'::text)
    ELSE true
END)
);
ALTER TABLE ONLY public.queue_configuration ALTER COLUMN config_key SET STATISTICS 0;
ALTER TABLE ONLY public.queue_configuration ALTER COLUMN config_value SET STATISTICS 0;
ALTER TABLE ONLY public.queue_configuration ALTER COLUMN description SET STATISTICS 0;
ALTER TABLE ONLY public.queue_configuration ALTER COLUMN updated_at SET STATISTICS 1;
ALTER TABLE ONLY public.queue_configuration ALTER COLUMN updated_by SET STATISTICS 0;

ALTER TABLE ONLY public.queue_configuration FORCE ROW LEVEL SECURITY;

CREATE TABLE public.verification_methods (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    method_type character varying(30) NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    priority integer DEFAULT 1 NOT NULL,
    timeout_ms bigint DEFAULT 10000 NOT NULL,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    last_used_at timestamp with time zone,
    total_requests bigint DEFAULT 0 NOT NULL,
    successful_requests bigint DEFAULT 0 NOT NULL,
    failed_requests bigint DEFAULT 0 NOT NULL,
    average_processing_time_ms numeric(8,2),
    last_error_message text,
    last_error_at timestamp with time zone,
    accuracy_rate numeric(5,4),
    false_positive_rate numeric(5,4),
    precision_rate numeric(5,4),
    recall_rate numeric(5,4),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version character varying(20) DEFAULT '1.0.0'::character varying NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT verification_methods_accuracy_rate_check CHECK (((accuracy_rate >= (0)::numeric) AND (accuracy_rate <= (1)::numeric))),
    CONSTRAINT verification_methods_average_processing_time_ms_check CHECK (((average_processing_time_ms >= (0)::numeric) AND (average_processing_time_ms < 'NaN'::numeric))),
    CONSTRAINT verification_methods_config_check CHECK ((jsonb_typeof(config) = 'object'::text)),
    CONSTRAINT verification_methods_failed_requests_check CHECK ((failed_requests >= 0)),
    CONSTRAINT verification_methods_false_positive_rate_check CHECK (((false_positive_rate >= (0)::numeric) AND (false_positive_rate <= (1)::numeric))),
    CONSTRAINT verification_methods_method_type_check CHECK (((method_type)::text = ANY ((ARRAY['fact_checking'::character varying, 'source_credibility'::character varying, 'cross_reference'::character varying, 'consistency_check'::character varying, 'logical_validation'::character varying, 'statistical_validation'::character varying, 'insufficient_data'::character varying])::text[]))),
    CONSTRAINT verification_methods_precision_rate_check CHECK (((precision_rate >= (0)::numeric) AND (precision_rate <= (1)::numeric))),
    CONSTRAINT verification_methods_priority_check CHECK (((priority >= 1) AND (priority <= 10))),
    CONSTRAINT verification_methods_recall_rate_check CHECK (((recall_rate >= (0)::numeric) AND (recall_rate <= (1)::numeric))),
    CONSTRAINT verification_methods_successful_requests_check CHECK ((successful_requests >= 0)),
    CONSTRAINT verification_methods_timeout_ms_check CHECK ((timeout_ms > 0)),
    CONSTRAINT verification_methods_total_requests_check CHECK ((total_requests >= 0))
);
ALTER TABLE ONLY public.verification_methods ALTER COLUMN method_type SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN enabled SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN priority SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN timeout_ms SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN config SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN last_used_at SET STATISTICS 1;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN total_requests SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN successful_requests SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN failed_requests SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN average_processing_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN last_error_message SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN last_error_at SET STATISTICS 1;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN accuracy_rate SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN false_positive_rate SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN precision_rate SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN recall_rate SET STATISTICS 0;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN updated_at SET STATISTICS 1;
ALTER TABLE ONLY public.verification_methods ALTER COLUMN version SET STATISTICS 0;

ALTER TABLE ONLY public.verification_methods FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.copy_default_settings(p_tenant_id character varying) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO public.queue_configuration (tenant_id, config_key, config_value, description)  SELECT copy_default_settings.p_tenant_id AS p_tenant_id,
             setting.config_key,
             setting.config_value,
             setting.description
            FROM public.queue_configuration setting
           WHERE ((setting.tenant_id)::text = 'default-tenant'::text);
 INSERT INTO public.verification_methods (tenant_id, method_type, enabled, priority, timeout_ms, config)  SELECT copy_default_settings.p_tenant_id AS p_tenant_id,
             method.method_type,
             method.enabled,
             method.priority,
             method.timeout_ms,
             method.config
            FROM public.verification_methods method
           WHERE ((method.tenant_id)::text = 'default-tenant'::text);
 INSERT INTO public.graph_config (tenant_id, key, value, description)  SELECT copy_default_settings.p_tenant_id AS p_tenant_id,
             setting.key,
             setting.value,
             setting.description
            FROM public.graph_config setting
           WHERE ((setting.tenant_id)::text = 'default-tenant'::text);
END;

CREATE FUNCTION app.count_federated_parties(p_session public.federated_sessions) RETURNS integer
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_began integer;
  v_remain integer;
begin
  select count(*), count(*) filter (where member.left_at is null) into v_began, v_remain
  from session_participants as member
  where member.tenant_id = p_session.tenant_id and member.session_id = p_session.session_id and member.party is not null;
  if v_remain < v_began then
    raise exception using
      errcode = 'AAFMP',
      message = format('%s of the %s parties have left, and a secure sum needs all of them', v_began - v_remain, v_began),
      hint = 'Fail the session and open another one.';
  end if;
  return v_began;
end
$$;
ALTER FUNCTION app.count_federated_parties(p_session public.federated_sessions) OWNER TO agent_agency_service;

CREATE FUNCTION app.count_relationships() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_tenants text[];
  v_agents text[];
begin
  -- What an operator moves or erases as a whole, and a dump that is restored, have the degrees with them.
  if app.is_restoring()
    or current_setting('role') = 'agent_agency_maintenance'
    and (app.tenant_maintenance_of_transaction()).kind in ('import', 'erasure')
  then
    return null;
  end if;

  if tg_op = 'INSERT' then
    with added as (
      insert into agent_degrees (tenant_id, agent_id, counts_from, outgoing, incoming, undirected)
      select
        edge.tenant_id, part.part_agent_id, part.part_counts_from,
        sum(part.part_outgoing), sum(part.part_incoming), sum(part.part_undirected)
      from come as edge
      cross join lateral app.degree_parts(
        1, edge.source_agent_id, edge.target_agent_id, edge.is_directional, edge.valid_from, edge.valid_to
      ) as part
      group by edge.tenant_id, part.part_agent_id, part.part_counts_from
      having sum(part.part_outgoing) <> 0 or sum(part.part_incoming) <> 0 or sum(part.part_undirected) <> 0
      returning tenant_id, agent_id
    )
    select array_agg(added.tenant_id), array_agg(added.agent_id) into v_tenants, v_agents
    from added
    where random() < 0.02;
  elsif tg_op = 'UPDATE' then
    with added as (
      insert into agent_degrees (tenant_id, agent_id, counts_from, outgoing, incoming, undirected)
      select
        edge.tenant_id, part.part_agent_id, part.part_counts_from,
        sum(part.part_outgoing), sum(part.part_incoming), sum(part.part_undirected)
      from (
        select 1 as times, tenant_id, source_agent_id, target_agent_id, is_directional, valid_from, valid_to from come
        union all
        select -1, tenant_id, source_agent_id, target_agent_id, is_directional, valid_from, valid_to from gone
      ) as edge
      cross join lateral app.degree_parts(
        edge.times, edge.source_agent_id, edge.target_agent_id, edge.is_directional, edge.valid_from, edge.valid_to
      ) as part
      group by edge.tenant_id, part.part_agent_id, part.part_counts_from
      having sum(part.part_outgoing) <> 0 or sum(part.part_incoming) <> 0 or sum(part.part_undirected) <> 0
      returning tenant_id, agent_id
    )
    select array_agg(added.tenant_id), array_agg(added.agent_id) into v_tenants, v_agents
    from added
    where random() < 0.02;
  else
    with added as (
      insert into agent_degrees (tenant_id, agent_id, counts_from, outgoing, incoming, undirected)
      select
        edge.tenant_id, part.part_agent_id, part.part_counts_from,
        sum(part.part_outgoing), sum(part.part_incoming), sum(part.part_undirected)
      from gone as edge
      cross join lateral app.degree_parts(
        -1, edge.source_agent_id, edge.target_agent_id, edge.is_directional, edge.valid_from, edge.valid_to
      ) as part
      -- Triggers of a cascade come last: by then the deleted agent's degree has gone.
      where exists (
        select from agent_profiles as agent where agent.tenant_id = edge.tenant_id and agent.id = part.part_agent_id
      )
      group by edge.tenant_id, part.part_agent_id, part.part_counts_from
      having sum(part.part_outgoing) <> 0 or sum(part.part_incoming) <> 0 or sum(part.part_undirected) <> 0
      returning tenant_id, agent_id
    )
    select array_agg(added.tenant_id), array_agg(added.agent_id) into v_tenants, v_agents
    from added
    where random() < 0.02;
  end if;

  -- A transaction with one snapshot fails on rows that others have summed up since; elsewhere they are passed over.
  if v_agents is not null and current_setting('transaction_isolation') = 'read committed' then
    perform app.fold_degree_parts(v_tenants, v_agents);
  end if;
  return null;
end
$$;
ALTER FUNCTION app.count_relationships() OWNER TO agent_agency_service;

CREATE FUNCTION app.current_context_user() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN "left"(NULLIF(current_setting('app.current_user'::text, true), ''::text), 255);

CREATE FUNCTION app.current_tenant_key() RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.current_tenant_id();
begin
  return case when v_tenant is not null then jsonb_build_object(v_tenant, '{}'::jsonb) end;
end
$$;

CREATE FUNCTION app.degree_parts(p_times integer, p_source_agent_id character varying, p_target_agent_id character varying, p_is_directional boolean, p_valid_from timestamp with time zone, p_valid_to timestamp with time zone) RETURNS TABLE(part_agent_id character varying, part_counts_from timestamp with time zone, part_outgoing integer, part_incoming integer, part_undirected integer)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT agent.id,
         CASE
             WHEN (change.at <= now()) THEN '-infinity'::timestamp with time zone
             ELSE change.at
         END AS at,
     ((agent.is_source * (degree_parts.p_is_directional)::integer) * change.by),
     (((1 - agent.is_source) * (degree_parts.p_is_directional)::integer) * change.by),
     (((NOT degree_parts.p_is_directional))::integer * change.by)
    FROM (( VALUES (degree_parts.p_source_agent_id,1), (degree_parts.p_target_agent_id,0)) agent(id, is_source)
      CROSS JOIN ( VALUES (degree_parts.p_valid_from,degree_parts.p_times), (degree_parts.p_valid_to,(- degree_parts.p_times))) change(at, by))
   WHERE (change.at < 'infinity'::timestamp with time zone);
END;

CREATE FUNCTION app.describe_provenance_embedding() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  new.entity_type := coalesce(
    (
      select node.entity_type
      from caws_provenance_graph as node
      where node.tenant_id = new.tenant_id and node.id = new.node_id
    ),
    -- The foreign key answers.
    ''
  );
  return new;
end
$$;

CREATE FUNCTION app.discrete_gaussian(p_numerator numeric, p_denominator numeric) RETURNS bigint
    LANGUAGE plpgsql PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_scale bigint;
  v_number bigint;
begin
  if (
    p_numerator >= 1 and p_denominator >= 1 and p_numerator = trunc(p_numerator) and p_denominator = trunc(p_denominator)
    and p_denominator < 'Infinity' and p_numerator < p_denominator * 1e24
  ) is not true then
    raise exception using errcode = '22023', message = 'a variance is a fraction of whole numbers, above 0 and below 10^24';
  end if;
  -- Any scale gives the same distribution; about the standard deviation throws the least away.
  v_scale := trunc(sqrt(p_numerator / p_denominator)) + 1;
  loop
    v_number := app.discrete_laplace(v_scale, 1);
    -- exp(-(|number| - variance / scale)² / (2 variance)), as a fraction
    exit when app.happens_with_exp_of(
      (abs(v_number) * p_denominator * v_scale - p_numerator) * (abs(v_number) * p_denominator * v_scale - p_numerator),
      2 * p_numerator * p_denominator * v_scale * v_scale
    );
  end loop;
  return v_number;
end
$$;

CREATE FUNCTION app.discrete_laplace(p_numerator bigint, p_denominator bigint) RETURNS bigint
    LANGUAGE plpgsql PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_remainder bigint;
  v_multiple bigint;
  v_magnitude bigint;
  v_is_negative boolean;
begin
  loop
    v_remainder := app.random_below(p_numerator);
    continue when not app.happens_with_exp(v_remainder, p_numerator);
    v_multiple := 0;
    while app.happens_with_exp(1, 1) loop
      v_multiple := v_multiple + 1;
    end loop;
    v_magnitude := (v_remainder + p_numerator * v_multiple) / p_denominator;
    v_is_negative := app.random_below(2) = 1;
    -- Zero has one sign only, or it would be twice as likely.
    continue when v_is_negative and v_magnitude = 0;
    return case when v_is_negative then -v_magnitude else v_magnitude end;
  end loop;
end
$$;

CREATE FUNCTION app.drain_vector_index(p_tenant_id text, p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_index app.vector_indexes;
  v_drained bigint;
begin
  select index.* into v_index from app.vector_indexes as index
  where index.tenant_id = p_tenant_id and index.state = 'ready'
  for no key update;
  if not found then
    return 0;
  end if;
  with drained as (
    delete from app.pending_vectors as pending
    where pending.tenant_id = p_tenant_id and pending.capability_id = any(array(
      select next.capability_id from app.pending_vectors as next where next.tenant_id = p_tenant_id limit p_limit
    ))
    returning pending.capability_id
  ),
  stored as (
    insert into app.capability_vectors as vector (tenant_id, capability_id, segment, embedding)
    select p_tenant_id, capability.id, v_index.segment, l2_normalize(capability.embedding)::halfvec(768)
    from drained
    join agent_capabilities_graph as capability
      on capability.tenant_id = p_tenant_id and capability.id = drained.capability_id and capability.embedding is not null
    on conflict (tenant_id, capability_id, segment) do update set embedding = excluded.embedding
  )
  select count(*) into v_drained from drained;
  return v_drained;
end
$$;
ALTER FUNCTION app.drain_vector_index(p_tenant_id text, p_limit integer) OWNER TO agent_agency_service;

CREATE FUNCTION app.drop_orphaned_vectors() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
declare
  v_table name;
  v_dropped integer := 0;
begin
  for v_table in
    select class.relname
    from pg_class as class
    where class.relnamespace = 'app'::regnamespace
      and class.relkind = 'r'
      and class.relname ~ '^capability_vectors_[0-9]+$'
      and not exists (
        select from app.vector_indexes as index where class.relname = 'capability_vectors_' || index.segment
      )
  loop
    execute format('drop table app.%I', v_table);
    v_dropped := v_dropped + 1;
  end loop;
  -- Of who wrote while the graph was dropped.
  delete from app.pending_vectors as pending
  where not exists (select from app.vector_indexes as index where index.tenant_id = pending.tenant_id);
  return v_dropped;
end
$_$;
ALTER FUNCTION app.drop_orphaned_vectors() OWNER TO agent_agency_service;

CREATE FUNCTION app.drop_unwilling_members(p_session public.federated_sessions) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_member record;
  v_willing text[] := '{}';
  v_dropped integer := 0;
begin
  for v_member in
    select member.participant_tenant_id as id
    from session_participants as member
    where member.tenant_id = p_session.tenant_id and member.session_id = p_session.session_id and member.left_at is null
    order by member.joined_at, member.participant_tenant_id
  loop
    if app.federates_with(v_member.id, p_session.tenant_id)
      and not exists (select from unnest(v_willing) as other (id) where not app.tenants_consent(v_member.id, other.id))
    then
      v_willing := v_willing || v_member.id::text;
    else
      update session_participants as member
      set left_at = now()
      where member.tenant_id = p_session.tenant_id
        and member.session_id = p_session.session_id
        and member.participant_tenant_id = v_member.id;
      v_dropped := v_dropped + 1;
    end if;
  end loop;
  return v_dropped;
end
$$;
ALTER FUNCTION app.drop_unwilling_members(p_session public.federated_sessions) OWNER TO agent_agency_service;

CREATE FUNCTION app.drop_vector_index(p_tenant_id text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_segment bigint;
begin
  delete from app.vector_indexes as index where index.tenant_id = p_tenant_id returning index.segment into v_segment;
  if not found then
    return false;
  end if;
  if to_regclass(format('app.%I', 'capability_vectors_' || v_segment)) is not null then
    execute format('drop table app.%I', 'capability_vectors_' || v_segment);
  end if;
  delete from app.pending_vectors as pending where pending.tenant_id = p_tenant_id;
  return true;
end
$$;
ALTER FUNCTION app.drop_vector_index(p_tenant_id text) OWNER TO agent_agency_service;

CREATE FUNCTION app.end_federated_round(p_session public.federated_sessions, p_tenants text[], p_releases integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_settings constant app.federated_settings := app.read_federated_settings(p_session.settings);
  v_releases constant integer := coalesce((p_session.privacy_metrics ->> 'releases')::integer, 0) + p_releases;
  v_is_over constant boolean := p_session.round >= v_settings.rounds;
begin
  perform app.forget_federated_round(p_session);
  -- In order: sessions with the same tenants may end a round at the same moment.
  perform from federated_participants as participant
  where participant.tenant_id = any(p_tenants)
  order by participant.tenant_id
  for no key update;
  update federated_participants as participant
  set last_contribution = now(), total_contributions = participant.total_contributions + 1
  where participant.tenant_id = any(p_tenants);
  update session_participants as member
  set contribution_count = member.contribution_count + 1
  where member.tenant_id = p_session.tenant_id and member.session_id = p_session.session_id
    and member.participant_tenant_id = any(p_tenants);
  perform app.record_tenant_access(contributor.id, 'federated', 'federated_contributions', null, p_releases)
  from unnest(p_tenants) as contributor (id)
  where contributor.id <> p_session.tenant_id;
  update federated_sessions as session
  set
    status = case when v_is_over then 'completed' else 'active' end,
    round = session.round + (not v_is_over)::integer,
    completed_at = case when v_is_over then now() end,
    privacy_metrics = jsonb_build_object(
      'releases', v_releases,
      'epsilon_per_tenant_at_most', v_settings.epsilon * v_releases,
      'delta', 0
    )
  where session.tenant_id = p_session.tenant_id and session.session_id = p_session.session_id;
end
$$;
ALTER FUNCTION app.end_federated_round(p_session public.federated_sessions, p_tenants text[], p_releases integer) OWNER TO agent_agency_service;

CREATE FUNCTION app.estimate_consensus(p_steps jsonb, p_settings app.federated_settings, p_epsilon numeric) RETURNS app.federated_estimate
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_top constant bigint := ceil((p_settings.upper - p_settings.lower) / p_settings.resolution);
  v_cut constant bigint := floor(jsonb_array_length(p_steps) * p_settings.trim);
  v_rest constant bigint := jsonb_array_length(p_steps) - 2 * v_cut;
  v_sums bigint[];
  v_estimate app.federated_estimate;
begin
  select array_agg(total.value order by total.position) into v_sums
  from (
    select ranked.position, sum(ranked.value)::bigint as value
    from (
      select
        item.position,
        item.value::bigint as value,
        row_number() over (partition by item.position order by item.value::bigint) as rank
      from jsonb_array_elements(p_steps) as contribution
      cross join jsonb_array_elements_text(contribution.value -> 'steps') with ordinality as item (value, position)
    ) as ranked
    where ranked.rank > v_cut and ranked.rank <= v_cut + v_rest
    group by ranked.position
  ) as total;

  v_sums := app.noisy_steps(v_sums, v_top * p_settings.dimensions, p_epsilon);
  v_estimate.means := array(
    select greatest(0, least(v_top, round(item.value::numeric / v_rest, 6)))
    from unnest(v_sums) with ordinality as item (value, position)
    order by item.position
  );
  v_estimate.half_width := ln(20.0) * v_top * p_settings.dimensions / p_epsilon / v_rest;
  return v_estimate;
end
$$;
ALTER FUNCTION app.estimate_consensus(p_steps jsonb, p_settings app.federated_settings, p_epsilon numeric) OWNER TO agent_agency_service;

CREATE FUNCTION app.estimate_hybrid(p_steps jsonb, p_settings app.federated_settings, p_epsilon numeric) RETURNS app.federated_estimate
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_weighted constant app.federated_estimate := app.estimate_weighted(p_steps, p_settings, round(p_epsilon / 2, 3));
  v_consensus constant app.federated_estimate := app.estimate_consensus(p_steps, p_settings, round(p_epsilon / 2, 3));
  v_estimate app.federated_estimate;
begin
  v_estimate.means := array(
    select (one.value + other.value) / 2
    from unnest(v_weighted.means) with ordinality as one (value, position)
    join unnest(v_consensus.means) with ordinality as other (value, position) using (position)
    order by position
  );
  v_estimate.half_width := (v_weighted.half_width + v_consensus.half_width) / 2;
  return v_estimate;
end
$$;
ALTER FUNCTION app.estimate_hybrid(p_steps jsonb, p_settings app.federated_settings, p_epsilon numeric) OWNER TO agent_agency_service;

CREATE FUNCTION app.estimate_weighted(p_steps jsonb, p_settings app.federated_settings, p_epsilon numeric) RETURNS app.federated_estimate
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_top constant bigint := ceil((p_settings.upper - p_settings.lower) / p_settings.resolution);
  v_middle constant bigint := v_top / 2;
  v_half constant bigint := v_top - v_top / 2;
  v_sums bigint[];
  v_weight bigint;
  v_estimate app.federated_estimate;
begin
  select array_agg(total.value order by total.position) into v_sums
  from (
    select
      item.position,
      sum((contribution.value ->> 'weight')::bigint * (item.value::bigint - v_middle))::bigint as value
    from jsonb_array_elements(p_steps) as contribution
    cross join jsonb_array_elements_text(contribution.value -> 'steps') with ordinality as item (value, position)
    group by item.position
  ) as total;
  select sum((contribution.value ->> 'weight')::bigint) into v_weight from jsonb_array_elements(p_steps) as contribution;

  v_sums := app.noisy_steps(v_sums, 200 * v_half * p_settings.dimensions, p_epsilon);
  v_weight := greatest(1, (app.noisy_steps(array[v_weight], 200 * p_settings.dimensions, p_epsilon))[1]);
  v_estimate.means := array(
    select greatest(0, least(v_top, v_middle + round(item.value::numeric / v_weight, 6)))
    from unnest(v_sums) with ordinality as item (value, position)
    order by item.position
  );
  v_estimate.half_width := ln(20.0) * 200 * v_half * p_settings.dimensions / p_epsilon / v_weight;
  return v_estimate;
end
$$;
ALTER FUNCTION app.estimate_weighted(p_steps jsonb, p_settings app.federated_settings, p_epsilon numeric) OWNER TO agent_agency_service;

CREATE FUNCTION app.extend_provenance_log() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_tenant record;
  v_head record;
  v_broken bigint;
begin
  for v_tenant in
    select
      link.tenant_id,
      min(link.seq) as first_seq,
      max(link.previous_hash) filter (where link.seq_before is null) as first_previous_hash,
      max(link.seq) as last_seq,
      max(link.hash_chain) filter (where link.seq_after is null) as last_hash,
      min(link.seq) filter (
        where link.seq <> link.seq_before + 1 or link.previous_hash is distinct from link.hash_before
      ) as broken_seq,
      bool_or(link.has_parents) as has_parents,
      bool_or(link.has_refs) as has_refs
    from (
      select
        node.tenant_id,
        node.seq,
        node.previous_hash,
        node.hash_chain,
        node.parent_ids <> '{}' as has_parents,
        node.constitutional_refs <> '{}' as has_refs,
        lag(node.seq) over log as seq_before,
        coalesce(lag(node.hash_chain) over log, node.previous_hash) as hash_before,
        lead(node.seq) over log as seq_after
      from appended as node
      window log as (partition by node.tenant_id order by node.seq)
    ) as link
    group by link.tenant_id
    order by link.tenant_id
  loop
    select locked.head_seq as seq, locked.head_hash as hash_chain into strict v_head
    from app.lock_provenance_head_of(v_tenant.tenant_id) as locked;

    v_broken := case
      when v_tenant.first_seq <> v_head.seq + 1 or v_tenant.first_previous_hash is distinct from v_head.hash_chain
        then v_tenant.first_seq
      else v_tenant.broken_seq
    end;

    if v_broken is not null then
      raise exception using
        errcode = 'AACHN',
        message = format('provenance node %s does not continue the log, which ends at %s', v_broken, v_head.seq),
        hint = 'Lock the head before you append: app.lock_provenance_head().';
    end if;

    if v_tenant.has_parents then
      insert into provenance_parents (tenant_id, node_id, ordinal, parent_id)
      select node.tenant_id, node.id, parent.ordinal, parent.id
      from appended as node
      cross join unnest(node.parent_ids) with ordinality as parent (id, ordinal)
      where node.tenant_id = v_tenant.tenant_id;

      -- A parent stands earlier in the log, with the hash that the node says it has. Looked up one by one: a join, of a tenant
      -- that is newer than its statistics, reads the whole log; and as a range in the order of the ids, which only the primary
      -- key has: such a tenant seems to have one row, for which any index that leads with the tenant would do.
      select min(node.seq) into v_broken
      from appended as node
      cross join unnest(node.parent_ids, node.parent_hashes) as named (id, hash)
      where node.tenant_id = v_tenant.tenant_id
        and (
          select parent.seq < node.seq and parent.hash_chain = named.hash
          from caws_provenance_graph as parent
          where parent.tenant_id = v_tenant.tenant_id and parent.id >= named.id and parent.id <= named.id
          order by parent.id
        ) is not true;

      if v_broken is not null then
        raise exception using
          errcode = 'AAPRN',
          message = format('provenance node %s names a parent that does not stand before it in the log', v_broken);
      end if;
    end if;

    if v_tenant.has_refs then
      insert into provenance_refs (tenant_id, ref, seq, node_id)
      select distinct node.tenant_id, ref.value, node.seq, node.id
      from appended as node
      cross join unnest(node.constitutional_refs) as ref (value)
      where node.tenant_id = v_tenant.tenant_id;
    end if;

    update provenance_heads as head
    set seq = v_tenant.last_seq, hash_chain = v_tenant.last_hash, updated_at = now()
    where head.tenant_id = v_tenant.tenant_id;
  end loop;
  return null;
end
$$;
ALTER FUNCTION app.extend_provenance_log() OWNER TO agent_agency_service;

CREATE FUNCTION app.extend_provenance_tree() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_tenant record;
begin
  for v_tenant in
    select node.tenant_id, min(node.seq) as first_seq, max(node.seq) as last_seq
    from appended as node
    group by node.tenant_id
  loop
    for v_tile in (v_tenant.first_seq - 1) / 256 .. v_tenant.last_seq / 256 - 1 loop
      perform app.put_provenance_tile(v_tenant.tenant_id, 0, v_tile);
    end loop;
  end loop;
  return null;
end
$$;
ALTER FUNCTION app.extend_provenance_tree() OWNER TO agent_agency_service;

CREATE FUNCTION app.federated_parties(p_session_id uuid) RETURNS TABLE(party_number integer, party_key bytea, is_self boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_session federated_sessions;
begin
  v_session := app.lock_federated_session(p_session_id, false, false);
  perform app.refuse_federated_level(v_session, 'secure');
  perform app.refuse_without_consent(v_session);
  perform app.count_federated_parties(v_session);
  return query
    select member.party, member.public_key, member.participant_tenant_id = app.require_tenant_id()
    from session_participants as member
    where member.tenant_id = v_session.tenant_id and member.session_id = v_session.session_id and member.party is not null
    order by member.party;
end
$$;
ALTER FUNCTION app.federated_parties(p_session_id uuid) OWNER TO agent_agency_service;

CREATE FUNCTION app.federated_purpose(p_session public.federated_sessions) RETURNS character varying
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN format('federated session %s, round %s'::text, (p_session).session_id, (p_session).round);
ALTER FUNCTION app.federated_purpose(p_session public.federated_sessions) OWNER TO agent_agency_service;

CREATE FUNCTION app.federates_with(p_tenant_id text, p_initiator_id text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
  select (p_tenant_id = p_initiator_id or app.tenants_consent(p_tenant_id, p_initiator_id))
    and exists (
      select from federated_participants as participant
      where participant.tenant_id = p_tenant_id and participant.active
    )
$$;
ALTER FUNCTION app.federates_with(p_tenant_id text, p_initiator_id text) OWNER TO agent_agency_service;

CREATE FUNCTION app.fill_vector_index(p_tenant_id text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
declare
  v_index app.vector_indexes;
  v_table text;
  v_filled bigint;
begin
  select index.* into v_index from app.vector_indexes as index
  where index.tenant_id = p_tenant_id and index.state = 'filling'
  for update;
  if not found then
    return null;
  end if;
  v_table := 'capability_vectors_' || v_index.segment;
  -- What was begun and broken off is begun anew: to fill takes seconds.
  if to_regclass(format('app.%I', v_table)) is not null then
    execute format('drop table app.%I', v_table);
  end if;
  execute format(
    'create table app.%I (like app.capability_vectors, constraint %I check (segment = %s))',
    v_table, v_table || '_segment_check', v_index.segment
  );
  perform app.hide_vector_table(format('app.%I', v_table)::regclass);
  -- What was noted until now is what is filled in. What others note meanwhile comes to stay.
  delete from app.pending_vectors as pending where pending.tenant_id = p_tenant_id;
  execute format(
    'insert into app.%I (tenant_id, capability_id, segment, embedding)
     select capability.tenant_id, capability.id, %s, l2_normalize(capability.embedding)::halfvec(768)
     from public.agent_capabilities_graph as capability
     where capability.tenant_id = $1 and capability.embedding_bits is not null',
    v_table, v_index.segment
  ) using p_tenant_id;
  get diagnostics v_filled = row_count;
  update app.vector_indexes as index set vector_count = v_filled where index.tenant_id = p_tenant_id;
  return v_filled;
end
$_$;
ALTER FUNCTION app.fill_vector_index(p_tenant_id text) OWNER TO agent_agency_service;

CREATE FUNCTION app.find_federated_sessions() RETURNS TABLE(found_session_id uuid, found_topic text, found_project_id text, found_settings jsonb, found_status text, found_round integer, found_started_at timestamp with time zone, has_joined boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.require_tenant_id();
begin
  return query
    select
      session.session_id,
      session.topic::text,
      initiator.project_id::text,
      session.settings,
      session.status::text,
      session.round,
      session.started_at,
      member.tenant_id is not null
    from federated_sessions as session
    join tenants as initiator on initiator.id = session.tenant_id
    left join session_participants as member
      on member.tenant_id = session.tenant_id
      and member.session_id = session.session_id
      and member.participant_tenant_id = v_tenant
      and member.left_at is null
    where (session.status = 'forming' or member.tenant_id is not null)
      and app.federates_with(v_tenant, session.tenant_id)
    order by session.started_at desc, session.session_id;
end
$$;
ALTER FUNCTION app.find_federated_sessions() OWNER TO agent_agency_service;

CREATE FUNCTION app.finish_secure_round(p_session_id uuid) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_session federated_sessions;
  v_topics text[];
  v_topic text;
  v_parties integer;
begin
  v_session := app.lock_federated_session(p_session_id, true, true);
  v_topics := (app.read_federated_settings(v_session.settings)).topic_keys;
  perform app.refuse_federated_level(v_session, 'secure');
  perform app.refuse_federated_status(v_session, 'aggregating');
  -- Whoever does not consent any more is in the sums already: nothing is released.
  perform app.drop_unwilling_members(v_session);
  v_parties := app.count_federated_parties(v_session);
  perform app.refuse_missing_messages(v_parties * cardinality(v_topics) - (
    select count(*) from federated_partial_sums as partial
    where partial.initiator_tenant_id = v_session.tenant_id and app.opaque(partial.session_id) = v_session.session_id
      and partial.round = v_session.round
  ));
  foreach v_topic in array v_topics loop
    perform app.publish_secure_topic(v_session, v_topic, v_parties);
  end loop;
  perform app.end_federated_round(
    v_session,
    array(
      select member.participant_tenant_id from session_participants as member
      where member.tenant_id = v_session.tenant_id and member.session_id = v_session.session_id
        and member.party is not null
    ),
    cardinality(v_topics)
  );
  return cardinality(v_topics);
end
$$;
ALTER FUNCTION app.finish_secure_round(p_session_id uuid) OWNER TO agent_agency_service;

CREATE FUNCTION app.finish_vector_index(p_tenant_id text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_index app.vector_indexes;
  v_table text;
begin
  select index.* into v_index from app.vector_indexes as index
  where index.tenant_id = p_tenant_id and index.state = 'filling'
  for update;
  if not found then
    return false;
  end if;
  v_table := 'capability_vectors_' || v_index.segment;
  execute format(
    'alter table app.%I add constraint %I primary key (tenant_id, capability_id, segment)', v_table, v_table || '_pkey'
  );
  -- With 64, of 133,000 vectors some were never reached, whatever the breadth.
  execute format(
    'create index %I on app.%I using hnsw (embedding halfvec_cosine_ops) with (m = 16, ef_construction = 128)',
    'idx_capabilities_embedding_' || v_index.segment, v_table
  );
  execute format('alter table app.capability_vectors attach partition app.%I for values in (%s)', v_table, v_index.segment);
  update app.vector_indexes as index set state = 'ready', built_at = now() where index.tenant_id = p_tenant_id;
  return true;
end
$$;
ALTER FUNCTION app.finish_vector_index(p_tenant_id text) OWNER TO agent_agency_service;

CREATE FUNCTION app.fold_agent_degrees(p_limit integer DEFAULT 10000) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  select app.fold_degree_parts(array_agg(crowded.tenant_id), array_agg(crowded.agent_id))
  from (
    select degree.tenant_id, degree.agent_id
    from agent_degrees as degree
    where degree.counts_from <= now()
    group by degree.tenant_id, degree.agent_id
    having count(*) > 1
    limit p_limit
  ) as crowded
$$;
ALTER FUNCTION app.fold_agent_degrees(p_limit integer) OWNER TO agent_agency_service;

CREATE TABLE public.agent_degrees (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    agent_id character varying(255) NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    counts_from timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    outgoing integer NOT NULL,
    incoming integer NOT NULL,
    undirected integer NOT NULL
);
ALTER TABLE ONLY public.agent_degrees ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_degrees ALTER COLUMN counts_from SET STATISTICS 1;
ALTER TABLE ONLY public.agent_degrees ALTER COLUMN outgoing SET STATISTICS 0;
ALTER TABLE ONLY public.agent_degrees ALTER COLUMN incoming SET STATISTICS 0;
ALTER TABLE ONLY public.agent_degrees ALTER COLUMN undirected SET STATISTICS 0;

ALTER TABLE ONLY public.agent_degrees FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.fold_degree_parts(p_tenant_ids text[], p_agent_ids text[]) RETURNS bigint
    LANGUAGE sql
    BEGIN ATOMIC
 WITH part AS (
          SELECT degree.tenant_id,
             degree.agent_id,
             degree.id
            FROM (UNNEST(fold_degree_parts.p_tenant_ids, fold_degree_parts.p_agent_ids) agent(tenant_id, id)
              JOIN public.agent_degrees degree ON ((((degree.tenant_id)::text = agent.tenant_id) AND ((degree.agent_id)::text = agent.id))))
           WHERE (degree.counts_from <= now())
          FOR UPDATE OF degree SKIP LOCKED
         ), folded AS (
          DELETE FROM public.agent_degrees degree
            USING part
           WHERE (((degree.tenant_id)::text = (part.tenant_id)::text) AND ((degree.agent_id)::text = (part.agent_id)::text) AND (degree.id = part.id))
           RETURNING degree.tenant_id,
             degree.agent_id,
             degree.outgoing,
             degree.incoming,
             degree.undirected
         ), summed AS (
          INSERT INTO public.agent_degrees (tenant_id, agent_id, outgoing, incoming, undirected)  SELECT folded.tenant_id,
                     folded.agent_id,
                     sum(folded.outgoing) AS sum,
                     sum(folded.incoming) AS sum,
                     sum(folded.undirected) AS sum
                    FROM folded
                   GROUP BY folded.tenant_id, folded.agent_id
                  HAVING ((sum(folded.outgoing) <> 0) OR (sum(folded.incoming) <> 0) OR (sum(folded.undirected) <> 0))
           RETURNING 1 AS "?column?"
         )
  SELECT (( SELECT count(*) AS count
            FROM folded) - ( SELECT count(*) AS count
            FROM summed));
END;
ALTER FUNCTION app.fold_degree_parts(p_tenant_ids text[], p_agent_ids text[]) OWNER TO agent_agency_service;

CREATE FUNCTION app.forget_agent_degrees() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  delete from agent_degrees as degree
  using gone
  where degree.tenant_id = gone.tenant_id and degree.agent_id = gone.id;
  return null;
end
$$;
ALTER FUNCTION app.forget_agent_degrees() OWNER TO agent_agency_service;

CREATE FUNCTION app.forget_cached_similarity() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  -- Not in the trigger's own condition: read back from a dump, with an empty path, it finds no operator for vectors.
  if old.embedding is distinct from new.embedding then
    delete from entity_similarity_cache as cached
    where cached.tenant_id = new.tenant_id and new.id in (cached.entity1_id, cached.entity2_id);
  end if;
  return null;
end
$$;

CREATE FUNCTION app.forget_federated_round(p_session public.federated_sessions) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  delete from federated_contributions as item
  where item.initiator_tenant_id = p_session.tenant_id and app.opaque(item.session_id) = p_session.session_id;
  delete from federated_shares as item
  where item.initiator_tenant_id = p_session.tenant_id and app.opaque(item.session_id) = p_session.session_id;
$$;
ALTER FUNCTION app.forget_federated_round(p_session public.federated_sessions) OWNER TO agent_agency_service;

CREATE FUNCTION app.forget_federated_session() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  delete from federated_contributions as item
  where item.initiator_tenant_id = old.tenant_id and app.opaque(item.session_id) = old.session_id;
  delete from federated_shares as item
  where item.initiator_tenant_id = old.tenant_id and app.opaque(item.session_id) = old.session_id;
  delete from federated_partial_sums as item
  where item.initiator_tenant_id = old.tenant_id and app.opaque(item.session_id) = old.session_id;
  return old;
end
$$;
ALTER FUNCTION app.forget_federated_session() OWNER TO agent_agency_service;

CREATE FUNCTION app.happens_with_exp(p_numerator bigint, p_denominator bigint) RETURNS boolean
    LANGUAGE plpgsql PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_draws bigint := 1;
begin
  while app.random_below(p_denominator * v_draws) < p_numerator loop
    v_draws := v_draws + 1;
  end loop;
  return v_draws % 2 = 1;
end
$$;

CREATE FUNCTION app.happens_with_exp_of(p_numerator numeric, p_denominator numeric) RETURNS boolean
    LANGUAGE plpgsql PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_wholes numeric;
  v_draws numeric := 1;
begin
  if (
    p_numerator >= 0 and p_denominator >= 1 and p_numerator = trunc(p_numerator) and p_denominator = trunc(p_denominator)
    and p_numerator < 'Infinity' and p_denominator < 'Infinity'
  ) is not true then
    raise exception using errcode = '22023', message = 'an exponent is a fraction of whole numbers, 0 or more';
  end if;
  v_wholes := div(p_numerator, p_denominator);
  while v_wholes > 0 loop
    if not app.happens_with_exp(1, 1) then
      return false;
    end if;
    v_wholes := v_wholes - 1;
  end loop;
  while app.random_whole_below(p_denominator * v_draws) < p_numerator % p_denominator loop
    v_draws := v_draws + 1;
  end loop;
  return v_draws % 2 = 1;
end
$$;

CREATE FUNCTION app.hide_vector_table(p_table regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_name constant text := (select relname from pg_class where oid = p_table);
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);
  execute format(
    'create policy %I on %s as restrictive for all'
    ' to agent_agency_owner, agent_agency_app, agent_agency_readonly'
    ' using ((select app.current_tenant_key())[tenant_id] is not null)'
    ' with check (tenant_id = (select app.current_tenant_id()))',
    v_name || '_tenant_guard', p_table
  );
  execute format(
    'create policy %I on %s to agent_agency_service using (true) with check (true)', v_name || '_service', p_table
  );
  perform app.limit_statistics(p_table);
end
$$;

CREATE FUNCTION app.is_aggregate(p_resource character varying, p_group character varying, p_aggregate character varying, p_measure character varying, p_max_rows_per_agent integer, p_lower numeric, p_upper numeric, p_resolution numeric, p_epsilon numeric, p_delta numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((((p_aggregate)::text = ANY ((ARRAY['count'::character varying, 'sum'::character varying, 'mean'::character varying])::text[])) AND ((length((p_group)::text) >= 1) AND (length((p_group)::text) <= 500)) AND ((p_max_rows_per_agent >= 1) AND (p_max_rows_per_agent <= 10000)) AND ((p_epsilon >= 0.0001) AND (p_epsilon <= (100)::numeric)) AND (scale(trim_scale(p_epsilon)) <= 6) AND ((p_delta = (0)::numeric) OR ((p_delta >= 0.000000000000000000000000000001) AND (p_delta <= 0.5))) AND CASE p_aggregate WHEN 'count'::text THEN (((p_resource)::text = ANY ((ARRAY['performance_events'::character varying, 'agent_capabilities_graph'::character varying])::text[])) AND (num_nonnulls(p_measure, p_lower, p_upper, p_resolution) = 0)) ELSE ((((((((p_resource)::text = 'performance_events'::text) AND ((p_measure)::text = 'latency_ms'::text)) OR (((p_resource)::text = 'performance_events'::text) AND ((p_measure)::text = 'success_rate'::text))) OR (((p_resource)::text = 'agent_capabilities_graph'::text) AND ((p_measure)::text = 'confidence'::text))) OR (((p_resource)::text = 'agent_capabilities_graph'::text) AND ((p_measure)::text = 'success_rate'::text))) OR (((p_resource)::text = 'agent_capabilities_graph'::text) AND ((p_measure)::text = 'demonstration_count'::text))) AND (p_lower < p_upper) AND CASE WHEN ((p_resolution >= 0.000000001) AND (p_resolution <= '1000000000'::numeric)) THEN ((GREATEST(abs(p_lower), abs(p_upper)) <= (p_resolution * '1000000000'::numeric)) AND ((p_lower % p_resolution) = (0)::numeric) AND ((p_upper % p_resolution) = (0)::numeric)) ELSE NULL::boolean END) END) IS TRUE);

CREATE TABLE app.tenant_maintenance (
    id bigint NOT NULL,
    maintained_tenant_id character varying(255) NOT NULL,
    kind character varying(20) NOT NULL,
    reason text NOT NULL,
    login name DEFAULT SESSION_USER NOT NULL,
    application_name text DEFAULT current_setting('application_name'::text) NOT NULL,
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    began_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tenant_maintenance_kind_check CHECK (((kind)::text = ANY ((ARRAY['erasure'::character varying, 'subject erasure'::character varying, 'export'::character varying, 'import'::character varying, 'retention'::character varying])::text[]))),
    CONSTRAINT tenant_maintenance_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000)))
);
ALTER TABLE app.tenant_maintenance OWNER TO agent_agency_service;

CREATE FUNCTION app.tenant_maintenance_of_transaction() RETURNS app.tenant_maintenance
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select maintenance
  from app.tenant_maintenance as maintenance
  where maintenance.transaction_id = pg_current_xact_id_if_assigned() and maintenance.began_at = now()
$$;
ALTER FUNCTION app.tenant_maintenance_of_transaction() OWNER TO agent_agency_service;

CREATE FUNCTION app.is_maintaining(p_kinds text[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN COALESCE((((app.tenant_maintenance_of_transaction()).kind)::text = ANY (p_kinds)), false);

CREATE TABLE public.aggregated_insights (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    session_id uuid NOT NULL,
    topic_key character varying(500) NOT NULL,
    aggregated_content jsonb NOT NULL,
    confidence_score numeric(3,2) NOT NULL,
    source_participants integer NOT NULL,
    aggregation_method character varying(20) DEFAULT 'weighted'::character varying NOT NULL,
    privacy_preserved boolean NOT NULL,
    access_count integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    round integer DEFAULT 1 NOT NULL,
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT aggregated_insights_access_count_check CHECK ((access_count >= 0)),
    CONSTRAINT aggregated_insights_aggregation_method_check CHECK (((aggregation_method)::text = ANY ((ARRAY['weighted'::character varying, 'consensus'::character varying, 'hybrid'::character varying, 'sum'::character varying])::text[]))),
    CONSTRAINT aggregated_insights_confidence_score_check CHECK (((confidence_score >= (0)::numeric) AND (confidence_score <= (1)::numeric))),
    CONSTRAINT aggregated_insights_round_check CHECK ((round > 0)),
    CONSTRAINT aggregated_insights_source_participants_check CHECK ((source_participants > 0)),
    CONSTRAINT aggregated_insights_topic_key_check CHECK ((length((topic_key)::text) > 0))
);
ALTER TABLE ONLY public.aggregated_insights ALTER COLUMN topic_key SET STATISTICS 0;
ALTER TABLE ONLY public.aggregated_insights ALTER COLUMN aggregated_content SET STATISTICS 0;
ALTER TABLE ONLY public.aggregated_insights ALTER COLUMN confidence_score SET STATISTICS 0;
ALTER TABLE ONLY public.aggregated_insights ALTER COLUMN source_participants SET STATISTICS 0;
ALTER TABLE ONLY public.aggregated_insights ALTER COLUMN aggregation_method SET STATISTICS 0;
ALTER TABLE ONLY public.aggregated_insights ALTER COLUMN privacy_preserved SET STATISTICS 0;
ALTER TABLE ONLY public.aggregated_insights ALTER COLUMN access_count SET STATISTICS 0;
ALTER TABLE ONLY public.aggregated_insights ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.aggregated_insights ALTER COLUMN expires_at SET STATISTICS 1;
ALTER TABLE ONLY public.aggregated_insights ALTER COLUMN round SET STATISTICS 0;
ALTER TABLE ONLY public.aggregated_insights ALTER COLUMN transaction_id SET STATISTICS 0;

ALTER TABLE ONLY public.aggregated_insights FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.is_paid_insight(p_insight public.aggregated_insights) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    BEGIN ATOMIC
 SELECT ((((p_insight).transaction_id IS DISTINCT FROM pg_current_xact_id_if_assigned()) OR ((p_insight).created_at IS DISTINCT FROM now())) AND COALESCE(((p_insight).expires_at > now()), true));
END;
ALTER FUNCTION app.is_paid_insight(p_insight public.aggregated_insights) OWNER TO agent_agency_service;

CREATE FUNCTION app.is_restoring() RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  return current_setting('row_security') = 'off' and exists (
    select from pg_roles as role
    where role.rolname = coalesce(nullif(current_setting('role'), 'none'), session_user)
      and (role.rolsuper or role.rolbypassrls)
  );
end
$$;

CREATE FUNCTION app.isolate_tenant_table(p_table regclass, p_tenant_column name, p_policy name) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_name constant text := (select relname from pg_class where oid = p_table);
  v_own constant text := format('%I = (select app.current_tenant_id())', p_tenant_column);
  v_guard constant text := format('(select app.current_tenant_key())[%I] is not null', p_tenant_column);
  v_maintained constant text := format('%I = (select app.maintained_tenant())', p_tenant_column);
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);
  -- Restrictive: whatever permissive policy is added later, it cannot let another tenant in.
  execute format(
    'create policy %I on %s as restrictive for all'
    ' to agent_agency_owner, agent_agency_app, agent_agency_readonly using (%s) with check (%s)',
    v_name || '_tenant_guard', p_table, v_guard, v_own
  );
  execute format(
    'create policy %I on %s for all to agent_agency_app using (%s) with check (%s)', p_policy, p_table, v_own, v_own
  );
  execute format(
    'create policy %I on %s for select to agent_agency_readonly using (%s)', v_name || '_read', p_table, v_own
  );
  execute format(
    'create policy %I on %s for all to agent_agency_maintenance using (%s) with check (%s)',
    v_name || '_maintenance', p_table, v_maintained, v_maintained
  );
  execute format('grant select, insert, update, delete on %s to agent_agency_maintenance', p_table);
  perform app.limit_statistics(p_table);
end
$$;

CREATE FUNCTION app.join_federated_session(p_session_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.require_tenant_id();
  v_own federated_participants;
  v_promised privacy_level;
  v_session federated_sessions;
  v_settings app.federated_settings;
begin
  select participant.* into v_own from federated_participants as participant
  where participant.tenant_id = v_tenant and participant.active;
  if not found then
    raise exception using errcode = 'AANFD', message = 'this tenant takes part in no learning: it has to join the federation first';
  end if;
  begin
    select session.* into strict v_session
    from federated_sessions as session
    where app.opaque(session.session_id) = p_session_id and app.federates_with(v_tenant, session.tenant_id)
    for no key update;
  exception when no_data_found or too_many_rows then
    -- One answer whether there is none or its initiator does not consent: it would tell which sessions there are.
    raise exception using errcode = 'AAFNS', message = 'there is no such session that this tenant may join';
  end;
  v_settings := app.read_federated_settings(v_session.settings);
  perform app.refuse_federated_status(v_session, 'forming');
  perform app.refuse_federated_level(v_session, v_own.privacy_level);
  select config.privacy_level into v_promised from tenant_privacy_config as config where config.tenant_id = v_tenant;
  if v_promised = 'secure' and v_settings.privacy_level <> 'secure'
    or v_promised = 'differential' and v_settings.epsilon is null
  then
    raise exception using
      errcode = 'AAFLV',
      message = format('the session protects less than this tenant''s level %s promises', v_promised),
      hint = 'The level differential asks for noise, also in a secure session; secure asks for a secure session.';
  end if;
  if exists (
    select from session_participants as member
    where member.tenant_id = v_session.tenant_id and member.session_id = p_session_id
      and member.participant_tenant_id = v_tenant and member.left_at is null
  ) then
    raise exception using errcode = 'AAFDU', message = 'this tenant has joined the session already';
  end if;
  if v_settings.max_participants <= (
    select count(*) from session_participants as member
    where member.tenant_id = v_session.tenant_id and member.session_id = p_session_id and member.left_at is null
  ) then
    raise exception using errcode = 'AAFST', message = 'the session has as many participants as it takes';
  end if;
  if exists (
    select from session_participants as member
    where member.tenant_id = v_session.tenant_id and member.session_id = p_session_id and member.left_at is null
      and not app.tenants_consent(v_tenant, member.participant_tenant_id)
  ) then
    raise exception using
      errcode = 'AAFCN',
      message = 'this tenant and somebody in the session do not both consent to learn from each other';
  end if;
  if v_settings.privacy_level = 'secure' and exists (
    select from session_participants as member
    where member.tenant_id = v_session.tenant_id and member.session_id = p_session_id and member.left_at is null
      and member.public_key = v_own.public_key
  ) then
    raise exception using errcode = 'AAFDU', message = 'somebody in the session has this tenant''s public key: make a new one';
  end if;

  insert into session_participants (tenant_id, session_id, participant_tenant_id, reputation_at_join, public_key)
  values (
    v_session.tenant_id,
    p_session_id,
    v_tenant,
    v_own.reputation_score,
    case v_settings.privacy_level when 'secure' then v_own.public_key end
  )
  on conflict (tenant_id, session_id, participant_tenant_id) do update
  set left_at = null,
    joined_at = excluded.joined_at,
    reputation_at_join = excluded.reputation_at_join,
    public_key = excluded.public_key;
end
$$;
ALTER FUNCTION app.join_federated_session(p_session_id uuid) OWNER TO agent_agency_service;

CREATE FUNCTION app.keep_encryption_key_state() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception using
    errcode = 'AAKEY',
    message = format('an encryption key that is %s does not become %s', old.state, new.state);
end
$$;

CREATE FUNCTION app.keep_subject_key() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception using
    errcode = 'AAKEY',
    message = 'a subject''s key stays that subject''s, and stays destroyed';
end
$$;

CREATE FUNCTION app.keep_superseded_relationships() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_nestloop TO 'off'
    AS $$
declare
  v_reason constant text := left(nullif(current_setting('app.superseded_reason', true), ''), 1000);
begin
  -- Operators who erase or import a tenant take care of its history themselves.
  if current_setting('role') = 'agent_agency_maintenance' then
    return null;
  end if;
  if tg_op = 'DELETE' then
    insert into agent_relationship_history
    select
      gone.tenant_id, gone.id, gone.source_agent_id, gone.target_agent_id, gone.type, gone.is_directional,
      gone.confidence, gone.strength, gone.cooccurrence_count, gone.supporting_tasks, gone.extraction_context,
      gone.mutual_information, gone.pointwise_mutual_information, gone.metadata,
      gone.created_at, gone.updated_at, gone.last_observed, gone.valid_from, gone.valid_to,
      gone.recorded_at, greatest(now(), gone.recorded_at + interval '1 microsecond'), v_reason
    from gone
    where gone.recorded_at <> now();
  else
    insert into agent_relationship_history
    select
      gone.tenant_id, gone.id, gone.source_agent_id, gone.target_agent_id, gone.type, gone.is_directional,
      gone.confidence, gone.strength, gone.cooccurrence_count, gone.supporting_tasks, gone.extraction_context,
      gone.mutual_information, gone.pointwise_mutual_information, gone.metadata,
      gone.created_at, gone.updated_at, gone.last_observed, gone.valid_from, gone.valid_to,
      gone.recorded_at, come.recorded_at, v_reason
    from gone
    join come on come.tenant_id = gone.tenant_id and come.id = gone.id
    where gone.recorded_at < come.recorded_at;
  end if;
  return null;
end
$$;
ALTER FUNCTION app.keep_superseded_relationships() OWNER TO agent_agency_service;

CREATE FUNCTION app.leave_federated_session(p_session_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.require_tenant_id();
  v_session federated_sessions;
begin
  v_session := app.lock_federated_session(p_session_id, false, true);
  update session_participants as member
  set left_at = now()
  where member.tenant_id = v_session.tenant_id and member.session_id = p_session_id
    and member.participant_tenant_id = v_tenant;
  delete from federated_contributions as item where item.tenant_id = v_tenant and item.session_id = p_session_id;
  delete from federated_shares as item where item.tenant_id = v_tenant and item.session_id = p_session_id;
end
$$;
ALTER FUNCTION app.leave_federated_session(p_session_id uuid) OWNER TO agent_agency_service;

CREATE FUNCTION app.limit_statistics(p_table regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_statement text;
begin
  for v_statement in
    select format(
      'alter table %s alter column %I set statistics %s',
      p_table, attname, case when atttypid = 'timestamptz'::regtype then 1 else 0 end
    )
    from pg_attribute
    where attrelid = p_table
      and attnum > 0
      and not attisdropped
      and attname <> 'tenant_id'
      and atttypid <> 'uuid'::regtype
    union all
    select format('alter index %s alter column %s set statistics 0', indexrelid::regclass, part.place)
    from pg_index cross join unnest(indkey) with ordinality as part (attnum, place)
    where indrelid = p_table and part.attnum = 0
  loop
    execute v_statement;
  end loop;
end
$$;

CREATE FUNCTION app.list_tenants() RETURNS SETOF public.tenants
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  select tenant.* from tenants as tenant order by tenant.project_id, tenant.id
$$;
ALTER FUNCTION app.list_tenants() OWNER TO agent_agency_service;

CREATE FUNCTION app.list_vector_indexes() RETURNS TABLE(vector_tenant_id text, vectors bigint, pending bigint, index_state text, indexed bigint, index_breadth integer, index_margin integer, index_recall double precision)
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  select
    coalesce(counted.tenant_id, index.tenant_id), coalesce(counted.vectors, 0), coalesce(noted.pending, 0),
    index.state, index.vector_count, index.breadth, index.margin, index.recall
  from (
    select capability.tenant_id, count(*) as vectors
    from agent_capabilities_graph as capability
    where capability.embedding_bits is not null
    group by capability.tenant_id
  ) as counted
  full join app.vector_indexes as index on index.tenant_id = counted.tenant_id
  left join lateral (
    select count(*) as pending from app.pending_vectors as pending where pending.tenant_id = index.tenant_id
  ) as noted on true
  order by 2 desc, 1
$$;
ALTER FUNCTION app.list_vector_indexes() OWNER TO agent_agency_service;

CREATE FUNCTION app.lock_federated_session(p_session_id uuid, p_as_initiator boolean, p_alone boolean) RETURNS public.federated_sessions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.require_tenant_id();
  v_initiator text;
  v_session federated_sessions;
begin
  if p_as_initiator then
    v_initiator := v_tenant;
  else
    -- Of two sessions of one identifier, which only an import can make, neither is the right one.
    select case count(*) when 1 then min(member.tenant_id) end into v_initiator
    from session_participants as member
    where app.opaque(member.participant_tenant_id) = v_tenant and member.session_id = p_session_id and member.left_at is null;
  end if;
  if p_alone then
    select session.* into v_session from federated_sessions as session
    where session.tenant_id = v_initiator and session.session_id = p_session_id
    for no key update;
  else
    select session.* into v_session from federated_sessions as session
    where session.tenant_id = v_initiator and session.session_id = p_session_id
    for share;
  end if;
  if v_session.session_id is null then
    raise exception using
      errcode = 'AAFNS',
      message = format(
        'this tenant %s no such session', case when p_as_initiator then 'has initiated' else 'takes part in' end
      );
  end if;
  return v_session;
end
$$;
ALTER FUNCTION app.lock_federated_session(p_session_id uuid, p_as_initiator boolean, p_alone boolean) OWNER TO agent_agency_service;

CREATE FUNCTION app.lock_provenance_head(p_parent_ids uuid[] DEFAULT '{}'::uuid[], p_key_id text DEFAULT NULL::text, p_public_key bytea DEFAULT NULL::bytea) RETURNS TABLE(head_seq bigint, head_hash text, parent_hashes text[])
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.require_tenant_id();
begin
  select locked.head_seq, locked.head_hash into head_seq, head_hash
  from app.lock_provenance_head_of(v_tenant) as locked;

  if p_key_id is not null and not exists (
    select from provenance_signing_keys as key where key.tenant_id = v_tenant and key.key_id = p_key_id
  ) then
    insert into provenance_signing_keys (tenant_id, key_id, public_key)
    values (v_tenant, p_key_id, p_public_key)
    on conflict (tenant_id, key_id) do nothing;
  end if;

  if p_parent_ids <> '{}' then
    parent_hashes := array(
      select (
        select node.hash_chain
        from caws_provenance_graph as node
        -- As in app.extend_provenance_log().
        where node.tenant_id = v_tenant and node.id >= parent.id and node.id <= parent.id
        order by node.id
      )
      from unnest(p_parent_ids) with ordinality as parent (id, ordinal)
      order by parent.ordinal
    );
  end if;
  return next;
end
$$;
ALTER FUNCTION app.lock_provenance_head(p_parent_ids uuid[], p_key_id text, p_public_key bytea) OWNER TO agent_agency_service;

CREATE FUNCTION app.lock_provenance_head_of(p_tenant_id text) RETURNS TABLE(head_seq bigint, head_hash text)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  perform pg_advisory_xact_lock(hashtextextended('provenance log of ' || p_tenant_id, 0));

  select head.seq, head.hash_chain into head_seq, head_hash
  from provenance_heads as head
  where head.tenant_id = p_tenant_id
  for update;

  if not found then
    insert into provenance_heads (tenant_id, seq) values (p_tenant_id, 0) on conflict (tenant_id) do nothing;

    select head.seq, head.hash_chain into strict head_seq, head_hash
    from provenance_heads as head
    where head.tenant_id = p_tenant_id
    for update;
  end if;
  return next;
end
$$;
ALTER FUNCTION app.lock_provenance_head_of(p_tenant_id text) OWNER TO agent_agency_service;

CREATE FUNCTION app.maintained_tenant() RETURNS text
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    RETURN ((app.tenant_maintenance_of_transaction()).maintained_tenant_id)::text;
ALTER FUNCTION app.maintained_tenant() OWNER TO agent_agency_service;

CREATE FUNCTION app.measure_vector_recall(p_tenant_id text, p_sample double precision, p_breadths integer[], p_margins integer[]) RETURNS TABLE(measured_breadth integer, measured_margin integer, measured_found integer, measured_wanted integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET jit TO 'off'
    SET max_parallel_workers_per_gather TO '0'
    AS $$
declare
  v_index app.vector_indexes;
  v_sample record;
  v_question vector(768);
  v_bits bit(768);
  v_nearest uuid[];
  v_candidates uuid[];
  v_distances double precision[];
begin
  select capability.id, capability.embedding into v_sample
  from agent_capabilities_graph as capability
  where capability.tenant_id = p_tenant_id
    and capability.embedding_bits is not null
    and capability.validation_status <> 'rejected'
  order by capability.id
  limit 1
  offset floor(p_sample * (
    select count(*) from agent_capabilities_graph as counted
    where counted.tenant_id = p_tenant_id
      and counted.embedding_bits is not null
      and counted.validation_status <> 'rejected'
  ));
  if not found then
    return;
  end if;
  -- The same question each time.
  perform setseed(p_sample);
  v_question := v_sample.embedding + array(
    select random_normal(0, 0.6 * vector_norm(v_sample.embedding) / sqrt(768.0)) from generate_series(1, 768)
  )::vector;
  v_bits := binary_quantize(v_question)::bit(768);
  v_nearest := array(
    select nearest.id
    from (
      select capability.id, capability.embedding <=> v_question as distance
      from agent_capabilities_graph as capability
      where capability.tenant_id = p_tenant_id
        and capability.embedding is not null
        and capability.validation_status <> 'rejected'
        and capability.id <> v_sample.id
      offset 0
    ) as nearest
    order by nearest.distance, nearest.id
    limit 10
  );
  measured_wanted := cardinality(v_nearest);
  select index.* into v_index from app.vector_indexes as index where index.tenant_id = p_tenant_id;
  if v_index.state is distinct from 'ready' then
    select scan.ids, scan.distances into v_candidates, v_distances
    from app.scan_capability_signs(p_tenant_id, v_bits, 1000, 0, null) as scan;
    v_distances := coalesce(v_distances, '{}');
  end if;
  foreach measured_margin in array p_margins loop
    foreach measured_breadth in array p_breadths loop
      if v_index.state = 'ready' then
        v_index.breadth := measured_breadth;
        v_index.margin := measured_margin;
        select walk.ids into v_candidates
        -- One more: the sample itself is found, too.
        from app.walk_capability_graph(v_index, v_question, 11, 0, null) as walk;
        measured_found := (select count(distinct id) from unnest(v_candidates) as id where id = any(v_nearest));
      else
        measured_found := (
          select count(*)
          from unnest(v_candidates) with ordinality as candidate (id, place)
          where candidate.id = any(v_nearest) and candidate.place <= greatest(
            100, width_bucket(v_distances[least(10, cardinality(v_distances))] + measured_margin, v_distances)
          )
        );
      end if;
      return next;
    end loop;
  end loop;
end
$$;
ALTER FUNCTION app.measure_vector_recall(p_tenant_id text, p_sample double precision, p_breadths integer[], p_margins integer[]) OWNER TO agent_agency_service;

CREATE FUNCTION app.miscounted_degrees(p_tenant_id text) RETURNS TABLE(miscounted_agent_id character varying, since timestamp with time zone, missing_outgoing bigint, missing_incoming bigint, missing_undirected bigint)
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  select counted.agent_id, counted.counts_from, sum(counted.outgoing), sum(counted.incoming), sum(counted.undirected)
  from (
    select part.*
    from agent_relationships as edge
    cross join lateral app.degree_parts(
      1, edge.source_agent_id, edge.target_agent_id, edge.is_directional, edge.valid_from, edge.valid_to
    ) as part
    where edge.tenant_id = p_tenant_id
    union all
    select
      degree.agent_id, case when degree.counts_from <= now() then '-infinity' else degree.counts_from end,
      -degree.outgoing, -degree.incoming, -degree.undirected
    from agent_degrees as degree
    where degree.tenant_id = p_tenant_id
  ) as counted (agent_id, counts_from, outgoing, incoming, undirected)
  group by counted.agent_id, counted.counts_from
  having sum(counted.outgoing) <> 0 or sum(counted.incoming) <> 0 or sum(counted.undirected) <> 0
$$;
ALTER FUNCTION app.miscounted_degrees(p_tenant_id text) OWNER TO agent_agency_service;

CREATE FUNCTION app.next_hop(p_tenant_id text, p_frontier text[], p_products double precision[], p_places integer[], p_seen text[], p_direction text, p_min_confidence numeric, p_types public.relationship_type[], p_max_edges integer, p_fan_out integer, p_until timestamp with time zone, p_as_of timestamp with time zone, p_known_at timestamp with time zone, OUT agent_ids text[], OUT parents integer[], OUT types public.relationship_type[], OUT orientations text[], OUT products double precision[], OUT edges integer, OUT missing text) RETURNS record
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_indexscan TO 'on'
    SET enable_indexonlyscan TO 'on'
    SET enable_nestloop TO 'on'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_memoize TO 'off'
    SET work_mem TO '32MB'
    AS $$
begin
  with step as materialized (
    select found.*
    from app.steps_from(
      p_tenant_id, p_frontier, p_direction, p_min_confidence, p_types, p_fan_out, p_until, p_as_of, p_known_at
    ) as found
    limit p_max_edges::bigint + 1
  ),
  best as (
    select distinct on (step.neighbor collate "C")
      step.neighbor::text as neighbor,
      step.place,
      step.type,
      step.orientation,
      p_products[step.place] * (step.confidence * 100)::integer as product
    from (select * from step limit p_max_edges) as step
    where step.missing is null
      -- Hashed, and never the other way round: a join would hash the steps.
      and step.neighbor::text not in (select unnest(p_seen))
    order by
      step.neighbor collate "C",
      product desc,
      p_frontier[step.place] collate "C",
      step.type::text collate "C",
      step.orientation collate "C"
  )
  select reached.*, counted.*
  into agent_ids, parents, types, orientations, products, edges, missing
  from (
    select
      array_agg(best.neighbor),
      array_agg(p_places[best.place]),
      array_agg(best.type),
      array_agg(best.orientation),
      array_agg(best.product)
    from best
  ) as reached
  cross join (select count(*), max(step.missing) from step) as counted;
end
$$;

CREATE FUNCTION app.noisy_steps(p_sums bigint[], p_sensitivity numeric, p_epsilon numeric) RETURNS bigint[]
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'app', 'pg_temp'
    AS $$
  select array_agg(item.value + app.privacy_noise(p_sensitivity, trim_scale(p_epsilon), null) order by item.position)
  from unnest(p_sums) with ordinality as item (value, position)
$$;
ALTER FUNCTION app.noisy_steps(p_sums bigint[], p_sensitivity numeric, p_epsilon numeric) OWNER TO agent_agency_service;

CREATE FUNCTION app.note_vectors() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_indexes app.vector_indexes[];
  v_segment bigint;
begin
  -- What a dump brings along is compared later, by compare_vector_index().
  if app.is_restoring() then
    return null;
  end if;
  if tg_op = 'DELETE' then
    delete from app.pending_vectors as pending
    using replaced
    where pending.tenant_id = replaced.tenant_id and pending.capability_id = replaced.id;
  end if;
  select array_agg(index) into v_indexes from app.vector_indexes as index where index.state <> 'scanned';
  if v_indexes is null then
    return null;
  end if;
  if tg_op = 'INSERT' then
    insert into app.pending_vectors (tenant_id, capability_id, bits)
    select written.tenant_id, written.id, written.embedding_bits
    from written
    join unnest(v_indexes) as index on index.tenant_id = written.tenant_id
    where written.embedding_bits is not null
    on conflict (tenant_id, capability_id) do update set bits = excluded.bits;
  elsif tg_op = 'UPDATE' then
    insert into app.pending_vectors (tenant_id, capability_id, bits)
    select written.tenant_id, written.id, written.embedding_bits
    from written
    join unnest(v_indexes) as index on index.tenant_id = written.tenant_id
    where written.embedding_bits is not null
      and not exists (
        select from replaced
        where replaced.tenant_id = written.tenant_id
          and replaced.id = written.id
          and replaced.embedding_bits = written.embedding_bits
      )
    on conflict (tenant_id, capability_id) do update set bits = excluded.bits;
  else
    -- From the tenant's own table, attached or not: the partitioned one would lock everybody's.
    for v_segment in
      select index.segment
      from unnest(v_indexes) as index
      where index.tenant_id in (select replaced.tenant_id from replaced)
    loop
      begin
        execute format(
          'delete from app.%I as vector using replaced
           where vector.tenant_id = replaced.tenant_id and vector.capability_id = replaced.id',
          'capability_vectors_' || v_segment
        );
      exception
        -- Not filled yet, or dropped by now.
        when undefined_table then null;
      end;
    end loop;
  end if;
  return null;
end
$$;
ALTER FUNCTION app.note_vectors() OWNER TO agent_agency_service;

CREATE FUNCTION app.opaque(p_value anyelement) RETURNS anyelement
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  return p_value;
end
$$;

CREATE FUNCTION app.open_shared_access(p_resource text, p_query_hash text DEFAULT NULL::text) RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
declare
  v_reader constant text := app.require_tenant_id();
begin
  if p_query_hash !~ '^[0-9a-f]{64}$' then
    raise exception using errcode = '22023', message = 'the hash of a query is a SHA-256, in hex';
  end if;
  return query
    insert into tenant_access_log (
      tenant_id, accessor_tenant_id, access_type, table_name, query_hash, user_id, ip_address
    )
    select owner.id, v_reader, 'read', p_resource, p_query_hash, app.current_context_user(), inet_client_addr()
    from app.sharing_tenants(v_reader, p_resource) as owner (id)
    returning tenant_id::text;
end
$_$;
ALTER FUNCTION app.open_shared_access(p_resource text, p_query_hash text) OWNER TO agent_agency_service;

CREATE FUNCTION app.paths_of_walk(p_agent_ids text[], p_parents integer[], p_types public.relationship_type[], p_products double precision[], p_hops integer[]) RETURNS TABLE(reached_agent_id text, hop_distance integer, types_on_path text[], agents_on_path text[], path_confidence double precision)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_mergejoin TO 'off'
    SET work_mem TO '32MB'
    AS $$
begin
  return query
    with recursive found as materialized (
      select node.id, node.parent, node.type::text as type, node.product, node.hops, node.place::integer as place
      from unnest(p_agent_ids, p_parents, p_types, p_products, p_hops)
        with ordinality as node (id, parent, type, product, hops, place)
    ),
    path as (
      select found.place, found.product, found.hops, array[]::text[] as types, array[found.id] as agents
      from found
      where found.parent = 0
      union all
      select found.place, found.product, found.hops, path.types || found.type, path.agents || found.id
      from path
      join found on found.parent = path.place
    )
    select
      path.agents[cardinality(path.agents)], path.hops, path.types, path.agents,
      path.product / power(100::double precision, path.hops)
    from path;
end
$$;

CREATE FUNCTION app.privacy_noise(p_sensitivity numeric, p_epsilon numeric, p_rho numeric) RETURNS bigint
    LANGUAGE plpgsql PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_shift constant numeric := (1::text || repeat('0', scale(coalesce(p_rho, p_epsilon))))::numeric;
begin
  if p_rho is null then
    return app.discrete_laplace((p_sensitivity * v_shift)::bigint, (p_epsilon * v_shift)::bigint);
  end if;
  return app.discrete_gaussian(p_sensitivity * p_sensitivity * v_shift, 2 * p_rho * v_shift);
end
$$;

CREATE FUNCTION app.provenance_field(p_value bytea) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (p_value IS NULL) THEN '\x00'::bytea ELSE (('\x01'::bytea || int4send(octet_length(p_value))) || p_value) END;

CREATE TABLE public.caws_provenance_graph (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    seq bigint NOT NULL,
    entity_type character varying(50) NOT NULL,
    entity_id character varying(255) NOT NULL,
    parent_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    parent_hashes text[] DEFAULT '{}'::text[] NOT NULL,
    parent_entity_id uuid GENERATED ALWAYS AS (parent_ids[1]) STORED,
    previous_hash character varying(128),
    hash_chain character varying(128) NOT NULL,
    signing_key_id character varying(80) NOT NULL,
    signature character varying(255) NOT NULL,
    content bytea NOT NULL,
    constitutional_refs text[] DEFAULT '{}'::text[] NOT NULL,
    spec_hash character varying(128),
    description text,
    evidence_completeness numeric(3,2),
    budget_adherence numeric(3,2),
    gate_integrity numeric(3,2),
    provenance_clarity numeric(3,2),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    search_vector tsvector GENERATED ALWAYS AS (setweight(to_tsvector('english'::regconfig, COALESCE(description, ''::text)), 'A'::"char")) STORED NOT NULL,
    CONSTRAINT caws_provenance_graph_constitutional_refs_check CHECK (((COALESCE(array_ndims(constitutional_refs), 1) = 1) AND (array_position(constitutional_refs, NULL::text) IS NULL))),
    CONSTRAINT caws_provenance_graph_content_check CHECK (((octet_length(content) >= 2) AND (octet_length(content) <= 1048576))),
    CONSTRAINT caws_provenance_graph_created_at_check CHECK (isfinite(created_at)),
    CONSTRAINT caws_provenance_graph_entity_id_check CHECK ((length((entity_id)::text) > 0)),
    CONSTRAINT caws_provenance_graph_entity_type_check CHECK (((entity_type)::text = ANY ((ARRAY['verdict'::character varying, 'waiver'::character varying, 'gate'::character varying, 'spec'::character varying, 'budget'::character varying, 'policy'::character varying, 'key'::character varying])::text[]))),
    CONSTRAINT caws_provenance_graph_parents_check CHECK (((COALESCE(array_ndims(parent_ids), 1) = 1) AND (COALESCE(array_ndims(parent_hashes), 1) = 1) AND (cardinality(parent_ids) = cardinality(parent_hashes)) AND (array_position(parent_ids, NULL::uuid) IS NULL) AND (array_position(parent_ids, id) IS NULL) AND ((array_to_string(parent_hashes, ' '::text, ''::text) || ' '::text) ~ '^([0-9a-f]{64} )*$|^ $'::text))),
    CONSTRAINT caws_provenance_graph_previous_hash_check CHECK (((previous_hash)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT caws_provenance_graph_scores_check CHECK ((((evidence_completeness >= (0)::numeric) AND (evidence_completeness <= (1)::numeric)) AND ((budget_adherence >= (0)::numeric) AND (budget_adherence <= (1)::numeric)) AND ((gate_integrity >= (0)::numeric) AND (gate_integrity <= (1)::numeric)) AND ((provenance_clarity >= (0)::numeric) AND (provenance_clarity <= (1)::numeric)))),
    CONSTRAINT caws_provenance_graph_seq_check CHECK ((((seq = 1) = (previous_hash IS NULL)) AND (seq >= 1))),
    CONSTRAINT non_empty_hash CHECK (((hash_chain)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT non_empty_signature CHECK (((signature)::text ~ '^[A-Za-z0-9+/]{86}==$'::text))
);
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN seq SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN entity_type SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN entity_id SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN parent_ids SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN parent_hashes SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN previous_hash SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN hash_chain SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN signing_key_id SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN signature SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN constitutional_refs SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN spec_hash SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN description SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN evidence_completeness SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN budget_adherence SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN gate_integrity SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN provenance_clarity SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE ONLY public.caws_provenance_graph ALTER COLUMN search_vector SET STATISTICS 0;

ALTER TABLE ONLY public.caws_provenance_graph FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.provenance_node_hash(p_node public.caws_provenance_graph) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_parents bytea := int4send(cardinality(p_node.parent_ids));
  v_refs bytea := int4send(cardinality(p_node.constitutional_refs));
begin
  for v_place in 1 .. cardinality(p_node.parent_ids) loop
    v_parents := v_parents || uuid_send(p_node.parent_ids[v_place]) || decode(p_node.parent_hashes[v_place], 'hex');
  end loop;
  for v_place in 1 .. cardinality(p_node.constitutional_refs) loop
    v_refs := v_refs
      || int4send(octet_length(convert_to(p_node.constitutional_refs[v_place], 'UTF8')))
      || convert_to(p_node.constitutional_refs[v_place], 'UTF8');
  end loop;
  return encode(
    sha256(
      (
        convert_to('agent-agency.provenance.node.v1', 'UTF8') || '\x0001'::bytea
        || int4send(octet_length(convert_to(p_node.tenant_id, 'UTF8'))) || convert_to(p_node.tenant_id, 'UTF8')
        || '\x0100000008'::bytea || int8send(p_node.seq)
        || coalesce('\x0100000020'::bytea || decode(p_node.previous_hash, 'hex'), '\x00'::bytea)
        || '\x0100000010'::bytea || uuid_send(p_node.id)
        || '\x01'::bytea
        || int4send(octet_length(convert_to(p_node.entity_type, 'UTF8'))) || convert_to(p_node.entity_type, 'UTF8')
        || '\x01'::bytea
        || int4send(octet_length(convert_to(p_node.entity_id, 'UTF8'))) || convert_to(p_node.entity_id, 'UTF8')
        || '\x01'::bytea || int4send(octet_length(v_parents)) || v_parents
        || '\x01'::bytea || int4send(octet_length(p_node.content))
      )
      -- Which may be long: between two that are short, it is copied but twice.
      || p_node.content
      || (
        '\x01'::bytea || int4send(octet_length(v_refs)) || v_refs
        || coalesce(
          '\x01'::bytea
          || int4send(octet_length(convert_to(p_node.spec_hash, 'UTF8'))) || convert_to(p_node.spec_hash, 'UTF8'),
          '\x00'::bytea
        )
        || coalesce(
          '\x01'::bytea
          || int4send(octet_length(convert_to(p_node.description, 'UTF8'))) || convert_to(p_node.description, 'UTF8'),
          '\x00'::bytea
        )
        || coalesce('\x0100000002'::bytea || int2send((p_node.evidence_completeness * 100)::smallint), '\x00'::bytea)
        || coalesce('\x0100000002'::bytea || int2send((p_node.budget_adherence * 100)::smallint), '\x00'::bytea)
        || coalesce('\x0100000002'::bytea || int2send((p_node.gate_integrity * 100)::smallint), '\x00'::bytea)
        || coalesce('\x0100000002'::bytea || int2send((p_node.provenance_clarity * 100)::smallint), '\x00'::bytea)
        || '\x0100000008'::bytea || int8send((extract(epoch from p_node.created_at) * 1000000)::bigint)
        || '\x01'::bytea
        || int4send(octet_length(convert_to(p_node.signing_key_id, 'UTF8'))) || convert_to(p_node.signing_key_id, 'UTF8')
      )
    ),
    'hex'
  );
end
$$;

CREATE FUNCTION app.publish_federated_topic(p_session public.federated_sessions, p_topic_key text) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_settings constant app.federated_settings := app.read_federated_settings(p_session.settings);
  v_top constant bigint := ceil((v_settings.upper - v_settings.lower) / v_settings.resolution);
  v_item record;
  v_tenants text[] := '{}';
  v_steps jsonb := '[]';
  v_estimate app.federated_estimate;
begin
  for v_item in
    select
      contribution.tenant_id as id,
      to_jsonb(array(
        select greatest(0, least(v_top, step.value))
        from unnest(contribution.steps) with ordinality as step (value, position)
        order by step.position
      )) as steps,
      greatest(1, least(100, round(
        100 * contribution.weight * member.reputation_at_join * participant.contribution_weight
      ))) as weight
    from session_participants as member
    join federated_participants as participant on participant.tenant_id = member.participant_tenant_id
    join federated_contributions as contribution
      on contribution.tenant_id = member.participant_tenant_id
      and contribution.session_id = member.session_id
      and contribution.initiator_tenant_id = member.tenant_id
    where member.tenant_id = p_session.tenant_id
      and member.session_id = p_session.session_id
      and member.left_at is null
      and member.reputation_at_join > 0
      and contribution.round = p_session.round
      and contribution.topic_key = p_topic_key
      and cardinality(contribution.steps) = v_settings.dimensions
    order by contribution.tenant_id
    for update of contribution
  loop
    -- Whoever has no budget left is left out.
    continue when not app.spend_privacy_budget(
      v_item.id, v_settings.epsilon, 0, null, app.federated_purpose(p_session)
    );
    v_tenants := v_tenants || v_item.id::text;
    v_steps := v_steps || jsonb_build_object('steps', v_item.steps, 'weight', v_item.weight);
  end loop;
  if cardinality(v_tenants) < app.strictest_k_anonymity(v_tenants) then
    raise exception using errcode = 'AAFKA', message = 'too few tenants for a figure over them';
  end if;

  v_estimate := case v_settings.method
    when 'weighted' then app.estimate_weighted(v_steps, v_settings, v_settings.epsilon)
    when 'consensus' then app.estimate_consensus(v_steps, v_settings, v_settings.epsilon)
    else app.estimate_hybrid(v_steps, v_settings, v_settings.epsilon)
  end;
  perform app.store_federated_insight(
    p_session,
    p_topic_key,
    array(
      select least(v_settings.upper, v_settings.lower + v_settings.resolution * step.value)
      from unnest(v_estimate.means) with ordinality as step (value, position)
      order by step.position
    ),
    v_estimate.half_width * v_settings.resolution,
    cardinality(v_tenants)
  );
  return v_tenants;
end
$$;
ALTER FUNCTION app.publish_federated_topic(p_session public.federated_sessions, p_topic_key text) OWNER TO agent_agency_service;

CREATE FUNCTION app.publish_partial_sum(p_session_id uuid, p_topic_key text, p_partial numeric[], p_attestations bytea[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_session federated_sessions;
  v_settings app.federated_settings;
begin
  v_session := app.lock_federated_session(p_session_id, false, false);
  v_settings := app.read_federated_settings(v_session.settings);
  perform app.refuse_federated_level(v_session, 'secure');
  perform app.refuse_federated_status(v_session, 'aggregating');
  perform app.refuse_without_consent(v_session);
  if p_topic_key = any(v_settings.topic_keys) is not true
    or array_ndims(p_partial) is distinct from 1
    or cardinality(p_partial) <> v_settings.dimensions
    or array_position(p_partial, null) is not null
    or not (0 <= all(p_partial) and 18446744073709551615 >= all(p_partial))
    or exists (select from unnest(p_partial) as item (value) where item.value % 1 <> 0)
    or array_ndims(p_attestations) is distinct from 1
    or cardinality(p_attestations) <> app.count_federated_parties(v_session)
    or exists (select from unnest(p_attestations) as item (sealed) where octet_length(item.sealed) is distinct from 60)
  then
    raise exception using
      errcode = 'AAFVL',
      message = 'a partial sum has as many values as the session has dimensions, whole numbers below 2^64, and a proof for each party';
  end if;
  insert into federated_partial_sums (
    tenant_id, session_id, round, topic_key, initiator_tenant_id, party, partial, attestations
  )
  select
    member.participant_tenant_id,
    member.session_id,
    v_session.round,
    p_topic_key,
    member.tenant_id,
    member.party,
    p_partial,
    p_attestations
  from session_participants as member
  where member.tenant_id = v_session.tenant_id and member.session_id = v_session.session_id
    and member.participant_tenant_id = app.require_tenant_id();
end
$$;
ALTER FUNCTION app.publish_partial_sum(p_session_id uuid, p_topic_key text, p_partial numeric[], p_attestations bytea[]) OWNER TO agent_agency_service;

CREATE FUNCTION app.publish_secure_topic(p_session public.federated_sessions, p_topic_key text, p_parties integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_settings constant app.federated_settings := app.read_federated_settings(p_session.settings);
  v_top constant numeric := ceil((v_settings.upper - v_settings.lower) / v_settings.resolution);
  v_totals numeric[];
begin
  -- The upper half of the numbers modulo 2^64 stands for negative ones, which only noise makes.
  v_totals := array(
    select total.value - case when total.value >= 9223372036854775808 then 18446744073709551616 else 0 end
    from (
      select item.position, mod(sum(item.value), 18446744073709551616) as value
      from federated_partial_sums as partial
      cross join unnest(partial.partial) with ordinality as item (value, position)
      where partial.initiator_tenant_id = p_session.tenant_id
        and app.opaque(partial.session_id) = p_session.session_id
        and partial.round = p_session.round
        and partial.topic_key = p_topic_key
      group by item.position
    ) as total
    order by total.position
  );
  if v_settings.epsilon is null and not (0 <= all(v_totals) and v_top * p_parties >= all(v_totals)) then
    raise exception using
      errcode = 'AAFTM',
      message = 'the total is out of what values of the session can add up to: a party added up something else',
      hint = 'Fail the session: which party it was cannot be told.';
  end if;
  perform app.store_federated_insight(
    p_session,
    p_topic_key,
    array(
      select p_parties * v_settings.lower + v_settings.resolution * item.value
      from unnest(v_totals) with ordinality as item (value, position)
      order by item.position
    ),
    -- Chebyshev's inequality for the sum of the parties' noise, each of variance 2 (top d / epsilon)^2.
    coalesce(
      sqrt(20.0 * 2 * p_parties) * v_top * v_settings.dimensions / v_settings.epsilon * v_settings.resolution, 0
    ),
    p_parties
  );
end
$$;
ALTER FUNCTION app.publish_secure_topic(p_session public.federated_sessions, p_topic_key text, p_parties integer) OWNER TO agent_agency_service;

CREATE FUNCTION app.purge_access_log(p_limit integer DEFAULT 10000) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  with purged as (
    delete from tenant_access_log
    where ctid = any(array(
      select entry.ctid
      from tenants as tenant
      cross join lateral (
        select candidate.ctid
        from tenant_access_log as candidate
        where candidate.tenant_id = tenant.id
          and candidate.accessed_at < now() - make_interval(days => app.access_log_days(tenant.data_retention))
      ) as entry
      limit p_limit
    ))
    returning 1
  )
  select count(*) from purged
$$;
ALTER FUNCTION app.purge_access_log(p_limit integer) OWNER TO agent_agency_service;

CREATE FUNCTION app.put_context_key(p_key_id text, p_secret bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_inner bytea := decode(repeat('36', 64), 'hex');
  v_outer bytea := decode(repeat('5c', 64), 'hex');
begin
  if octet_length(p_secret) not between 32 and 64 then
    raise exception using errcode = '22023', message = 'a context key has 32 to 64 bytes';
  end if;
  for v_at in 0 .. octet_length(p_secret) - 1 loop
    v_inner := set_byte(v_inner, v_at, get_byte(v_inner, v_at) # get_byte(p_secret, v_at));
    v_outer := set_byte(v_outer, v_at, get_byte(v_outer, v_at) # get_byte(p_secret, v_at));
  end loop;
  insert into app.context_keys (key_id, inner_block, outer_block) values (p_key_id, v_inner, v_outer);
end
$$;
ALTER FUNCTION app.put_context_key(p_key_id text, p_secret bytea) OWNER TO agent_agency_service;

CREATE FUNCTION app.put_privacy_config(p_tenant_id character varying, p_changes jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  perform app.change_privacy_config(p_tenant_id, p_changes, true);
end
$$;
ALTER FUNCTION app.put_privacy_config(p_tenant_id character varying, p_changes jsonb) OWNER TO agent_agency_service;

CREATE FUNCTION app.put_provenance_tile(p_tenant_id text, p_level integer, p_tile_index bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_hashes bytea[] := case
    when p_level = 0 then array(
      select sha256('\x00'::bytea || decode(node.hash_chain, 'hex'))
      from caws_provenance_graph as node
      where node.tenant_id = p_tenant_id and node.seq > p_tile_index * 256 and node.seq <= (p_tile_index + 1) * 256
      order by node.seq
    )
    else array(
      select tile.root
      from provenance_tiles as tile
      where tile.tenant_id = p_tenant_id
        and tile.level = p_level - 1
        and tile.tile_index between p_tile_index * 256 and p_tile_index * 256 + 255
      order by tile.tile_index
    )
  end;
  v_tile constant bytea := (select string_agg(entry.hash, ''::bytea order by entry.place) from unnest(v_hashes) with ordinality as entry (hash, place));
begin
  while cardinality(v_hashes) > 1 loop
    v_hashes := array(
      select sha256('\x01'::bytea || v_hashes[2 * pair.place - 1] || v_hashes[2 * pair.place])
      from generate_series(1, cardinality(v_hashes) / 2) as pair (place)
      order by pair.place
    );
  end loop;
  -- A tile that is not full does not meet the table's checks.
  insert into provenance_tiles (tenant_id, level, tile_index, hashes, root)
  values (p_tenant_id, p_level, p_tile_index, v_tile, v_hashes[1]);

  if p_tile_index % 256 = 255 then
    perform app.put_provenance_tile(p_tenant_id, p_level + 1, p_tile_index / 256);
  end if;
end
$$;
ALTER FUNCTION app.put_provenance_tile(p_tenant_id text, p_level integer, p_tile_index bigint) OWNER TO agent_agency_service;

CREATE FUNCTION app.random_below(p_bound bigint) RETURNS bigint
    LANGUAGE plpgsql PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_range constant bigint := 1::bigint << 48;
  v_number bigint;
begin
  if p_bound is null or p_bound not between 1 and v_range then
    raise exception using errcode = '22023', message = 'the bound of a random number has to be 1 to 2^48';
  end if;
  loop
    v_number := ('x0000' || left(replace(gen_random_uuid()::text, '-', ''), 12))::bit(64)::bigint;
    -- A number from the incomplete last interval would make small remainders more likely.
    exit when v_number < v_range - v_range % p_bound;
  end loop;
  return v_number % p_bound;
end
$$;

CREATE FUNCTION app.random_whole_below(p_bound numeric) RETURNS numeric
    LANGUAGE plpgsql PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_chunk constant bigint := 1::bigint << 48;
  v_range numeric;
  v_number numeric;
begin
  if (p_bound >= 1 and p_bound < 'Infinity' and p_bound = trunc(p_bound)) is not true then
    raise exception using errcode = '22023', message = 'the bound of a random number has to be a whole one, of 1 or more';
  end if;
  loop
    v_range := 1;
    v_number := 0;
    while v_range < p_bound loop
      v_range := v_range * v_chunk;
      v_number := v_number * v_chunk + app.random_below(v_chunk);
    end loop;
    -- A number from the incomplete last interval would make small remainders more likely.
    exit when v_number < v_range - v_range % p_bound;
  end loop;
  return v_number % p_bound;
end
$$;

CREATE FUNCTION app.read_federated_insights(p_session_id uuid) RETURNS TABLE(insight_id uuid, insight_topic_key text, insight_round integer, insight_content jsonb, insight_confidence numeric, insight_participants integer, insight_method text, is_private boolean, insight_created_at timestamp with time zone, insight_expires_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_session constant federated_sessions := app.readable_federated_session(p_session_id);
  v_read integer;
begin
  update aggregated_insights as insight
  set access_count = insight.access_count + 1
  where insight.tenant_id = v_session.tenant_id and insight.session_id = v_session.session_id
    and app.is_paid_insight(insight);
  get diagnostics v_read = row_count;
  if v_session.tenant_id <> app.require_tenant_id() then
    perform app.record_tenant_access(v_session.tenant_id, 'federated', 'aggregated_insights', null, v_read);
  end if;
  -- Here and not when they are made: a score of figures that are not paid for yet would be a figure, too.
  perform app.score_federated_convergence(v_session);
  return query
    select
      insight.id,
      insight.topic_key::text,
      insight.round,
      insight.aggregated_content,
      insight.confidence_score,
      insight.source_participants,
      insight.aggregation_method::text,
      insight.privacy_preserved,
      insight.created_at,
      insight.expires_at
    from aggregated_insights as insight
    where insight.tenant_id = v_session.tenant_id and insight.session_id = v_session.session_id
      and app.is_paid_insight(insight)
    order by insight.round, insight.topic_key;
end
$$;
ALTER FUNCTION app.read_federated_insights(p_session_id uuid) OWNER TO agent_agency_service;

CREATE FUNCTION app.read_federated_settings(p_settings jsonb) RETURNS app.federated_settings
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN jsonb_populate_record(NULL::app.federated_settings, p_settings);

CREATE FUNCTION app.read_partial_sums(p_session_id uuid, p_round integer, p_topic_key text) RETURNS TABLE(from_party integer, partial_sum numeric[], own_attestation bytea)
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_session constant federated_sessions := app.readable_federated_session(p_session_id);
begin
  return query
    select partial.party, partial.partial, partial.attestations[recipient.party]
    from federated_partial_sums as partial
    join session_participants as recipient
      on recipient.tenant_id = partial.initiator_tenant_id and recipient.session_id = partial.session_id
      and recipient.participant_tenant_id = app.require_tenant_id() and recipient.party is not null
    where partial.initiator_tenant_id = v_session.tenant_id and app.opaque(partial.session_id) = v_session.session_id
      and partial.round = p_round and partial.topic_key = p_topic_key
      -- Not before they are the total.
      and exists (
        select from aggregated_insights as insight
        where insight.tenant_id = v_session.tenant_id and insight.session_id = v_session.session_id
          and insight.round = p_round and insight.topic_key = p_topic_key and app.is_paid_insight(insight)
      )
    order by partial.party;
end
$$;
ALTER FUNCTION app.read_partial_sums(p_session_id uuid, p_round integer, p_topic_key text) OWNER TO agent_agency_service;

CREATE FUNCTION app.read_privacy_release(p_id uuid) RETURNS TABLE(release_request jsonb, release_result numeric, release_noise_scale numeric, release_at timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_release app.privacy_releases;
begin
  select release.* into v_release
  from app.privacy_releases as release
  where release.tenant_id = app.require_tenant_id() and release.id = p_id;
  if not found then
    raise exception using errcode = 'AARNF', message = 'the tenant has no such release';
  end if;
  -- Numbers of transactions begin anew when a dump is restored: the instant tells those of then from those of now.
  if v_release.transaction_id = pg_current_xact_id_if_assigned() and v_release.released_at = now() then
    raise exception using
      errcode = 'AARNC',
      message = 'the release is not paid for yet: this transaction could still take that back',
      hint = 'Commit, and read it in another transaction.';
  end if;
  return query select v_release.request, v_release.result, v_release.noise_scale, v_release.released_at;
end
$$;
ALTER FUNCTION app.read_privacy_release(p_id uuid) OWNER TO agent_agency_service;

CREATE FUNCTION app.readable_federated_session(p_session_id uuid) RETURNS public.federated_sessions
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.require_tenant_id();
  v_session federated_sessions;
begin
  select session.* into strict v_session
  from federated_sessions as session
  where app.opaque(session.session_id) = p_session_id
    and (
      session.tenant_id = v_tenant
      or exists (
        select from session_participants as member
        where member.tenant_id = session.tenant_id and member.session_id = session.session_id
          and member.participant_tenant_id = v_tenant and member.left_at is null
      )
    );
  if v_session.tenant_id <> v_tenant then
    perform app.refuse_without_consent(v_session);
  end if;
  return v_session;
exception when no_data_found or too_many_rows then
  raise exception using errcode = 'AAFNS', message = 'this tenant initiated no such session and takes part in none';
end
$$;
ALTER FUNCTION app.readable_federated_session(p_session_id uuid) OWNER TO agent_agency_service;

CREATE FUNCTION app.receive_federated_shares(p_session_id uuid, p_topic_key text) RETURNS TABLE(from_party integer, sealed_share bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_session federated_sessions;
begin
  v_session := app.lock_federated_session(p_session_id, false, false);
  perform app.refuse_federated_level(v_session, 'secure');
  perform app.refuse_federated_status(v_session, 'aggregating');
  perform app.refuse_without_consent(v_session);
  perform app.count_federated_parties(v_session);
  return query
    select sender.party, share.sealed
    from session_participants as sender
    join session_participants as recipient
      on recipient.tenant_id = sender.tenant_id and recipient.session_id = sender.session_id
      and recipient.participant_tenant_id = app.require_tenant_id()
    join federated_shares as share
      on share.tenant_id = sender.participant_tenant_id and share.session_id = sender.session_id
      and share.initiator_tenant_id = sender.tenant_id and share.party = recipient.party
    where sender.tenant_id = v_session.tenant_id and sender.session_id = v_session.session_id
      and share.round = v_session.round and share.topic_key = p_topic_key
    order by sender.party;
end
$$;
ALTER FUNCTION app.receive_federated_shares(p_session_id uuid, p_topic_key text) OWNER TO agent_agency_service;

CREATE FUNCTION app.record_relationship() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_superseded_at timestamptz;
begin
  -- The setting decides for nearly every row, and costs a tenth of the function.
  if
    current_setting('role') = 'agent_agency_maintenance'
    or (current_setting('row_security') = 'off' and app.is_restoring())
  then
    return new;
  end if;
  if tg_op = 'UPDATE' then
    if new.id <> old.id then
      raise exception using errcode = '22023', message = 'a relationship keeps its identifier: delete it and make another';
    end if;
    new.recorded_at := old.recorded_at;
    new.updated_at := old.updated_at;
    if new is not distinct from old or old.recorded_at = now() then
      return new;
    end if;
    new.recorded_at := old.recorded_at + interval '1 microsecond';
  else
    new.recorded_at := now();
  end if;
  select max(past.superseded_at) into v_superseded_at
  from agent_relationship_history as past
  where past.tenant_id = new.tenant_id
    and past.source_agent_id = new.source_agent_id
    and past.superseded_at > now()
    and past.target_agent_id = new.target_agent_id
    and past.type = new.type;
  new.recorded_at := greatest(now(), new.recorded_at, v_superseded_at);
  return new;
end
$$;
ALTER FUNCTION app.record_relationship() OWNER TO agent_agency_service;

CREATE FUNCTION app.record_row_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_old jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - 'updated_at' end;
  v_new jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - 'updated_at' end;
  v_tenant constant text := coalesce(v_new, v_old) ->> tg_argv[0];
  v_changed text[];
begin
  -- What an operator moves or erases as a whole, and a dump that is restored, have their entries with them.
  if v_tenant = app.maintained_tenant() or app.is_restoring() then
    return null;
  end if;
  if not exists (
    select from tenants as tenant where tenant.id = v_tenant and (tenant.audit_logging or tg_table_name = 'tenants')
  ) then
    return null;
  end if;
  if tg_op = 'UPDATE' then
    v_changed := array(
      select field.key from jsonb_each(v_new) as field where field.value is distinct from v_old -> field.key
    );
    if v_changed = '{}' then
      return null;
    end if;
    v_old := (select jsonb_object_agg(field.key, field.value) from jsonb_each(v_old) as field where field.key = any(v_changed));
    v_new := (select jsonb_object_agg(field.key, field.value) from jsonb_each(v_new) as field where field.key = any(v_changed));
  end if;
  insert into audit_log (tenant_id, table_name, operation, old_values, new_values, actor)
  values (v_tenant, tg_table_name, tg_op, v_old, v_new, session_user);
  return null;
end
$$;
ALTER FUNCTION app.record_row_change() OWNER TO agent_agency_service;

CREATE FUNCTION app.record_tenant_access(p_tenant_id character varying, p_access_type character varying, p_table_name character varying, p_query_hash character varying DEFAULT NULL::character varying, p_row_count integer DEFAULT NULL::integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $_$
declare
  v_accessor constant text := app.require_tenant_id();
begin
  -- Before the tenant is looked for: what only a known one is refused for would tell which ones there are.
  if p_access_type in ('read', 'write', 'aggregate', 'federated') is not true
    or length(p_table_name) between 1 and 100 is not true
    or p_query_hash !~ '^[0-9a-f]{64}$'
    or p_row_count < 0
  then
    raise exception using
      errcode = '22023',
      message = 'an access has a type, a table of up to 100 letters, a SHA-256 or none, and rows or none';
  end if;

  -- An unknown tenant is passed over in silence, by the foreign key: its entry is made and undone. If none were made, the
  -- transaction's number and counters would tell; and its locks, were they not taken before.
  lock table tenant_access_log in row exclusive mode;
  perform from tenants as tenant where tenant.id = v_accessor for key share;
  begin
    insert into tenant_access_log (
      tenant_id, accessor_tenant_id, access_type, table_name, query_hash, row_count, user_id, ip_address
    )
    values (
      coalesce(p_tenant_id, ''),
      v_accessor,
      p_access_type,
      p_table_name,
      p_query_hash,
      p_row_count,
      app.current_context_user(),
      inet_client_addr()
    );
  exception
    when foreign_key_violation then null;
  end;
end
$_$;
ALTER FUNCTION app.record_tenant_access(p_tenant_id character varying, p_access_type character varying, p_table_name character varying, p_query_hash character varying, p_row_count integer) OWNER TO agent_agency_service;

CREATE FUNCTION app.refuse_federated_level(p_session public.federated_sessions, p_level public.privacy_level) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
begin
  if (app.read_federated_settings(p_session.settings)).privacy_level <> p_level then
    raise exception using
      errcode = 'AAFLV',
      message = case p_level
        when 'secure' then 'the session is not secure: what is put into it goes through the database, protected by noise'
        else 'the session is secure: only shares of secrets go into it, and nothing that is weaker'
      end;
  end if;
end
$$;
ALTER FUNCTION app.refuse_federated_level(p_session public.federated_sessions, p_level public.privacy_level) OWNER TO agent_agency_service;

CREATE FUNCTION app.refuse_federated_status(p_session public.federated_sessions, p_status text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  if p_session.status <> p_status then
    raise exception using
      errcode = 'AAFST',
      message = format('the session is %s, and this is for one that is %s', p_session.status, p_status);
  end if;
end
$$;
ALTER FUNCTION app.refuse_federated_status(p_session public.federated_sessions, p_status text) OWNER TO agent_agency_service;

CREATE FUNCTION app.refuse_missing_messages(p_missing bigint) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_missing > 0 then
    raise exception using
      errcode = 'AAFMP',
      message = format('%s messages of parties are missing, and a secure sum needs all of them', p_missing),
      hint = 'Wait for them, or fail the session: no party can be left out.';
  end if;
end
$$;
ALTER FUNCTION app.refuse_missing_messages(p_missing bigint) OWNER TO agent_agency_service;

CREATE FUNCTION app.refuse_provenance_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception using
    errcode = 'AAAPO',
    message = format('%s is append-only: %s is refused', tg_table_name, lower(tg_op));
end
$$;

CREATE FUNCTION app.refuse_without_consent(p_session public.federated_sessions) RETURNS void
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
begin
  if not app.federates_with(app.require_tenant_id(), p_session.tenant_id) then
    raise exception using
      errcode = 'AAFCN',
      message = 'this tenant and the initiator of the session do not both consent to learn from each other';
  end if;
end
$$;
ALTER FUNCTION app.refuse_without_consent(p_session public.federated_sessions) OWNER TO agent_agency_service;

CREATE FUNCTION app.relationship_key(p_tenant_id character varying, p_source_agent_id character varying, p_target_agent_id character varying, p_type public.relationship_type) RETURNS int8range
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_digest constant text := md5(
    length(p_tenant_id) || ' ' || p_tenant_id || length(p_source_agent_id) || ' ' || p_source_agent_id
    || length(p_target_agent_id) || ' ' || p_target_agent_id || hashenumextended(p_type, 0)
  );
  v_begin constant bigint := ('x' || left(v_digest, 16))::bit(64)::bigint >> 1;
  v_length constant bigint := ('x' || right(v_digest, 10))::bit(40)::bigint + 1;
begin
  return int8range(v_begin, v_begin + v_length);
end
$$;

CREATE FUNCTION app.repair_agent_degrees(p_tenant_id text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_repaired bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception using
      errcode = '25001',
      message = 'degrees are repaired in read committed: another snapshot would not see a repair before this one';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('repair_agent_degrees/' || p_tenant_id, 0));
  insert into agent_degrees (tenant_id, agent_id, counts_from, outgoing, incoming, undirected)
  select
    p_tenant_id, found.miscounted_agent_id, found.since,
    found.missing_outgoing, found.missing_incoming, found.missing_undirected
  from app.miscounted_degrees(p_tenant_id) as found;
  get diagnostics v_repaired = row_count;
  return v_repaired;
end
$$;
ALTER FUNCTION app.repair_agent_degrees(p_tenant_id text) OWNER TO agent_agency_service;

CREATE FUNCTION app.repeat_sharing_rules() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_tenant constant text := case when tg_op = 'DELETE' then old.tenant_id else new.tenant_id end;
begin
  -- What an operator moves or erases as a whole, and a dump that is restored, have the repetition with them.
  if v_tenant = app.maintained_tenant() or app.is_restoring() then
    return null;
  end if;
  -- First, so that of two transactions the later one sees the rules of both.
  perform from tenants as tenant where tenant.id = v_tenant for no key update;
  update tenants as tenant
  set sharing_rules = coalesce(
    (
      select jsonb_agg(
        jsonb_strip_nulls(jsonb_build_object(
          'target_tenant', rule.target_tenant_id,
          'resources', to_jsonb(rule.resource_types),
          'anonymization_level', rule.anonymization_level,
          'active', rule.active,
          'expires_at', rule.expires_at
        ))
        order by rule.target_tenant_id
      )
      from tenant_sharing_rules as rule
      where rule.tenant_id = v_tenant
    ),
    '[]'
  )
  where tenant.id = v_tenant;
  return null;
end
$$;
ALTER FUNCTION app.repeat_sharing_rules() OWNER TO agent_agency_service;

CREATE FUNCTION app.request_federated_aggregate(p_resource character varying, p_group character varying, p_aggregate character varying, p_measure character varying, p_max_rows_per_agent integer, p_lower numeric, p_upper numeric, p_resolution numeric, p_epsilon numeric, p_delta numeric) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_caller constant text := app.require_learning_tenant();
  v_request constant jsonb := jsonb_strip_nulls(jsonb_build_object(
    'resource', p_resource, 'group', p_group, 'aggregate', p_aggregate, 'measure', p_measure,
    'max_rows_per_agent', p_max_rows_per_agent, 'lower', p_lower, 'upper', p_upper, 'resolution', p_resolution
  ));
  v_hash constant text := encode(sha256(convert_to(v_request::text, 'UTF8')), 'hex');
  -- A mean is two figures, a number of rows and a sum: each gets half.
  v_share constant numeric := case p_aggregate when 'mean' then 0.5 else 1 end;
  v_epsilon numeric;
  v_rho numeric; -- null: Laplace
  v_sensitivity numeric;
  v_noise_scale numeric;
  v_tenant text;
  v_asked text[] := '{}';
  v_contribution record;
  v_tenants integer := 0;
  v_rows numeric := 0;
  v_units numeric := 0;
  v_result numeric;
  v_k integer;
  v_id uuid;
begin
  if not app.is_aggregate(
    p_resource, p_group, p_aggregate, p_measure, p_max_rows_per_agent, p_lower, p_upper, p_resolution, p_epsilon, p_delta
  ) then
    raise exception using
      errcode = '22023',
      message = 'an aggregate is a count, or a sum or mean of a known measure between bounds that its resolution divides',
      hint = 'Rows per agent: 1 to 10000; epsilon: 0.0001 to 100 with six decimals; delta: 0, or 10^-30 to 0.5.';
  end if;

  v_epsilon := trim_scale(p_epsilon * v_share);
  if p_delta > 0 then
    v_rho := app.zcdp_rho(p_epsilon, p_delta) * v_share;
  end if;
  -- In units of the resolution; for a mean, half units on either side of the middle between the bounds.
  v_sensitivity := ceil(p_max_rows_per_agent * case p_aggregate
    when 'count' then 1
    when 'sum' then greatest(abs(p_lower), abs(p_upper)) / p_resolution
    else (p_upper - p_lower) / p_resolution
  end);
  v_noise_scale := v_sensitivity / coalesce(sqrt(2 * v_rho), v_epsilon);
  -- What the generators can do: fractions of bigint, and random numbers of 48 bits with room for a hundred draws.
  if (v_noise_scale <= 1e11 and v_sensitivity * power(10::numeric, scale(v_epsilon)) <= 1e12) is not true then
    raise exception using
      errcode = '22023',
      message = 'the noise would have more digits than it can be drawn with',
      hint = 'Narrow the bounds, count fewer rows per agent, or take a coarser resolution.';
  end if;

  -- In one order, so that two who ask the same tenants wait for each other and do not block each other.
  for v_tenant in select asked.id from app.tenants_to_ask(v_caller, p_resource) as asked (id) order by asked.id loop
    perform from tenant_privacy_config as config where config.tenant_id = v_tenant for update;
    -- Again, as it stands after the wait for the lock.
    continue when not exists (
      select from app.tenants_to_ask(v_caller, p_resource) as asked (id) where asked.id = v_tenant
    );
    continue when not app.spend_privacy_budget(
      v_tenant, p_epsilon, p_delta, case when p_delta > 0 then app.zcdp_rho(p_epsilon, p_delta) end,
      concat_ws(' ', p_aggregate, 'of', concat_ws('.', p_resource, p_measure))
    );
    v_asked := v_asked || v_tenant;
  end loop;

  for v_contribution in
    select asked.id, coalesce(given.contributed, 0) as rows, coalesce(given.total_units, 0) as units
    from unnest(v_asked) as asked (id)
    left join app.bounded_contributions(v_request, v_asked) as given on given.contributor = asked.id
  loop
    v_tenants := v_tenants + (v_contribution.rows > 0)::integer;
    v_rows := v_rows + v_contribution.rows;
    v_units := v_units + v_contribution.units;
    perform app.record_tenant_access(
      v_contribution.id::varchar, 'aggregate', p_resource, v_hash::varchar, least(v_contribution.rows, 2147483647)::integer
    );
  end loop;

  v_result := case p_aggregate
    when 'count' then v_rows + app.privacy_noise(v_sensitivity, v_epsilon, v_rho)
    when 'sum' then (v_units + app.privacy_noise(v_sensitivity, v_epsilon, v_rho)) * p_resolution
    else least(greatest(
      (p_lower + p_upper) * 0.5
      + (v_units * 2 - v_rows * ((p_lower + p_upper) / p_resolution) + app.privacy_noise(v_sensitivity, v_epsilon, v_rho))
      / greatest(v_rows + app.privacy_noise(p_max_rows_per_agent, v_epsilon, v_rho), 1)
      * 0.5 * p_resolution,
      p_lower
    ), p_upper)
  end;

  -- Of all that were asked, not only of those that had something: the threshold itself says nothing of anybody's rows.
  select max(config.k_anonymity) into v_k from tenant_privacy_config as config where config.tenant_id = any(v_asked);

  insert into app.privacy_releases (tenant_id, request, epsilon, delta, result, noise_scale)
  values (
    v_caller,
    v_request,
    p_epsilon,
    p_delta,
    case when v_tenants >= v_k then v_result end,
    case p_aggregate when 'count' then v_noise_scale when 'sum' then v_noise_scale * p_resolution end
  )
  returning id into v_id;
  return v_id;
end
$$;
ALTER FUNCTION app.request_federated_aggregate(p_resource character varying, p_group character varying, p_aggregate character varying, p_measure character varying, p_max_rows_per_agent integer, p_lower numeric, p_upper numeric, p_resolution numeric, p_epsilon numeric, p_delta numeric) OWNER TO agent_agency_service;

CREATE FUNCTION app.require_between(p_what text, p_value integer, p_least integer, p_most integer) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_value is null or p_value not between p_least and p_most then
    raise exception using
      errcode = '22023',
      message = format('%s is %s; it has to be %s to %s', p_what, coalesce(p_value::text, 'null'), p_least, p_most);
  end if;
  return p_value;
end
$$;

CREATE FUNCTION app.require_direction(p_embedding public.vector) RETURNS public.vector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  if vector_dims(p_embedding) <> 768 then
    raise exception using
      errcode = '22023',
      message = format('the embedding has %s dimensions; it has to have 768', vector_dims(p_embedding));
  end if;
  if cosine_distance(p_embedding, p_embedding) = 'NaN' then
    raise exception using
      errcode = '22023',
      message = 'the embedding is zero everywhere, or its numbers are too small or too large to compare it';
  end if;
  return p_embedding;
end
$$;

CREATE FUNCTION app.require_learning_tenant() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.require_tenant_id();
  v_config record;
begin
  select tenant.isolation_level, config.allow_cross_tenant_learning, config.privacy_level into v_config
  from tenants as tenant
  join tenant_privacy_config as config on config.tenant_id = tenant.id
  where tenant.id = v_tenant;
  if (v_config.isolation_level = 'federated' and v_config.allow_cross_tenant_learning) is not true then
    raise exception using
      errcode = 'AANFD',
      message = 'the tenant does not learn across tenants',
      hint = 'Its isolation level has to be federated, and allow_cross_tenant_learning set: both are an operator''s to change.';
  end if;
  if v_config.privacy_level = 'secure' then
    raise exception using
      errcode = 'AASEC',
      message = 'the privacy level secure asks for computing among several parties; noise alone is less',
      hint = 'Share secrets between the tenants, or use the level differential.';
  end if;
  return v_tenant;
end
$$;

CREATE FUNCTION app.require_sealed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  -- What was stored before encryption was switched on comes back as it went, also out of a dump.
  if (app.tenant_maintenance_of_transaction()).kind = 'import' or app.is_restoring() then
    return new;
  end if;
  if (select tenant.encryption_enabled from tenants as tenant where tenant.id = new.tenant_id) then
    raise exception using
      errcode = 'AAENC',
      message = format('%s: the tenant''s encryption is on, and a sensitive column is not sealed', tg_table_name),
      hint = 'Write it with createTenantCipher() of @agent-agency/tenancy.';
  end if;
  return new;
end
$$;
ALTER FUNCTION app.require_sealed() OWNER TO agent_agency_service;

CREATE FUNCTION app.require_tenant_id() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.current_tenant_id();
begin
  if v_tenant is null then
    raise exception using
      errcode = 'AATNU',
      message = 'no tenant: the transaction has no valid signed tenant context',
      hint = 'Use withTenant() of @agent-agency/db-core.';
  end if;
  return v_tenant;
end
$$;

CREATE FUNCTION app.require_walk(p_max_hops integer, p_min_confidence numeric, p_direction text, p_max_nodes integer, p_max_edges integer, p_max_ms integer, p_fan_out integer) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform
    app.require_between('max_hops', p_max_hops, 0, 10),
    app.require_between('max_nodes', p_max_nodes, 1, 1000000),
    app.require_between('max_edges', p_max_edges, 0, 10000000),
    app.require_between('max_ms', coalesce(p_max_ms, 0), 0, 3600000),
    app.require_between('fan_out', coalesce(p_fan_out, 1), 1, 1000000);
  if p_min_confidence is null then
    raise exception using errcode = '22023', message = 'min_confidence is null; it has to be 0 to 1';
  end if;
  if p_direction is null or p_direction not in ('outgoing', 'incoming', 'both') then
    raise exception using errcode = '22023', message = 'direction has to be outgoing, incoming, or both';
  end if;
end
$$;

CREATE FUNCTION app.resume_tenant(p_tenant_id text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  with changed as (
    update tenants as tenant set suspended_at = null where tenant.id = p_tenant_id returning 1
  )
  select exists (select from changed)
$$;
ALTER FUNCTION app.resume_tenant(p_tenant_id text) OWNER TO agent_agency_service;

CREATE FUNCTION app.scan_capability_signs(p_tenant_id text, p_bits bit, p_most integer, p_min_confidence numeric, p_type public.entity_type, OUT ids uuid[], OUT distances double precision[]) RETURNS record
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET jit TO 'off'
    SET max_parallel_workers_per_gather TO '0'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_indexscan TO 'on'
    SET enable_indexonlyscan TO 'on'
    SET enable_nestloop TO 'on'
    AS $$
declare
  -- The column has no less.
  v_is_sure constant boolean := p_min_confidence <= 0.7;
begin
  select array_agg(nearest.id), array_agg(nearest.distance) into ids, distances
  from (
    select capability.id, (capability.embedding_bits <~> p_bits) + 0 as distance
    from agent_capabilities_graph as capability
    where capability.tenant_id = p_tenant_id
      and capability.embedding_bits is not null
      and capability.validation_status <> 'rejected'
      and (v_is_sure or capability.confidence >= p_min_confidence)
      and (p_type is null or capability.capability_type = p_type)
    order by distance
    limit p_most
  ) as nearest;
end
$$;

CREATE FUNCTION app.score_federated_convergence(p_session public.federated_sessions) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_settings constant app.federated_settings := app.read_federated_settings(p_session.settings);
  v_score numeric;
begin
  with readable as (
    select insight.topic_key, insight.round, insight.source_participants, item.position, item.value::numeric as value
    from aggregated_insights as insight
    cross join jsonb_array_elements_text(insight.aggregated_content -> 'values') with ordinality as item (value, position)
    where insight.tenant_id = p_session.tenant_id and insight.session_id = p_session.session_id
      and app.is_paid_insight(insight)
  ),
  moved as (
    select
      avg(abs(latest.value - before.value)) / (v_settings.upper - v_settings.lower)
        / case v_settings.method when 'sum' then max(latest.source_participants) else 1 end as by_range
    from readable as latest
    join readable as before
      on before.topic_key = latest.topic_key and before.round = latest.round - 1 and before.position = latest.position
    where latest.round = (select max(round) from readable)
    group by latest.topic_key
  )
  select 1 - least(1, max(moved.by_range)) into v_score from moved having count(*) > 0;

  if v_score is not null then
    update federated_sessions as session
    set convergence_score = v_score
    where session.tenant_id = p_session.tenant_id and session.session_id = p_session.session_id
      and session.convergence_score is distinct from round(v_score, 4);
  end if;
end
$$;
ALTER FUNCTION app.score_federated_convergence(p_session public.federated_sessions) OWNER TO agent_agency_service;

CREATE FUNCTION app.search_capabilities(p_embedding public.vector, p_limit integer, p_min_confidence numeric, p_type public.entity_type DEFAULT NULL::public.entity_type, p_agent_id text DEFAULT NULL::text, OUT plan text, OUT reason text, OUT visited integer, OUT compared integer, OUT ids uuid[], OUT names text[], OUT agent_ids text[], OUT types text[], OUT confidences numeric[], OUT distances double precision[]) RETURNS record
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    SET max_parallel_workers_per_gather TO '0'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_indexscan TO 'on'
    SET enable_indexonlyscan TO 'on'
    SET enable_nestloop TO 'on'
    AS $$
declare
  v_embedding constant vector(768) := app.require_direction(p_embedding);
  v_limit constant integer := app.require_between('max_results', p_limit, 0, 10000);
  v_tenant constant text := app.current_tenant_id();
  v_candidates uuid[] := '{}';
begin
  visited := 0;
  plan := 'exact';
  reason := 'nothing-wanted';
  if v_embedding is not null and p_min_confidence is not null and v_limit > 0 then
    if p_agent_id is null then
      select hint.plan, hint.reason, hint.candidates, hint.visited into plan, reason, v_candidates, visited
      from app.capability_candidates(v_embedding, v_limit, p_min_confidence, p_type) as hint;
    else
      reason := 'one-agent';
      v_candidates := array(
        select capability.id
        from agent_capabilities_graph as capability
        where capability.tenant_id = v_tenant and capability.agent_id = p_agent_id
      );
      visited := cardinality(v_candidates);
    end if;
  end if;
  compared := cardinality(v_candidates);

  select
    coalesce(array_agg(best.id), '{}'),
    coalesce(array_agg(best.capability_name), '{}'),
    coalesce(array_agg(best.agent_id), '{}'),
    coalesce(array_agg(best.capability_type), '{}'),
    coalesce(array_agg(best.confidence), '{}'),
    coalesce(array_agg(best.distance), '{}')
  into ids, names, agent_ids, types, confidences, distances
  from (
    select
      capability.id,
      capability.capability_name,
      capability.agent_id,
      capability.capability_type::text,
      capability.confidence,
      capability.embedding <=> v_embedding as distance
    from (select distinct hint.id from unnest(v_candidates) as hint (id)) as candidate
    join agent_capabilities_graph as capability on capability.tenant_id = v_tenant and capability.id = candidate.id
    where capability.embedding is not null
      and capability.confidence >= p_min_confidence
      and capability.validation_status <> 'rejected'
      and (p_type is null or capability.capability_type = p_type)
    order by distance, capability.id
    limit v_limit
  ) as best;
end
$$;

CREATE FUNCTION app.send_federated_shares(p_session_id uuid, p_topic_key text, p_sealed bytea[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
declare
  v_session federated_sessions;
  v_settings app.federated_settings;
begin
  v_session := app.lock_federated_session(p_session_id, false, false);
  v_settings := app.read_federated_settings(v_session.settings);
  perform app.refuse_federated_level(v_session, 'secure');
  perform app.refuse_federated_status(v_session, 'active');
  perform app.refuse_without_consent(v_session);
  if p_topic_key = any(v_settings.topic_keys) is not true
    or array_ndims(p_sealed) is distinct from 1
    or cardinality(p_sealed) <> app.count_federated_parties(v_session)
    or exists (
      select from unnest(p_sealed) as share (sealed)
      where octet_length(share.sealed) is distinct from 60 + 8 * v_settings.dimensions
    )
  then
    raise exception using
      errcode = 'AAFVL',
      message = 'shares for this session are one for each party, of one of its topics, with as many values as it has dimensions';
  end if;
  -- Each party adds noise of its own, so it pays for itself, and before anybody sees anything.
  if v_settings.epsilon is not null then
    perform app.charge_privacy_budget(
      app.require_tenant_id()::varchar, v_settings.epsilon, 0, null, app.federated_purpose(v_session)
    );
  end if;
  insert into federated_shares (tenant_id, session_id, round, topic_key, party, initiator_tenant_id, sealed)
  select
    app.require_tenant_id(), v_session.session_id, v_session.round, p_topic_key, share.party, v_session.tenant_id, share.sealed
  from unnest(p_sealed) with ordinality as share (sealed, party);
end
$$;
ALTER FUNCTION app.send_federated_shares(p_session_id uuid, p_topic_key text, p_sealed bytea[]) OWNER TO agent_agency_service;

CREATE FUNCTION app.set_tenant_encryption(p_tenant_id character varying, p_enabled boolean) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  with changed as (
    update tenants as tenant set encryption_enabled = p_enabled where tenant.id = p_tenant_id returning 1
  )
  select exists (select from changed)
$$;
ALTER FUNCTION app.set_tenant_encryption(p_tenant_id character varying, p_enabled boolean) OWNER TO agent_agency_service;

CREATE FUNCTION app.share_tenant_table(p_table regclass, p_policy name) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_name constant text := (select relname from pg_class where oid = p_table);
  v_guard constant text := v_name || '_tenant_guard';
  v_to constant text := 'to agent_agency_owner, agent_agency_app, agent_agency_readonly';
  v_own constant text := 'tenant_id = (select app.current_tenant_id())';
  v_own_key constant text := '(select app.current_tenant_key())[tenant_id] is not null';
  v_visible constant text := format('tenant_id = any((select app.visible_tenants(%L))::text[])', v_name);
  v_visible_key constant text := format('(select app.visible_tenant_keys(%L))[tenant_id] is not null', v_name);
begin
  execute format('drop policy %I on %s', v_guard, p_table);
  execute format('create policy %I on %s as restrictive for select %s using (%s)', v_guard, p_table, v_to, v_visible_key);
  execute format(
    'create policy %I on %s as restrictive for insert %s with check (%s)', v_guard || '_insert', p_table, v_to, v_own
  );
  execute format(
    'create policy %I on %s as restrictive for update %s using (%s) with check (%s)',
    v_guard || '_update', p_table, v_to, v_own_key, v_own
  );
  execute format(
    'create policy %I on %s as restrictive for delete %s using (%s)', v_guard || '_delete', p_table, v_to, v_own_key
  );
  execute format(
    'create policy %I on %s for select to agent_agency_app, agent_agency_readonly using (%s)', p_policy, p_table, v_visible
  );
end
$$;

CREATE TABLE public.tenant_access_policies (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    resource_type character varying(63) NOT NULL,
    access_level character varying(20) DEFAULT 'read'::character varying NOT NULL,
    allowed_tenants text[] DEFAULT '{}'::text[] NOT NULL,
    restrictions jsonb DEFAULT '{}'::jsonb NOT NULL,
    conditions jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tenant_access_policies_access_level_check CHECK (((access_level)::text = ANY ((ARRAY['read'::character varying, 'write'::character varying, 'share'::character varying, 'federate'::character varying])::text[]))),
    CONSTRAINT tenant_access_policies_allowed_tenants_check CHECK ((array_position(allowed_tenants, NULL::text) IS NULL)),
    CONSTRAINT tenant_access_policies_conditions_check CHECK ((jsonb_typeof(conditions) = 'object'::text)),
    CONSTRAINT tenant_access_policies_restrictions_check CHECK ((jsonb_typeof(restrictions) = 'object'::text))
);
ALTER TABLE ONLY public.tenant_access_policies ALTER COLUMN resource_type SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_access_policies ALTER COLUMN access_level SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_access_policies ALTER COLUMN allowed_tenants SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_access_policies ALTER COLUMN restrictions SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_access_policies ALTER COLUMN conditions SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_access_policies ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.tenant_access_policies ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.tenant_access_policies FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenant_sharing_rules (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    target_tenant_id character varying(255) NOT NULL,
    resource_types text[] NOT NULL,
    anonymization_level public.privacy_level DEFAULT 'basic'::public.privacy_level NOT NULL,
    active boolean DEFAULT true NOT NULL,
    expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT no_sharing_with_oneself CHECK (((target_tenant_id)::text <> (tenant_id)::text)),
    CONSTRAINT tenant_sharing_rules_resource_types_check CHECK (((cardinality(resource_types) > 0) AND (resource_types <@ ARRAY['agent_profiles'::text, 'agent_capabilities'::text, 'benchmark_datasets'::text])))
);
ALTER TABLE ONLY public.tenant_sharing_rules ALTER COLUMN target_tenant_id SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_sharing_rules ALTER COLUMN resource_types SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_sharing_rules ALTER COLUMN anonymization_level SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_sharing_rules ALTER COLUMN active SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_sharing_rules ALTER COLUMN expires_at SET STATISTICS 1;
ALTER TABLE ONLY public.tenant_sharing_rules ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.tenant_sharing_rules ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.tenant_sharing_rules FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.sharing_tenants(p_tenant_id text, p_resource text) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (rule.tenant_id)::text AS tenant_id
    FROM (public.tenant_sharing_rules rule
      JOIN public.tenants owner ON (((owner.id)::text = (rule.tenant_id)::text)))
   WHERE (((app.opaque(rule.target_tenant_id))::text = sharing_tenants.p_tenant_id) AND rule.active AND (rule.anonymization_level = 'basic'::public.privacy_level) AND (sharing_tenants.p_resource = ANY (rule.resource_types)) AND ((rule.expires_at IS NULL) OR (rule.expires_at > now())) AND (owner.isolation_level = 'shared'::public.isolation_level) AND (owner.suspended_at IS NULL) AND (NOT (EXISTS ( SELECT
            FROM public.tenant_access_policies policy
           WHERE (((policy.tenant_id)::text = (rule.tenant_id)::text) AND ((policy.resource_type)::text = sharing_tenants.p_resource) AND (NOT (((policy.access_level)::text = ANY ((ARRAY['share'::character varying, 'federate'::character varying])::text[])) AND (sharing_tenants.p_tenant_id = ANY (policy.allowed_tenants)))))))));
END;
ALTER FUNCTION app.sharing_tenants(p_tenant_id text, p_resource text) OWNER TO agent_agency_service;

CREATE FUNCTION app.shortest_agent_path(p_source character varying, p_target character varying, p_max_hops integer, p_min_confidence numeric, p_types public.relationship_type[] DEFAULT NULL::public.relationship_type[], p_direction text DEFAULT 'outgoing'::text, p_max_nodes integer DEFAULT 100000, p_max_edges integer DEFAULT 1000000, p_max_ms integer DEFAULT NULL::integer, p_as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, p_known_at timestamp with time zone DEFAULT NULL::timestamp with time zone, OUT agent_ids text[], OUT types public.relationship_type[], OUT orientations text[], OUT products double precision[], OUT edges integer, OUT truncated text) RETURNS record
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.current_tenant_id();
  v_as_of constant timestamptz := coalesce(p_as_of, now());
  v_until constant timestamptz := clock_timestamp() + p_max_ms * interval '1 ms';
  v_back constant text := case p_direction when 'outgoing' then 'incoming' when 'incoming' then 'outgoing' else 'both' end;
  -- Agents of both walks. Side 1 goes on from the source, side 2 back from the target.
  v_ids text[] := array[p_source, p_target];
  v_sides integer[] := '{1, 2}';
  v_parents integer[] := '{0, 0}';
  v_types relationship_type[] := '{null, null}';
  v_orientations text[] := '{null, null}';
  v_products double precision[] := '{1, 1}';
  -- Places of both frontiers.
  v_from integer[] := '{1, 2}';
  v_to integer[] := '{1, 2}';
  v_side integer;
  v_other integer;
  v_hop record;
  v_meeting integer[]; -- places of one agent on sides 1 and 2
begin
  perform app.require_walk(p_max_hops, p_min_confidence, p_direction, p_max_nodes, p_max_edges, p_max_ms, null);
  edges := 0;
  if exists (
    select from unnest(v_ids) as given (id)
    where not exists (select from agent_profiles as agent where agent.tenant_id = v_tenant and agent.id = given.id)
  ) then
    return;
  end if;
  agent_ids := '{}';
  if p_source = p_target then
    v_meeting := '{1, 2}';
  end if;

  for v_distance in 1 .. p_max_hops loop
    exit when v_meeting is not null;
    v_side := case when v_to[1] - v_from[1] <= v_to[2] - v_from[2] then 1 else 2 end;
    v_other := 3 - v_side;

    select * into v_hop
    from app.next_hop(
      v_tenant,
      v_ids[v_from[v_side] : v_to[v_side]],
      v_products[v_from[v_side] : v_to[v_side]],
      array(select generate_series(v_from[v_side], v_to[v_side])),
      array(select node.id from unnest(v_ids, v_sides) as node (id, side) where node.side = v_side),
      case when v_side = 1 then p_direction else v_back end,
      p_min_confidence, p_types, p_max_edges - edges, null, v_until, v_as_of, p_known_at
    );
    if v_hop.missing = 'time' then
      truncated := 'time';
    elsif v_hop.edges > p_max_edges - edges then
      truncated := 'edges';
    end if;
    edges := least(edges + v_hop.edges, p_max_edges);
    exit when v_hop.agent_ids is null;

    v_from[v_side] := cardinality(v_ids) + 1;
    v_to[v_side] := cardinality(v_ids) + cardinality(v_hop.agent_ids);
    v_ids := v_ids || v_hop.agent_ids;
    v_sides := v_sides || array_fill(v_side, array[cardinality(v_hop.agent_ids)]);
    v_parents := v_parents || v_hop.parents;
    v_types := v_types || v_hop.types;
    v_orientations := v_orientations || v_hop.orientations;
    v_products := v_products || v_hop.products;

    select case v_side when 1 then array[mine.place, theirs.place] else array[theirs.place, mine.place] end
    into v_meeting
    from (
      select node.id, node.product, v_from[v_side] - 1 + node.place::integer as place
      from unnest(v_hop.agent_ids, v_hop.products) with ordinality as node (id, product, place)
    ) as mine
    join (
      select node.id, node.product, v_from[v_other] - 1 + node.place::integer as place
      from unnest(v_ids[v_from[v_other] : v_to[v_other]], v_products[v_from[v_other] : v_to[v_other]])
        with ordinality as node (id, product, place)
    ) as theirs on theirs.id = mine.id
    order by mine.product * theirs.product desc, mine.id collate "C"
    limit 1;

    exit when truncated is not null;
    if v_meeting is null and cardinality(v_ids) > p_max_nodes then
      truncated := 'nodes';
      exit;
    end if;
  end loop;

  if v_meeting is null then
    return;
  end if;
  agent_ids := array[v_ids[v_meeting[1]]];
  types := '{}';
  orientations := '{}';
  products := array[v_products[v_meeting[1]]];
  while v_parents[v_meeting[1]] > 0 loop
    types := v_types[v_meeting[1]] || types;
    orientations := v_orientations[v_meeting[1]] || orientations;
    v_meeting[1] := v_parents[v_meeting[1]];
    agent_ids := v_ids[v_meeting[1]] || agent_ids;
    products := v_products[v_meeting[1]] || products;
  end loop;
  while v_parents[v_meeting[2]] > 0 loop
    types := types || v_types[v_meeting[2]];
    orientations := orientations || translate(v_orientations[v_meeting[2]], '<>', '><');
    products := products
      || products[cardinality(products)] * v_products[v_meeting[2]] / v_products[v_parents[v_meeting[2]]];
    v_meeting[2] := v_parents[v_meeting[2]];
    agent_ids := agent_ids || v_ids[v_meeting[2]];
  end loop;
end
$$;

CREATE FUNCTION app.spend_privacy_budget(p_tenant_id character varying, p_epsilon numeric, p_delta numeric, p_rho numeric, p_purpose character varying) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  -- Pure differential privacy has a rho of its own (Bun, Steinke 2016, proposition 1.4).
  v_rho constant numeric := case when p_rho is null and p_delta = 0 then p_epsilon * p_epsilon * 0.5 else p_rho end;
  v_config record;
  v_spent record;
  v_fits boolean;
begin
  -- "Is not true", here and below: what is missing or not a number never fits.
  if (p_epsilon > 0 and p_epsilon < 'Infinity' and p_delta >= 0 and p_delta < 1 and length(p_purpose) > 0) is not true then
    return false;
  end if;
  -- Who claims less for one way of accounting than the other one says would pay too little.
  if p_rho is not null and (
    p_rho > 0
    and case
      when p_delta = 0 then p_rho >= p_epsilon * p_epsilon * 0.5 and p_rho < 'Infinity'
      else app.zcdp_epsilon(p_rho, p_delta) <= p_epsilon
    end
  ) is not true then
    return false;
  end if;

  select config.epsilon, config.delta, config.composition into v_config
  from tenant_privacy_config as config
  join tenants as tenant on tenant.id = config.tenant_id
  where config.tenant_id = p_tenant_id and tenant.suspended_at is null
  for update of config;
  if not found then
    return false;
  end if;

  -- A statement of its own: it sees what was committed while the last one waited for the lock.
  select
    coalesce(max(spent.entry), 0) as entry,
    coalesce(sum(spent.epsilon), 0) as epsilon,
    coalesce(sum(spent.delta), 0) as delta,
    coalesce(sum(spent.rho), 0) as rho,
    count(*) filter (where spent.rho is null) = 0 as is_concentrated
  into v_spent
  from tenant_privacy_ledger as spent
  where spent.tenant_id = p_tenant_id;

  v_fits := case v_config.composition
    when 'basic' then
      v_spent.epsilon + p_epsilon <= v_config.epsilon and v_spent.delta + p_delta <= v_config.delta
    when 'zcdp' then
      v_spent.is_concentrated and app.zcdp_epsilon(v_spent.rho + v_rho, v_config.delta) <= v_config.epsilon
  end;
  if v_fits is not true then
    return false;
  end if;

  -- The number can be taken only by an entry that this transaction's snapshot, older than the lock, does not show: then
  -- PostgreSQL reports a serialization failure.
  insert into tenant_privacy_ledger (tenant_id, entry, epsilon, delta, rho, purpose, spender_tenant_id)
  values (p_tenant_id, v_spent.entry + 1, p_epsilon, p_delta, v_rho, p_purpose, app.current_tenant_id())
  on conflict (tenant_id, entry) do nothing;
  return found;
end
$$;

CREATE TABLE public.agent_relationship_history (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    id uuid NOT NULL,
    source_agent_id character varying(255) NOT NULL,
    target_agent_id character varying(255) NOT NULL,
    type public.relationship_type NOT NULL,
    is_directional boolean NOT NULL,
    confidence numeric(3,2) NOT NULL,
    strength numeric(3,2) NOT NULL,
    cooccurrence_count integer NOT NULL,
    supporting_tasks uuid[] NOT NULL,
    extraction_context text,
    mutual_information numeric(10,6),
    pointwise_mutual_information numeric(10,6),
    metadata jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    last_observed timestamp with time zone NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    superseded_at timestamp with time zone NOT NULL,
    superseded_reason text,
    CONSTRAINT agent_relationship_history_recorded_check CHECK ((recorded_at < superseded_at)),
    CONSTRAINT agent_relationship_history_superseded_reason_check CHECK (((length(superseded_reason) >= 1) AND (length(superseded_reason) <= 1000))),
    CONSTRAINT agent_relationship_history_valid_check CHECK ((valid_from < valid_to))
);
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN source_agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN target_agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN type SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN is_directional SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN confidence SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN strength SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN cooccurrence_count SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN supporting_tasks SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN extraction_context SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN mutual_information SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN pointwise_mutual_information SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN updated_at SET STATISTICS 1;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN last_observed SET STATISTICS 1;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN valid_from SET STATISTICS 1;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN valid_to SET STATISTICS 1;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN recorded_at SET STATISTICS 1;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN superseded_at SET STATISTICS 1;
ALTER TABLE ONLY public.agent_relationship_history ALTER COLUMN superseded_reason SET STATISTICS 0;

ALTER TABLE ONLY public.agent_relationship_history FORCE ROW LEVEL SECURITY;

CREATE TABLE public.agent_relationships (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    source_agent_id character varying(255) NOT NULL,
    target_agent_id character varying(255) NOT NULL,
    type public.relationship_type NOT NULL,
    is_directional boolean DEFAULT false NOT NULL,
    confidence numeric(3,2) NOT NULL,
    strength numeric(3,2) DEFAULT 1.0 NOT NULL,
    cooccurrence_count integer DEFAULT 1 NOT NULL,
    supporting_tasks uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    extraction_context text,
    mutual_information numeric(10,6),
    pointwise_mutual_information numeric(10,6),
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    last_observed timestamp with time zone DEFAULT now() NOT NULL,
    valid_from timestamp with time zone DEFAULT now() NOT NULL,
    valid_to timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT agent_relationships_canonical_order_check CHECK ((is_directional OR (((source_agent_id)::text COLLATE "C") < ((target_agent_id)::text COLLATE "C")))),
    CONSTRAINT agent_relationships_cooccurrence_count_check CHECK ((cooccurrence_count > 0)),
    CONSTRAINT agent_relationships_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT agent_relationships_mutual_information_check CHECK (((mutual_information >= (0)::numeric) AND (mutual_information < 'NaN'::numeric))),
    CONSTRAINT agent_relationships_pointwise_mutual_information_check CHECK ((pointwise_mutual_information < 'NaN'::numeric)),
    CONSTRAINT agent_relationships_recorded_check CHECK (isfinite(recorded_at)),
    CONSTRAINT agent_relationships_strength_check CHECK (((strength >= 0.0) AND (strength <= 1.0))),
    CONSTRAINT agent_relationships_valid_check CHECK ((valid_from < valid_to)),
    CONSTRAINT no_self_relationships CHECK (((source_agent_id)::text <> (target_agent_id)::text)),
    CONSTRAINT valid_confidence CHECK (((confidence >= 0.5) AND (confidence <= 1.0)))
);
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN source_agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN target_agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN type SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN is_directional SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN confidence SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN strength SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN cooccurrence_count SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN supporting_tasks SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN extraction_context SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN mutual_information SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN pointwise_mutual_information SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN updated_at SET STATISTICS 1;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN last_observed SET STATISTICS 1;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN valid_from SET STATISTICS 1;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN valid_to SET STATISTICS 1;
ALTER TABLE ONLY public.agent_relationships ALTER COLUMN recorded_at SET STATISTICS 1;

ALTER TABLE ONLY public.agent_relationships FORCE ROW LEVEL SECURITY;

CREATE FUNCTION app.ways_from(p_tenant_id text, p_agent_id text, p_direction text, p_min_confidence numeric, p_types public.relationship_type[], p_as_of timestamp with time zone, p_known_at timestamp with time zone) RETURNS TABLE(neighbor character varying, type public.relationship_type, orientation text, confidence numeric)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT edge.target_agent_id,
     edge.type,
         CASE
             WHEN edge.is_directional THEN '>'::text
             ELSE '-'::text
         END AS "case",
     edge.confidence
    FROM public.agent_relationships edge
   WHERE (((edge.tenant_id)::text = ways_from.p_tenant_id) AND ((edge.source_agent_id)::text = (ways_from.p_agent_id COLLATE "C")) AND ((ways_from.p_direction <> 'incoming'::text) OR (NOT edge.is_directional)) AND (edge.confidence >= ways_from.p_min_confidence) AND ((ways_from.p_types IS NULL) OR (edge.type = ANY (ways_from.p_types))) AND (edge.valid_from <= ways_from.p_as_of) AND (ways_from.p_as_of < edge.valid_to) AND ((ways_from.p_known_at IS NULL) OR (edge.recorded_at <= ways_from.p_known_at)))
 UNION ALL
  SELECT edge.source_agent_id,
     edge.type,
         CASE
             WHEN edge.is_directional THEN '<'::text
             ELSE '-'::text
         END AS "case",
     edge.confidence
    FROM public.agent_relationships edge
   WHERE (((edge.tenant_id)::text = ways_from.p_tenant_id) AND ((edge.target_agent_id)::text = (ways_from.p_agent_id COLLATE "C")) AND ((ways_from.p_direction <> 'outgoing'::text) OR (NOT edge.is_directional)) AND (edge.confidence >= ways_from.p_min_confidence) AND ((ways_from.p_types IS NULL) OR (edge.type = ANY (ways_from.p_types))) AND (edge.valid_from <= ways_from.p_as_of) AND (ways_from.p_as_of < edge.valid_to) AND ((ways_from.p_known_at IS NULL) OR (edge.recorded_at <= ways_from.p_known_at)))
 UNION ALL
  SELECT edge.target_agent_id,
     edge.type,
         CASE
             WHEN edge.is_directional THEN '>'::text
             ELSE '-'::text
         END AS "case",
     edge.confidence
    FROM public.agent_relationship_history edge
   WHERE ((ways_from.p_known_at IS NOT NULL) AND ((edge.tenant_id)::text = ways_from.p_tenant_id) AND ((edge.source_agent_id)::text = ways_from.p_agent_id) AND ((ways_from.p_direction <> 'incoming'::text) OR (NOT edge.is_directional)) AND (edge.confidence >= ways_from.p_min_confidence) AND ((ways_from.p_types IS NULL) OR (edge.type = ANY (ways_from.p_types))) AND (edge.valid_from <= ways_from.p_as_of) AND (ways_from.p_as_of < edge.valid_to) AND (edge.recorded_at <= ways_from.p_known_at) AND (ways_from.p_known_at < edge.superseded_at))
 UNION ALL
  SELECT edge.source_agent_id,
     edge.type,
         CASE
             WHEN edge.is_directional THEN '<'::text
             ELSE '-'::text
         END AS "case",
     edge.confidence
    FROM public.agent_relationship_history edge
   WHERE ((ways_from.p_known_at IS NOT NULL) AND ((edge.tenant_id)::text = ways_from.p_tenant_id) AND ((edge.target_agent_id)::text = ways_from.p_agent_id) AND ((ways_from.p_direction <> 'outgoing'::text) OR (NOT edge.is_directional)) AND (edge.confidence >= ways_from.p_min_confidence) AND ((ways_from.p_types IS NULL) OR (edge.type = ANY (ways_from.p_types))) AND (edge.valid_from <= ways_from.p_as_of) AND (ways_from.p_as_of < edge.valid_to) AND (edge.recorded_at <= ways_from.p_known_at) AND (ways_from.p_known_at < edge.superseded_at));
END;

CREATE FUNCTION app.steps_from(p_tenant_id text, p_agent_ids text[], p_direction text, p_min_confidence numeric, p_types public.relationship_type[], p_fan_out integer, p_until timestamp with time zone, p_as_of timestamp with time zone, p_known_at timestamp with time zone) RETURNS TABLE(place integer, neighbor character varying, type public.relationship_type, orientation text, confidence numeric, missing text)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (frontier.place)::integer AS place,
     step.neighbor,
     step.type,
     step.orientation,
     step.confidence,
     step.missing
    FROM (( SELECT agent.id,
             agent.place,
             COALESCE((clock_timestamp() >= steps_from.p_until), false) AS is_late
            FROM unnest(steps_from.p_agent_ids) WITH ORDINALITY agent(id, place)) frontier
      CROSS JOIN LATERAL ( SELECT way.neighbor,
             way.type,
             way.orientation,
             way.confidence,
             NULL::text AS missing
            FROM app.ways_from(steps_from.p_tenant_id, frontier.id, steps_from.p_direction, steps_from.p_min_confidence, steps_from.p_types, steps_from.p_as_of, steps_from.p_known_at) way(neighbor, type, orientation, confidence)
           WHERE ((steps_from.p_fan_out IS NULL) AND (NOT frontier.is_late))
         UNION ALL
         ( SELECT way.neighbor,
             way.type,
             way.orientation,
             way.confidence,
                 CASE
                     WHEN (row_number() OVER (ORDER BY way.confidence DESC, (way.neighbor COLLATE "C"), ((way.type)::text COLLATE "C"), (way.orientation COLLATE "C")) > steps_from.p_fan_out) THEN 'fan-out'::text
                     ELSE NULL::text
                 END AS missing
            FROM app.ways_from(steps_from.p_tenant_id, frontier.id, steps_from.p_direction, steps_from.p_min_confidence, steps_from.p_types, steps_from.p_as_of, steps_from.p_known_at) way(neighbor, type, orientation, confidence)
           WHERE ((steps_from.p_fan_out IS NOT NULL) AND (NOT frontier.is_late))
           ORDER BY way.confidence DESC, (way.neighbor COLLATE "C"), ((way.type)::text COLLATE "C"), (way.orientation COLLATE "C")
          LIMIT (steps_from.p_fan_out + 1))
         UNION ALL
          SELECT NULL::character varying(255) AS neighbor,
             NULL::public.relationship_type AS type,
             NULL::text AS orientation,
             NULL::numeric AS confidence,
             'time'::text AS missing
           WHERE frontier.is_late
  OFFSET 0) step(neighbor, type, orientation, confidence, missing));
END;

CREATE FUNCTION app.store_federated_insight(p_session public.federated_sessions, p_topic_key text, p_values numeric[], p_half_width numeric, p_tenants integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
    AS $$
  insert into aggregated_insights (
    tenant_id,
    session_id,
    topic_key,
    round,
    aggregated_content,
    confidence_score,
    source_participants,
    aggregation_method,
    privacy_preserved,
    expires_at
  )
  select
    p_session.tenant_id,
    p_session.session_id,
    p_topic_key,
    p_session.round,
    jsonb_build_object(
      'values', p_values,
      'epsilon', settings.epsilon,
      'noise_half_width', round(p_half_width, 12)
    ),
    greatest(0, 1 - least(1, 2 * p_half_width / (
      (settings.upper - settings.lower) * case settings.method when 'sum' then p_tenants else 1 end
    ))),
    p_tenants,
    settings.method,
    settings.epsilon is not null,
    now() + make_interval(days => settings.insight_days)
  from app.read_federated_settings(p_session.settings) as settings
$$;
ALTER FUNCTION app.store_federated_insight(p_session public.federated_sessions, p_topic_key text, p_values numeric[], p_half_width numeric, p_tenants integer) OWNER TO agent_agency_service;

CREATE FUNCTION app.strictest_k_anonymity(p_tenants text[]) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  -- A tenant without settings has agreed to nothing.
  select case
    when count(config.k_anonymity) = cardinality(p_tenants) and count(*) > 0 then max(config.k_anonymity)
    else 2147483647
  end
  from unnest(p_tenants) as contributor (id)
  left join tenant_privacy_config as config on config.tenant_id = contributor.id
$$;
ALTER FUNCTION app.strictest_k_anonymity(p_tenants text[]) OWNER TO agent_agency_service;

CREATE FUNCTION app.suspend_tenant(p_tenant_id text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  with changed as (
    update tenants as tenant
    set suspended_at = coalesce(tenant.suspended_at, now())
    where tenant.id = p_tenant_id
    returning 1
  )
  select exists (select from changed)
$$;
ALTER FUNCTION app.suspend_tenant(p_tenant_id text) OWNER TO agent_agency_service;

CREATE FUNCTION app.tenants_consent(p_one character varying, p_other character varying) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (EXISTS ( SELECT
            FROM app.consenting_tenants(tenants_consent.p_one) consenting(id)
           WHERE (consenting.id = (tenants_consent.p_other)::text))) AS "exists";
END;

CREATE FUNCTION app.tenants_to_ask(p_asking character varying, p_resource character varying) RETURNS SETOF text
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT consenting.id
    FROM (app.consenting_tenants(tenants_to_ask.p_asking) consenting(id)
      JOIN public.tenant_privacy_config config ON (((config.tenant_id)::text = consenting.id)))
   WHERE ((consenting.id <> (tenants_to_ask.p_asking)::text) AND (config.privacy_level <> 'secure'::public.privacy_level) AND (NOT (EXISTS ( SELECT
            FROM public.tenant_access_policies policy
           WHERE (((policy.tenant_id)::text = consenting.id) AND ((policy.resource_type)::text = (tenants_to_ask.p_resource)::text) AND (NOT (((policy.access_level)::text = 'federate'::text) AND ((tenants_to_ask.p_asking)::text = ANY (policy.allowed_tenants)))))))));
END;

CREATE FUNCTION app.tighten_privacy_config(p_changes jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  perform app.change_privacy_config(app.require_tenant_id()::varchar, p_changes, false);
end
$$;
ALTER FUNCTION app.tighten_privacy_config(p_changes jsonb) OWNER TO agent_agency_service;

CREATE FUNCTION app.tune_vector_index(p_tenant_id text, p_breadth integer, p_margin integer, p_recall double precision) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  insert into app.vector_indexes as index (tenant_id, state, breadth, margin, recall, measured_at)
  values (p_tenant_id, 'scanned', p_breadth, p_margin, p_recall, now())
  on conflict (tenant_id) do update
  set breadth = excluded.breadth, margin = excluded.margin, recall = excluded.recall, measured_at = excluded.measured_at
$$;
ALTER FUNCTION app.tune_vector_index(p_tenant_id text, p_breadth integer, p_margin integer, p_recall double precision) OWNER TO agent_agency_service;

CREATE FUNCTION app.update_data_retention(p_tenant_id text, p_change jsonb) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  with changed as (
    update tenants as tenant
    set data_retention = tenant.data_retention || p_change
    where tenant.id = p_tenant_id
    returning 1
  )
  select exists (select from changed)
$$;
ALTER FUNCTION app.update_data_retention(p_tenant_id text, p_change jsonb) OWNER TO agent_agency_service;

CREATE FUNCTION app.update_tenant(p_tenant_id text, p_project_id text DEFAULT NULL::text, p_name text DEFAULT NULL::text) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  with changed as (
    update tenants as tenant
    set project_id = coalesce(p_project_id, tenant.project_id), name = coalesce(p_name, tenant.name)
    where tenant.id = p_tenant_id
    returning 1
  )
  select exists (select from changed)
$$;
ALTER FUNCTION app.update_tenant(p_tenant_id text, p_project_id text, p_name text) OWNER TO agent_agency_service;

CREATE FUNCTION app.visible_tenant_keys(p_resource text) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  return jsonb_object_agg(tenant.id, '{}'::jsonb) from unnest(app.visible_tenants(p_resource)) as tenant (id);
end
$$;

CREATE FUNCTION app.visible_tenants(p_resource text) RETURNS text[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.current_tenant_id();
begin
  if v_tenant is null then
    return '{}';
  end if;
  if p_resource is distinct from current_setting('app.shared_access', true) then
    return array[v_tenant];
  end if;
  return v_tenant || array(
    select owner.id
    from app.sharing_tenants(v_tenant, p_resource) as owner (id)
    where exists (
      select from tenant_access_log as entry
      where entry.tenant_id = owner.id
        and entry.accessor_tenant_id = v_tenant
        and entry.accessed_at > now() - interval '1 minute'
        and entry.access_type = 'read'
        and entry.table_name = p_resource
        and entry.row_count is null
        and entry.user_id is not distinct from app.current_context_user()
        and entry.transaction_id is distinct from pg_current_xact_id_if_assigned()
    )
  );
end
$$;
ALTER FUNCTION app.visible_tenants(p_resource text) OWNER TO agent_agency_service;

CREATE FUNCTION app.walk_agent_relationships(p_start character varying, p_max_hops integer, p_min_confidence numeric, p_types public.relationship_type[] DEFAULT NULL::public.relationship_type[], p_direction text DEFAULT 'outgoing'::text, p_max_nodes integer DEFAULT 100000, p_max_edges integer DEFAULT 1000000, p_max_ms integer DEFAULT NULL::integer, p_fan_out integer DEFAULT NULL::integer, p_as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, p_known_at timestamp with time zone DEFAULT NULL::timestamp with time zone, OUT agent_ids text[], OUT parents integer[], OUT types public.relationship_type[], OUT orientations text[], OUT products double precision[], OUT hops integer[], OUT edges integer, OUT truncated text, OUT truncated_at integer) RETURNS record
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_tenant constant text := app.current_tenant_id();
  v_as_of constant timestamptz := coalesce(p_as_of, now());
  v_until constant timestamptz := clock_timestamp() + p_max_ms * interval '1 ms';
  v_before integer := 0; -- places before the frontier
  v_left integer; -- places that the budget has
  v_frontier record;
  v_hop record;
begin
  perform app.require_walk(p_max_hops, p_min_confidence, p_direction, p_max_nodes, p_max_edges, p_max_ms, p_fan_out);

  select array_agg(agent.id::text) into agent_ids
  from agent_profiles as agent
  where agent.tenant_id = v_tenant and agent.id = p_start;
  if agent_ids is null then
    agent_ids := '{}';
    return;
  end if;
  parents := '{0}';
  types := '{null}';
  orientations := '{null}';
  products := '{1}';
  hops := '{0}';
  edges := 0;

  for v_distance in 1 .. p_max_hops loop
    select
      array_agg(node.id order by node.product desc, node.place) as ids,
      array_agg(node.product order by node.product desc, node.place) as products,
      array_agg(v_before + node.place::integer order by node.product desc, node.place) as places
    into v_frontier
    from unnest(agent_ids[v_before + 1 :], products[v_before + 1 :]) with ordinality as node (id, product, place);

    select * into v_hop
    from app.next_hop(
      v_tenant, v_frontier.ids, v_frontier.products, v_frontier.places, agent_ids, p_direction, p_min_confidence, p_types,
      p_max_edges - edges, p_fan_out, v_until, v_as_of, p_known_at
    );

    v_left := p_max_nodes - cardinality(agent_ids);
    if v_hop.missing = 'time' then
      truncated := 'time';
    elsif v_hop.edges > p_max_edges - edges then
      truncated := 'edges';
    elsif cardinality(v_hop.agent_ids) > v_left then
      truncated := 'nodes';
    else
      truncated := coalesce(truncated, v_hop.missing);
    end if;
    truncated_at := coalesce(truncated_at, case when truncated is not null then v_distance end);
    edges := least(edges + v_hop.edges, p_max_edges);

    if cardinality(v_hop.agent_ids) > v_left then
      select
        array_agg(node.agent_id order by node.place) as agent_ids,
        array_agg(node.parent order by node.place) as parents,
        array_agg(node.type order by node.place) as types,
        array_agg(node.orientation order by node.place) as orientations,
        array_agg(node.product order by node.place) as products
      into v_hop
      from (
        select found.*
        from unnest(v_hop.agent_ids, v_hop.parents, v_hop.types, v_hop.orientations, v_hop.products)
          with ordinality as found (agent_id, parent, type, orientation, product, place)
        order by found.product desc, found.place
        limit v_left
      ) as node;
    end if;

    v_before := cardinality(agent_ids);
    agent_ids := agent_ids || v_hop.agent_ids;
    parents := parents || v_hop.parents;
    types := types || v_hop.types;
    orientations := orientations || v_hop.orientations;
    products := products || v_hop.products;
    hops := hops || array_fill(v_distance, array[coalesce(cardinality(v_hop.agent_ids), 0)]);

    exit when v_hop.agent_ids is null or truncated <> 'fan-out';
  end loop;
end
$$;

CREATE TABLE app.vector_indexes (
    tenant_id character varying(255) NOT NULL,
    segment bigint NOT NULL,
    state character varying(20) NOT NULL,
    vector_count bigint DEFAULT 0 NOT NULL,
    breadth integer DEFAULT 100 NOT NULL,
    margin integer DEFAULT 28 NOT NULL,
    recall double precision,
    built_at timestamp with time zone,
    measured_at timestamp with time zone,
    CONSTRAINT vector_indexes_breadth_check CHECK (((breadth >= 10) AND (breadth <= 1000))),
    CONSTRAINT vector_indexes_built_at_check CHECK (((built_at IS NOT NULL) = ((state)::text = 'ready'::text))),
    CONSTRAINT vector_indexes_margin_check CHECK (((margin >= 0) AND (margin <= 768))),
    CONSTRAINT vector_indexes_measured_at_check CHECK (((measured_at IS NULL) = (recall IS NULL))),
    CONSTRAINT vector_indexes_recall_check CHECK (((recall >= (0)::double precision) AND (recall <= (1)::double precision))),
    CONSTRAINT vector_indexes_state_check CHECK (((state)::text = ANY ((ARRAY['scanned'::character varying, 'filling'::character varying, 'ready'::character varying])::text[]))),
    CONSTRAINT vector_indexes_vector_count_check CHECK ((vector_count >= 0))
);
ALTER TABLE ONLY app.vector_indexes ALTER COLUMN segment SET STATISTICS 0;
ALTER TABLE ONLY app.vector_indexes ALTER COLUMN state SET STATISTICS 0;
ALTER TABLE ONLY app.vector_indexes ALTER COLUMN vector_count SET STATISTICS 0;
ALTER TABLE ONLY app.vector_indexes ALTER COLUMN breadth SET STATISTICS 0;
ALTER TABLE ONLY app.vector_indexes ALTER COLUMN margin SET STATISTICS 0;
ALTER TABLE ONLY app.vector_indexes ALTER COLUMN recall SET STATISTICS 0;
ALTER TABLE ONLY app.vector_indexes ALTER COLUMN built_at SET STATISTICS 1;
ALTER TABLE ONLY app.vector_indexes ALTER COLUMN measured_at SET STATISTICS 1;

ALTER TABLE ONLY app.vector_indexes FORCE ROW LEVEL SECURITY;
ALTER TABLE app.vector_indexes OWNER TO agent_agency_service;

CREATE FUNCTION app.walk_capability_graph(p_index app.vector_indexes, p_embedding public.vector, p_wanted integer, p_min_confidence numeric, p_type public.entity_type, OUT ids uuid[], OUT visited integer) RETURNS record
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_sort TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    SET max_parallel_workers_per_gather TO '0'
    SET "hnsw.iterative_scan" TO 'relaxed_order'
    SET "hnsw.ef_search" TO '100'
    AS $_$
declare
  v_most constant integer := 1000;
  v_row record;
  v_found integer := 0;
  v_cut double precision := 'infinity';
begin
  ids := '{}';
  visited := 0;
  perform set_config('hnsw.ef_search', least(greatest(p_index.breadth, 2 * p_wanted), 1000)::text, true);
  for v_row in execute format(
    'select vector.capability_id as id, vector.embedding <=> $1 as distance
     from app.%I as vector
     where vector.tenant_id = $2
     order by vector.embedding <=> $1
     limit %s',
    'capability_vectors_' || p_index.segment, v_most
  ) using l2_normalize(p_embedding)::halfvec(768), p_index.tenant_id
  loop
    exit when v_row.distance > v_cut;
    visited := visited + 1;
    continue when not exists (
      select from agent_capabilities_graph as capability
      where capability.tenant_id = p_index.tenant_id
        and capability.id = v_row.id
        -- Of a column that idx_capabilities_tenant lacks: the planner is not to look through all that the tenant has.
        and capability.embedding is not null
        and capability.validation_status <> 'rejected'
        and capability.confidence >= p_min_confidence
        and (p_type is null or capability.capability_type = p_type)
        -- Has another embedding by now, and comes by that.
        and not exists (
          select from app.pending_vectors as pending
          where pending.tenant_id = p_index.tenant_id and pending.capability_id = v_row.id
        )
    );
    ids := ids || v_row.id;
    v_found := v_found + 1;
    if v_found = p_wanted then
      -- Those that are nearer by less than halves of single precision tell may change places.
      v_cut := v_row.distance + 0.001;
    end if;
  end loop;
  if v_found >= p_wanted then
    ids := ids || array(
      select pending.capability_id
      from app.pending_vectors as pending
      where pending.tenant_id = p_index.tenant_id
      order by (pending.bits <~> binary_quantize(p_embedding)::bit(768)) + 0
      limit 100 + 2 * p_wanted
    );
  end if;
end
$_$;

CREATE FUNCTION app.walk_provenance(p_start uuid[], p_direction text, p_max_depth integer DEFAULT NULL::integer, p_max_nodes integer DEFAULT 100000, p_without character varying[] DEFAULT NULL::character varying[], OUT node_ids uuid[], OUT depths integer[], OUT complete_depth integer) RETURNS record
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_indexscan TO 'on'
    SET enable_indexonlyscan TO 'on'
    SET enable_nestloop TO 'on'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_sort TO 'off'
    SET enable_incremental_sort TO 'off'
    SET enable_memoize TO 'off'
    AS $$
declare
  v_tenant constant text := app.current_tenant_id();
  v_depth integer := 0;
  v_found integer := 0;
  v_before integer := 0; -- found before this depth
  v_row record;
begin
  if p_direction is null or p_direction not in ('up', 'down') then
    raise exception using errcode = '22023', message = 'direction has to be up or down';
  end if;
  perform
    app.require_between('max_depth', coalesce(p_max_depth, 1), 1, 1000000),
    app.require_between('max_nodes', p_max_nodes, 1, 1000000);

  node_ids := '{}';
  depths := '{}';
  for v_row in
    with recursive walk (node_id, depth) as (
      (
        select null::uuid, 0
        union all
        select start.id, null from unnest(p_start) as start (id) where start.id is not null
      )
      union
      select next.node_id, next.depth
      from walk
      cross join lateral (
        select null::uuid as node_id, walk.depth + 1 as depth
        where walk.node_id is null
        union all
        -- The nodes' own column, which their hashes cover.
        (
          select parent.id, null
          from (
            select node.parent_ids
            from caws_provenance_graph as node
            where p_direction = 'up'
              and node.tenant_id = v_tenant
              and node.id >= walk.node_id
              and node.id <= walk.node_id
            order by node.id
            offset 0
          ) as child
          cross join unnest(child.parent_ids) as parent (id)
        )
        union all
        (
          select edge.node_id, null
          from provenance_parents as edge
          where p_direction = 'down'
            and edge.tenant_id = v_tenant
            and edge.parent_id >= walk.node_id
            and edge.parent_id <= walk.node_id
          order by edge.parent_id, edge.node_id
        )
        offset 0
      ) as next
      where next.node_id is null
        or p_without is null
        or (
          select node.entity_type
          from caws_provenance_graph as node
          where node.tenant_id = v_tenant and node.id >= next.node_id and node.id <= next.node_id
          order by node.id
        ) <> all(p_without)
    )
    select walk.node_id, walk.depth from walk
  loop
    if v_row.node_id is null then
      exit when v_row.depth > p_max_depth or v_row.depth > 1 and v_found = v_before;
      v_depth := v_row.depth;
      v_before := v_found;
    elsif v_depth > 0 then
      if v_found = p_max_nodes then
        complete_depth := v_depth - 1;
        return;
      end if;
      v_found := v_found + 1;
      node_ids := node_ids || v_row.node_id;
      depths := depths || v_depth;
    end if;
  end loop;
end
$$;

CREATE FUNCTION app.warn_if_truncated(p_truncated text) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if p_truncated is not null then
    raise warning using
      message = format('something is missing: the budget of %s is used up', p_truncated),
      hint = 'Ask for fewer hops, a higher confidence, or fewer types.';
  end if;
  return true;
end
$$;

CREATE FUNCTION app.zcdp_epsilon(p_rho numeric, p_delta numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (p_rho = (0)::numeric) THEN (0)::numeric WHEN (((p_rho >= 0.000000000000000000000000000001) AND (p_rho <= '1000000'::numeric)) AND (p_delta >= 0.000000000000000000000000000001) AND (p_delta < (1)::numeric)) THEN (round((p_rho + ((2)::numeric * sqrt((p_rho * (- ln(round(p_delta, 40))))))), 30) + 0.000000000000000000000000000001) ELSE NULL::numeric END;

CREATE FUNCTION app.zcdp_rho(p_epsilon numeric, p_delta numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT GREATEST((round((solved.root * solved.root), 30) - 0.000000000000000000000000000003), (0)::numeric) AS "greatest"
    FROM ( SELECT (zcdp_rho.p_epsilon / (sqrt((zcdp_rho.p_epsilon - ln(round(zcdp_rho.p_delta, 40)))) + sqrt((- ln(round(zcdp_rho.p_delta, 40)))))) AS root
           WHERE ((zcdp_rho.p_epsilon > (0)::numeric) AND (zcdp_rho.p_epsilon <= '1000000'::numeric) AND (zcdp_rho.p_delta >= 0.000000000000000000000000000001) AND (zcdp_rho.p_delta < (1)::numeric))) solved;
END;

CREATE FUNCTION public.add_dp_noise(value numeric, p_tenant_id character varying) RETURNS numeric
    LANGUAGE plpgsql PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_config record;
begin
  if add_dp_noise.value = 'NaN' or abs(add_dp_noise.value) = 'Infinity' then
    raise exception using errcode = '22023', message = 'noise is added to finite numbers only';
  end if;
  select config.privacy_level, config.epsilon into v_config
  from tenant_privacy_config as config
  where config.tenant_id = p_tenant_id;
  if not found then
    raise exception using
      errcode = '55000',
      message = 'no noise without the tenant''s privacy settings, and they cannot be seen',
      hint = 'Only the current tenant''s own can.';
  end if;
  if v_config.privacy_level = 'basic' then
    return add_dp_noise.value;
  end if;
  if v_config.privacy_level = 'secure' then
    raise exception using
      errcode = '0A000',
      message = 'the privacy level secure asks for computing among several parties; noise alone is less',
      hint = 'Use the level differential, or share secrets between the tenants.';
  end if;
  return round(add_dp_noise.value, 3)
    + app.discrete_laplace(1001 * 10000, (v_config.epsilon * 10000)::bigint) * 0.001;
end
$$;

CREATE FUNCTION public.check_k_anonymity(group_size bigint, p_tenant_id character varying) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT COALESCE(( SELECT (check_k_anonymity.group_size >= config.k_anonymity)
            FROM public.tenant_privacy_config config
           WHERE ((config.tenant_id)::text = (check_k_anonymity.p_tenant_id)::text)), false) AS "coalesce";
END;

CREATE TABLE public.web_cache (
    url text NOT NULL,
    content_id uuid NOT NULL,
    cached_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    hit_count integer DEFAULT 0 NOT NULL,
    last_accessed timestamp with time zone DEFAULT now() NOT NULL,
    cache_size_bytes integer NOT NULL,
    compression_used boolean DEFAULT false NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT web_cache_cache_size_bytes_check CHECK ((cache_size_bytes >= 0)),
    CONSTRAINT web_cache_hit_count_check CHECK ((hit_count >= 0)),
    CONSTRAINT web_cache_url_check CHECK (((octet_length(url) >= 1) AND (octet_length(url) <= 2048)))
);
ALTER TABLE ONLY public.web_cache ALTER COLUMN url SET STATISTICS 0;
ALTER TABLE ONLY public.web_cache ALTER COLUMN cached_at SET STATISTICS 1;
ALTER TABLE ONLY public.web_cache ALTER COLUMN expires_at SET STATISTICS 1;
ALTER TABLE ONLY public.web_cache ALTER COLUMN hit_count SET STATISTICS 0;
ALTER TABLE ONLY public.web_cache ALTER COLUMN last_accessed SET STATISTICS 1;
ALTER TABLE ONLY public.web_cache ALTER COLUMN cache_size_bytes SET STATISTICS 0;
ALTER TABLE ONLY public.web_cache ALTER COLUMN compression_used SET STATISTICS 0;

ALTER TABLE ONLY public.web_cache FORCE ROW LEVEL SECURITY;

CREATE FUNCTION public.cleanup_expired_web_cache() RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 WITH gone AS (
          DELETE FROM public.web_cache
           WHERE (web_cache.expires_at < now())
           RETURNING web_cache.url
         )
  SELECT (count(*))::integer AS count
    FROM gone;
END;

CREATE TABLE public.entity_similarity_cache (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    entity1_id uuid NOT NULL,
    entity2_id uuid NOT NULL,
    cosine_similarity numeric(5,4) NOT NULL,
    semantic_similarity numeric(5,4),
    computed_at timestamp with time zone DEFAULT now() NOT NULL,
    computation_method character varying(50) DEFAULT 'cosine'::character varying NOT NULL,
    CONSTRAINT entity_similarity_cache_computation_method_check CHECK ((length((computation_method)::text) > 0)),
    CONSTRAINT entity_similarity_cache_cosine_similarity_check CHECK (((cosine_similarity >= ('-1'::integer)::numeric) AND (cosine_similarity <= (1)::numeric))),
    CONSTRAINT entity_similarity_cache_semantic_similarity_check CHECK (((semantic_similarity >= ('-1'::integer)::numeric) AND (semantic_similarity <= (1)::numeric))),
    CONSTRAINT ordered_similarity_pair CHECK ((entity1_id < entity2_id))
);
ALTER TABLE ONLY public.entity_similarity_cache ALTER COLUMN cosine_similarity SET STATISTICS 0;
ALTER TABLE ONLY public.entity_similarity_cache ALTER COLUMN semantic_similarity SET STATISTICS 0;
ALTER TABLE ONLY public.entity_similarity_cache ALTER COLUMN computed_at SET STATISTICS 1;
ALTER TABLE ONLY public.entity_similarity_cache ALTER COLUMN computation_method SET STATISTICS 0;

ALTER TABLE ONLY public.entity_similarity_cache FORCE ROW LEVEL SECURITY;

CREATE FUNCTION public.cleanup_similarity_cache(retention_days integer DEFAULT 7) RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 WITH deleted AS (
          DELETE FROM public.entity_similarity_cache cached
           WHERE (cached.computed_at < (now() - make_interval(days => cleanup_similarity_cache.retention_days)))
           RETURNING 1 AS "?column?"
         )
  SELECT (count(*))::integer AS count
    FROM deleted;
END;

CREATE FUNCTION public.compute_agent_centrality() RETURNS TABLE(agent_id character varying, degree_centrality numeric, betweenness_estimate numeric, connection_count integer)
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    SET enable_nestloop TO 'off'
    AS $$
declare
  v_tenant constant text := app.current_tenant_id();
  v_max_hops constant integer := 10;
  v_agents text[];
  v_pivots integer;
  -- The agent at place n can go to v_neighbors[v_before[n] + 1 .. v_before[n + 1]].
  v_neighbors integer[];
  v_before integer[];
  v_neighbor_counts integer[];
  -- What is reached, in the order of hops: from which pivot, whom, and by how many shortest paths.
  v_from integer[];
  v_to integer[];
  v_paths double precision[];
  v_hop_ends integer[];
  v_next record;
  -- Share of the paths from the pivot that go on behind: of the hop that was handled last, and of all.
  v_behind double precision[];
  v_through_agents integer[] := '{}';
  v_through double precision[] := '{}';
  v_first integer;
  v_last integer;
begin
  select array_agg(agent.id::text order by md5(agent.id), agent.id) into v_agents
  from agent_profiles as agent
  where agent.tenant_id = v_tenant;

  with place as materialized (
    select agent.id, agent.place::integer from unnest(v_agents) with ordinality as agent (id, place)
  ),
  edge as materialized (
    select source.place as source, target.place as target, bool_and(edge.is_directional) as is_directional
    from agent_relationships as edge
    join place as source on source.id = edge.source_agent_id
    join place as target on target.id = edge.target_agent_id
    where edge.tenant_id = v_tenant and edge.valid_from <= now() and edge.valid_to > now()
    group by source.place, target.place
  ),
  way as materialized (
    select way.source, way.target, bool_or(way.is_open) as is_open
    from edge
    cross join lateral (
      values (edge.source, edge.target, true), (edge.target, edge.source, not edge.is_directional)
    ) as way (source, target, is_open)
    group by way.source, way.target
  ),
  counted as (
    select place.place, count(way.target) as neighbors, count(way.target) filter (where way.is_open) as steps
    from place
    left join way on way.source = place.place
    group by place.place
  )
  select
    (select array_agg(way.target order by way.source, way.target) from way where way.is_open),
    array_agg(summed.neighbors order by summed.place),
    array_prepend(0, array_agg(summed.steps order by summed.place))
  into v_neighbors, v_neighbor_counts, v_before
  from (
    select
      counted.place,
      counted.neighbors::integer,
      (sum(counted.steps) over (order by counted.place))::integer as steps
    from counted
  ) as summed;

  -- Some two million steps: in a large graph fewer agents are asked from, two at least.
  v_pivots := least(cardinality(v_agents), 32, greatest(2, 2000000 / greatest(cardinality(v_neighbors), 1)));
  select array_agg(pivot.place), array_agg(pivot.place), array_agg(1.0)
  into v_from, v_to, v_paths
  from generate_series(1, v_pivots) as pivot (place);
  v_hop_ends := array[0, v_pivots];

  for v_hop in 1 .. v_max_hops loop
    v_first := v_hop_ends[v_hop] + 1;
    v_last := v_hop_ends[v_hop + 1];
    select array_agg(step.pivot) as pivots, array_agg(step.agent) as agents, array_agg(step.paths) as paths
    into v_next
    from (
      select way.pivot, v_neighbors[neighbor.place] as agent, sum(way.paths) as paths
      from unnest(v_from[v_first : v_last], v_to[v_first : v_last], v_paths[v_first : v_last])
        as way (pivot, agent, paths)
      cross join lateral generate_series(v_before[way.agent] + 1, v_before[way.agent + 1]) as neighbor (place)
      group by way.pivot, v_neighbors[neighbor.place]
    ) as step
    where not exists (
      select from unnest(v_from, v_to) as seen (pivot, agent)
      where seen.pivot = step.pivot and seen.agent = step.agent
    );
    exit when v_next.pivots is null;
    v_from := v_from || v_next.pivots;
    v_to := v_to || v_next.agents;
    v_paths := v_paths || v_next.paths;
    v_hop_ends := v_hop_ends || cardinality(v_to);
  end loop;

  for v_hop in reverse cardinality(v_hop_ends) - 1 .. 2 loop
    v_first := v_hop_ends[v_hop] + 1;
    v_last := v_hop_ends[v_hop + 1];
    select array_agg(way.paths * coalesce(ahead.share, 0) order by way.place) into v_behind
    from unnest(v_paths[v_first : v_last]) with ordinality as way (paths, place)
    left join (
      select step.place, sum((1 + farther.behind) / farther.paths) as share
      from (
        select way.pivot, way.place, v_neighbors[neighbor.place] as agent
        from unnest(v_from[v_first : v_last], v_to[v_first : v_last]) with ordinality as way (pivot, agent, place)
        cross join lateral generate_series(v_before[way.agent] + 1, v_before[way.agent + 1]) as neighbor (place)
      ) as step
      join unnest(
        v_from[v_last + 1 : v_hop_ends[v_hop + 2]],
        v_to[v_last + 1 : v_hop_ends[v_hop + 2]],
        v_paths[v_last + 1 : v_hop_ends[v_hop + 2]],
        v_behind
      ) as farther (pivot, agent, paths, behind)
        on farther.pivot = step.pivot and farther.agent = step.agent
      group by step.place
    ) as ahead on ahead.place = way.place;
    v_through_agents := v_through_agents || v_to[v_first : v_last];
    v_through := v_through || v_behind;
  end loop;

  return query
    select
      agent.id::varchar(255),
      coalesce(1.0 * v_neighbor_counts[agent.place] / nullif(cardinality(v_agents) - 1, 0), 0),
      coalesce(
        crossing.paths / nullif(v_pivots - (agent.place <= v_pivots)::integer, 0) / nullif(cardinality(v_agents) - 2, 0), 0
      )::numeric,
      connectivity.total_relationships::integer
    from unnest(v_agents) with ordinality as agent (id, place)
    join agent_connectivity as connectivity on connectivity.tenant_id = v_tenant and connectivity.agent_id = agent.id
    left join (
      select through.agent, sum(through.paths) as paths
      from unnest(v_through_agents, v_through) as through (agent, paths)
      group by through.agent
    ) as crossing on crossing.agent = agent.place;
end
$$;

CREATE FUNCTION public.compute_provenance_hash(parent_hash character varying, entity_type character varying, entity_id character varying, metadata jsonb) RETURNS character varying
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN encode(sha256((((((convert_to('agent-agency.provenance.values.v1'::text, 'UTF8'::name) || '\x00'::bytea) || app.provenance_field(convert_to((parent_hash)::text, 'UTF8'::name))) || app.provenance_field(convert_to((entity_type)::text, 'UTF8'::name))) || app.provenance_field(convert_to((entity_id)::text, 'UTF8'::name))) || app.provenance_field(convert_to((metadata)::text, 'UTF8'::name)))), 'hex'::text);

CREATE FUNCTION public.compute_utilization() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  new.utilization_percent := least(100, round(100.0 * new.active_tasks / new.capacity, 2));
  return new;
end
$$;

CREATE FUNCTION public.create_tenant(p_tenant_id character varying, p_project_id character varying, p_name character varying, p_isolation_level public.isolation_level DEFAULT 'strict'::public.isolation_level) RETURNS character varying
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  insert into tenants (id, project_id, name, isolation_level)
  values (p_tenant_id, p_project_id, p_name, p_isolation_level);
  insert into tenant_privacy_config (tenant_id) values (p_tenant_id);
  perform app.copy_default_settings(p_tenant_id);
  return p_tenant_id;
end
$$;
ALTER FUNCTION public.create_tenant(p_tenant_id character varying, p_project_id character varying, p_name character varying, p_isolation_level public.isolation_level) OWNER TO agent_agency_service;

CREATE FUNCTION public.find_agent_path(source_agent_id character varying, target_agent_id character varying, max_hops integer DEFAULT 5, p_as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, p_known_at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(path_length integer, relationship_path text[], agent_path character varying[], total_confidence numeric)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT cardinality(path.types) AS cardinality,
     (path.types)::text[] AS types,
     (path.agent_ids)::character varying(255)[] AS agent_ids,
     ((path.products[cardinality(path.products)] / power((100)::double precision, (cardinality(path.types))::double precision)))::numeric AS "numeric"
    FROM app.shortest_agent_path(find_agent_path.source_agent_id, find_agent_path.target_agent_id, find_agent_path.max_hops, 0.5, p_as_of => find_agent_path.p_as_of, p_known_at => find_agent_path.p_known_at) path(agent_ids, types, orientations, products, edges, truncated)
   WHERE (app.warn_if_truncated(path.truncated) AND (path.agent_ids <> '{}'::text[]));
END;

CREATE FUNCTION public.find_similar_capabilities(target_embedding public.vector, p_tenant_id character varying DEFAULT NULL::character varying, max_results integer DEFAULT 10, min_confidence numeric DEFAULT 0.7) RETURNS TABLE(capability_id uuid, capability_name character varying, agent_id character varying, similarity_score numeric, confidence numeric)
    LANGUAGE sql STABLE PARALLEL RESTRICTED
    BEGIN ATOMIC
 SELECT nearest.id,
     (nearest.name)::character varying(500) AS name,
     (nearest.agent)::character varying(255) AS agent,
     (((1)::double precision - nearest.distance))::numeric AS "numeric",
     nearest.sureness
    FROM (app.search_capabilities(find_similar_capabilities.target_embedding, find_similar_capabilities.max_results, find_similar_capabilities.min_confidence) search(plan, reason, visited, compared, ids, names, agent_ids, types, confidences, distances)
      CROSS JOIN LATERAL UNNEST(search.ids, search.names, search.agent_ids, search.confidences, search.distances) WITH ORDINALITY nearest(id, name, agent, sureness, distance, place))
   WHERE COALESCE(((find_similar_capabilities.p_tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)), true)
   ORDER BY nearest.place;
END;

CREATE TABLE public.provenance_embeddings (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    node_id uuid NOT NULL,
    entity_type character varying(50) NOT NULL,
    embedding public.vector(768) NOT NULL,
    embedding_bits bit(768) GENERATED ALWAYS AS (public.binary_quantize(embedding)) STORED NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT provenance_embeddings_embedding_check CHECK ((public.cosine_distance(embedding, embedding) < (1)::double precision))
);
ALTER TABLE ONLY public.provenance_embeddings ALTER COLUMN entity_type SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_embeddings ALTER COLUMN embedding SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_embeddings ALTER COLUMN embedding_bits SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_embeddings ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.provenance_embeddings FORCE ROW LEVEL SECURITY;

CREATE FUNCTION public.find_similar_caws_verdicts(target_embedding public.vector, verdict_type character varying DEFAULT NULL::character varying, max_results integer DEFAULT 10) RETURNS TABLE(verdict_id uuid, entity_id character varying, entity_type character varying, similarity_score numeric, constitutional_refs text[], created_at timestamp with time zone)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 WITH query AS MATERIALIZED (
          SELECT given.embedding,
             (public.binary_quantize(given.embedding))::bit(768) AS bits,
             app.require_between('max_results'::text, find_similar_caws_verdicts.max_results, 0, 10000) AS wanted
            FROM ( SELECT app.require_direction(find_similar_caws_verdicts.target_embedding) AS embedding
                  OFFSET 0) given
         ), scanned AS MATERIALIZED (
          SELECT near.id,
             near.distance,
             row_number() OVER (ORDER BY near.distance) AS place
            FROM ( SELECT item.node_id AS id,
                     ((item.embedding_bits OPERATOR(public.<~>) ( SELECT query.bits
                            FROM query)) + (0)::double precision) AS distance
                    FROM public.provenance_embeddings item
                   WHERE (((item.tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)) AND ((item.entity_type)::text = (COALESCE(find_similar_caws_verdicts.verdict_type, 'verdict'::character varying))::text) AND (( SELECT query.bits
                            FROM query) IS NOT NULL))
                   ORDER BY ((item.embedding_bits OPERATOR(public.<~>) ( SELECT query.bits
                            FROM query)) + (0)::double precision)
                  LIMIT ( SELECT GREATEST(1000, (2 * query.wanted)) AS "greatest"
                            FROM query)) near
         ), nearest AS MATERIALIZED (
          SELECT compared.id,
             compared.distance
            FROM ( SELECT candidate.id,
                     (item.embedding OPERATOR(public.<=>) ( SELECT query.embedding
                            FROM query)) AS distance
                    FROM (( SELECT scanned.id
                            FROM scanned
                           WHERE ((scanned.place <= 100) OR (scanned.distance <= ((28)::double precision + ( SELECT max(wanted.distance) AS max
                                    FROM scanned wanted
                                   WHERE (wanted.place <= ( SELECT GREATEST(query.wanted, 10) AS "greatest"
   FROM query))))))) candidate
                      CROSS JOIN LATERAL ( SELECT vector.embedding
                            FROM public.provenance_embeddings vector
                           WHERE (((vector.tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)) AND (vector.node_id >= candidate.id) AND (vector.node_id <= candidate.id))
                           ORDER BY vector.node_id
                          OFFSET 0) item)
                  OFFSET 0) compared
           ORDER BY compared.distance, compared.id
          LIMIT ( SELECT query.wanted
                    FROM query)
         )
  SELECT nearest.id,
     node.entity_id,
     node.entity_type,
     (((1)::double precision - nearest.distance))::numeric AS "numeric",
     node.constitutional_refs,
     node.created_at
    FROM (nearest
      CROSS JOIN LATERAL ( SELECT verdict.entity_id,
             verdict.entity_type,
             verdict.constitutional_refs,
             verdict.created_at
            FROM public.caws_provenance_graph verdict
           WHERE (((verdict.tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)) AND (verdict.id >= nearest.id) AND (verdict.id <= nearest.id))
           ORDER BY verdict.id
          OFFSET 0) node)
   ORDER BY nearest.distance, nearest.id;
END;

CREATE FUNCTION public.get_cached_similarity(e1 uuid, e2 uuid, ttl_hours integer DEFAULT 24) RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT cached.cosine_similarity
    FROM public.entity_similarity_cache cached
   WHERE ((cached.entity1_id = LEAST(get_cached_similarity.e1, get_cached_similarity.e2)) AND (cached.entity2_id = GREATEST(get_cached_similarity.e1, get_cached_similarity.e2)) AND (cached.computed_at > (now() - make_interval(hours => get_cached_similarity.ttl_hours))));
END;

CREATE TABLE public.git_commits (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    hash character varying(64) NOT NULL,
    author character varying(255),
    message text,
    "timestamp" timestamp with time zone,
    provenance_record_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT git_commits_hash_check CHECK (((hash)::text ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'::text))
);
ALTER TABLE ONLY public.git_commits ALTER COLUMN hash SET STATISTICS 0;
ALTER TABLE ONLY public.git_commits ALTER COLUMN author SET STATISTICS 0;
ALTER TABLE ONLY public.git_commits ALTER COLUMN message SET STATISTICS 0;
ALTER TABLE ONLY public.git_commits ALTER COLUMN "timestamp" SET STATISTICS 1;
ALTER TABLE ONLY public.git_commits ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.git_commits FORCE ROW LEVEL SECURITY;

CREATE TABLE public.provenance_records (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    verdict_id uuid NOT NULL,
    task_id uuid NOT NULL,
    decision_type character varying(50) NOT NULL,
    decision_data jsonb NOT NULL,
    consensus_score numeric(3,2) NOT NULL,
    judge_verdicts jsonb DEFAULT '{}'::jsonb NOT NULL,
    caws_compliance jsonb NOT NULL,
    claim_verification jsonb,
    git_commit_hash character varying(64),
    git_trailer text NOT NULL,
    signature text NOT NULL,
    "timestamp" timestamp with time zone NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT provenance_records_consensus_score_check CHECK (((consensus_score >= (0)::numeric) AND (consensus_score <= (1)::numeric))),
    CONSTRAINT provenance_records_decision_type_check CHECK (((decision_type)::text = ANY ((ARRAY['accept'::character varying, 'reject'::character varying, 'require_modification'::character varying, 'need_investigation'::character varying])::text[]))),
    CONSTRAINT provenance_records_git_commit_hash_check CHECK (((git_commit_hash)::text ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'::text))
);
ALTER TABLE ONLY public.provenance_records ALTER COLUMN decision_type SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_records ALTER COLUMN decision_data SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_records ALTER COLUMN consensus_score SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_records ALTER COLUMN judge_verdicts SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_records ALTER COLUMN caws_compliance SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_records ALTER COLUMN claim_verification SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_records ALTER COLUMN git_commit_hash SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_records ALTER COLUMN git_trailer SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_records ALTER COLUMN signature SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_records ALTER COLUMN "timestamp" SET STATISTICS 1;
ALTER TABLE ONLY public.provenance_records ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_records ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.provenance_records FORCE ROW LEVEL SECURITY;

CREATE FUNCTION public.get_provenance_by_commit(p_hash character varying) RETURNS SETOF public.provenance_records
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT record.tenant_id,
     record.verdict_id,
     record.task_id,
     record.decision_type,
     record.decision_data,
     record.consensus_score,
     record.judge_verdicts,
     record.caws_compliance,
     record.claim_verification,
     record.git_commit_hash,
     record.git_trailer,
     record.signature,
     record."timestamp",
     record.metadata,
     record.created_at
    FROM (( SELECT linked.provenance_record_id AS verdict_id
            FROM public.git_commits linked
           WHERE (((linked.tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)) AND ((linked.hash)::text = (get_provenance_by_commit.p_hash)::text))
         UNION
          SELECT judged.verdict_id
            FROM public.provenance_records judged
           WHERE (((judged.tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)) AND ((judged.git_commit_hash)::text = (get_provenance_by_commit.p_hash)::text))) named
      CROSS JOIN LATERAL ( SELECT item.tenant_id,
             item.verdict_id,
             item.task_id,
             item.decision_type,
             item.decision_data,
             item.consensus_score,
             item.judge_verdicts,
             item.caws_compliance,
             item.claim_verification,
             item.git_commit_hash,
             item.git_trailer,
             item.signature,
             item."timestamp",
             item.metadata,
             item.created_at
            FROM public.provenance_records item
           WHERE (((item.tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)) AND (item.verdict_id = named.verdict_id))
          OFFSET 0) record)
   ORDER BY record."timestamp", record.verdict_id;
END;

CREATE TABLE public.agent_profiles (
    id character varying(255) DEFAULT (gen_random_uuid())::text NOT NULL,
    name character varying(255) NOT NULL,
    model_family character varying(50) NOT NULL,
    status character varying(20) DEFAULT 'active'::character varying NOT NULL,
    config jsonb DEFAULT '{}'::jsonb NOT NULL,
    embedding public.vector(768),
    active_tasks integer DEFAULT 0 NOT NULL,
    queued_tasks integer DEFAULT 0 NOT NULL,
    utilization_percent numeric(5,2) DEFAULT 0 NOT NULL,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    last_active_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT agent_profiles_active_tasks_check CHECK ((active_tasks >= 0)),
    CONSTRAINT agent_profiles_config_check CHECK ((jsonb_typeof(config) = 'object'::text)),
    CONSTRAINT agent_profiles_embedding_check CHECK ((public.cosine_distance(embedding, embedding) < (1)::double precision)),
    CONSTRAINT agent_profiles_name_check CHECK ((length((name)::text) > 0)),
    CONSTRAINT agent_profiles_queued_tasks_check CHECK ((queued_tasks >= 0)),
    CONSTRAINT agent_profiles_status_check CHECK (((status)::text = ANY ((ARRAY['active'::character varying, 'inactive'::character varying, 'archived'::character varying])::text[]))),
    CONSTRAINT agent_profiles_utilization_percent_check CHECK (((utilization_percent >= (0)::numeric) AND (utilization_percent <= (100)::numeric)))
);
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN name SET STATISTICS 0;
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN model_family SET STATISTICS 0;
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN status SET STATISTICS 0;
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN config SET STATISTICS 0;
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN embedding SET STATISTICS 0;
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN active_tasks SET STATISTICS 0;
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN queued_tasks SET STATISTICS 0;
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN utilization_percent SET STATISTICS 0;
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN registered_at SET STATISTICS 1;
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN last_active_at SET STATISTICS 1;
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.agent_profiles ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.agent_profiles FORCE ROW LEVEL SECURITY;

CREATE FUNCTION public.traverse_agent_relationships(start_agent_id character varying, max_hops integer DEFAULT 2, min_confidence numeric DEFAULT 0.5, relationship_types public.relationship_type[] DEFAULT NULL::public.relationship_type[], p_as_of timestamp with time zone DEFAULT NULL::timestamp with time zone, p_known_at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS TABLE(agent_id character varying, agent_name character varying, hop_distance integer, relationship_path text[], cumulative_confidence numeric, path text[])
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (way.reached_agent_id)::character varying(255) AS reached_agent_id,
     agent.name,
     way.hop_distance,
     way.types_on_path,
     (way.path_confidence)::numeric AS path_confidence,
     way.agents_on_path
    FROM ((app.walk_agent_relationships(traverse_agent_relationships.start_agent_id, traverse_agent_relationships.max_hops, traverse_agent_relationships.min_confidence, traverse_agent_relationships.relationship_types, p_as_of => traverse_agent_relationships.p_as_of, p_known_at => traverse_agent_relationships.p_known_at) walk(agent_ids, parents, types, orientations, products, hops, edges, truncated, truncated_at)
      CROSS JOIN LATERAL app.paths_of_walk(walk.agent_ids, walk.parents, walk.types, walk.products, walk.hops) way(reached_agent_id, hop_distance, types_on_path, agents_on_path, path_confidence))
      LEFT JOIN public.agent_profiles agent ON ((((agent.tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)) AND ((agent.id)::text = way.reached_agent_id))))
   WHERE ((way.hop_distance > 0) AND app.warn_if_truncated(walk.truncated))
   ORDER BY way.hop_distance, way.path_confidence DESC, (way.reached_agent_id COLLATE "C");
END;

CREATE VIEW public.hybrid_search_index WITH (security_invoker='true') AS
 SELECT capability.tenant_id,
    'agent_capability'::text AS entity_type,
    (capability.id)::text AS id,
    (capability.agent_id)::text AS parent_id,
    (capability.capability_name)::text AS name,
    capability.embedding,
    capability.search_vector,
    capability.confidence,
    capability.metadata
   FROM public.agent_capabilities_graph capability
  WHERE ((capability.validation_status)::text <> 'rejected'::text)
UNION ALL
 SELECT node.tenant_id,
    'caws_provenance'::text AS entity_type,
    (node.id)::text AS id,
    (node.parent_entity_id)::text AS parent_id,
    COALESCE(node.description, (node.entity_id)::text) AS name,
    ( SELECT item.embedding
           FROM public.provenance_embeddings item
          WHERE (((item.tenant_id)::text = (node.tenant_id)::text) AND (item.node_id >= node.id) AND (item.node_id <= node.id))
          ORDER BY item.node_id) AS embedding,
    node.search_vector,
    GREATEST(node.evidence_completeness, node.budget_adherence, node.gate_integrity, node.provenance_clarity) AS confidence,
    node.metadata
   FROM public.caws_provenance_graph node
UNION ALL
 SELECT agent.tenant_id,
    'agent_profile'::text AS entity_type,
    (agent.id)::text AS id,
    NULL::text AS parent_id,
    (agent.name)::text AS name,
    agent.embedding,
    setweight(to_tsvector('simple'::regconfig, (agent.name)::text), 'A'::"char") AS search_vector,
    NULL::numeric AS confidence,
    agent.config AS metadata
   FROM public.agent_profiles agent;

CREATE FUNCTION public.hybrid_search(query_embedding public.vector, query_text text DEFAULT NULL::text, max_results integer DEFAULT 10, include_graph_hops integer DEFAULT 2, entity_types character varying[] DEFAULT NULL::character varying[], p_tenant_id character varying DEFAULT NULL::character varying, min_confidence numeric DEFAULT 0.5) RETURNS TABLE(entity_id text, entity_type text, name text, relevance_score numeric, source character varying, hop_distance integer, parent_id text)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 WITH query AS MATERIALIZED (
          SELECT COALESCE(hybrid_search.p_tenant_id, (app.current_tenant_id())::character varying) AS tenant_id,
             app.require_direction(hybrid_search.query_embedding) AS embedding,
             app.any_word_of(hybrid_search.query_text) AS words,
             app.require_between('max_results'::text, hybrid_search.max_results, 0, 1000) AS max_results,
             (app.require_between('include_graph_hops'::text, hybrid_search.include_graph_hops, 0, 10) * (COALESCE(((hybrid_search.p_tenant_id)::text = app.current_tenant_id()), true))::integer) AS hops
         ), entry AS NOT MATERIALIZED (
          SELECT item_1.tenant_id,
             item_1.entity_type,
             item_1.id,
             item_1.parent_id,
             item_1.name,
             item_1.embedding,
             item_1.search_vector,
             item_1.confidence,
             item_1.metadata
            FROM public.hybrid_search_index item_1
           WHERE (((item_1.tenant_id)::text = (( SELECT query.tenant_id
                    FROM query))::text) AND ((item_1.confidence IS NULL) OR (item_1.confidence >= hybrid_search.min_confidence)) AND ((hybrid_search.entity_types IS NULL) OR (item_1.entity_type = ANY ((hybrid_search.entity_types)::text[]))))
         ), compared AS MATERIALIZED (
          SELECT item_1.entity_type,
             item_1.id,
             (item_1.embedding OPERATOR(public.<=>) query.embedding) AS distance
            FROM (entry item_1
              CROSS JOIN query)
           WHERE ((item_1.embedding IS NOT NULL) AND (query.embedding IS NOT NULL))
         ), by_meaning AS (
          SELECT compared.entity_type,
             compared.id,
             0 AS hops,
             row_number() OVER (ORDER BY compared.distance, compared.entity_type, compared.id) AS place
            FROM compared
           ORDER BY (row_number() OVER (ORDER BY compared.distance, compared.entity_type, compared.id))
          LIMIT 100
         ), by_words AS (
          SELECT item_1.entity_type,
             item_1.id,
             0 AS hops,
             row_number() OVER (ORDER BY (ts_rank(item_1.search_vector, query.words, 1)) DESC, item_1.entity_type, item_1.id) AS place
            FROM (entry item_1
              CROSS JOIN query)
           WHERE (item_1.search_vector @@ query.words)
           ORDER BY (row_number() OVER (ORDER BY (ts_rank(item_1.search_vector, query.words, 1)) DESC, item_1.entity_type, item_1.id))
          LIMIT 100
         ), seed AS MATERIALIZED (
          SELECT owned.agent_id,
             min(hit.place) AS place
            FROM ((( SELECT by_meaning.entity_type,
                     by_meaning.id,
                     by_meaning.hops,
                     by_meaning.place
                    FROM by_meaning
                 UNION ALL
                  SELECT by_words.entity_type,
                     by_words.id,
                     by_words.hops,
                     by_words.place
                    FROM by_words) hit
              JOIN public.hybrid_search_index item_1 ON (((item_1.entity_type = hit.entity_type) AND (item_1.id = hit.id))))
              CROSS JOIN LATERAL ( SELECT
                         CASE item_1.entity_type
                             WHEN 'agent_profile'::text THEN item_1.id
                             WHEN 'agent_capability'::text THEN item_1.parent_id
                             ELSE NULL::text
                         END AS agent_id) owned)
           WHERE (((item_1.tenant_id)::text = (( SELECT query.tenant_id
                    FROM query))::text) AND (owned.agent_id IS NOT NULL))
           GROUP BY owned.agent_id
           ORDER BY (min(hit.place)), owned.agent_id
          LIMIT 5
         ), reached AS MATERIALIZED (
          SELECT near.agent_id,
             min(near.hop_distance) AS hops,
             max((near.cumulative_confidence * power(0.5, ((seed.place - 1))::numeric))) AS weight
            FROM ((query
              CROSS JOIN seed)
              CROSS JOIN LATERAL public.traverse_agent_relationships((seed.agent_id)::character varying, query.hops) near(agent_id, agent_name, hop_distance, relationship_path, cumulative_confidence, path))
           WHERE (query.hops > 0)
           GROUP BY near.agent_id
         ), by_relation AS (
          SELECT item_1.entity_type,
             item_1.id,
             reached.hops,
             row_number() OVER (ORDER BY reached.hops, reached.weight DESC, item_1.entity_type DESC, item_1.confidence DESC NULLS LAST, item_1.id) AS place
            FROM (reached
              JOIN entry item_1 ON ((((item_1.entity_type = 'agent_profile'::text) AND (item_1.id = (reached.agent_id)::text)) OR ((item_1.entity_type = 'agent_capability'::text) AND (item_1.parent_id = (reached.agent_id)::text)))))
           ORDER BY (row_number() OVER (ORDER BY reached.hops, reached.weight DESC, item_1.entity_type DESC, item_1.confidence DESC NULLS LAST, item_1.id))
          LIMIT 100
         ), fused AS (
          SELECT hit.entity_type,
             hit.id,
             sum((1.0 / ((60 + hit.place))::numeric)) AS score,
                 CASE
                     WHEN (count(*) > 1) THEN 'hybrid'::text
                     ELSE min(hit.arm)
                 END AS source,
             min(hit.hops) AS hops
            FROM ( SELECT 'vector'::text AS arm,
                     by_meaning.entity_type,
                     by_meaning.id,
                     by_meaning.hops,
                     by_meaning.place
                    FROM by_meaning
                 UNION ALL
                  SELECT 'text'::text,
                     by_words.entity_type,
                     by_words.id,
                     by_words.hops,
                     by_words.place
                    FROM by_words
                 UNION ALL
                  SELECT 'graph'::text,
                     by_relation.entity_type,
                     by_relation.id,
                     by_relation.hops,
                     by_relation.place
                    FROM by_relation) hit
           GROUP BY hit.entity_type, hit.id
           ORDER BY (sum((1.0 / ((60 + hit.place))::numeric))) DESC, hit.entity_type, hit.id
          LIMIT ( SELECT query.max_results
                    FROM query)
         )
  SELECT item.id,
     item.entity_type,
     item.name,
     fused.score,
     (fused.source)::character varying(20) AS source,
     fused.hops,
     item.parent_id
    FROM (fused
      JOIN entry item ON (((item.entity_type = fused.entity_type) AND (item.id = fused.id))))
   ORDER BY fused.score DESC, fused.entity_type, fused.id;
END;

CREATE FUNCTION public.link_provenance_to_commit(p_verdict_id uuid, p_hash character varying, p_author character varying DEFAULT NULL::character varying, p_message text DEFAULT NULL::text, p_timestamp timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  v_record uuid;
begin
  insert into git_commits (hash, author, message, "timestamp", provenance_record_id)
  values (p_hash, p_author, p_message, p_timestamp, p_verdict_id)
  on conflict (tenant_id, hash) do nothing;
  if found then
    return true;
  end if;

  select linked.provenance_record_id into v_record
  from git_commits as linked
  where linked.tenant_id = app.current_tenant_id() and linked.hash = p_hash;
  if v_record is distinct from p_verdict_id then
    raise exception using
      errcode = 'AALNK',
      message = format('commit %s rests on another verdict, %s', p_hash, v_record);
  end if;
  return false;
end
$$;

CREATE TABLE public.graph_search_sessions (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    query_text text,
    query_hash character varying(64) NOT NULL,
    search_type character varying(20) NOT NULL,
    max_results integer DEFAULT 10 NOT NULL,
    max_hops integer DEFAULT 2 NOT NULL,
    min_confidence numeric(3,2) DEFAULT 0.5 NOT NULL,
    entity_type_filters character varying(50)[],
    result_count integer DEFAULT 0 NOT NULL,
    execution_time_ms integer NOT NULL,
    vector_search_time_ms integer,
    graph_traversal_time_ms integer,
    nodes_visited integer DEFAULT 0 NOT NULL,
    edges_traversed integer DEFAULT 0 NOT NULL,
    max_hops_reached integer DEFAULT 0 NOT NULL,
    user_id character varying(100) DEFAULT "left"(NULLIF(current_setting('app.current_user'::text, true), ''::text), 100),
    session_id character varying(100) DEFAULT "left"(NULLIF(current_setting('app.current_session'::text, true), ''::text), 100),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT graph_search_sessions_execution_time_ms_check CHECK ((execution_time_ms >= 0)),
    CONSTRAINT graph_search_sessions_graph_traversal_time_ms_check CHECK ((graph_traversal_time_ms >= 0)),
    CONSTRAINT graph_search_sessions_max_hops_check CHECK ((max_hops >= 0)),
    CONSTRAINT graph_search_sessions_max_results_check CHECK ((max_results >= 0)),
    CONSTRAINT graph_search_sessions_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT graph_search_sessions_min_confidence_check CHECK (((min_confidence >= (0)::numeric) AND (min_confidence <= (1)::numeric))),
    CONSTRAINT graph_search_sessions_query_hash_check CHECK (((query_hash)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT graph_search_sessions_result_count_check CHECK ((result_count >= 0)),
    CONSTRAINT graph_search_sessions_search_type_check CHECK (((search_type)::text = ANY ((ARRAY['vector'::character varying, 'text'::character varying, 'graph'::character varying, 'hybrid'::character varying])::text[]))),
    CONSTRAINT graph_search_sessions_vector_search_time_ms_check CHECK ((vector_search_time_ms >= 0)),
    CONSTRAINT graph_search_sessions_work_check CHECK (((nodes_visited >= 0) AND (edges_traversed >= 0) AND (max_hops_reached >= 0)))
);
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN query_text SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN query_hash SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN search_type SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN max_results SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN max_hops SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN min_confidence SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN entity_type_filters SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN result_count SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN execution_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN vector_search_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN graph_traversal_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN nodes_visited SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN edges_traversed SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN max_hops_reached SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN session_id SET STATISTICS 0;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.graph_search_sessions ALTER COLUMN metadata SET STATISTICS 0;

ALTER TABLE ONLY public.graph_search_sessions FORCE ROW LEVEL SECURITY;

CREATE FUNCTION public.log_search_session(p_query_text text, p_search_type character varying, p_result_count integer, p_execution_time_ms integer, p_tenant_id character varying DEFAULT NULL::character varying, p_metadata jsonb DEFAULT '{}'::jsonb) RETURNS uuid
    LANGUAGE sql
    BEGIN ATOMIC
 INSERT INTO public.graph_search_sessions (tenant_id, query_text, query_hash, search_type, result_count, execution_time_ms, metadata)
   VALUES (COALESCE(log_search_session.p_tenant_id, (app.require_tenant_id())::character varying), log_search_session.p_query_text, encode(sha256(convert_to(COALESCE(log_search_session.p_query_text, (gen_random_uuid())::text), 'UTF8'::name)), 'hex'::text), log_search_session.p_search_type, log_search_session.p_result_count, log_search_session.p_execution_time_ms, log_search_session.p_metadata)
   RETURNING graph_search_sessions.id;
END;

CREATE FUNCTION public.normalize_entity_name(input_name text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC
 SELECT lower(btrim(regexp_replace(NORMALIZE(input_name, NFKC), '[\s\u0085\u1680\u2028\u2029]+'::text, ' '::text, 'g'::text))) AS lower;
END;

CREATE FUNCTION public.prevent_duplicate_relationships() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  v_source text := new.source_agent_id;
begin
  if not new.is_directional and v_source collate "C" > new.target_agent_id collate "C" then
    new.source_agent_id := new.target_agent_id;
    new.target_agent_id := v_source;
  end if;
  return new;
end
$$;

CREATE FUNCTION public.refresh_hybrid_search_index() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  -- Whoever comes second would read and write the same again.
  if not pg_try_advisory_xact_lock(hashtextextended('refresh_hybrid_search_index', 0)) then
    return;
  end if;
  if (select relispopulated from pg_class where oid = 'hybrid_search_materialized'::regclass) then
    refresh materialized view concurrently hybrid_search_materialized;
  else
    refresh materialized view hybrid_search_materialized;
  end if;
end
$$;
ALTER FUNCTION public.refresh_hybrid_search_index() OWNER TO agent_agency_service;

CREATE FUNCTION public.set_canonical_name() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
  new.canonical_name := normalize_entity_name(new.capability_name);
  return new;
end
$$;

CREATE FUNCTION public.set_rl_batch_expiry() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  -- Hours and not days, which are longer or shorter where the session's clocks change.
  new.expires_at := coalesce(new.expires_at, new.created_at + interval '720 hours');
  return new;
end
$$;

CREATE FUNCTION public.update_last_updated_column() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  new.last_updated := now();
  return new;
end
$$;

CREATE FUNCTION public.update_tenant_isolation(p_tenant_id character varying, p_new_level public.isolation_level) RETURNS boolean
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
  with changed as (
    update tenants as tenant set isolation_level = p_new_level where tenant.id = p_tenant_id returning 1
  )
  select exists (select from changed)
$$;
ALTER FUNCTION public.update_tenant_isolation(p_tenant_id character varying, p_new_level public.isolation_level) OWNER TO agent_agency_service;

CREATE FUNCTION public.update_traversal_statistics() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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
        node.tenant_id, node.traversal_id,
        count(*) filter (where node.status = 'visited') as visited,
        count(*) filter (where node.status = 'skipped') as skipped,
        count(*) filter (where node.status = 'error') as failed
      from old_nodes as node
      where node.status <> 'pending'
      group by node.tenant_id, node.traversal_id
    ) as gone
    where traversal.tenant_id = gone.tenant_id and traversal.id = gone.traversal_id;
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
        node.tenant_id, node.traversal_id,
        count(*) filter (where node.status = 'visited') as visited,
        count(*) filter (where node.status = 'skipped') as skipped,
        count(*) filter (where node.status = 'error') as failed,
        max(node.depth) filter (where node.status = 'visited') as deepest
      from new_nodes as node
      where node.status <> 'pending'
      group by node.tenant_id, node.traversal_id
    ) as come
    where traversal.tenant_id = come.tenant_id and traversal.id = come.traversal_id;
  end if;
  return null;
end
$$;

CREATE FUNCTION public.update_updated_at_column() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  new.updated_at := now();
  return new;
end
$$;

CREATE FUNCTION public.validate_performance_metrics(metrics jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ((jsonb_typeof(metrics) = 'object'::text) AND (metrics ?& ARRAY['latency'::text, 'accuracy'::text, 'resources'::text, 'compliance'::text, 'cost'::text, 'reliability'::text]));

CREATE TABLE app.capability_vectors (
    tenant_id character varying(255) NOT NULL,
    capability_id uuid NOT NULL,
    segment bigint NOT NULL,
    embedding public.halfvec(768) NOT NULL
)
PARTITION BY LIST (segment);
ALTER TABLE ONLY app.capability_vectors ALTER COLUMN segment SET STATISTICS 0;
ALTER TABLE ONLY app.capability_vectors ALTER COLUMN embedding SET STATISTICS 0;

ALTER TABLE ONLY app.capability_vectors FORCE ROW LEVEL SECURITY;
ALTER TABLE app.capability_vectors OWNER TO agent_agency_service;

CREATE TABLE app.context_keys (
    key_id character varying(40) NOT NULL,
    inner_block bytea NOT NULL,
    outer_block bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT context_keys_blocks_check CHECK (((octet_length(inner_block) = 64) AND (octet_length(outer_block) = 64))),
    CONSTRAINT context_keys_key_id_check CHECK (((key_id)::text ~ '^[A-Za-z0-9_-]{1,40}$'::text))
);
ALTER TABLE app.context_keys OWNER TO agent_agency_service;

CREATE TABLE app.pending_vectors (
    tenant_id character varying(255) NOT NULL,
    capability_id uuid NOT NULL,
    bits bit(768) NOT NULL
);
ALTER TABLE ONLY app.pending_vectors ALTER COLUMN bits SET STATISTICS 0;

ALTER TABLE ONLY app.pending_vectors FORCE ROW LEVEL SECURITY;
ALTER TABLE app.pending_vectors OWNER TO agent_agency_service;

CREATE TABLE app.privacy_releases (
    tenant_id character varying(255) NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    request jsonb NOT NULL,
    epsilon numeric NOT NULL,
    delta numeric NOT NULL,
    result numeric,
    noise_scale numeric,
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    released_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT privacy_releases_request_check CHECK ((jsonb_typeof(request) = 'object'::text))
);
ALTER TABLE ONLY app.privacy_releases ALTER COLUMN request SET STATISTICS 0;
ALTER TABLE ONLY app.privacy_releases ALTER COLUMN epsilon SET STATISTICS 0;
ALTER TABLE ONLY app.privacy_releases ALTER COLUMN delta SET STATISTICS 0;
ALTER TABLE ONLY app.privacy_releases ALTER COLUMN result SET STATISTICS 0;
ALTER TABLE ONLY app.privacy_releases ALTER COLUMN noise_scale SET STATISTICS 0;
ALTER TABLE ONLY app.privacy_releases ALTER COLUMN transaction_id SET STATISTICS 0;
ALTER TABLE ONLY app.privacy_releases ALTER COLUMN released_at SET STATISTICS 1;

ALTER TABLE ONLY app.privacy_releases FORCE ROW LEVEL SECURITY;

CREATE TABLE app.system_access (
    id bigint NOT NULL,
    reason text NOT NULL,
    login name DEFAULT SESSION_USER NOT NULL,
    application_name text DEFAULT current_setting('application_name'::text) NOT NULL,
    began_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT system_access_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 1000)))
);

ALTER TABLE app.system_access ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.system_access_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.tenant_maintenance ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.tenant_maintenance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE app.vector_indexes ALTER COLUMN segment ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.vector_indexes_segment_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.__migrations__ (
    version integer NOT NULL,
    name text NOT NULL,
    checksum character(64) NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    applied_by text DEFAULT SESSION_USER NOT NULL,
    duration_ms integer NOT NULL,
    CONSTRAINT __migrations___checksum_check CHECK ((checksum ~ '^[0-9a-f]{64}$'::text))
);

CREATE TABLE public.agent_capabilities (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    agent_id character varying(255) NOT NULL,
    capability_type character varying(50) NOT NULL,
    capability_value character varying(100) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT agent_capabilities_capability_type_check CHECK (((capability_type)::text = ANY ((ARRAY['task_type'::character varying, 'language'::character varying, 'specialization'::character varying])::text[]))),
    CONSTRAINT agent_capabilities_capability_value_check CHECK ((length((capability_value)::text) > 0))
);
ALTER TABLE ONLY public.agent_capabilities ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities ALTER COLUMN capability_type SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities ALTER COLUMN capability_value SET STATISTICS 0;
ALTER TABLE ONLY public.agent_capabilities ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.agent_capabilities FORCE ROW LEVEL SECURITY;

CREATE VIEW public.agent_capability_summary WITH (security_invoker='true') AS
 SELECT tenant_id,
    agent_id,
    count(*) AS capability_count,
    avg(confidence) AS avg_confidence,
    avg(success_rate) AS avg_success_rate,
    max(last_demonstrated) AS last_activity
   FROM public.agent_capabilities_graph capability
  WHERE ((validation_status)::text <> 'rejected'::text)
  GROUP BY tenant_id, agent_id;

CREATE VIEW public.agent_connectivity WITH (security_invoker='true') AS
 SELECT agent.tenant_id,
    agent.id AS agent_id,
    (degree.outgoing + degree.undirected) AS outbound_relationships,
    (degree.incoming + degree.undirected) AS inbound_relationships,
    ((degree.outgoing + degree.incoming) + degree.undirected) AS total_relationships
   FROM (public.agent_profiles agent
     CROSS JOIN LATERAL ( SELECT COALESCE(sum(part.outgoing), (0)::bigint) AS outgoing,
            COALESCE(sum(part.incoming), (0)::bigint) AS incoming,
            COALESCE(sum(part.undirected), (0)::bigint) AS undirected
           FROM public.agent_degrees part
          WHERE (((part.tenant_id)::text = (agent.tenant_id)::text) AND ((part.agent_id)::text = (agent.id)::text) AND (part.counts_from <= now()))) degree);

CREATE TABLE public.agent_cooccurrences (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    context_id uuid NOT NULL,
    agent_id character varying(255) NOT NULL,
    observed_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.agent_cooccurrences ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_cooccurrences ALTER COLUMN observed_at SET STATISTICS 1;

ALTER TABLE ONLY public.agent_cooccurrences FORCE ROW LEVEL SECURITY;

CREATE TABLE public.agent_performance_events (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    agent_id character varying(255) NOT NULL,
    task_id character varying(255),
    success boolean NOT NULL,
    quality_score numeric(5,4) NOT NULL,
    latency_ms integer NOT NULL,
    tokens_used integer,
    task_type character varying(50),
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT agent_performance_events_latency_ms_check CHECK ((latency_ms >= 0)),
    CONSTRAINT agent_performance_events_quality_score_check CHECK (((quality_score >= (0)::numeric) AND (quality_score <= (1)::numeric))),
    CONSTRAINT agent_performance_events_task_id_check CHECK (((task_id)::text <> ''::text)),
    CONSTRAINT agent_performance_events_tokens_used_check CHECK ((tokens_used >= 0))
);
ALTER TABLE ONLY public.agent_performance_events ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_events ALTER COLUMN task_id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_events ALTER COLUMN success SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_events ALTER COLUMN quality_score SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_events ALTER COLUMN latency_ms SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_events ALTER COLUMN tokens_used SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_events ALTER COLUMN task_type SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_events ALTER COLUMN recorded_at SET STATISTICS 1;

ALTER TABLE ONLY public.agent_performance_events FORCE ROW LEVEL SECURITY;

CREATE TABLE public.agent_performance_history (
    agent_id character varying(255) NOT NULL,
    task_count integer DEFAULT 0 NOT NULL,
    success_count integer DEFAULT 0 NOT NULL,
    quality_sum numeric(14,4) DEFAULT 0 NOT NULL,
    latency_sum_ms bigint DEFAULT 0 NOT NULL,
    success_rate numeric(5,4) GENERATED ALWAYS AS (
CASE
    WHEN (task_count = 0) THEN 0.8
    ELSE round(((success_count)::numeric / (task_count)::numeric), 4)
END) STORED NOT NULL,
    average_quality numeric(5,4) GENERATED ALWAYS AS (
CASE
    WHEN (task_count = 0) THEN 0.7
    ELSE round((quality_sum / (task_count)::numeric), 4)
END) STORED NOT NULL,
    average_latency_ms integer GENERATED ALWAYS AS (
CASE
    WHEN (task_count = 0) THEN 5000
    ELSE (round(((latency_sum_ms)::numeric / (task_count)::numeric)))::integer
END) STORED NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT agent_performance_history_latency_sum_ms_check CHECK (((latency_sum_ms >= 0) AND (latency_sum_ms <= (task_count * (2147483647)::bigint)))),
    CONSTRAINT agent_performance_history_quality_sum_check CHECK (((quality_sum >= (0)::numeric) AND (quality_sum <= (task_count)::numeric))),
    CONSTRAINT agent_performance_history_success_count_check CHECK (((success_count >= 0) AND (success_count <= task_count)))
);
ALTER TABLE ONLY public.agent_performance_history ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_history ALTER COLUMN task_count SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_history ALTER COLUMN success_count SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_history ALTER COLUMN quality_sum SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_history ALTER COLUMN latency_sum_ms SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_history ALTER COLUMN success_rate SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_history ALTER COLUMN average_quality SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_history ALTER COLUMN average_latency_ms SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_history ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.agent_performance_history ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.agent_performance_history FORCE ROW LEVEL SECURITY;

CREATE TABLE public.agent_performance_profiles (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    agent_id character varying(255) NOT NULL,
    task_type character varying(255) NOT NULL,
    aggregation_window character varying(20) NOT NULL,
    start_time timestamp with time zone NOT NULL,
    end_time timestamp with time zone NOT NULL,
    sample_count integer NOT NULL,
    confidence_score numeric(3,2) NOT NULL,
    performance_metrics jsonb NOT NULL,
    trend_direction character varying(20) NOT NULL,
    trend_magnitude numeric(4,3) NOT NULL,
    trend_confidence numeric(3,2) NOT NULL,
    trend_time_window_hours integer NOT NULL,
    outlier_count integer DEFAULT 0 NOT NULL,
    outlier_events jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT agent_performance_profiles_agent_id_check CHECK ((length((agent_id)::text) > 0)),
    CONSTRAINT agent_performance_profiles_aggregation_window_check CHECK (((aggregation_window)::text = ANY ((ARRAY['realtime'::character varying, 'short'::character varying, 'medium'::character varying, 'long'::character varying])::text[]))),
    CONSTRAINT agent_performance_profiles_confidence_score_check CHECK (((confidence_score >= (0)::numeric) AND (confidence_score <= (1)::numeric))),
    CONSTRAINT agent_performance_profiles_outlier_count_check CHECK ((outlier_count >= 0)),
    CONSTRAINT agent_performance_profiles_outlier_events_check CHECK ((jsonb_typeof(outlier_events) = 'array'::text)),
    CONSTRAINT agent_performance_profiles_performance_metrics_check CHECK ((jsonb_typeof(performance_metrics) = 'object'::text)),
    CONSTRAINT agent_performance_profiles_sample_count_check CHECK ((sample_count > 0)),
    CONSTRAINT agent_performance_profiles_task_type_check CHECK ((length((task_type)::text) > 0)),
    CONSTRAINT agent_performance_profiles_time_range_valid CHECK ((start_time < end_time)),
    CONSTRAINT agent_performance_profiles_trend_confidence_check CHECK (((trend_confidence >= (0)::numeric) AND (trend_confidence <= (1)::numeric))),
    CONSTRAINT agent_performance_profiles_trend_direction_check CHECK (((trend_direction)::text = ANY ((ARRAY['improving'::character varying, 'declining'::character varying, 'stable'::character varying])::text[]))),
    CONSTRAINT agent_performance_profiles_trend_magnitude_check CHECK (((trend_magnitude >= ('-1'::integer)::numeric) AND (trend_magnitude <= (1)::numeric))),
    CONSTRAINT agent_performance_profiles_trend_time_window_hours_check CHECK ((trend_time_window_hours > 0))
);
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN task_type SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN aggregation_window SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN start_time SET STATISTICS 1;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN end_time SET STATISTICS 1;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN sample_count SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN confidence_score SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN performance_metrics SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN trend_direction SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN trend_magnitude SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN trend_confidence SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN trend_time_window_hours SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN outlier_count SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN outlier_events SET STATISTICS 0;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.agent_performance_profiles ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.agent_performance_profiles FORCE ROW LEVEL SECURITY;

CREATE VIEW public.agent_performance_summary WITH (security_invoker='true') AS
 SELECT agent_id,
    (context ->> 'taskType'::text) AS task_type,
    count(*) AS total_events,
    avg(
        CASE
            WHEN (jsonb_typeof((latency_metrics -> 'averageMs'::text)) = 'number'::text) THEN ((latency_metrics ->> 'averageMs'::text))::numeric
            ELSE NULL::numeric
        END) AS avg_latency_ms,
    avg(
        CASE
            WHEN (jsonb_typeof((accuracy_metrics -> 'successRate'::text)) = 'number'::text) THEN ((accuracy_metrics ->> 'successRate'::text))::numeric
            ELSE NULL::numeric
        END) AS avg_success_rate,
    min("timestamp") AS first_event,
    max("timestamp") AS last_event
   FROM public.performance_events event
  WHERE (agent_id IS NOT NULL)
  GROUP BY agent_id, (context ->> 'taskType'::text);

CREATE TABLE public.current_load (
    agent_id character varying(255) NOT NULL,
    active_tasks integer DEFAULT 0 NOT NULL,
    queued_tasks integer DEFAULT 0 NOT NULL,
    capacity integer,
    utilization_percent numeric(5,2) DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT current_load_active_tasks_check CHECK ((active_tasks >= 0)),
    CONSTRAINT current_load_capacity_check CHECK ((capacity >= 1)),
    CONSTRAINT current_load_queued_tasks_check CHECK ((queued_tasks >= 0)),
    CONSTRAINT current_load_utilization_percent_check CHECK (((utilization_percent >= (0)::numeric) AND (utilization_percent <= (100)::numeric)))
);
ALTER TABLE ONLY public.current_load ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.current_load ALTER COLUMN active_tasks SET STATISTICS 0;
ALTER TABLE ONLY public.current_load ALTER COLUMN queued_tasks SET STATISTICS 0;
ALTER TABLE ONLY public.current_load ALTER COLUMN capacity SET STATISTICS 0;
ALTER TABLE ONLY public.current_load ALTER COLUMN utilization_percent SET STATISTICS 0;
ALTER TABLE ONLY public.current_load ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.current_load ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.current_load FORCE ROW LEVEL SECURITY;

CREATE VIEW public.agent_profiles_with_capabilities WITH (security_invoker='true') AS
 SELECT profile.id,
    profile.name,
    profile.model_family,
    profile.status,
    profile.config,
    COALESCE(load.active_tasks, profile.active_tasks) AS active_tasks,
    COALESCE(load.queued_tasks, profile.queued_tasks) AS queued_tasks,
    COALESCE(load.utilization_percent, profile.utilization_percent) AS utilization_percent,
    profile.registered_at,
    profile.last_active_at,
    profile.created_at,
    profile.updated_at,
    history.success_rate,
    history.average_quality,
    history.average_latency_ms,
    history.task_count,
    capability.capabilities,
    capability.task_types,
    capability.languages,
    capability.specializations
   FROM (((public.agent_profiles profile
     LEFT JOIN public.current_load load ON ((((load.tenant_id)::text = (profile.tenant_id)::text) AND ((load.agent_id)::text = (profile.id)::text))))
     LEFT JOIN public.agent_performance_history history ON ((((history.tenant_id)::text = (profile.tenant_id)::text) AND ((history.agent_id)::text = (profile.id)::text))))
     CROSS JOIN LATERAL ( SELECT COALESCE(jsonb_agg(jsonb_build_object('type', own.capability_type, 'value', own.capability_value) ORDER BY own.capability_type, own.capability_value), '[]'::jsonb) AS capabilities,
            COALESCE(array_agg((own.capability_value)::text ORDER BY own.capability_value) FILTER (WHERE ((own.capability_type)::text = 'task_type'::text)), '{}'::text[]) AS task_types,
            COALESCE(array_agg((own.capability_value)::text ORDER BY own.capability_value) FILTER (WHERE ((own.capability_type)::text = 'language'::text)), '{}'::text[]) AS languages,
            COALESCE(array_agg((own.capability_value)::text ORDER BY own.capability_value) FILTER (WHERE ((own.capability_type)::text = 'specialization'::text)), '{}'::text[]) AS specializations
           FROM public.agent_capabilities own
          WHERE (((own.tenant_id)::text = (profile.tenant_id)::text) AND ((own.agent_id)::text = (profile.id)::text))) capability);

CREATE VIEW public.agent_relationship_summary WITH (security_invoker='true') AS
 SELECT tenant_id,
    source_agent_id,
    type,
    count(*) AS relationship_count,
    avg(confidence) AS avg_confidence,
    avg(strength) AS avg_strength
   FROM ( SELECT edge.tenant_id,
            edge.source_agent_id,
            edge.type,
            edge.confidence,
            edge.strength
           FROM public.agent_relationships edge
        UNION ALL
         SELECT edge.tenant_id,
            edge.target_agent_id,
            edge.type,
            edge.confidence,
            edge.strength
           FROM public.agent_relationships edge
          WHERE (NOT edge.is_directional)) relationship
  GROUP BY tenant_id, source_agent_id, type;

CREATE VIEW public.agent_relationship_versions WITH (security_invoker='true') AS
 SELECT edge.tenant_id,
    edge.id,
    edge.source_agent_id,
    edge.target_agent_id,
    edge.type,
    edge.is_directional,
    edge.confidence,
    edge.strength,
    edge.cooccurrence_count,
    edge.supporting_tasks,
    edge.extraction_context,
    edge.mutual_information,
    edge.pointwise_mutual_information,
    edge.metadata,
    edge.created_at,
    edge.updated_at,
    edge.last_observed,
    edge.valid_from,
    edge.valid_to,
    edge.recorded_at,
    NULL::timestamp with time zone AS superseded_at,
    NULL::text AS superseded_reason
   FROM public.agent_relationships edge
UNION ALL
 SELECT past.tenant_id,
    past.id,
    past.source_agent_id,
    past.target_agent_id,
    past.type,
    past.is_directional,
    past.confidence,
    past.strength,
    past.cooccurrence_count,
    past.supporting_tasks,
    past.extraction_context,
    past.mutual_information,
    past.pointwise_mutual_information,
    past.metadata,
    past.created_at,
    past.updated_at,
    past.last_observed,
    past.valid_from,
    past.valid_to,
    past.recorded_at,
    past.superseded_at,
    past.superseded_reason
   FROM public.agent_relationship_history past;

CREATE TABLE public.audit_log (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    table_name character varying(100) NOT NULL,
    operation character varying(10) NOT NULL,
    old_values jsonb,
    new_values jsonb,
    user_id character varying(255) DEFAULT NULLIF(current_setting('app.current_user'::text, true), ''::text),
    actor name DEFAULT CURRENT_USER NOT NULL,
    request_id character varying(255) DEFAULT NULLIF(current_setting('app.current_session'::text, true), ''::text),
    "timestamp" timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone GENERATED ALWAYS AS ("timestamp") STORED NOT NULL,
    CONSTRAINT audit_log_operation_check CHECK (((operation)::text = ANY ((ARRAY['INSERT'::character varying, 'UPDATE'::character varying, 'DELETE'::character varying])::text[]))),
    CONSTRAINT audit_log_table_name_check CHECK ((length((table_name)::text) > 0)),
    CONSTRAINT audit_log_values_check CHECK ((((old_values IS NULL) = ((operation)::text = 'INSERT'::text)) AND ((new_values IS NULL) = ((operation)::text = 'DELETE'::text))))
);
ALTER TABLE ONLY public.audit_log ALTER COLUMN table_name SET STATISTICS 0;
ALTER TABLE ONLY public.audit_log ALTER COLUMN operation SET STATISTICS 0;
ALTER TABLE ONLY public.audit_log ALTER COLUMN old_values SET STATISTICS 0;
ALTER TABLE ONLY public.audit_log ALTER COLUMN new_values SET STATISTICS 0;
ALTER TABLE ONLY public.audit_log ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE ONLY public.audit_log ALTER COLUMN actor SET STATISTICS 0;
ALTER TABLE ONLY public.audit_log ALTER COLUMN request_id SET STATISTICS 0;
ALTER TABLE ONLY public.audit_log ALTER COLUMN "timestamp" SET STATISTICS 1;
ALTER TABLE ONLY public.audit_log ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.audit_log FORCE ROW LEVEL SECURITY;

CREATE VIEW public.available_agents WITH (security_invoker='true') AS
 SELECT profile.id,
    profile.name,
    profile.model_family,
    COALESCE(load.active_tasks, profile.active_tasks) AS active_tasks,
    COALESCE(load.queued_tasks, profile.queued_tasks) AS queued_tasks,
    COALESCE(load.utilization_percent, profile.utilization_percent) AS utilization_percent,
    profile.last_active_at,
    history.success_rate,
    history.average_quality,
    history.average_latency_ms,
    history.task_count
   FROM ((public.agent_profiles profile
     JOIN public.agent_performance_history history ON ((((history.tenant_id)::text = (profile.tenant_id)::text) AND ((history.agent_id)::text = (profile.id)::text))))
     LEFT JOIN public.current_load load ON ((((load.tenant_id)::text = (profile.tenant_id)::text) AND ((load.agent_id)::text = (profile.id)::text))))
  WHERE (((profile.status)::text = 'active'::text) AND (profile.last_active_at > (now() - '24:00:00'::interval)) AND (COALESCE(load.utilization_percent, profile.utilization_percent) < (80)::numeric));

CREATE TABLE public.benchmark_datasets (
    id character varying(255) NOT NULL,
    name character varying(500) NOT NULL,
    description text,
    task_type character varying(255) NOT NULL,
    version character varying(50) DEFAULT '1.0.0'::character varying NOT NULL,
    test_case_count integer NOT NULL,
    dataset_size_bytes bigint,
    is_active boolean DEFAULT true NOT NULL,
    baseline_metrics jsonb NOT NULL,
    storage_location character varying(1000),
    access_pattern character varying(50),
    checksum character varying(128),
    validation_status character varying(20) DEFAULT 'pending'::character varying NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by character varying(255),
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by character varying(255),
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT benchmark_datasets_access_pattern_check CHECK (((access_pattern)::text = ANY ((ARRAY['local'::character varying, 's3'::character varying, 'http'::character varying, 'database'::character varying])::text[]))),
    CONSTRAINT benchmark_datasets_baseline_metrics_check CHECK ((jsonb_typeof(baseline_metrics) = 'object'::text)),
    CONSTRAINT benchmark_datasets_dataset_size_bytes_check CHECK ((dataset_size_bytes >= 0)),
    CONSTRAINT benchmark_datasets_id_format CHECK (((id)::text ~ '^[a-zA-Z0-9_-]+$'::text)),
    CONSTRAINT benchmark_datasets_name_check CHECK ((length((name)::text) > 0)),
    CONSTRAINT benchmark_datasets_task_type_check CHECK ((length((task_type)::text) > 0)),
    CONSTRAINT benchmark_datasets_test_case_count_check CHECK ((test_case_count > 0)),
    CONSTRAINT benchmark_datasets_validation_status_check CHECK (((validation_status)::text = ANY ((ARRAY['pending'::character varying, 'validating'::character varying, 'valid'::character varying, 'invalid'::character varying])::text[])))
);
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN id SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN name SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN description SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN task_type SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN version SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN test_case_count SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN dataset_size_bytes SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN is_active SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN baseline_metrics SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN storage_location SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN access_pattern SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN checksum SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN validation_status SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN created_by SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN updated_at SET STATISTICS 1;
ALTER TABLE ONLY public.benchmark_datasets ALTER COLUMN updated_by SET STATISTICS 0;

ALTER TABLE ONLY public.benchmark_datasets FORCE ROW LEVEL SECURITY;

CREATE TABLE public.benchmark_evaluations (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    agent_id character varying(255) NOT NULL,
    dataset_id character varying(255) NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    completed_at timestamp with time zone,
    duration_ms integer,
    status character varying(20) DEFAULT 'queued'::character varying NOT NULL,
    progress numeric(3,2),
    overall_score numeric(4,3),
    performance_metrics jsonb,
    test_case_results jsonb,
    passed_test_cases integer DEFAULT 0 NOT NULL,
    failed_test_cases integer DEFAULT 0 NOT NULL,
    baseline_comparison jsonb,
    error_message text,
    error_details jsonb,
    evaluation_config jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by character varying(255),
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT benchmark_evaluations_agent_id_check CHECK ((length((agent_id)::text) > 0)),
    CONSTRAINT benchmark_evaluations_baseline_comparison_check CHECK ((jsonb_typeof(baseline_comparison) = 'object'::text)),
    CONSTRAINT benchmark_evaluations_completion_check CHECK ((((status)::text <> 'completed'::text) OR ((completed_at IS NOT NULL) AND (overall_score IS NOT NULL)))),
    CONSTRAINT benchmark_evaluations_duration_positive CHECK ((duration_ms > 0)),
    CONSTRAINT benchmark_evaluations_error_details_check CHECK ((jsonb_typeof(error_details) = 'object'::text)),
    CONSTRAINT benchmark_evaluations_evaluation_config_check CHECK ((jsonb_typeof(evaluation_config) = 'object'::text)),
    CONSTRAINT benchmark_evaluations_failed_test_cases_check CHECK ((failed_test_cases >= 0)),
    CONSTRAINT benchmark_evaluations_overall_score_check CHECK (((overall_score >= (0)::numeric) AND (overall_score <= (1)::numeric))),
    CONSTRAINT benchmark_evaluations_passed_test_cases_check CHECK ((passed_test_cases >= 0)),
    CONSTRAINT benchmark_evaluations_performance_metrics_check CHECK ((jsonb_typeof(performance_metrics) = 'object'::text)),
    CONSTRAINT benchmark_evaluations_progress_check CHECK (((progress >= (0)::numeric) AND (progress <= (1)::numeric))),
    CONSTRAINT benchmark_evaluations_status_check CHECK (((status)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying, 'completed'::character varying, 'failed'::character varying, 'cancelled'::character varying])::text[]))),
    CONSTRAINT benchmark_evaluations_test_case_results_check CHECK ((jsonb_typeof(test_case_results) = 'array'::text))
);
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN dataset_id SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN started_at SET STATISTICS 1;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN completed_at SET STATISTICS 1;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN duration_ms SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN status SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN progress SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN overall_score SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN performance_metrics SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN test_case_results SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN passed_test_cases SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN failed_test_cases SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN baseline_comparison SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN error_message SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN error_details SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN evaluation_config SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN created_by SET STATISTICS 0;
ALTER TABLE ONLY public.benchmark_evaluations ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.benchmark_evaluations FORCE ROW LEVEL SECURITY;

CREATE VIEW public.caws_provenance_chains WITH (security_invoker='true') AS
 WITH RECURSIVE chain AS (
         SELECT root.tenant_id,
            root.id,
            root.entity_type,
            root.entity_id,
            root.parent_entity_id,
            root.hash_chain,
            root.constitutional_refs,
            root.created_at,
            0 AS depth,
            ARRAY[root.id] AS path
           FROM public.caws_provenance_graph root
          WHERE (root.parent_entity_id IS NULL)
        UNION ALL
         SELECT node.tenant_id,
            node.id,
            node.entity_type,
            node.entity_id,
            node.parent_entity_id,
            node.hash_chain,
            node.constitutional_refs,
            node.created_at,
            (chain_1.depth + 1),
            (chain_1.path || node.id)
           FROM (chain chain_1
             JOIN public.caws_provenance_graph node ON ((((node.tenant_id)::text = (chain_1.tenant_id)::text) AND (node.parent_entity_id = chain_1.id))))
        )
 SELECT tenant_id,
    id,
    entity_type,
    entity_id,
    parent_entity_id,
    hash_chain,
    constitutional_refs,
    created_at,
    depth,
    path
   FROM chain;

CREATE TABLE public.tenant_access_log (
    tenant_id character varying(255) NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    accessor_tenant_id character varying(255),
    access_type character varying(50) NOT NULL,
    table_name character varying(100) NOT NULL,
    query_hash character varying(64),
    row_count integer,
    user_id character varying(255),
    ip_address inet,
    accessed_at timestamp with time zone DEFAULT now() NOT NULL,
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT tenant_access_log_access_type_check CHECK (((access_type)::text = ANY ((ARRAY['read'::character varying, 'write'::character varying, 'aggregate'::character varying, 'federated'::character varying])::text[]))),
    CONSTRAINT tenant_access_log_query_hash_check CHECK (((query_hash)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT tenant_access_log_row_count_check CHECK ((row_count >= 0)),
    CONSTRAINT tenant_access_log_table_name_check CHECK ((length((table_name)::text) > 0))
);
ALTER TABLE ONLY public.tenant_access_log ALTER COLUMN accessor_tenant_id SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_access_log ALTER COLUMN access_type SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_access_log ALTER COLUMN table_name SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_access_log ALTER COLUMN query_hash SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_access_log ALTER COLUMN row_count SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_access_log ALTER COLUMN user_id SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_access_log ALTER COLUMN ip_address SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_access_log ALTER COLUMN accessed_at SET STATISTICS 1;
ALTER TABLE ONLY public.tenant_access_log ALTER COLUMN transaction_id SET STATISTICS 0;

ALTER TABLE ONLY public.tenant_access_log FORCE ROW LEVEL SECURITY;

CREATE VIEW public.cross_tenant_access_summary WITH (security_invoker='true') AS
 SELECT tenant_id,
    accessor_tenant_id,
    access_type,
    table_name,
    count(*) AS access_count,
    sum(row_count) AS total_rows,
    max(accessed_at) AS last_accessed_at
   FROM public.tenant_access_log entry
  WHERE ((accessor_tenant_id)::text IS DISTINCT FROM (tenant_id)::text)
  GROUP BY tenant_id, accessor_tenant_id, access_type, table_name;

CREATE TABLE public.data_quality_metrics (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    metric_type character varying(50) NOT NULL,
    agent_id character varying(255),
    metric_value numeric(8,4) NOT NULL,
    threshold_value numeric(8,4),
    is_above_threshold boolean,
    time_window_start timestamp with time zone NOT NULL,
    time_window_end timestamp with time zone NOT NULL,
    metric_details jsonb,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT data_quality_metrics_agent_id_check CHECK ((length((agent_id)::text) > 0)),
    CONSTRAINT data_quality_metrics_metric_details_check CHECK ((jsonb_typeof(metric_details) = 'object'::text)),
    CONSTRAINT data_quality_metrics_metric_type_check CHECK (((metric_type)::text = ANY ((ARRAY['collection_integrity'::character varying, 'aggregation_accuracy'::character varying, 'anonymization_effectiveness'::character varying, 'training_data_quality'::character varying])::text[]))),
    CONSTRAINT data_quality_metrics_metric_value_check CHECK ((metric_value < 'NaN'::numeric)),
    CONSTRAINT data_quality_metrics_threshold_value_check CHECK ((threshold_value < 'NaN'::numeric)),
    CONSTRAINT data_quality_metrics_time_window_valid CHECK ((time_window_start < time_window_end))
);
ALTER TABLE ONLY public.data_quality_metrics ALTER COLUMN metric_type SET STATISTICS 0;
ALTER TABLE ONLY public.data_quality_metrics ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.data_quality_metrics ALTER COLUMN metric_value SET STATISTICS 0;
ALTER TABLE ONLY public.data_quality_metrics ALTER COLUMN threshold_value SET STATISTICS 0;
ALTER TABLE ONLY public.data_quality_metrics ALTER COLUMN is_above_threshold SET STATISTICS 0;
ALTER TABLE ONLY public.data_quality_metrics ALTER COLUMN time_window_start SET STATISTICS 1;
ALTER TABLE ONLY public.data_quality_metrics ALTER COLUMN time_window_end SET STATISTICS 1;
ALTER TABLE ONLY public.data_quality_metrics ALTER COLUMN metric_details SET STATISTICS 0;
ALTER TABLE ONLY public.data_quality_metrics ALTER COLUMN recorded_at SET STATISTICS 1;

ALTER TABLE ONLY public.data_quality_metrics FORCE ROW LEVEL SECURITY;

CREATE TABLE public.data_retention_policies (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    default_retention_days integer DEFAULT 730 NOT NULL,
    archival_policy public.retention_policy DEFAULT 'archive'::public.retention_policy NOT NULL,
    compliance_requirements text[] DEFAULT '{}'::text[] NOT NULL,
    backup_frequency character varying(20) DEFAULT 'daily'::character varying NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT data_retention_policies_backup_frequency_check CHECK (((backup_frequency)::text = ANY ((ARRAY['hourly'::character varying, 'daily'::character varying, 'weekly'::character varying, 'monthly'::character varying])::text[]))),
    CONSTRAINT data_retention_policies_compliance_requirements_check CHECK ((array_position(compliance_requirements, NULL::text) IS NULL)),
    CONSTRAINT data_retention_policies_default_retention_days_check CHECK ((default_retention_days > 0))
);
ALTER TABLE ONLY public.data_retention_policies ALTER COLUMN default_retention_days SET STATISTICS 0;
ALTER TABLE ONLY public.data_retention_policies ALTER COLUMN archival_policy SET STATISTICS 0;
ALTER TABLE ONLY public.data_retention_policies ALTER COLUMN compliance_requirements SET STATISTICS 0;
ALTER TABLE ONLY public.data_retention_policies ALTER COLUMN backup_frequency SET STATISTICS 0;
ALTER TABLE ONLY public.data_retention_policies ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.data_retention_policies ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.data_retention_policies FORCE ROW LEVEL SECURITY;

CREATE TABLE public.entity_chunk_mappings (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    entity_id uuid NOT NULL,
    chunk_id uuid NOT NULL,
    chunk_type character varying(50) NOT NULL,
    mention_text text NOT NULL,
    mention_context text,
    start_position integer,
    end_position integer,
    extraction_method character varying(50) NOT NULL,
    extraction_confidence numeric(3,2) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT entity_chunk_mappings_chunk_type_check CHECK (((chunk_type)::text = ANY ((ARRAY['commit'::character varying, 'task'::character varying, 'document'::character varying, 'conversation'::character varying, 'code'::character varying, 'decision'::character varying])::text[]))),
    CONSTRAINT entity_chunk_mappings_extraction_confidence_check CHECK (((extraction_confidence >= 0.0) AND (extraction_confidence <= 1.0))),
    CONSTRAINT entity_chunk_mappings_extraction_method_check CHECK (((extraction_method)::text = ANY ((ARRAY['file_extension'::character varying, 'path_area'::character varying, 'subject_verb'::character varying, 'pattern'::character varying, 'model'::character varying, 'manual'::character varying])::text[]))),
    CONSTRAINT entity_chunk_mappings_mention_text_check CHECK (((octet_length(mention_text) >= 1) AND (octet_length(mention_text) <= 65536))),
    CONSTRAINT valid_position_range CHECK (((num_nulls(start_position, end_position) <> 1) AND (start_position >= 0) AND (end_position > start_position)))
);
ALTER TABLE ONLY public.entity_chunk_mappings ALTER COLUMN chunk_type SET STATISTICS 0;
ALTER TABLE ONLY public.entity_chunk_mappings ALTER COLUMN mention_text SET STATISTICS 0;
ALTER TABLE ONLY public.entity_chunk_mappings ALTER COLUMN mention_context SET STATISTICS 0;
ALTER TABLE ONLY public.entity_chunk_mappings ALTER COLUMN start_position SET STATISTICS 0;
ALTER TABLE ONLY public.entity_chunk_mappings ALTER COLUMN end_position SET STATISTICS 0;
ALTER TABLE ONLY public.entity_chunk_mappings ALTER COLUMN extraction_method SET STATISTICS 0;
ALTER TABLE ONLY public.entity_chunk_mappings ALTER COLUMN extraction_confidence SET STATISTICS 0;
ALTER TABLE ONLY public.entity_chunk_mappings ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.entity_chunk_mappings FORCE ROW LEVEL SECURITY;

CREATE TABLE public.verification_evidence (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    result_id uuid NOT NULL,
    request_id uuid NOT NULL,
    source_url text,
    source_title text,
    source_publisher character varying(255),
    content_excerpt text,
    content_hash character varying(64),
    relevance_score numeric(3,2) NOT NULL,
    credibility_score numeric(3,2) NOT NULL,
    supporting_claim boolean NOT NULL,
    evidence_type character varying(30) DEFAULT 'general'::character varying NOT NULL,
    publish_date timestamp with time zone,
    access_date timestamp with time zone DEFAULT now() NOT NULL,
    verification_method character varying(30),
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    content_vector tsvector GENERATED ALWAYS AS ((setweight(to_tsvector('english'::regconfig, "left"(COALESCE(content_excerpt, ''::text), 100000)), 'A'::"char") || setweight(to_tsvector('english'::regconfig, "left"(COALESCE(source_title, ''::text), 10000)), 'B'::"char"))) STORED NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT verification_evidence_content_hash_check CHECK (((content_hash)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT verification_evidence_credibility_score_check CHECK (((credibility_score >= (0)::numeric) AND (credibility_score <= (1)::numeric))),
    CONSTRAINT verification_evidence_evidence_type_check CHECK (((evidence_type)::text = ANY ((ARRAY['factual'::character varying, 'statistical'::character varying, 'testimonial'::character varying, 'logical'::character varying, 'anecdotal'::character varying, 'general'::character varying])::text[]))),
    CONSTRAINT verification_evidence_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT verification_evidence_relevance_score_check CHECK (((relevance_score >= (0)::numeric) AND (relevance_score <= (1)::numeric))),
    CONSTRAINT verification_evidence_verification_method_check CHECK (((verification_method)::text = ANY ((ARRAY['fact_checking'::character varying, 'source_credibility'::character varying, 'cross_reference'::character varying, 'consistency_check'::character varying, 'logical_validation'::character varying, 'statistical_validation'::character varying, 'insufficient_data'::character varying])::text[])))
);
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN source_url SET STATISTICS 0;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN source_title SET STATISTICS 0;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN source_publisher SET STATISTICS 0;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN content_excerpt SET STATISTICS 0;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN content_hash SET STATISTICS 0;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN relevance_score SET STATISTICS 0;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN credibility_score SET STATISTICS 0;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN supporting_claim SET STATISTICS 0;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN evidence_type SET STATISTICS 0;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN publish_date SET STATISTICS 1;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN access_date SET STATISTICS 1;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN verification_method SET STATISTICS 0;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.verification_evidence ALTER COLUMN content_vector SET STATISTICS 0;

ALTER TABLE ONLY public.verification_evidence FORCE ROW LEVEL SECURITY;

CREATE VIEW public.evidence_quality_analysis WITH (security_invoker='true') AS
 SELECT verification_method,
    count(*) AS total_evidence,
    avg(relevance_score) AS avg_relevance,
    avg(credibility_score) AS avg_credibility,
    count(*) FILTER (WHERE supporting_claim) AS supporting_count,
    count(*) FILTER (WHERE (NOT supporting_claim)) AS contradicting_count,
    count(DISTINCT result_id) AS unique_results,
    min(access_date) AS earliest_evidence,
    max(access_date) AS latest_evidence
   FROM public.verification_evidence evidence
  GROUP BY verification_method;

CREATE TABLE public.federated_contributions (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    session_id uuid NOT NULL,
    round integer NOT NULL,
    topic_key character varying(500) NOT NULL,
    initiator_tenant_id character varying(255) NOT NULL,
    steps bigint[] NOT NULL,
    weight numeric(3,2) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT federated_contributions_round_check CHECK ((round > 0)),
    CONSTRAINT federated_contributions_steps_check CHECK ((array_position(steps, NULL::bigint) IS NULL)),
    CONSTRAINT federated_contributions_weight_check CHECK (((weight > (0)::numeric) AND (weight <= (1)::numeric)))
);
ALTER TABLE ONLY public.federated_contributions ALTER COLUMN round SET STATISTICS 0;
ALTER TABLE ONLY public.federated_contributions ALTER COLUMN topic_key SET STATISTICS 0;
ALTER TABLE ONLY public.federated_contributions ALTER COLUMN initiator_tenant_id SET STATISTICS 0;
ALTER TABLE ONLY public.federated_contributions ALTER COLUMN steps SET STATISTICS 0;
ALTER TABLE ONLY public.federated_contributions ALTER COLUMN weight SET STATISTICS 0;
ALTER TABLE ONLY public.federated_contributions ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.federated_contributions FORCE ROW LEVEL SECURITY;

CREATE TABLE public.federated_partial_sums (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    session_id uuid NOT NULL,
    round integer NOT NULL,
    topic_key character varying(500) NOT NULL,
    initiator_tenant_id character varying(255) NOT NULL,
    party integer NOT NULL,
    partial numeric(20,0)[] NOT NULL,
    attestations bytea[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT federated_partial_sums_partial_check CHECK (((array_position(partial, NULL::numeric) IS NULL) AND ((0)::numeric <= ALL (partial)) AND ('18446744073709551615'::numeric >= ALL (partial)))),
    CONSTRAINT federated_partial_sums_party_check CHECK ((party > 0)),
    CONSTRAINT federated_partial_sums_round_check CHECK ((round > 0))
);
ALTER TABLE ONLY public.federated_partial_sums ALTER COLUMN round SET STATISTICS 0;
ALTER TABLE ONLY public.federated_partial_sums ALTER COLUMN topic_key SET STATISTICS 0;
ALTER TABLE ONLY public.federated_partial_sums ALTER COLUMN initiator_tenant_id SET STATISTICS 0;
ALTER TABLE ONLY public.federated_partial_sums ALTER COLUMN party SET STATISTICS 0;
ALTER TABLE ONLY public.federated_partial_sums ALTER COLUMN partial SET STATISTICS 0;
ALTER TABLE ONLY public.federated_partial_sums ALTER COLUMN attestations SET STATISTICS 0;
ALTER TABLE ONLY public.federated_partial_sums ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.federated_partial_sums FORCE ROW LEVEL SECURITY;

CREATE TABLE public.federated_participants (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    contribution_weight numeric(3,2) DEFAULT 1.0 NOT NULL,
    privacy_level public.privacy_level DEFAULT 'differential'::public.privacy_level NOT NULL,
    public_key bytea,
    reputation_score numeric(3,2) DEFAULT 0.5 NOT NULL,
    active boolean DEFAULT true NOT NULL,
    last_contribution timestamp with time zone,
    total_contributions integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT federated_participants_contribution_weight_check CHECK (((contribution_weight > (0)::numeric) AND (contribution_weight < 'NaN'::numeric))),
    CONSTRAINT federated_participants_last_contribution_check CHECK (((last_contribution IS NULL) = (total_contributions = 0))),
    CONSTRAINT federated_participants_privacy_level_check CHECK ((privacy_level <> 'basic'::public.privacy_level)),
    CONSTRAINT federated_participants_public_key_check CHECK (((octet_length(public_key) = 32) AND ((privacy_level <> 'secure'::public.privacy_level) OR (public_key IS NOT NULL)))),
    CONSTRAINT federated_participants_reputation_score_check CHECK (((reputation_score >= (0)::numeric) AND (reputation_score <= (1)::numeric))),
    CONSTRAINT federated_participants_total_contributions_check CHECK ((total_contributions >= 0))
);
ALTER TABLE ONLY public.federated_participants ALTER COLUMN contribution_weight SET STATISTICS 0;
ALTER TABLE ONLY public.federated_participants ALTER COLUMN privacy_level SET STATISTICS 0;
ALTER TABLE ONLY public.federated_participants ALTER COLUMN public_key SET STATISTICS 0;
ALTER TABLE ONLY public.federated_participants ALTER COLUMN reputation_score SET STATISTICS 0;
ALTER TABLE ONLY public.federated_participants ALTER COLUMN active SET STATISTICS 0;
ALTER TABLE ONLY public.federated_participants ALTER COLUMN last_contribution SET STATISTICS 1;
ALTER TABLE ONLY public.federated_participants ALTER COLUMN total_contributions SET STATISTICS 0;
ALTER TABLE ONLY public.federated_participants ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.federated_participants ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.federated_participants FORCE ROW LEVEL SECURITY;

CREATE TABLE public.federated_shares (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    session_id uuid NOT NULL,
    round integer NOT NULL,
    topic_key character varying(500) NOT NULL,
    party integer NOT NULL,
    initiator_tenant_id character varying(255) NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT federated_shares_party_check CHECK ((party > 0)),
    CONSTRAINT federated_shares_round_check CHECK ((round > 0))
);
ALTER TABLE ONLY public.federated_shares ALTER COLUMN round SET STATISTICS 0;
ALTER TABLE ONLY public.federated_shares ALTER COLUMN topic_key SET STATISTICS 0;
ALTER TABLE ONLY public.federated_shares ALTER COLUMN party SET STATISTICS 0;
ALTER TABLE ONLY public.federated_shares ALTER COLUMN initiator_tenant_id SET STATISTICS 0;
ALTER TABLE ONLY public.federated_shares ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE ONLY public.federated_shares ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.federated_shares FORCE ROW LEVEL SECURITY;

CREATE MATERIALIZED VIEW public.hybrid_search_materialized AS
 SELECT capability.tenant_id,
    'agent_capability'::text AS entity_type,
    (capability.id)::text AS id,
    (capability.agent_id)::text AS parent_id,
    (capability.capability_name)::text AS name,
    (capability.canonical_name)::text AS canonical_name,
    capability.embedding,
    capability.confidence,
    capability.metadata,
    capability.last_updated AS updated_at
   FROM public.agent_capabilities_graph capability
  WHERE ((capability.embedding IS NOT NULL) AND ((capability.validation_status)::text <> 'rejected'::text))
UNION ALL
 SELECT node.tenant_id,
    'caws_provenance'::text AS entity_type,
    (node.id)::text AS id,
    (node.parent_entity_id)::text AS parent_id,
    (node.entity_id)::text AS name,
    (node.entity_id)::text AS canonical_name,
    item.embedding,
    GREATEST(node.evidence_completeness, node.budget_adherence, node.gate_integrity, node.provenance_clarity) AS confidence,
    node.metadata,
    node.created_at AS updated_at
   FROM (public.provenance_embeddings item
     JOIN public.caws_provenance_graph node ON ((((node.tenant_id)::text = (item.tenant_id)::text) AND (node.id = item.node_id))))
UNION ALL
 SELECT agent.tenant_id,
    'agent_profile'::text AS entity_type,
    (agent.id)::text AS id,
    NULL::text AS parent_id,
    (agent.name)::text AS name,
    public.normalize_entity_name((agent.name)::text) AS canonical_name,
    agent.embedding,
    NULL::numeric AS confidence,
    agent.config AS metadata,
    agent.updated_at
   FROM public.agent_profiles agent
  WHERE (agent.embedding IS NOT NULL)
  WITH NO DATA;
ALTER MATERIALIZED VIEW public.hybrid_search_materialized OWNER TO agent_agency_service;

CREATE TABLE public.knowledge_cache (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    cache_key character varying(64) NOT NULL,
    cache_type character varying(20) NOT NULL,
    content jsonb NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    access_count integer DEFAULT 0 NOT NULL,
    last_accessed_at timestamp with time zone DEFAULT now() NOT NULL,
    size_bytes integer NOT NULL,
    compression_ratio numeric(3,2) DEFAULT 1.0 NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT knowledge_cache_access_count_check CHECK ((access_count >= 0)),
    CONSTRAINT knowledge_cache_cache_key_check CHECK ((length((cache_key)::text) > 0)),
    CONSTRAINT knowledge_cache_cache_type_check CHECK (((cache_type)::text = ANY ((ARRAY['query_result'::character varying, 'search_result'::character varying, 'response'::character varying])::text[]))),
    CONSTRAINT knowledge_cache_compression_ratio_check CHECK (((compression_ratio > (0)::numeric) AND (compression_ratio < 'NaN'::numeric))),
    CONSTRAINT knowledge_cache_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT knowledge_cache_size_bytes_check CHECK ((size_bytes >= 0))
);
ALTER TABLE ONLY public.knowledge_cache ALTER COLUMN cache_key SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_cache ALTER COLUMN cache_type SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_cache ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_cache ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_cache ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.knowledge_cache ALTER COLUMN expires_at SET STATISTICS 1;
ALTER TABLE ONLY public.knowledge_cache ALTER COLUMN access_count SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_cache ALTER COLUMN last_accessed_at SET STATISTICS 1;
ALTER TABLE ONLY public.knowledge_cache ALTER COLUMN size_bytes SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_cache ALTER COLUMN compression_ratio SET STATISTICS 0;

ALTER TABLE ONLY public.knowledge_cache FORCE ROW LEVEL SECURITY;

CREATE TABLE public.knowledge_queries (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    query_text text NOT NULL,
    query_type character varying(20) NOT NULL,
    requester_id character varying(255) NOT NULL,
    priority integer DEFAULT 1 NOT NULL,
    max_results integer DEFAULT 10 NOT NULL,
    relevance_threshold numeric(3,2) DEFAULT 0.5 NOT NULL,
    timeout_ms bigint DEFAULT 30000 NOT NULL,
    context jsonb DEFAULT '{}'::jsonb NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    status character varying(20) DEFAULT 'pending'::character varying NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    processed_at timestamp with time zone,
    error_message text,
    retry_count integer DEFAULT 0 NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT knowledge_queries_context_check CHECK ((jsonb_typeof(context) = 'object'::text)),
    CONSTRAINT knowledge_queries_max_results_check CHECK ((max_results > 0)),
    CONSTRAINT knowledge_queries_priority_check CHECK (((priority >= 1) AND (priority <= 10))),
    CONSTRAINT knowledge_queries_query_text_check CHECK ((length(query_text) > 0)),
    CONSTRAINT knowledge_queries_query_type_check CHECK (((query_type)::text = ANY ((ARRAY['factual'::character varying, 'explanatory'::character varying, 'comparative'::character varying, 'trend'::character varying, 'technical'::character varying])::text[]))),
    CONSTRAINT knowledge_queries_relevance_threshold_check CHECK (((relevance_threshold >= (0)::numeric) AND (relevance_threshold <= (1)::numeric))),
    CONSTRAINT knowledge_queries_requester_id_check CHECK ((length((requester_id)::text) > 0)),
    CONSTRAINT knowledge_queries_retry_count_check CHECK ((retry_count >= 0)),
    CONSTRAINT knowledge_queries_status_check CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'processing'::character varying, 'completed'::character varying, 'failed'::character varying])::text[]))),
    CONSTRAINT knowledge_queries_timeout_ms_check CHECK ((timeout_ms > 0))
);
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN query_text SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN query_type SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN requester_id SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN priority SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN max_results SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN relevance_threshold SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN timeout_ms SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN context SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN tags SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN status SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN processed_at SET STATISTICS 1;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN error_message SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_queries ALTER COLUMN retry_count SET STATISTICS 0;

ALTER TABLE ONLY public.knowledge_queries FORCE ROW LEVEL SECURITY;

CREATE TABLE public.knowledge_responses (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    query_id uuid NOT NULL,
    summary text NOT NULL,
    confidence numeric(3,2) NOT NULL,
    sources_used text[] DEFAULT '{}'::text[] NOT NULL,
    total_results_found integer DEFAULT 0 NOT NULL,
    results_filtered integer DEFAULT 0 NOT NULL,
    processing_time_ms bigint NOT NULL,
    cache_used boolean DEFAULT false NOT NULL,
    providers_queried text[] DEFAULT '{}'::text[] NOT NULL,
    relevance_score_avg numeric(3,2),
    credibility_score_avg numeric(3,2),
    diversity_score numeric(3,2),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT knowledge_responses_confidence_check CHECK (((confidence >= (0)::numeric) AND (confidence <= (1)::numeric))),
    CONSTRAINT knowledge_responses_credibility_score_avg_check CHECK (((credibility_score_avg >= (0)::numeric) AND (credibility_score_avg <= (1)::numeric))),
    CONSTRAINT knowledge_responses_diversity_score_check CHECK (((diversity_score >= (0)::numeric) AND (diversity_score <= (1)::numeric))),
    CONSTRAINT knowledge_responses_processing_time_ms_check CHECK ((processing_time_ms >= 0)),
    CONSTRAINT knowledge_responses_relevance_score_avg_check CHECK (((relevance_score_avg >= (0)::numeric) AND (relevance_score_avg <= (1)::numeric))),
    CONSTRAINT knowledge_responses_results_filtered_check CHECK ((results_filtered >= 0)),
    CONSTRAINT knowledge_responses_total_results_found_check CHECK ((total_results_found >= 0))
);
ALTER TABLE ONLY public.knowledge_responses ALTER COLUMN summary SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_responses ALTER COLUMN confidence SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_responses ALTER COLUMN sources_used SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_responses ALTER COLUMN total_results_found SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_responses ALTER COLUMN results_filtered SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_responses ALTER COLUMN processing_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_responses ALTER COLUMN cache_used SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_responses ALTER COLUMN providers_queried SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_responses ALTER COLUMN relevance_score_avg SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_responses ALTER COLUMN credibility_score_avg SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_responses ALTER COLUMN diversity_score SET STATISTICS 0;
ALTER TABLE ONLY public.knowledge_responses ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.knowledge_responses FORCE ROW LEVEL SECURITY;

CREATE VIEW public.method_performance WITH (security_invoker='true') AS
 SELECT method_type,
    enabled,
    priority,
    total_requests,
    successful_requests,
    failed_requests,
        CASE
            WHEN (total_requests > 0) THEN round(((100.0 * (successful_requests)::numeric) / (total_requests)::numeric), 2)
            ELSE NULL::numeric
        END AS success_rate_percent,
    average_processing_time_ms,
    accuracy_rate,
    false_positive_rate,
    last_used_at,
    last_error_at
   FROM public.verification_methods method;

CREATE TABLE public.offloaded_contexts (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    summary text NOT NULL,
    summary_embedding public.vector(768),
    content bytea,
    content_key_id uuid,
    compression character varying(20) DEFAULT 'none'::character varying NOT NULL,
    original_size_bytes integer NOT NULL,
    compressed_size_bytes integer NOT NULL,
    compression_ratio numeric(5,2) GENERATED ALWAYS AS (round(LEAST(((GREATEST(original_size_bytes, 0))::numeric / (GREATEST(compressed_size_bytes, 1))::numeric), 999.99), 2)) STORED NOT NULL,
    storage_location character varying(1000),
    storage_checksum character varying(128) NOT NULL,
    access_count integer DEFAULT 0 NOT NULL,
    last_accessed timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT offloaded_contexts_access_count_check CHECK ((access_count >= 0)),
    CONSTRAINT offloaded_contexts_compression_check CHECK (((compression)::text = ANY ((ARRAY['none'::character varying, 'zstd'::character varying])::text[]))),
    CONSTRAINT offloaded_contexts_content_key_id_check CHECK (((content_key_id IS NULL) OR (storage_location IS NOT NULL))),
    CONSTRAINT offloaded_contexts_last_accessed_check CHECK (((last_accessed IS NULL) = (access_count = 0))),
    CONSTRAINT offloaded_contexts_place_check CHECK ((num_nonnulls(content, storage_location) = 1)),
    CONSTRAINT offloaded_contexts_size_check CHECK (((compressed_size_bytes >= 1) AND (compressed_size_bytes <= original_size_bytes))),
    CONSTRAINT offloaded_contexts_storage_checksum_check CHECK (((storage_checksum)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT offloaded_contexts_storage_location_check CHECK ((length((storage_location)::text) > 0)),
    CONSTRAINT offloaded_contexts_summary_check CHECK ((length(summary) > 0)),
    CONSTRAINT offloaded_contexts_summary_embedding_check CHECK ((public.cosine_distance(summary_embedding, summary_embedding) < (1)::double precision)),
    CONSTRAINT offloaded_contexts_uncompressed_check CHECK ((((compression)::text <> 'none'::text) OR (compressed_size_bytes = original_size_bytes)))
);
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN summary SET STATISTICS 0;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN summary_embedding SET STATISTICS 0;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN compression SET STATISTICS 0;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN original_size_bytes SET STATISTICS 0;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN compressed_size_bytes SET STATISTICS 0;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN compression_ratio SET STATISTICS 0;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN storage_location SET STATISTICS 0;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN storage_checksum SET STATISTICS 0;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN access_count SET STATISTICS 0;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN last_accessed SET STATISTICS 1;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.offloaded_contexts ALTER COLUMN expires_at SET STATISTICS 1;

ALTER TABLE ONLY public.offloaded_contexts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.performance_anomalies (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    anomaly_type character varying(50) NOT NULL,
    severity character varying(20) NOT NULL,
    agent_id character varying(255),
    task_id character varying(255),
    detected_at timestamp with time zone DEFAULT now() NOT NULL,
    detection_method character varying(100) NOT NULL,
    description text NOT NULL,
    anomaly_metrics jsonb,
    threshold_values jsonb,
    impact_assessment jsonb NOT NULL,
    status character varying(20) DEFAULT 'active'::character varying NOT NULL,
    resolved_at timestamp with time zone,
    resolution_notes text,
    recommendations jsonb,
    related_event_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_by character varying(255),
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT performance_anomalies_agent_id_check CHECK ((length((agent_id)::text) > 0)),
    CONSTRAINT performance_anomalies_anomaly_metrics_check CHECK ((jsonb_typeof(anomaly_metrics) = 'object'::text)),
    CONSTRAINT performance_anomalies_anomaly_type_check CHECK (((anomaly_type)::text = ANY ((ARRAY['latency_spike'::character varying, 'accuracy_drop'::character varying, 'error_rate_increase'::character varying, 'resource_saturation'::character varying, 'constitutional_violation_spike'::character varying])::text[]))),
    CONSTRAINT performance_anomalies_detection_method_check CHECK ((length((detection_method)::text) > 0)),
    CONSTRAINT performance_anomalies_impact_assessment_check CHECK ((jsonb_typeof(impact_assessment) = 'object'::text)),
    CONSTRAINT performance_anomalies_recommendations_check CHECK ((jsonb_typeof(recommendations) = 'array'::text)),
    CONSTRAINT performance_anomalies_resolution_check CHECK ((((status)::text <> ALL ((ARRAY['resolved'::character varying, 'false_positive'::character varying])::text[])) OR (resolved_at IS NOT NULL))),
    CONSTRAINT performance_anomalies_severity_check CHECK (((severity)::text = ANY ((ARRAY['low'::character varying, 'medium'::character varying, 'high'::character varying, 'critical'::character varying])::text[]))),
    CONSTRAINT performance_anomalies_status_check CHECK (((status)::text = ANY ((ARRAY['active'::character varying, 'investigating'::character varying, 'resolved'::character varying, 'false_positive'::character varying])::text[]))),
    CONSTRAINT performance_anomalies_task_id_check CHECK ((length((task_id)::text) > 0)),
    CONSTRAINT performance_anomalies_threshold_values_check CHECK ((jsonb_typeof(threshold_values) = 'object'::text))
);
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN anomaly_type SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN severity SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN task_id SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN detected_at SET STATISTICS 1;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN detection_method SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN description SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN anomaly_metrics SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN threshold_values SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN impact_assessment SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN status SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN resolved_at SET STATISTICS 1;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN resolution_notes SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN recommendations SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN related_event_ids SET STATISTICS 0;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN updated_at SET STATISTICS 1;
ALTER TABLE ONLY public.performance_anomalies ALTER COLUMN updated_by SET STATISTICS 0;

ALTER TABLE ONLY public.performance_anomalies FORCE ROW LEVEL SECURITY;

CREATE VIEW public.popular_search_queries WITH (security_invoker='true') AS
 SELECT tenant_id,
    query_hash,
    query_text,
    execution_count,
    avg_execution_time_ms,
    avg_result_count,
    last_executed_at
   FROM ( SELECT search.tenant_id,
            search.query_hash,
            max(search.query_text) AS query_text,
            count(*) AS execution_count,
            avg(search.execution_time_ms) AS avg_execution_time_ms,
            avg(search.result_count) AS avg_result_count,
            max(search.created_at) AS last_executed_at,
            row_number() OVER (PARTITION BY search.tenant_id ORDER BY (count(*)) DESC, search.query_hash) AS place
           FROM public.graph_search_sessions search
          WHERE (search.created_at > (now() - '30 days'::interval))
          GROUP BY search.tenant_id, search.query_hash
         HAVING (count(*) > 5)) counted
  WHERE (place <= 100);

CREATE TABLE public.provenance_checkpoints (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    size bigint NOT NULL,
    origin text NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT provenance_checkpoints_note_check CHECK ((octet_length(note) <= 1000000)),
    CONSTRAINT provenance_checkpoints_origin_check CHECK (((length(origin) > (length((tenant_id)::text) + 1)) AND ("right"(origin, (length((tenant_id)::text) + 1)) = ('/'::text || (tenant_id)::text)))),
    CONSTRAINT provenance_checkpoints_root_check CHECK ((octet_length(root) = 32)),
    CONSTRAINT provenance_checkpoints_size_check CHECK ((size >= 0))
);
ALTER TABLE ONLY public.provenance_checkpoints ALTER COLUMN size SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_checkpoints ALTER COLUMN origin SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_checkpoints ALTER COLUMN root SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_checkpoints ALTER COLUMN note SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_checkpoints ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.provenance_checkpoints FORCE ROW LEVEL SECURITY;

CREATE TABLE public.provenance_cosignatures (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    size bigint NOT NULL,
    witness text NOT NULL,
    key_hash text NOT NULL,
    line text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT provenance_cosignatures_key_hash_check CHECK ((key_hash ~ '^[0-9a-f]{8}$'::text)),
    CONSTRAINT provenance_cosignatures_line_check CHECK ((octet_length(line) <= 1024)),
    CONSTRAINT provenance_cosignatures_witness_check CHECK (((octet_length(witness) >= 1) AND (octet_length(witness) <= 255)))
);
ALTER TABLE ONLY public.provenance_cosignatures ALTER COLUMN size SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_cosignatures ALTER COLUMN witness SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_cosignatures ALTER COLUMN key_hash SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_cosignatures ALTER COLUMN line SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_cosignatures ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.provenance_cosignatures FORCE ROW LEVEL SECURITY;

CREATE TABLE public.provenance_heads (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    seq bigint NOT NULL,
    hash_chain character varying(128),
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT provenance_heads_hash_check CHECK ((((seq = 0) = (hash_chain IS NULL)) AND (seq >= 0)))
);
ALTER TABLE ONLY public.provenance_heads ALTER COLUMN seq SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_heads ALTER COLUMN hash_chain SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_heads ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.provenance_heads FORCE ROW LEVEL SECURITY;

CREATE TABLE public.provenance_parents (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    node_id uuid NOT NULL,
    ordinal smallint NOT NULL,
    parent_id uuid NOT NULL,
    CONSTRAINT provenance_parents_ordinal_check CHECK ((ordinal >= 1))
);
ALTER TABLE ONLY public.provenance_parents ALTER COLUMN ordinal SET STATISTICS 0;

ALTER TABLE ONLY public.provenance_parents FORCE ROW LEVEL SECURITY;

CREATE TABLE public.provenance_refs (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    ref text NOT NULL COLLATE pg_catalog."C",
    seq bigint NOT NULL,
    node_id uuid NOT NULL,
    CONSTRAINT provenance_refs_ref_check CHECK ((octet_length(ref) <= 1024))
);
ALTER TABLE ONLY public.provenance_refs ALTER COLUMN ref SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_refs ALTER COLUMN seq SET STATISTICS 0;

ALTER TABLE ONLY public.provenance_refs FORCE ROW LEVEL SECURITY;

CREATE TABLE public.provenance_signing_keys (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    key_id character varying(80) NOT NULL,
    algorithm character varying(20) DEFAULT 'ed25519'::character varying NOT NULL,
    public_key bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT provenance_signing_keys_algorithm_check CHECK (((algorithm)::text = 'ed25519'::text)),
    CONSTRAINT provenance_signing_keys_key_id_check CHECK (((key_id)::text = ('ed25519:'::text || "left"(encode(sha256(public_key), 'hex'::text), 32)))),
    CONSTRAINT provenance_signing_keys_public_key_check CHECK ((octet_length(public_key) = 32))
);
ALTER TABLE ONLY public.provenance_signing_keys ALTER COLUMN key_id SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_signing_keys ALTER COLUMN algorithm SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_signing_keys ALTER COLUMN public_key SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_signing_keys ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.provenance_signing_keys FORCE ROW LEVEL SECURITY;

CREATE TABLE public.provenance_tiles (
    tenant_id character varying(255) NOT NULL,
    level smallint NOT NULL,
    tile_index bigint NOT NULL,
    hashes bytea NOT NULL,
    root bytea NOT NULL,
    CONSTRAINT provenance_tiles_hashes_check CHECK ((octet_length(hashes) = 8192)),
    CONSTRAINT provenance_tiles_place_check CHECK ((((level >= 0) AND (level <= 6)) AND (tile_index >= 0))),
    CONSTRAINT provenance_tiles_root_check CHECK ((octet_length(root) = 32))
);
ALTER TABLE ONLY public.provenance_tiles ALTER COLUMN level SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_tiles ALTER COLUMN tile_index SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_tiles ALTER COLUMN hashes SET STATISTICS 0;
ALTER TABLE ONLY public.provenance_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.provenance_tiles ALTER COLUMN root SET STATISTICS 0;

ALTER TABLE ONLY public.provenance_tiles FORCE ROW LEVEL SECURITY;

CREATE VIEW public.query_performance WITH (security_invoker='true') AS
 SELECT query.id,
    query.query_type,
    query.priority,
    query.status,
    query.created_at,
    query.processed_at,
    (EXTRACT(epoch FROM (query.processed_at - query.created_at)) * (1000)::numeric) AS processing_time_ms,
    response.confidence,
    response.total_results_found,
    response.results_filtered,
    response.processing_time_ms AS response_processing_time_ms,
    response.cache_used,
    cardinality(response.providers_queried) AS providers_used
   FROM (public.knowledge_queries query
     LEFT JOIN public.knowledge_responses response ON ((response.query_id = query.id)));

CREATE TABLE public.queue_statistics (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    queue_depth integer DEFAULT 0 NOT NULL,
    total_enqueued bigint DEFAULT 0 NOT NULL,
    total_dequeued bigint DEFAULT 0 NOT NULL,
    total_completed bigint DEFAULT 0 NOT NULL,
    total_failed bigint DEFAULT 0 NOT NULL,
    average_wait_time_ms numeric(10,2),
    max_wait_time_ms bigint,
    average_processing_time_ms numeric(10,2),
    priority_distribution jsonb DEFAULT '{}'::jsonb NOT NULL,
    status_distribution jsonb DEFAULT '{}'::jsonb NOT NULL,
    memory_usage_mb numeric(8,2),
    active_connections integer,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT queue_statistics_active_connections_check CHECK ((active_connections >= 0)),
    CONSTRAINT queue_statistics_average_processing_time_ms_check CHECK (((average_processing_time_ms >= (0)::numeric) AND (average_processing_time_ms < 'NaN'::numeric))),
    CONSTRAINT queue_statistics_average_wait_time_ms_check CHECK (((average_wait_time_ms >= (0)::numeric) AND (average_wait_time_ms < 'NaN'::numeric))),
    CONSTRAINT queue_statistics_max_wait_time_ms_check CHECK ((max_wait_time_ms >= 0)),
    CONSTRAINT queue_statistics_memory_usage_mb_check CHECK (((memory_usage_mb >= (0)::numeric) AND (memory_usage_mb < 'NaN'::numeric))),
    CONSTRAINT queue_statistics_priority_distribution_check CHECK ((jsonb_typeof(priority_distribution) = 'object'::text)),
    CONSTRAINT queue_statistics_queue_depth_check CHECK ((queue_depth >= 0)),
    CONSTRAINT queue_statistics_status_distribution_check CHECK ((jsonb_typeof(status_distribution) = 'object'::text)),
    CONSTRAINT queue_statistics_total_completed_check CHECK ((total_completed >= 0)),
    CONSTRAINT queue_statistics_total_dequeued_check CHECK ((total_dequeued >= 0)),
    CONSTRAINT queue_statistics_total_enqueued_check CHECK ((total_enqueued >= 0)),
    CONSTRAINT queue_statistics_total_failed_check CHECK ((total_failed >= 0))
);
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN recorded_at SET STATISTICS 1;
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN queue_depth SET STATISTICS 0;
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN total_enqueued SET STATISTICS 0;
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN total_dequeued SET STATISTICS 0;
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN total_completed SET STATISTICS 0;
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN total_failed SET STATISTICS 0;
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN average_wait_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN max_wait_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN average_processing_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN priority_distribution SET STATISTICS 0;
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN status_distribution SET STATISTICS 0;
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN memory_usage_mb SET STATISTICS 0;
ALTER TABLE ONLY public.queue_statistics ALTER COLUMN active_connections SET STATISTICS 0;

ALTER TABLE ONLY public.queue_statistics FORCE ROW LEVEL SECURITY;

CREATE VIEW public.recent_performance_events WITH (security_invoker='true') AS
 SELECT id,
    event_type,
    "timestamp",
    agent_id,
    task_id,
    integrity_hash,
    latency_metrics,
    accuracy_metrics,
    resource_metrics,
    compliance_metrics,
    cost_metrics,
    reliability_metrics,
    context,
    metadata,
    created_at,
    updated_at
   FROM public.performance_events event
  WHERE ("timestamp" > (now() - '24:00:00'::interval));

CREATE TABLE public.search_results (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    query_id uuid NOT NULL,
    title text NOT NULL,
    content text NOT NULL,
    url text NOT NULL,
    domain character varying(255) NOT NULL,
    source_type character varying(20) NOT NULL,
    relevance_score numeric(3,2) NOT NULL,
    credibility_score numeric(3,2) NOT NULL,
    quality character varying(20) DEFAULT 'medium'::character varying NOT NULL,
    provider character varying(100) NOT NULL,
    provider_metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    published_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    content_hash character varying(64),
    search_vector tsvector GENERATED ALWAYS AS ((setweight(to_tsvector('english'::regconfig, "left"(title, 10000)), 'A'::"char") || setweight(to_tsvector('english'::regconfig, "left"(content, 100000)), 'B'::"char"))) STORED NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT search_results_content_hash_check CHECK (((content_hash)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT search_results_credibility_score_check CHECK (((credibility_score >= (0)::numeric) AND (credibility_score <= (1)::numeric))),
    CONSTRAINT search_results_provider_check CHECK ((length((provider)::text) > 0)),
    CONSTRAINT search_results_provider_metadata_check CHECK ((jsonb_typeof(provider_metadata) = 'object'::text)),
    CONSTRAINT search_results_quality_check CHECK (((quality)::text = ANY ((ARRAY['high'::character varying, 'medium'::character varying, 'low'::character varying, 'unreliable'::character varying])::text[]))),
    CONSTRAINT search_results_relevance_score_check CHECK (((relevance_score >= (0)::numeric) AND (relevance_score <= (1)::numeric))),
    CONSTRAINT search_results_source_type_check CHECK (((source_type)::text = ANY ((ARRAY['web'::character varying, 'academic'::character varying, 'news'::character varying, 'documentation'::character varying, 'social'::character varying, 'internal'::character varying])::text[]))),
    CONSTRAINT search_results_url_check CHECK ((length(url) > 0))
);
ALTER TABLE ONLY public.search_results ALTER COLUMN title SET STATISTICS 0;
ALTER TABLE ONLY public.search_results ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY public.search_results ALTER COLUMN url SET STATISTICS 0;
ALTER TABLE ONLY public.search_results ALTER COLUMN domain SET STATISTICS 0;
ALTER TABLE ONLY public.search_results ALTER COLUMN source_type SET STATISTICS 0;
ALTER TABLE ONLY public.search_results ALTER COLUMN relevance_score SET STATISTICS 0;
ALTER TABLE ONLY public.search_results ALTER COLUMN credibility_score SET STATISTICS 0;
ALTER TABLE ONLY public.search_results ALTER COLUMN quality SET STATISTICS 0;
ALTER TABLE ONLY public.search_results ALTER COLUMN provider SET STATISTICS 0;
ALTER TABLE ONLY public.search_results ALTER COLUMN provider_metadata SET STATISTICS 0;
ALTER TABLE ONLY public.search_results ALTER COLUMN published_at SET STATISTICS 1;
ALTER TABLE ONLY public.search_results ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.search_results ALTER COLUMN content_hash SET STATISTICS 0;
ALTER TABLE ONLY public.search_results ALTER COLUMN search_vector SET STATISTICS 0;

ALTER TABLE ONLY public.search_results FORCE ROW LEVEL SECURITY;

CREATE VIEW public.result_quality_analysis WITH (security_invoker='true') AS
 SELECT query_id,
    count(*) AS total_results,
    avg(relevance_score) AS avg_relevance,
    avg(credibility_score) AS avg_credibility,
    count(*) FILTER (WHERE ((quality)::text = 'high'::text)) AS high_quality_count,
    count(*) FILTER (WHERE ((quality)::text = 'medium'::text)) AS medium_quality_count,
    count(*) FILTER (WHERE ((quality)::text = 'low'::text)) AS low_quality_count,
    count(*) FILTER (WHERE ((quality)::text = 'unreliable'::text)) AS unreliable_count,
    count(DISTINCT domain) AS unique_domains,
    count(DISTINCT source_type) AS unique_source_types,
    array_agg(DISTINCT provider) AS providers_used
   FROM public.search_results result
  GROUP BY query_id;

CREATE TABLE public.rl_training_batches (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    agent_id character varying(255) NOT NULL,
    sample_count integer NOT NULL,
    quality_score numeric(3,2) NOT NULL,
    anonymization_level character varying(20) DEFAULT 'differential'::character varying NOT NULL,
    status character varying(20) DEFAULT 'pending'::character varying NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    training_samples jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    processed_at timestamp with time zone,
    consumed_at timestamp with time zone,
    expires_at timestamp with time zone,
    data_quality_metrics jsonb,
    created_by character varying(255),
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT rl_training_batches_agent_id_check CHECK ((length((agent_id)::text) > 0)),
    CONSTRAINT rl_training_batches_anonymization_level_check CHECK (((anonymization_level)::text = ANY ((ARRAY['basic'::character varying, 'differential'::character varying, 'secure'::character varying])::text[]))),
    CONSTRAINT rl_training_batches_data_quality_metrics_check CHECK ((jsonb_typeof(data_quality_metrics) = 'object'::text)),
    CONSTRAINT rl_training_batches_expiry_logic CHECK ((((status)::text <> 'expired'::text) OR (expires_at IS NOT NULL))),
    CONSTRAINT rl_training_batches_quality_score_check CHECK (((quality_score >= (0)::numeric) AND (quality_score <= (1)::numeric))),
    CONSTRAINT rl_training_batches_sample_count_check CHECK ((sample_count > 0)),
    CONSTRAINT rl_training_batches_status_check CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'processing'::character varying, 'ready'::character varying, 'consumed'::character varying, 'expired'::character varying])::text[]))),
    CONSTRAINT rl_training_batches_training_samples_check CHECK ((jsonb_typeof(training_samples) = 'array'::text))
);
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN sample_count SET STATISTICS 0;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN quality_score SET STATISTICS 0;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN anonymization_level SET STATISTICS 0;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN status SET STATISTICS 0;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN priority SET STATISTICS 0;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN training_samples SET STATISTICS 0;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN processed_at SET STATISTICS 1;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN consumed_at SET STATISTICS 1;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN expires_at SET STATISTICS 1;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN data_quality_metrics SET STATISTICS 0;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN created_by SET STATISTICS 0;
ALTER TABLE ONLY public.rl_training_batches ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.rl_training_batches FORCE ROW LEVEL SECURITY;

CREATE VIEW public.schema_migrations WITH (security_invoker='true') AS
 SELECT version,
    name,
    applied_at
   FROM public.__migrations__;

CREATE VIEW public.schema_versions WITH (security_invoker='true') AS
 SELECT version AS version_id,
    name AS description,
    applied_at,
    applied_by,
    duration_ms AS execution_time_ms
   FROM public.__migrations__;

CREATE VIEW public.search_performance_by_type WITH (security_invoker='true') AS
 SELECT tenant_id,
    search_type,
    count(*) AS execution_count,
    avg(execution_time_ms) AS avg_execution_time_ms,
    percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY ((execution_time_ms)::double precision)) AS p50_execution_time_ms,
    percentile_cont((0.95)::double precision) WITHIN GROUP (ORDER BY ((execution_time_ms)::double precision)) AS p95_execution_time_ms,
    percentile_cont((0.99)::double precision) WITHIN GROUP (ORDER BY ((execution_time_ms)::double precision)) AS p99_execution_time_ms,
    avg(result_count) AS avg_result_count
   FROM public.graph_search_sessions search
  WHERE (created_at > (now() - '7 days'::interval))
  GROUP BY tenant_id, search_type;

CREATE TABLE public.search_provider_health (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    provider_name character varying(100) NOT NULL,
    available boolean DEFAULT true NOT NULL,
    last_health_check timestamp with time zone DEFAULT now() NOT NULL,
    consecutive_failures integer DEFAULT 0 NOT NULL,
    avg_response_time_ms numeric(8,2),
    error_rate numeric(5,4) DEFAULT 0 NOT NULL,
    requests_this_minute integer DEFAULT 0 NOT NULL,
    requests_this_hour integer DEFAULT 0 NOT NULL,
    rate_limit_remaining integer,
    rate_limit_reset_at timestamp with time zone,
    last_error_message text,
    last_error_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT search_provider_health_avg_response_time_ms_check CHECK (((avg_response_time_ms >= (0)::numeric) AND (avg_response_time_ms < 'NaN'::numeric))),
    CONSTRAINT search_provider_health_consecutive_failures_check CHECK ((consecutive_failures >= 0)),
    CONSTRAINT search_provider_health_error_rate_check CHECK (((error_rate >= (0)::numeric) AND (error_rate <= (1)::numeric))),
    CONSTRAINT search_provider_health_provider_name_check CHECK ((length((provider_name)::text) > 0)),
    CONSTRAINT search_provider_health_rate_limit_remaining_check CHECK ((rate_limit_remaining >= 0)),
    CONSTRAINT search_provider_health_requests_this_hour_check CHECK ((requests_this_hour >= 0)),
    CONSTRAINT search_provider_health_requests_this_minute_check CHECK ((requests_this_minute >= 0))
);
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN provider_name SET STATISTICS 0;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN available SET STATISTICS 0;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN last_health_check SET STATISTICS 1;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN consecutive_failures SET STATISTICS 0;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN avg_response_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN error_rate SET STATISTICS 0;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN requests_this_minute SET STATISTICS 0;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN requests_this_hour SET STATISTICS 0;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN rate_limit_remaining SET STATISTICS 0;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN rate_limit_reset_at SET STATISTICS 1;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN last_error_message SET STATISTICS 0;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN last_error_at SET STATISTICS 1;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.search_provider_health ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.search_provider_health FORCE ROW LEVEL SECURITY;

CREATE TABLE public.session_participants (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    session_id uuid NOT NULL,
    participant_tenant_id character varying(255) NOT NULL,
    joined_at timestamp with time zone DEFAULT now() NOT NULL,
    contribution_count integer DEFAULT 0 NOT NULL,
    reputation_at_join numeric(3,2) NOT NULL,
    public_key bytea,
    party integer,
    left_at timestamp with time zone,
    CONSTRAINT session_participants_contribution_count_check CHECK ((contribution_count >= 0)),
    CONSTRAINT session_participants_party_check CHECK (((party IS NULL) OR ((party > 0) AND (public_key IS NOT NULL)))),
    CONSTRAINT session_participants_public_key_check CHECK ((octet_length(public_key) = 32)),
    CONSTRAINT session_participants_reputation_at_join_check CHECK (((reputation_at_join >= (0)::numeric) AND (reputation_at_join <= (1)::numeric)))
);
ALTER TABLE ONLY public.session_participants ALTER COLUMN participant_tenant_id SET STATISTICS 0;
ALTER TABLE ONLY public.session_participants ALTER COLUMN joined_at SET STATISTICS 1;
ALTER TABLE ONLY public.session_participants ALTER COLUMN contribution_count SET STATISTICS 0;
ALTER TABLE ONLY public.session_participants ALTER COLUMN reputation_at_join SET STATISTICS 0;
ALTER TABLE ONLY public.session_participants ALTER COLUMN public_key SET STATISTICS 0;
ALTER TABLE ONLY public.session_participants ALTER COLUMN party SET STATISTICS 0;
ALTER TABLE ONLY public.session_participants ALTER COLUMN left_at SET STATISTICS 1;

ALTER TABLE ONLY public.session_participants FORCE ROW LEVEL SECURITY;

CREATE VIEW public.slow_search_queries WITH (security_invoker='true') AS
 SELECT tenant_id,
    query_hash,
    max(query_text) AS query_text,
    search_type,
    count(*) AS execution_count,
    avg(execution_time_ms) AS avg_execution_time_ms,
    max(execution_time_ms) AS max_execution_time_ms,
    avg(result_count) AS avg_result_count,
    max(created_at) AS last_executed_at
   FROM public.graph_search_sessions search
  WHERE (created_at > (now() - '7 days'::interval))
  GROUP BY tenant_id, query_hash, search_type
 HAVING (avg(execution_time_ms) > (200)::numeric);

CREATE TABLE public.subject_keys (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    subject_sha256 character varying(64),
    wrapped_key bytea,
    kek_id character varying(2048) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    destroyed_at timestamp with time zone,
    CONSTRAINT subject_keys_destroyed_check CHECK ((((wrapped_key IS NULL) = (destroyed_at IS NOT NULL)) AND ((subject_sha256 IS NULL) = (destroyed_at IS NOT NULL)))),
    CONSTRAINT subject_keys_kek_id_check CHECK ((length((kek_id)::text) > 0)),
    CONSTRAINT subject_keys_subject_sha256_check CHECK (((subject_sha256)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT subject_keys_wrapped_key_check CHECK (((length(wrapped_key) >= 1) AND (length(wrapped_key) <= 8192)))
);
ALTER TABLE ONLY public.subject_keys ALTER COLUMN subject_sha256 SET STATISTICS 0;
ALTER TABLE ONLY public.subject_keys ALTER COLUMN wrapped_key SET STATISTICS 0;
ALTER TABLE ONLY public.subject_keys ALTER COLUMN kek_id SET STATISTICS 0;
ALTER TABLE ONLY public.subject_keys ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.subject_keys ALTER COLUMN destroyed_at SET STATISTICS 1;

ALTER TABLE ONLY public.subject_keys FORCE ROW LEVEL SECURITY;

CREATE TABLE public.system_health_metrics (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    metric_timestamp timestamp with time zone DEFAULT now() NOT NULL,
    active_agents integer DEFAULT 0 NOT NULL,
    total_tasks_processed bigint DEFAULT 0 NOT NULL,
    average_latency_ms numeric(8,2),
    overall_success_rate numeric(4,3),
    system_cpu_utilization numeric(5,2),
    system_memory_utilization numeric(5,2),
    database_connections_active integer,
    database_connections_idle integer,
    p95_latency_ms numeric(8,2),
    p99_latency_ms numeric(8,2),
    error_rate_percent numeric(5,2),
    throughput_tasks_per_minute numeric(10,2),
    active_anomalies integer DEFAULT 0 NOT NULL,
    critical_anomalies integer DEFAULT 0 NOT NULL,
    events_collected_last_hour integer DEFAULT 0 NOT NULL,
    data_integrity_violations integer DEFAULT 0 NOT NULL,
    system_status character varying(20) DEFAULT 'healthy'::character varying NOT NULL,
    status_details jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT system_health_metrics_active_agents_check CHECK ((active_agents >= 0)),
    CONSTRAINT system_health_metrics_active_anomalies_check CHECK ((active_anomalies >= 0)),
    CONSTRAINT system_health_metrics_average_latency_ms_check CHECK (((average_latency_ms >= (0)::numeric) AND (average_latency_ms < 'NaN'::numeric))),
    CONSTRAINT system_health_metrics_critical_anomalies_check CHECK ((critical_anomalies >= 0)),
    CONSTRAINT system_health_metrics_data_integrity_violations_check CHECK ((data_integrity_violations >= 0)),
    CONSTRAINT system_health_metrics_database_connections_active_check CHECK ((database_connections_active >= 0)),
    CONSTRAINT system_health_metrics_database_connections_idle_check CHECK ((database_connections_idle >= 0)),
    CONSTRAINT system_health_metrics_error_rate_percent_check CHECK (((error_rate_percent >= (0)::numeric) AND (error_rate_percent <= (100)::numeric))),
    CONSTRAINT system_health_metrics_events_collected_last_hour_check CHECK ((events_collected_last_hour >= 0)),
    CONSTRAINT system_health_metrics_overall_success_rate_check CHECK (((overall_success_rate >= (0)::numeric) AND (overall_success_rate <= (1)::numeric))),
    CONSTRAINT system_health_metrics_p95_latency_ms_check CHECK (((p95_latency_ms >= (0)::numeric) AND (p95_latency_ms < 'NaN'::numeric))),
    CONSTRAINT system_health_metrics_p99_latency_ms_check CHECK (((p99_latency_ms >= (0)::numeric) AND (p99_latency_ms < 'NaN'::numeric))),
    CONSTRAINT system_health_metrics_status_details_check CHECK ((jsonb_typeof(status_details) = 'object'::text)),
    CONSTRAINT system_health_metrics_system_cpu_utilization_check CHECK (((system_cpu_utilization >= (0)::numeric) AND (system_cpu_utilization <= (100)::numeric))),
    CONSTRAINT system_health_metrics_system_memory_utilization_check CHECK (((system_memory_utilization >= (0)::numeric) AND (system_memory_utilization <= (100)::numeric))),
    CONSTRAINT system_health_metrics_system_status_check CHECK (((system_status)::text = ANY ((ARRAY['healthy'::character varying, 'degraded'::character varying, 'critical'::character varying, 'maintenance'::character varying])::text[]))),
    CONSTRAINT system_health_metrics_throughput_check CHECK (((throughput_tasks_per_minute >= (0)::numeric) AND (throughput_tasks_per_minute < 'NaN'::numeric))),
    CONSTRAINT system_health_metrics_total_tasks_processed_check CHECK ((total_tasks_processed >= 0))
);
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN metric_timestamp SET STATISTICS 1;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN active_agents SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN total_tasks_processed SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN average_latency_ms SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN overall_success_rate SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN system_cpu_utilization SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN system_memory_utilization SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN database_connections_active SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN database_connections_idle SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN p95_latency_ms SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN p99_latency_ms SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN error_rate_percent SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN throughput_tasks_per_minute SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN active_anomalies SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN critical_anomalies SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN events_collected_last_hour SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN data_integrity_violations SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN system_status SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN status_details SET STATISTICS 0;
ALTER TABLE ONLY public.system_health_metrics ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.system_health_metrics FORCE ROW LEVEL SECURITY;

CREATE VIEW public.system_performance_dashboard WITH (security_invoker='true') AS
 SELECT date_trunc('hour'::text, metric_timestamp, 'UTC'::text) AS hour,
    avg(average_latency_ms) AS avg_latency,
    avg(overall_success_rate) AS avg_success_rate,
    avg(throughput_tasks_per_minute) AS avg_throughput,
    max(active_anomalies) AS max_anomalies,
    count(*) AS metric_count
   FROM public.system_health_metrics metric
  WHERE (metric_timestamp > (now() - '7 days'::interval))
  GROUP BY (date_trunc('hour'::text, metric_timestamp, 'UTC'::text));

CREATE TABLE public.task_assignments (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    assignment_id character varying(255) NOT NULL,
    task_id character varying(255) NOT NULL,
    agent_id character varying(255) NOT NULL,
    agent_name character varying(255) NOT NULL,
    agent_model_family character varying(50) NOT NULL,
    assigned_at timestamp with time zone DEFAULT now() NOT NULL,
    deadline timestamp with time zone NOT NULL,
    assignment_timeout_ms bigint NOT NULL,
    lease_token integer,
    routing_confidence numeric(3,2),
    routing_strategy character varying(30),
    routing_reason text,
    status character varying(20) DEFAULT 'assigned'::character varying NOT NULL,
    acknowledged_at timestamp with time zone,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    progress numeric(3,2) DEFAULT 0 NOT NULL,
    last_progress_update timestamp with time zone,
    error_message text,
    error_code character varying(100),
    assignment_metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT task_assignments_assignment_id_check CHECK ((length((assignment_id)::text) > 0)),
    CONSTRAINT task_assignments_assignment_metadata_check CHECK ((jsonb_typeof(assignment_metadata) = 'object'::text)),
    CONSTRAINT task_assignments_assignment_timeout_ms_check CHECK ((assignment_timeout_ms > 0)),
    CONSTRAINT task_assignments_lease_token_check CHECK ((lease_token >= 1)),
    CONSTRAINT task_assignments_progress_check CHECK (((progress >= (0)::numeric) AND (progress <= (1)::numeric))),
    CONSTRAINT task_assignments_routing_confidence_check CHECK (((routing_confidence >= (0)::numeric) AND (routing_confidence <= (1)::numeric))),
    CONSTRAINT task_assignments_routing_strategy_check CHECK (((routing_strategy)::text = ANY ((ARRAY['epsilon-greedy'::character varying, 'ucb'::character varying, 'capability-match'::character varying, 'load-balance'::character varying])::text[]))),
    CONSTRAINT task_assignments_status_check CHECK (((status)::text = ANY ((ARRAY['assigned'::character varying, 'acknowledged'::character varying, 'executing'::character varying, 'completed'::character varying, 'failed'::character varying, 'cancelled'::character varying])::text[])))
);
ALTER TABLE ONLY public.task_assignments ALTER COLUMN assignment_id SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN task_id SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN agent_name SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN agent_model_family SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN assigned_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN deadline SET STATISTICS 1;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN assignment_timeout_ms SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN lease_token SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN routing_confidence SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN routing_strategy SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN routing_reason SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN status SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN acknowledged_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN started_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN completed_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN progress SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN last_progress_update SET STATISTICS 1;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN error_message SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN error_code SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN assignment_metadata SET STATISTICS 0;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_assignments ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.task_assignments FORCE ROW LEVEL SECURITY;

CREATE TABLE public.task_execution_history (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    task_id character varying(255) NOT NULL,
    assignment_id character varying(255),
    attempt_number integer NOT NULL,
    started_at timestamp with time zone NOT NULL,
    completed_at timestamp with time zone,
    execution_time_ms bigint,
    agent_id character varying(255) NOT NULL,
    agent_name character varying(255) NOT NULL,
    success boolean,
    quality_score numeric(3,2),
    tokens_used integer,
    error_message text,
    caws_passed boolean,
    caws_violations jsonb DEFAULT '[]'::jsonb NOT NULL,
    caws_budget_used_files integer,
    caws_budget_used_loc integer,
    execution_metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT task_execution_history_attempt_number_check CHECK ((attempt_number >= 1)),
    CONSTRAINT task_execution_history_caws_budget_used_files_check CHECK ((caws_budget_used_files >= 0)),
    CONSTRAINT task_execution_history_caws_budget_used_loc_check CHECK ((caws_budget_used_loc >= 0)),
    CONSTRAINT task_execution_history_caws_violations_check CHECK ((jsonb_typeof(caws_violations) = 'array'::text)),
    CONSTRAINT task_execution_history_execution_metadata_check CHECK ((jsonb_typeof(execution_metadata) = 'object'::text)),
    CONSTRAINT task_execution_history_execution_time_ms_check CHECK ((execution_time_ms >= 0)),
    CONSTRAINT task_execution_history_quality_score_check CHECK (((quality_score >= (0)::numeric) AND (quality_score <= (1)::numeric))),
    CONSTRAINT task_execution_history_tokens_used_check CHECK ((tokens_used >= 0))
);
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN task_id SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN assignment_id SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN attempt_number SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN started_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN completed_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN execution_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN agent_id SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN agent_name SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN success SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN quality_score SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN tokens_used SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN error_message SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN caws_passed SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN caws_violations SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN caws_budget_used_files SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN caws_budget_used_loc SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN execution_metadata SET STATISTICS 0;
ALTER TABLE ONLY public.task_execution_history ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.task_execution_history FORCE ROW LEVEL SECURITY;

CREATE TABLE public.task_queue (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    task_id character varying(255) NOT NULL,
    task_type character varying(50) NOT NULL,
    description text NOT NULL,
    priority integer DEFAULT 1 NOT NULL,
    timeout_ms bigint DEFAULT 30000 NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 3 NOT NULL,
    budget_max_files integer DEFAULT 40 NOT NULL,
    budget_max_loc integer DEFAULT 1500 NOT NULL,
    required_capabilities jsonb DEFAULT '{}'::jsonb NOT NULL,
    requirements text GENERATED ALWAYS AS ((required_capabilities)::text) STORED NOT NULL COLLATE pg_catalog."C",
    task_metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    status character varying(20) DEFAULT 'queued'::character varying NOT NULL,
    available_at timestamp with time zone DEFAULT now() NOT NULL,
    deadline_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
    lease_token integer DEFAULT 0 NOT NULL,
    lease_expires_at timestamp with time zone,
    error_code character varying(100),
    error_message text,
    dequeued_at timestamp with time zone,
    completed_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT task_queue_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT task_queue_budget_max_files_check CHECK ((budget_max_files > 0)),
    CONSTRAINT task_queue_budget_max_loc_check CHECK ((budget_max_loc > 0)),
    CONSTRAINT task_queue_lease_token_check CHECK ((lease_token >= 0)),
    CONSTRAINT task_queue_max_attempts_check CHECK ((max_attempts >= 1)),
    CONSTRAINT task_queue_priority_check CHECK (((priority >= 1) AND (priority <= 10))),
    CONSTRAINT task_queue_required_capabilities_check CHECK ((jsonb_typeof(required_capabilities) = 'object'::text)),
    CONSTRAINT task_queue_requirements_check CHECK ((octet_length(requirements) <= 2000)),
    CONSTRAINT task_queue_status_check CHECK (((status)::text = ANY ((ARRAY['queued'::character varying, 'dequeued'::character varying, 'completed'::character varying, 'failed'::character varying, 'cancelled'::character varying])::text[]))),
    CONSTRAINT task_queue_task_id_check CHECK ((length((task_id)::text) > 0)),
    CONSTRAINT task_queue_task_metadata_check CHECK ((jsonb_typeof(task_metadata) = 'object'::text)),
    CONSTRAINT task_queue_task_type_check CHECK (((task_type)::text = ANY ((ARRAY['code-editing'::character varying, 'code-review'::character varying, 'analysis'::character varying, 'research'::character varying, 'validation'::character varying, 'general'::character varying])::text[]))),
    CONSTRAINT task_queue_timeout_ms_check CHECK ((timeout_ms > 0))
);
ALTER TABLE ONLY public.task_queue ALTER COLUMN task_id SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN task_type SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN description SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN priority SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN timeout_ms SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN attempts SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN max_attempts SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN budget_max_files SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN budget_max_loc SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN required_capabilities SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN requirements SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN task_metadata SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN status SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN available_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_queue ALTER COLUMN deadline_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_queue ALTER COLUMN lease_token SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN lease_expires_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_queue ALTER COLUMN error_code SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN error_message SET STATISTICS 0;
ALTER TABLE ONLY public.task_queue ALTER COLUMN dequeued_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_queue ALTER COLUMN completed_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_queue ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_queue ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.task_queue FORCE ROW LEVEL SECURITY;

CREATE TABLE public.task_research_provenance (
    id bigint NOT NULL,
    task_id character varying(255) NOT NULL,
    queries jsonb NOT NULL,
    findings_count integer DEFAULT 0 NOT NULL,
    confidence numeric(3,2) DEFAULT 0 NOT NULL,
    performed_at timestamp with time zone DEFAULT now() NOT NULL,
    duration_ms integer,
    successful boolean DEFAULT true NOT NULL,
    error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT task_research_provenance_confidence_check CHECK (((confidence >= (0)::numeric) AND (confidence <= (1)::numeric))),
    CONSTRAINT task_research_provenance_duration_ms_check CHECK ((duration_ms >= 0)),
    CONSTRAINT task_research_provenance_findings_count_check CHECK ((findings_count >= 0)),
    CONSTRAINT task_research_provenance_queries_check CHECK ((jsonb_typeof(queries) = 'array'::text)),
    CONSTRAINT task_research_provenance_task_id_check CHECK ((length((task_id)::text) > 0))
);
ALTER TABLE ONLY public.task_research_provenance ALTER COLUMN id SET STATISTICS 0;
ALTER TABLE ONLY public.task_research_provenance ALTER COLUMN task_id SET STATISTICS 0;
ALTER TABLE ONLY public.task_research_provenance ALTER COLUMN queries SET STATISTICS 0;
ALTER TABLE ONLY public.task_research_provenance ALTER COLUMN findings_count SET STATISTICS 0;
ALTER TABLE ONLY public.task_research_provenance ALTER COLUMN confidence SET STATISTICS 0;
ALTER TABLE ONLY public.task_research_provenance ALTER COLUMN performed_at SET STATISTICS 1;
ALTER TABLE ONLY public.task_research_provenance ALTER COLUMN duration_ms SET STATISTICS 0;
ALTER TABLE ONLY public.task_research_provenance ALTER COLUMN successful SET STATISTICS 0;
ALTER TABLE ONLY public.task_research_provenance ALTER COLUMN error SET STATISTICS 0;
ALTER TABLE ONLY public.task_research_provenance ALTER COLUMN created_at SET STATISTICS 1;

ALTER TABLE ONLY public.task_research_provenance FORCE ROW LEVEL SECURITY;

ALTER TABLE public.task_research_provenance ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.task_research_provenance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.tenant_encryption_keys (
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    version integer NOT NULL,
    state character varying(20) DEFAULT 'active'::character varying NOT NULL,
    wrapped_key bytea,
    kek_id character varying(2048) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    retired_at timestamp with time zone,
    destroyed_at timestamp with time zone,
    CONSTRAINT tenant_encryption_keys_destroyed_check CHECK ((((destroyed_at IS NOT NULL) = ((state)::text = 'destroyed'::text)) AND ((wrapped_key IS NULL) = ((state)::text = 'destroyed'::text)))),
    CONSTRAINT tenant_encryption_keys_kek_id_check CHECK ((length((kek_id)::text) > 0)),
    CONSTRAINT tenant_encryption_keys_retired_at_check CHECK (((retired_at IS NULL) = ((state)::text = 'active'::text))),
    CONSTRAINT tenant_encryption_keys_state_check CHECK (((state)::text = ANY ((ARRAY['active'::character varying, 'retired'::character varying, 'destroyed'::character varying])::text[]))),
    CONSTRAINT tenant_encryption_keys_version_check CHECK ((version > 0)),
    CONSTRAINT tenant_encryption_keys_wrapped_key_check CHECK (((length(wrapped_key) >= 1) AND (length(wrapped_key) <= 8192)))
);
ALTER TABLE ONLY public.tenant_encryption_keys ALTER COLUMN version SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_encryption_keys ALTER COLUMN state SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_encryption_keys ALTER COLUMN wrapped_key SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_encryption_keys ALTER COLUMN kek_id SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_encryption_keys ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.tenant_encryption_keys ALTER COLUMN retired_at SET STATISTICS 1;
ALTER TABLE ONLY public.tenant_encryption_keys ALTER COLUMN destroyed_at SET STATISTICS 1;

ALTER TABLE ONLY public.tenant_encryption_keys FORCE ROW LEVEL SECURITY;

CREATE TABLE public.tenant_privacy_ledger (
    tenant_id character varying(255) NOT NULL,
    entry bigint NOT NULL,
    epsilon numeric NOT NULL,
    delta numeric NOT NULL,
    rho numeric,
    purpose character varying(500) NOT NULL,
    spender_tenant_id character varying(255),
    charged_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT tenant_privacy_ledger_delta_check CHECK (((delta >= (0)::numeric) AND (delta < (1)::numeric))),
    CONSTRAINT tenant_privacy_ledger_entry_check CHECK ((entry > 0)),
    CONSTRAINT tenant_privacy_ledger_epsilon_check CHECK (((epsilon > (0)::numeric) AND (epsilon < 'Infinity'::numeric))),
    CONSTRAINT tenant_privacy_ledger_purpose_check CHECK ((length((purpose)::text) > 0)),
    CONSTRAINT tenant_privacy_ledger_rho_check CHECK (((rho > (0)::numeric) AND (rho < 'Infinity'::numeric)))
);
ALTER TABLE ONLY public.tenant_privacy_ledger ALTER COLUMN entry SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_ledger ALTER COLUMN epsilon SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_ledger ALTER COLUMN delta SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_ledger ALTER COLUMN rho SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_ledger ALTER COLUMN purpose SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_ledger ALTER COLUMN spender_tenant_id SET STATISTICS 0;
ALTER TABLE ONLY public.tenant_privacy_ledger ALTER COLUMN charged_at SET STATISTICS 1;

ALTER TABLE ONLY public.tenant_privacy_ledger FORCE ROW LEVEL SECURITY;

CREATE VIEW public.tenant_statistics WITH (security_invoker='true') AS
 SELECT id AS tenant_id,
    name AS tenant_name,
    isolation_level,
    ( SELECT count(*) AS count
           FROM public.agent_profiles agent
          WHERE ((agent.tenant_id)::text = (tenant.id)::text)) AS agent_count,
    ( SELECT count(*) AS count
           FROM public.agent_capabilities_graph item
          WHERE ((item.tenant_id)::text = (tenant.id)::text)) AS capability_count,
    ( SELECT count(*) AS count
           FROM public.agent_relationships edge
          WHERE ((edge.tenant_id)::text = (tenant.id)::text)) AS relationship_count,
    ( SELECT count(*) AS count
           FROM public.caws_provenance_graph node
          WHERE ((node.tenant_id)::text = (tenant.id)::text)) AS provenance_count,
    ( SELECT count(*) AS count
           FROM public.performance_events event
          WHERE ((event.tenant_id)::text = (tenant.id)::text)) AS event_count
   FROM public.tenants tenant;

CREATE TABLE public.verification_cache (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    cache_key character varying(128) NOT NULL,
    request_hash character varying(64) NOT NULL,
    result_data jsonb NOT NULL,
    result_hash character varying(64) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    access_count integer DEFAULT 0 NOT NULL,
    last_accessed_at timestamp with time zone DEFAULT now() NOT NULL,
    size_bytes integer NOT NULL,
    compression_ratio numeric(3,2) DEFAULT 1.0 NOT NULL,
    request_count integer DEFAULT 1 NOT NULL,
    average_confidence numeric(3,2),
    cache_hit_rate numeric(3,2) DEFAULT 1.0 NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT verification_cache_access_count_check CHECK ((access_count >= 0)),
    CONSTRAINT verification_cache_average_confidence_check CHECK (((average_confidence >= (0)::numeric) AND (average_confidence <= (1)::numeric))),
    CONSTRAINT verification_cache_cache_hit_rate_check CHECK (((cache_hit_rate >= (0)::numeric) AND (cache_hit_rate <= (1)::numeric))),
    CONSTRAINT verification_cache_cache_key_check CHECK ((length((cache_key)::text) > 0)),
    CONSTRAINT verification_cache_compression_ratio_check CHECK (((compression_ratio > (0)::numeric) AND (compression_ratio < 'NaN'::numeric))),
    CONSTRAINT verification_cache_request_count_check CHECK ((request_count >= 0)),
    CONSTRAINT verification_cache_request_hash_check CHECK (((request_hash)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT verification_cache_result_hash_check CHECK (((result_hash)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT verification_cache_size_bytes_check CHECK ((size_bytes >= 0))
);
ALTER TABLE ONLY public.verification_cache ALTER COLUMN cache_key SET STATISTICS 0;
ALTER TABLE ONLY public.verification_cache ALTER COLUMN request_hash SET STATISTICS 0;
ALTER TABLE ONLY public.verification_cache ALTER COLUMN result_data SET STATISTICS 0;
ALTER TABLE ONLY public.verification_cache ALTER COLUMN result_hash SET STATISTICS 0;
ALTER TABLE ONLY public.verification_cache ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.verification_cache ALTER COLUMN expires_at SET STATISTICS 1;
ALTER TABLE ONLY public.verification_cache ALTER COLUMN access_count SET STATISTICS 0;
ALTER TABLE ONLY public.verification_cache ALTER COLUMN last_accessed_at SET STATISTICS 1;
ALTER TABLE ONLY public.verification_cache ALTER COLUMN size_bytes SET STATISTICS 0;
ALTER TABLE ONLY public.verification_cache ALTER COLUMN compression_ratio SET STATISTICS 0;
ALTER TABLE ONLY public.verification_cache ALTER COLUMN request_count SET STATISTICS 0;
ALTER TABLE ONLY public.verification_cache ALTER COLUMN average_confidence SET STATISTICS 0;
ALTER TABLE ONLY public.verification_cache ALTER COLUMN cache_hit_rate SET STATISTICS 0;

ALTER TABLE ONLY public.verification_cache FORCE ROW LEVEL SECURITY;

CREATE TABLE public.verification_requests (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    content text NOT NULL,
    source text,
    context text,
    priority character varying(20) DEFAULT 'medium'::character varying NOT NULL,
    priority_rank smallint GENERATED ALWAYS AS (
CASE priority
    WHEN 'critical'::text THEN 4
    WHEN 'high'::text THEN 3
    WHEN 'medium'::text THEN 2
    ELSE 1
END) STORED NOT NULL,
    timeout_ms bigint DEFAULT 30000 NOT NULL,
    verification_types text[] DEFAULT '{}'::text[] NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    status character varying(20) DEFAULT 'pending'::character varying NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    completed_at timestamp with time zone,
    processing_time_ms bigint,
    error_message text,
    error_code character varying(50),
    retry_count integer DEFAULT 0 NOT NULL,
    max_retries integer DEFAULT 3 NOT NULL,
    cache_key character varying(128),
    content_vector tsvector GENERATED ALWAYS AS ((setweight(to_tsvector('english'::regconfig, "left"(content, 100000)), 'A'::"char") || setweight(to_tsvector('english'::regconfig, "left"(COALESCE(context, ''::text), 10000)), 'B'::"char"))) STORED NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT verification_requests_content_check CHECK ((length(content) > 0)),
    CONSTRAINT verification_requests_max_retries_check CHECK ((max_retries >= 0)),
    CONSTRAINT verification_requests_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT verification_requests_priority_check CHECK (((priority)::text = ANY ((ARRAY['low'::character varying, 'medium'::character varying, 'high'::character varying, 'critical'::character varying])::text[]))),
    CONSTRAINT verification_requests_processing_time_ms_check CHECK ((processing_time_ms >= 0)),
    CONSTRAINT verification_requests_retry_count_check CHECK ((retry_count >= 0)),
    CONSTRAINT verification_requests_status_check CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'processing'::character varying, 'completed'::character varying, 'failed'::character varying, 'cancelled'::character varying])::text[]))),
    CONSTRAINT verification_requests_timeout_ms_check CHECK ((timeout_ms > 0))
);
ALTER TABLE ONLY public.verification_requests ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN source SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN context SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN priority SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN priority_rank SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN timeout_ms SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN verification_types SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN status SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN started_at SET STATISTICS 1;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN completed_at SET STATISTICS 1;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN processing_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN error_message SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN error_code SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN retry_count SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN max_retries SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN cache_key SET STATISTICS 0;
ALTER TABLE ONLY public.verification_requests ALTER COLUMN content_vector SET STATISTICS 0;

ALTER TABLE ONLY public.verification_requests FORCE ROW LEVEL SECURITY;

CREATE TABLE public.verification_results (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    request_id uuid NOT NULL,
    verdict character varying(30) NOT NULL,
    confidence numeric(3,2) NOT NULL,
    reasoning text[] DEFAULT '{}'::text[] NOT NULL,
    supporting_evidence jsonb DEFAULT '[]'::jsonb NOT NULL,
    contradictory_evidence jsonb DEFAULT '[]'::jsonb NOT NULL,
    verification_methods jsonb DEFAULT '[]'::jsonb NOT NULL,
    processing_time_ms bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    evidence_quality_score numeric(3,2),
    consensus_strength numeric(3,2),
    uncertainty_bounds jsonb,
    error_message text,
    error_code character varying(50),
    verified_by character varying(100),
    verification_version character varying(20),
    result_hash character varying(64),
    cache_expiry timestamp with time zone,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT verification_results_confidence_check CHECK (((confidence >= (0)::numeric) AND (confidence <= (1)::numeric))),
    CONSTRAINT verification_results_consensus_strength_check CHECK (((consensus_strength >= (0)::numeric) AND (consensus_strength <= (1)::numeric))),
    CONSTRAINT verification_results_contradictory_evidence_check CHECK ((jsonb_typeof(contradictory_evidence) = 'array'::text)),
    CONSTRAINT verification_results_evidence_quality_score_check CHECK (((evidence_quality_score >= (0)::numeric) AND (evidence_quality_score <= (1)::numeric))),
    CONSTRAINT verification_results_processing_time_ms_check CHECK ((processing_time_ms >= 0)),
    CONSTRAINT verification_results_result_hash_check CHECK (((result_hash)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT verification_results_supporting_evidence_check CHECK ((jsonb_typeof(supporting_evidence) = 'array'::text)),
    CONSTRAINT verification_results_uncertainty_bounds_check CHECK ((jsonb_typeof(uncertainty_bounds) = 'object'::text)),
    CONSTRAINT verification_results_verdict_check CHECK (((verdict)::text = ANY ((ARRAY['verified_true'::character varying, 'verified_false'::character varying, 'partially_true'::character varying, 'unverified'::character varying, 'contradictory'::character varying, 'insufficient_data'::character varying])::text[]))),
    CONSTRAINT verification_results_verification_methods_check CHECK ((jsonb_typeof(verification_methods) = 'array'::text))
);
ALTER TABLE ONLY public.verification_results ALTER COLUMN verdict SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN confidence SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN reasoning SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN supporting_evidence SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN contradictory_evidence SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN verification_methods SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN processing_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.verification_results ALTER COLUMN evidence_quality_score SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN consensus_strength SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN uncertainty_bounds SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN error_message SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN error_code SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN verified_by SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN verification_version SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN result_hash SET STATISTICS 0;
ALTER TABLE ONLY public.verification_results ALTER COLUMN cache_expiry SET STATISTICS 1;

ALTER TABLE ONLY public.verification_results FORCE ROW LEVEL SECURITY;

CREATE VIEW public.verification_performance WITH (security_invoker='true') AS
 SELECT result.id,
    result.verdict,
    result.confidence,
    result.processing_time_ms,
    result.created_at,
    request.priority,
    request.status,
    request.retry_count,
    cardinality(result.reasoning) AS reasoning_count,
    jsonb_array_length(result.supporting_evidence) AS supporting_evidence_count,
    jsonb_array_length(result.contradictory_evidence) AS contradictory_evidence_count,
    jsonb_array_length(result.verification_methods) AS methods_used
   FROM (public.verification_results result
     JOIN public.verification_requests request ON ((request.id = result.request_id)));

CREATE VIEW public.web_cache_performance WITH (security_invoker='true') AS
 SELECT count(*) AS total_entries,
    COALESCE(sum(hit_count), (0)::bigint) AS total_hits,
    avg(hit_count) AS avg_hits_per_entry,
    COALESCE(sum(cache_size_bytes), (0)::bigint) AS total_cache_size_bytes,
    count(*) FILTER (WHERE (expires_at >= now())) AS active_entries,
    count(*) FILTER (WHERE (expires_at < now())) AS expired_entries,
    count(*) FILTER (WHERE (last_accessed > (now() - '01:00:00'::interval))) AS entries_accessed_last_hour,
    count(*) FILTER (WHERE (last_accessed > (now() - '06:00:00'::interval))) AS entries_accessed_last_6hours,
    count(*) FILTER (WHERE (last_accessed > (now() - '12:00:00'::interval))) AS entries_accessed_last_12hours,
    count(*) FILTER (WHERE (last_accessed > (now() - '24:00:00'::interval))) AS entries_accessed_last_24hours
   FROM public.web_cache entry;

CREATE TABLE public.web_content (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    url text NOT NULL,
    title text NOT NULL,
    content text NOT NULL,
    html text,
    content_hash character varying(64) NOT NULL,
    quality character varying(20) DEFAULT 'unknown'::character varying NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    extraction_type character varying(20) NOT NULL,
    extracted_at timestamp with time zone DEFAULT now() NOT NULL,
    cached_until timestamp with time zone NOT NULL,
    extraction_time_ms bigint NOT NULL,
    content_size_bytes integer NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT web_content_content_hash_check CHECK (((content_hash)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT web_content_content_size_bytes_check CHECK ((content_size_bytes >= 0)),
    CONSTRAINT web_content_extraction_time_ms_check CHECK ((extraction_time_ms >= 0)),
    CONSTRAINT web_content_extraction_type_check CHECK (((extraction_type)::text = ANY ((ARRAY['full_page'::character varying, 'main_content'::character varying, 'specific_element'::character varying, 'metadata'::character varying])::text[]))),
    CONSTRAINT web_content_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
    CONSTRAINT web_content_quality_check CHECK (((quality)::text = ANY ((ARRAY['high'::character varying, 'medium'::character varying, 'low'::character varying, 'unknown'::character varying])::text[]))),
    CONSTRAINT web_content_url_check CHECK (((octet_length(url) >= 1) AND (octet_length(url) <= 2048)))
);
ALTER TABLE ONLY public.web_content ALTER COLUMN url SET STATISTICS 0;
ALTER TABLE ONLY public.web_content ALTER COLUMN title SET STATISTICS 0;
ALTER TABLE ONLY public.web_content ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY public.web_content ALTER COLUMN html SET STATISTICS 0;
ALTER TABLE ONLY public.web_content ALTER COLUMN content_hash SET STATISTICS 0;
ALTER TABLE ONLY public.web_content ALTER COLUMN quality SET STATISTICS 0;
ALTER TABLE ONLY public.web_content ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE ONLY public.web_content ALTER COLUMN extraction_type SET STATISTICS 0;
ALTER TABLE ONLY public.web_content ALTER COLUMN extracted_at SET STATISTICS 1;
ALTER TABLE ONLY public.web_content ALTER COLUMN cached_until SET STATISTICS 1;
ALTER TABLE ONLY public.web_content ALTER COLUMN extraction_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.web_content ALTER COLUMN content_size_bytes SET STATISTICS 0;

ALTER TABLE ONLY public.web_content FORCE ROW LEVEL SECURITY;

CREATE TABLE public.web_extraction_metrics (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    content_id uuid NOT NULL,
    total_time_ms bigint NOT NULL,
    fetch_time_ms bigint NOT NULL,
    parse_time_ms bigint NOT NULL,
    sanitize_time_ms bigint NOT NULL,
    status_code integer NOT NULL,
    content_type character varying(100),
    content_length integer,
    redirect_count integer DEFAULT 0 NOT NULL,
    ssl_verified boolean NOT NULL,
    malicious_detected boolean DEFAULT false NOT NULL,
    sanitization_applied boolean DEFAULT false NOT NULL,
    extracted_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT web_extraction_metrics_content_length_check CHECK ((content_length >= 0)),
    CONSTRAINT web_extraction_metrics_fetch_time_ms_check CHECK ((fetch_time_ms >= 0)),
    CONSTRAINT web_extraction_metrics_parse_time_ms_check CHECK ((parse_time_ms >= 0)),
    CONSTRAINT web_extraction_metrics_redirect_count_check CHECK ((redirect_count >= 0)),
    CONSTRAINT web_extraction_metrics_sanitize_time_ms_check CHECK ((sanitize_time_ms >= 0)),
    CONSTRAINT web_extraction_metrics_status_code_check CHECK (((status_code >= 100) AND (status_code <= 599))),
    CONSTRAINT web_extraction_metrics_total_time_ms_check CHECK ((total_time_ms >= 0))
);
ALTER TABLE ONLY public.web_extraction_metrics ALTER COLUMN total_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.web_extraction_metrics ALTER COLUMN fetch_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.web_extraction_metrics ALTER COLUMN parse_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.web_extraction_metrics ALTER COLUMN sanitize_time_ms SET STATISTICS 0;
ALTER TABLE ONLY public.web_extraction_metrics ALTER COLUMN status_code SET STATISTICS 0;
ALTER TABLE ONLY public.web_extraction_metrics ALTER COLUMN content_type SET STATISTICS 0;
ALTER TABLE ONLY public.web_extraction_metrics ALTER COLUMN content_length SET STATISTICS 0;
ALTER TABLE ONLY public.web_extraction_metrics ALTER COLUMN redirect_count SET STATISTICS 0;
ALTER TABLE ONLY public.web_extraction_metrics ALTER COLUMN ssl_verified SET STATISTICS 0;
ALTER TABLE ONLY public.web_extraction_metrics ALTER COLUMN malicious_detected SET STATISTICS 0;
ALTER TABLE ONLY public.web_extraction_metrics ALTER COLUMN sanitization_applied SET STATISTICS 0;
ALTER TABLE ONLY public.web_extraction_metrics ALTER COLUMN extracted_at SET STATISTICS 1;

ALTER TABLE ONLY public.web_extraction_metrics FORCE ROW LEVEL SECURITY;

CREATE VIEW public.web_extraction_performance WITH (security_invoker='true') AS
 SELECT date_trunc('hour'::text, extracted_at, 'UTC'::text) AS hour,
    count(*) AS extractions_count,
    avg(total_time_ms) AS avg_total_time_ms,
    percentile_cont((0.50)::double precision) WITHIN GROUP (ORDER BY ((total_time_ms)::double precision)) AS p50_total_time_ms,
    percentile_cont((0.95)::double precision) WITHIN GROUP (ORDER BY ((total_time_ms)::double precision)) AS p95_total_time_ms,
    percentile_cont((0.99)::double precision) WITHIN GROUP (ORDER BY ((total_time_ms)::double precision)) AS p99_total_time_ms,
    avg(fetch_time_ms) AS avg_fetch_time_ms,
    avg(parse_time_ms) AS avg_parse_time_ms,
    avg(sanitize_time_ms) AS avg_sanitize_time_ms,
    count(*) FILTER (WHERE malicious_detected) AS malicious_detected_count,
    count(*) FILTER (WHERE (status_code >= 400)) AS error_responses_count
   FROM public.web_extraction_metrics metric
  GROUP BY (date_trunc('hour'::text, extracted_at, 'UTC'::text));

CREATE TABLE public.web_rate_limits (
    domain character varying(255) NOT NULL,
    status character varying(20) DEFAULT 'ok'::character varying NOT NULL,
    requests_in_window integer DEFAULT 0 NOT NULL,
    window_start timestamp with time zone DEFAULT now() NOT NULL,
    window_end timestamp with time zone NOT NULL,
    backoff_until timestamp with time zone,
    backoff_count integer DEFAULT 0 NOT NULL,
    last_request timestamp with time zone DEFAULT now() NOT NULL,
    total_requests bigint DEFAULT 0 NOT NULL,
    consecutive_errors integer DEFAULT 0 NOT NULL,
    last_error_message text,
    last_error_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT web_rate_limits_backoff_count_check CHECK ((backoff_count >= 0)),
    CONSTRAINT web_rate_limits_consecutive_errors_check CHECK ((consecutive_errors >= 0)),
    CONSTRAINT web_rate_limits_domain_check CHECK ((length((domain)::text) > 0)),
    CONSTRAINT web_rate_limits_requests_in_window_check CHECK ((requests_in_window >= 0)),
    CONSTRAINT web_rate_limits_status_check CHECK (((status)::text = ANY ((ARRAY['ok'::character varying, 'throttled'::character varying, 'blocked'::character varying])::text[]))),
    CONSTRAINT web_rate_limits_total_requests_check CHECK ((total_requests >= 0)),
    CONSTRAINT web_rate_limits_window_check CHECK ((window_start < window_end))
);
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN domain SET STATISTICS 0;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN status SET STATISTICS 0;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN requests_in_window SET STATISTICS 0;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN window_start SET STATISTICS 1;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN window_end SET STATISTICS 1;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN backoff_until SET STATISTICS 1;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN backoff_count SET STATISTICS 0;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN last_request SET STATISTICS 1;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN total_requests SET STATISTICS 0;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN consecutive_errors SET STATISTICS 0;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN last_error_message SET STATISTICS 0;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN last_error_at SET STATISTICS 1;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN created_at SET STATISTICS 1;
ALTER TABLE ONLY public.web_rate_limits ALTER COLUMN updated_at SET STATISTICS 1;

ALTER TABLE ONLY public.web_rate_limits FORCE ROW LEVEL SECURITY;

CREATE VIEW public.web_rate_limit_status WITH (security_invoker='true') AS
 SELECT domain,
    status,
    requests_in_window,
    backoff_until,
    backoff_count,
    consecutive_errors,
    total_requests,
    last_request,
    GREATEST(EXTRACT(epoch FROM (backoff_until - now())), (0)::numeric) AS seconds_until_backoff_expires
   FROM public.web_rate_limits host
  WHERE (((status)::text <> 'ok'::text) OR (backoff_until > now()));

CREATE TABLE public.web_traversals (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    session_id character varying(64) NOT NULL,
    start_url text NOT NULL,
    max_depth integer DEFAULT 3 NOT NULL,
    max_pages integer DEFAULT 50 NOT NULL,
    strategy character varying(20) NOT NULL,
    same_domain_only boolean DEFAULT true NOT NULL,
    respect_robots_txt boolean DEFAULT true NOT NULL,
    status character varying(20) DEFAULT 'pending'::character varying NOT NULL,
    pages_visited integer DEFAULT 0 NOT NULL,
    pages_skipped integer DEFAULT 0 NOT NULL,
    errors_encountered integer DEFAULT 0 NOT NULL,
    max_depth_reached integer DEFAULT 0 NOT NULL,
    total_content_bytes bigint DEFAULT 0 NOT NULL,
    rate_limit_encounters integer DEFAULT 0 NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    completed_at timestamp with time zone,
    error_message text,
    config_metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT web_traversals_config_metadata_check CHECK ((jsonb_typeof(config_metadata) = 'object'::text)),
    CONSTRAINT web_traversals_errors_encountered_check CHECK ((errors_encountered >= 0)),
    CONSTRAINT web_traversals_max_depth_check CHECK (((max_depth >= 1) AND (max_depth <= 10))),
    CONSTRAINT web_traversals_max_depth_reached_check CHECK ((max_depth_reached >= 0)),
    CONSTRAINT web_traversals_max_pages_check CHECK ((max_pages >= 1)),
    CONSTRAINT web_traversals_pages_skipped_check CHECK ((pages_skipped >= 0)),
    CONSTRAINT web_traversals_pages_visited_check CHECK ((pages_visited >= 0)),
    CONSTRAINT web_traversals_rate_limit_encounters_check CHECK ((rate_limit_encounters >= 0)),
    CONSTRAINT web_traversals_session_id_check CHECK ((length((session_id)::text) > 0)),
    CONSTRAINT web_traversals_start_url_check CHECK (((octet_length(start_url) >= 1) AND (octet_length(start_url) <= 2048))),
    CONSTRAINT web_traversals_status_check CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'running'::character varying, 'completed'::character varying, 'failed'::character varying])::text[]))),
    CONSTRAINT web_traversals_strategy_check CHECK (((strategy)::text = ANY ((ARRAY['breadth_first'::character varying, 'depth_first'::character varying, 'relevance_based'::character varying])::text[]))),
    CONSTRAINT web_traversals_total_content_bytes_check CHECK ((total_content_bytes >= 0))
);
ALTER TABLE ONLY public.web_traversals ALTER COLUMN session_id SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN start_url SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN max_depth SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN max_pages SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN strategy SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN same_domain_only SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN respect_robots_txt SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN status SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN pages_visited SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN pages_skipped SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN errors_encountered SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN max_depth_reached SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN total_content_bytes SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN rate_limit_encounters SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN started_at SET STATISTICS 1;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN completed_at SET STATISTICS 1;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN error_message SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversals ALTER COLUMN config_metadata SET STATISTICS 0;

ALTER TABLE ONLY public.web_traversals FORCE ROW LEVEL SECURITY;

CREATE VIEW public.web_traversal_analysis WITH (security_invoker='true') AS
 SELECT id,
    session_id,
    start_url,
    strategy,
    status,
    pages_visited,
    pages_skipped,
    errors_encountered,
    max_depth_reached,
    total_content_bytes,
    rate_limit_encounters,
    (EXTRACT(epoch FROM (completed_at - started_at)) * (1000)::numeric) AS duration_ms,
    started_at,
    completed_at
   FROM public.web_traversals traversal;

CREATE TABLE public.web_traversal_nodes (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    traversal_id uuid NOT NULL,
    url text NOT NULL,
    depth integer NOT NULL,
    status character varying(20) DEFAULT 'pending'::character varying NOT NULL,
    content_id uuid,
    parent_id uuid,
    link_text text,
    link_type character varying(20),
    discovered_at timestamp with time zone DEFAULT now() NOT NULL,
    visited_at timestamp with time zone,
    error_message text,
    tenant_id character varying(255) DEFAULT app.current_tenant_id() NOT NULL,
    CONSTRAINT web_traversal_nodes_depth_check CHECK ((depth >= 0)),
    CONSTRAINT web_traversal_nodes_link_type_check CHECK (((link_type)::text = ANY ((ARRAY['internal'::character varying, 'external'::character varying])::text[]))),
    CONSTRAINT web_traversal_nodes_status_check CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'visited'::character varying, 'skipped'::character varying, 'error'::character varying])::text[]))),
    CONSTRAINT web_traversal_nodes_url_check CHECK (((octet_length(url) >= 1) AND (octet_length(url) <= 2048)))
);
ALTER TABLE ONLY public.web_traversal_nodes ALTER COLUMN url SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversal_nodes ALTER COLUMN depth SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversal_nodes ALTER COLUMN status SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversal_nodes ALTER COLUMN link_text SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversal_nodes ALTER COLUMN link_type SET STATISTICS 0;
ALTER TABLE ONLY public.web_traversal_nodes ALTER COLUMN discovered_at SET STATISTICS 1;
ALTER TABLE ONLY public.web_traversal_nodes ALTER COLUMN visited_at SET STATISTICS 1;
ALTER TABLE ONLY public.web_traversal_nodes ALTER COLUMN error_message SET STATISTICS 0;

ALTER TABLE ONLY public.web_traversal_nodes FORCE ROW LEVEL SECURITY;

ALTER TABLE ONLY app.capability_vectors
    ADD CONSTRAINT capability_vectors_pkey PRIMARY KEY (tenant_id, capability_id, segment);

ALTER TABLE ONLY app.context_keys
    ADD CONSTRAINT context_keys_pkey PRIMARY KEY (key_id);

ALTER TABLE ONLY app.pending_vectors
    ADD CONSTRAINT pending_vectors_pkey PRIMARY KEY (tenant_id, capability_id) INCLUDE (bits);

ALTER TABLE ONLY app.privacy_releases
    ADD CONSTRAINT privacy_releases_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY app.system_access
    ADD CONSTRAINT system_access_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.tenant_maintenance
    ADD CONSTRAINT tenant_maintenance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY app.vector_indexes
    ADD CONSTRAINT vector_indexes_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.__migrations__
    ADD CONSTRAINT __migrations___pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.agent_capabilities_graph
    ADD CONSTRAINT agent_capabilities_graph_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.agent_capabilities
    ADD CONSTRAINT agent_capabilities_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.agent_cooccurrences
    ADD CONSTRAINT agent_cooccurrences_pkey PRIMARY KEY (tenant_id, context_id, agent_id);

ALTER TABLE ONLY public.agent_degrees
    ADD CONSTRAINT agent_degrees_pkey PRIMARY KEY (tenant_id, agent_id, id) INCLUDE (counts_from, outgoing, incoming, undirected);

ALTER TABLE ONLY public.agent_performance_events
    ADD CONSTRAINT agent_performance_events_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.agent_performance_history
    ADD CONSTRAINT agent_performance_history_pkey PRIMARY KEY (tenant_id, agent_id);

ALTER TABLE ONLY public.agent_performance_profiles
    ADD CONSTRAINT agent_performance_profiles_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.agent_performance_profiles
    ADD CONSTRAINT agent_performance_profiles_unique_agent_task_window UNIQUE (tenant_id, agent_id, task_type, aggregation_window, start_time);

ALTER TABLE ONLY public.agent_profiles
    ADD CONSTRAINT agent_profiles_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.agent_relationship_history
    ADD CONSTRAINT agent_relationship_history_pkey PRIMARY KEY (tenant_id, id, recorded_at);

ALTER TABLE ONLY public.agent_relationships
    ADD CONSTRAINT agent_relationships_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.aggregated_insights
    ADD CONSTRAINT aggregated_insights_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.benchmark_datasets
    ADD CONSTRAINT benchmark_datasets_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.benchmark_evaluations
    ADD CONSTRAINT benchmark_evaluations_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.caws_provenance_graph
    ADD CONSTRAINT caws_provenance_graph_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.caws_provenance_graph
    ADD CONSTRAINT caws_provenance_graph_seq_key UNIQUE (tenant_id, seq);

ALTER TABLE ONLY public.current_load
    ADD CONSTRAINT current_load_pkey PRIMARY KEY (tenant_id, agent_id);

ALTER TABLE ONLY public.data_quality_metrics
    ADD CONSTRAINT data_quality_metrics_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.data_retention_policies
    ADD CONSTRAINT data_retention_policies_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.entity_chunk_mappings
    ADD CONSTRAINT entity_chunk_mappings_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.entity_similarity_cache
    ADD CONSTRAINT entity_similarity_cache_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.federated_contributions
    ADD CONSTRAINT federated_contributions_pkey PRIMARY KEY (tenant_id, session_id, round, topic_key);

ALTER TABLE ONLY public.federated_partial_sums
    ADD CONSTRAINT federated_partial_sums_pkey PRIMARY KEY (tenant_id, session_id, round, topic_key);

ALTER TABLE ONLY public.federated_participants
    ADD CONSTRAINT federated_participants_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.federated_sessions
    ADD CONSTRAINT federated_sessions_pkey PRIMARY KEY (tenant_id, session_id);

ALTER TABLE ONLY public.federated_shares
    ADD CONSTRAINT federated_shares_pkey PRIMARY KEY (tenant_id, session_id, round, topic_key, party);

ALTER TABLE ONLY public.git_commits
    ADD CONSTRAINT git_commits_pkey PRIMARY KEY (tenant_id, hash);

ALTER TABLE ONLY public.graph_config
    ADD CONSTRAINT graph_config_pkey PRIMARY KEY (tenant_id, key);

ALTER TABLE ONLY public.graph_search_sessions
    ADD CONSTRAINT graph_search_sessions_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.knowledge_cache
    ADD CONSTRAINT knowledge_cache_cache_key_unique UNIQUE (tenant_id, cache_key);

ALTER TABLE ONLY public.knowledge_cache
    ADD CONSTRAINT knowledge_cache_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.knowledge_queries
    ADD CONSTRAINT knowledge_queries_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.knowledge_responses
    ADD CONSTRAINT knowledge_responses_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.offloaded_contexts
    ADD CONSTRAINT offloaded_contexts_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.performance_anomalies
    ADD CONSTRAINT performance_anomalies_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.performance_events
    ADD CONSTRAINT performance_events_integrity_hash_unique UNIQUE (tenant_id, integrity_hash);

ALTER TABLE ONLY public.performance_events
    ADD CONSTRAINT performance_events_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.provenance_checkpoints
    ADD CONSTRAINT provenance_checkpoints_pkey PRIMARY KEY (tenant_id, size);

ALTER TABLE ONLY public.provenance_cosignatures
    ADD CONSTRAINT provenance_cosignatures_pkey PRIMARY KEY (tenant_id, size, witness, key_hash);

ALTER TABLE ONLY public.provenance_embeddings
    ADD CONSTRAINT provenance_embeddings_pkey PRIMARY KEY (tenant_id, node_id);

ALTER TABLE ONLY public.provenance_heads
    ADD CONSTRAINT provenance_heads_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.provenance_parents
    ADD CONSTRAINT provenance_parents_pkey PRIMARY KEY (tenant_id, node_id, parent_id);

ALTER TABLE ONLY public.provenance_records
    ADD CONSTRAINT provenance_records_pkey PRIMARY KEY (tenant_id, verdict_id);

ALTER TABLE ONLY public.provenance_refs
    ADD CONSTRAINT provenance_refs_pkey PRIMARY KEY (tenant_id, seq, ref);

ALTER TABLE ONLY public.provenance_signing_keys
    ADD CONSTRAINT provenance_signing_keys_pkey PRIMARY KEY (tenant_id, key_id);

ALTER TABLE ONLY public.provenance_tiles
    ADD CONSTRAINT provenance_tiles_pkey PRIMARY KEY (tenant_id, level, tile_index);

ALTER TABLE ONLY public.queue_configuration
    ADD CONSTRAINT queue_configuration_config_key_key UNIQUE (tenant_id, config_key);

ALTER TABLE ONLY public.queue_configuration
    ADD CONSTRAINT queue_configuration_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.queue_statistics
    ADD CONSTRAINT queue_statistics_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.queue_statistics
    ADD CONSTRAINT queue_statistics_recorded_at_key UNIQUE (tenant_id, recorded_at);

ALTER TABLE ONLY public.agent_relationships
    ADD CONSTRAINT relationship_periods_do_not_overlap EXCLUDE USING gist (app.relationship_key(tenant_id, source_agent_id, target_agent_id, type) WITH =, tstzrange(valid_from, valid_to) WITH &&);

ALTER TABLE ONLY public.rl_training_batches
    ADD CONSTRAINT rl_training_batches_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.search_provider_health
    ADD CONSTRAINT search_provider_health_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.search_provider_health
    ADD CONSTRAINT search_provider_health_provider_name_unique UNIQUE (tenant_id, provider_name);

ALTER TABLE ONLY public.search_results
    ADD CONSTRAINT search_results_content_hash_unique UNIQUE (tenant_id, content_hash);

ALTER TABLE ONLY public.search_results
    ADD CONSTRAINT search_results_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.session_participants
    ADD CONSTRAINT session_participants_pkey PRIMARY KEY (tenant_id, session_id, participant_tenant_id);

ALTER TABLE ONLY public.subject_keys
    ADD CONSTRAINT subject_keys_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.subject_keys
    ADD CONSTRAINT subject_keys_subject_sha256_key UNIQUE (tenant_id, subject_sha256);

ALTER TABLE ONLY public.system_health_metrics
    ADD CONSTRAINT system_health_metrics_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.task_assignments
    ADD CONSTRAINT task_assignments_assignment_id_key UNIQUE (tenant_id, assignment_id);

ALTER TABLE ONLY public.task_assignments
    ADD CONSTRAINT task_assignments_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.task_execution_history
    ADD CONSTRAINT task_execution_history_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.task_queue
    ADD CONSTRAINT task_queue_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.task_queue
    ADD CONSTRAINT task_queue_task_id_key UNIQUE (tenant_id, task_id);

ALTER TABLE ONLY public.task_research_provenance
    ADD CONSTRAINT task_research_provenance_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.tenant_access_log
    ADD CONSTRAINT tenant_access_log_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.tenant_access_policies
    ADD CONSTRAINT tenant_access_policies_pkey PRIMARY KEY (tenant_id, resource_type);

ALTER TABLE ONLY public.tenant_encryption_keys
    ADD CONSTRAINT tenant_encryption_keys_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.tenant_encryption_keys
    ADD CONSTRAINT tenant_encryption_keys_version_key UNIQUE (tenant_id, version);

ALTER TABLE ONLY public.tenant_privacy_config
    ADD CONSTRAINT tenant_privacy_config_pkey PRIMARY KEY (tenant_id);

ALTER TABLE ONLY public.tenant_privacy_ledger
    ADD CONSTRAINT tenant_privacy_ledger_pkey PRIMARY KEY (tenant_id, entry);

ALTER TABLE ONLY public.tenant_sharing_rules
    ADD CONSTRAINT tenant_sharing_rules_pkey PRIMARY KEY (tenant_id, target_tenant_id);

ALTER TABLE ONLY public.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.agent_capabilities_graph
    ADD CONSTRAINT unique_agent_capability UNIQUE (tenant_id, agent_id, canonical_name);

ALTER TABLE ONLY public.agent_capabilities
    ADD CONSTRAINT unique_agent_capability_value UNIQUE (tenant_id, agent_id, capability_type, capability_value);

ALTER TABLE ONLY public.agent_profiles
    ADD CONSTRAINT unique_agent_name UNIQUE (tenant_id, name);

ALTER TABLE ONLY public.caws_provenance_graph
    ADD CONSTRAINT unique_entity UNIQUE (tenant_id, entity_type, entity_id);

ALTER TABLE ONLY public.aggregated_insights
    ADD CONSTRAINT unique_session_topic UNIQUE (tenant_id, session_id, topic_key, round);

ALTER TABLE ONLY public.entity_similarity_cache
    ADD CONSTRAINT unique_similarity_pair UNIQUE (tenant_id, entity1_id, entity2_id);

ALTER TABLE ONLY public.verification_cache
    ADD CONSTRAINT verification_cache_cache_key_unique UNIQUE (tenant_id, cache_key);

ALTER TABLE ONLY public.verification_cache
    ADD CONSTRAINT verification_cache_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.verification_cache
    ADD CONSTRAINT verification_cache_request_hash_unique UNIQUE (tenant_id, request_hash);

ALTER TABLE ONLY public.verification_evidence
    ADD CONSTRAINT verification_evidence_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.verification_methods
    ADD CONSTRAINT verification_methods_method_type_unique UNIQUE (tenant_id, method_type);

ALTER TABLE ONLY public.verification_methods
    ADD CONSTRAINT verification_methods_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.verification_requests
    ADD CONSTRAINT verification_requests_cache_key_unique UNIQUE (tenant_id, cache_key);

ALTER TABLE ONLY public.verification_requests
    ADD CONSTRAINT verification_requests_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.verification_results
    ADD CONSTRAINT verification_results_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.verification_results
    ADD CONSTRAINT verification_results_result_hash_unique UNIQUE (tenant_id, result_hash);

ALTER TABLE ONLY public.web_cache
    ADD CONSTRAINT web_cache_pkey PRIMARY KEY (tenant_id, url);

ALTER TABLE ONLY public.web_content
    ADD CONSTRAINT web_content_content_hash_unique UNIQUE (tenant_id, content_hash);

ALTER TABLE ONLY public.web_content
    ADD CONSTRAINT web_content_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.web_extraction_metrics
    ADD CONSTRAINT web_extraction_metrics_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.web_rate_limits
    ADD CONSTRAINT web_rate_limits_pkey PRIMARY KEY (tenant_id, domain);

ALTER TABLE ONLY public.web_traversal_nodes
    ADD CONSTRAINT web_traversal_nodes_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.web_traversals
    ADD CONSTRAINT web_traversals_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY public.web_traversals
    ADD CONSTRAINT web_traversals_session_id_unique UNIQUE (tenant_id, session_id);

CREATE INDEX idx_capabilities_embedding ON ONLY app.capability_vectors USING hnsw (embedding public.halfvec_cosine_ops) WITH (m='16', ef_construction='64');

CREATE INDEX idx_tenant_maintenance_transaction ON app.tenant_maintenance USING btree (transaction_id);

CREATE INDEX idx_agent_capabilities_type_value ON public.agent_capabilities USING btree (tenant_id, capability_type, capability_value, agent_id);

CREATE INDEX idx_agent_performance_events_agent ON public.agent_performance_events USING btree (tenant_id, agent_id, recorded_at DESC, id DESC);

CREATE INDEX idx_agent_performance_events_recorded_at ON public.agent_performance_events USING btree (tenant_id, recorded_at DESC);

CREATE INDEX idx_agent_performance_history_success_rate ON public.agent_performance_history USING btree (tenant_id, success_rate DESC);

CREATE INDEX idx_agent_performance_profiles_confidence ON public.agent_performance_profiles USING btree (tenant_id, confidence_score DESC);

CREATE INDEX idx_agent_performance_profiles_trend ON public.agent_performance_profiles USING btree (tenant_id, trend_direction, trend_confidence DESC);

CREATE INDEX idx_agent_performance_profiles_window_time ON public.agent_performance_profiles USING btree (tenant_id, aggregation_window, end_time DESC);

CREATE INDEX idx_agent_profiles_last_active ON public.agent_profiles USING btree (tenant_id, last_active_at DESC);

CREATE INDEX idx_agent_profiles_stale ON public.agent_profiles USING btree (tenant_id, last_active_at) WHERE ((status)::text = 'active'::text);

CREATE INDEX idx_agent_profiles_utilization ON public.agent_profiles USING btree (tenant_id, utilization_percent) WHERE (active_tasks < 10);

CREATE INDEX idx_aggregated_insights_topic ON public.aggregated_insights USING btree (tenant_id, topic_key, created_at DESC);

CREATE INDEX idx_audit_log_table_name ON public.audit_log USING btree (tenant_id, table_name, "timestamp" DESC);

CREATE INDEX idx_audit_log_timestamp ON public.audit_log USING btree (tenant_id, "timestamp" DESC);

CREATE INDEX idx_audit_log_user_id ON public.audit_log USING btree (tenant_id, user_id, "timestamp" DESC);

CREATE INDEX idx_benchmark_datasets_active ON public.benchmark_datasets USING btree (tenant_id, id) WHERE is_active;

CREATE INDEX idx_benchmark_datasets_created ON public.benchmark_datasets USING btree (tenant_id, created_at DESC);

CREATE INDEX idx_benchmark_datasets_task_type ON public.benchmark_datasets USING btree (tenant_id, task_type);

CREATE INDEX idx_benchmark_evaluations_agent_dataset ON public.benchmark_evaluations USING btree (tenant_id, agent_id, dataset_id);

CREATE INDEX idx_benchmark_evaluations_dataset ON public.benchmark_evaluations USING btree (tenant_id, dataset_id);

CREATE INDEX idx_benchmark_evaluations_score ON public.benchmark_evaluations USING btree (tenant_id, overall_score DESC) WHERE ((status)::text = 'completed'::text);

CREATE INDEX idx_benchmark_evaluations_started ON public.benchmark_evaluations USING btree (tenant_id, started_at DESC);

CREATE INDEX idx_benchmark_evaluations_status ON public.benchmark_evaluations USING btree (tenant_id, status);

CREATE INDEX idx_capabilities_agent ON public.agent_capabilities_graph USING btree (tenant_id, agent_id, last_demonstrated DESC);

CREATE INDEX idx_capabilities_aliases ON public.agent_capabilities_graph USING btree (tenant_id, agent_id) WHERE (aliases <> '{}'::text[]);

CREATE INDEX idx_capabilities_canonical ON public.agent_capabilities_graph USING btree (tenant_id, canonical_name);

CREATE INDEX idx_capabilities_confidence ON public.agent_capabilities_graph USING btree (tenant_id, confidence DESC);

CREATE INDEX idx_capabilities_last_updated ON public.agent_capabilities_graph USING btree (tenant_id, last_updated DESC);

CREATE INDEX idx_capabilities_search ON public.agent_capabilities_graph USING gin (search_vector);

CREATE INDEX idx_capabilities_tenant ON public.agent_capabilities_graph USING btree (tenant_id) INCLUDE (id, embedding_bits, confidence, capability_type) WHERE ((embedding_bits IS NOT NULL) AND ((validation_status)::text <> 'rejected'::text));

CREATE INDEX idx_capabilities_type ON public.agent_capabilities_graph USING btree (tenant_id, capability_type);

CREATE INDEX idx_cooccurrences_agent ON public.agent_cooccurrences USING btree (tenant_id, agent_id, context_id);

CREATE INDEX idx_current_load_active_tasks ON public.current_load USING btree (tenant_id, active_tasks);

CREATE INDEX idx_current_load_utilization ON public.current_load USING btree (tenant_id, utilization_percent);

CREATE INDEX idx_data_quality_metrics_recorded ON public.data_quality_metrics USING btree (tenant_id, recorded_at DESC);

CREATE INDEX idx_data_quality_metrics_threshold ON public.data_quality_metrics USING btree (tenant_id, is_above_threshold);

CREATE INDEX idx_data_quality_metrics_type_agent ON public.data_quality_metrics USING btree (tenant_id, metric_type, agent_id);

CREATE INDEX idx_entity_chunks_chunk ON public.entity_chunk_mappings USING btree (tenant_id, chunk_id);

CREATE INDEX idx_entity_chunks_entity ON public.entity_chunk_mappings USING btree (tenant_id, entity_id, created_at DESC);

CREATE INDEX idx_entity_chunks_method ON public.entity_chunk_mappings USING btree (tenant_id, extraction_method);

CREATE INDEX idx_entity_chunks_type ON public.entity_chunk_mappings USING btree (tenant_id, chunk_type);

CREATE INDEX idx_federated_contributions_session ON public.federated_contributions USING hash (app.opaque(session_id));
ALTER INDEX public.idx_federated_contributions_session ALTER COLUMN 1 SET STATISTICS 0;

CREATE INDEX idx_federated_partial_sums_session ON public.federated_partial_sums USING hash (app.opaque(session_id));
ALTER INDEX public.idx_federated_partial_sums_session ALTER COLUMN 1 SET STATISTICS 0;

CREATE INDEX idx_federated_sessions_session ON public.federated_sessions USING hash (app.opaque(session_id));
ALTER INDEX public.idx_federated_sessions_session ALTER COLUMN 1 SET STATISTICS 0;

CREATE INDEX idx_federated_sessions_status ON public.federated_sessions USING btree (tenant_id, status, started_at DESC);

CREATE INDEX idx_federated_shares_session ON public.federated_shares USING hash (app.opaque(session_id));
ALTER INDEX public.idx_federated_shares_session ALTER COLUMN 1 SET STATISTICS 0;

CREATE INDEX idx_git_commits_provenance_record_id ON public.git_commits USING btree (tenant_id, provenance_record_id);

CREATE INDEX idx_hybrid_search_embedding ON public.hybrid_search_materialized USING hnsw (((public.binary_quantize(embedding))::bit(768)) public.bit_hamming_ops) WITH (m='16', ef_construction='64') WHERE (embedding IS NOT NULL);

CREATE INDEX idx_hybrid_search_tenant ON public.hybrid_search_materialized USING btree (tenant_id);

CREATE INDEX idx_hybrid_search_type ON public.hybrid_search_materialized USING btree (entity_type);

CREATE INDEX idx_knowledge_cache_access ON public.knowledge_cache USING btree (tenant_id, last_accessed_at DESC, access_count DESC);

CREATE INDEX idx_knowledge_cache_expires ON public.knowledge_cache USING btree (tenant_id, expires_at);

CREATE INDEX idx_knowledge_queries_created_at ON public.knowledge_queries USING btree (tenant_id, created_at DESC);

CREATE INDEX idx_knowledge_queries_priority ON public.knowledge_queries USING btree (tenant_id, priority DESC, created_at);

CREATE INDEX idx_knowledge_queries_requester ON public.knowledge_queries USING btree (tenant_id, requester_id);

CREATE INDEX idx_knowledge_queries_status ON public.knowledge_queries USING btree (tenant_id, status);

CREATE INDEX idx_knowledge_queries_tags ON public.knowledge_queries USING gin (tags);

CREATE INDEX idx_knowledge_responses_confidence ON public.knowledge_responses USING btree (tenant_id, confidence DESC);

CREATE INDEX idx_knowledge_responses_created_at ON public.knowledge_responses USING btree (tenant_id, created_at DESC);

CREATE INDEX idx_knowledge_responses_processing_time ON public.knowledge_responses USING btree (tenant_id, processing_time_ms);

CREATE INDEX idx_knowledge_responses_query_id ON public.knowledge_responses USING btree (tenant_id, query_id);

CREATE INDEX idx_offloaded_contexts_content_key ON public.offloaded_contexts USING btree (tenant_id, content_key_id) WHERE (content_key_id IS NOT NULL);

CREATE INDEX idx_offloaded_contexts_created ON public.offloaded_contexts USING btree (tenant_id, created_at DESC);

CREATE INDEX idx_offloaded_contexts_expires ON public.offloaded_contexts USING btree (tenant_id, expires_at);

CREATE INDEX idx_performance_anomalies_agent ON public.performance_anomalies USING btree (tenant_id, agent_id);

CREATE INDEX idx_performance_anomalies_detected ON public.performance_anomalies USING btree (tenant_id, detected_at DESC);

CREATE INDEX idx_performance_anomalies_status_severity ON public.performance_anomalies USING btree (tenant_id, status, severity);

CREATE INDEX idx_performance_anomalies_type ON public.performance_anomalies USING btree (tenant_id, anomaly_type);

CREATE INDEX idx_performance_events_agent_id ON public.performance_events USING btree (tenant_id, agent_id, "timestamp" DESC);

CREATE INDEX idx_performance_events_event_type ON public.performance_events USING btree (tenant_id, event_type, "timestamp" DESC);

CREATE INDEX idx_performance_events_task_id ON public.performance_events USING btree (tenant_id, task_id);

CREATE INDEX idx_performance_events_timestamp ON public.performance_events USING btree (tenant_id, "timestamp" DESC);

CREATE INDEX idx_provenance_constitutional ON public.provenance_refs USING btree (tenant_id, ref, seq) INCLUDE (node_id);

CREATE INDEX idx_provenance_created ON public.caws_provenance_graph USING btree (tenant_id, created_at DESC);

CREATE INDEX idx_provenance_embedding ON public.provenance_embeddings USING btree (tenant_id, entity_type) INCLUDE (node_id, embedding_bits);

CREATE INDEX idx_provenance_entity_id ON public.caws_provenance_graph USING btree (tenant_id, entity_id, entity_type);

CREATE INDEX idx_provenance_entity_type ON public.caws_provenance_graph USING btree (tenant_id, entity_type, created_at DESC);

CREATE INDEX idx_provenance_parent ON public.caws_provenance_graph USING btree (tenant_id, parent_entity_id);

CREATE INDEX idx_provenance_parents_parent ON public.provenance_parents USING btree (tenant_id, parent_id, node_id);

CREATE INDEX idx_provenance_records_git_commit_hash ON public.provenance_records USING btree (tenant_id, git_commit_hash) WHERE (git_commit_hash IS NOT NULL);

CREATE INDEX idx_provenance_records_task_id ON public.provenance_records USING btree (tenant_id, task_id);

CREATE INDEX idx_provenance_records_timestamp ON public.provenance_records USING btree (tenant_id, "timestamp" DESC, verdict_id DESC);

CREATE INDEX idx_provenance_signing_key ON public.caws_provenance_graph USING btree (tenant_id, signing_key_id);

CREATE INDEX idx_relationship_history_source ON public.agent_relationship_history USING btree (tenant_id, source_agent_id, superseded_at);

CREATE INDEX idx_relationship_history_target ON public.agent_relationship_history USING btree (tenant_id, target_agent_id, superseded_at);

CREATE INDEX idx_relationships_bidirectional ON public.agent_relationships USING btree (tenant_id, target_agent_id, source_agent_id, type);

CREATE INDEX idx_relationships_confidence ON public.agent_relationships USING btree (tenant_id, confidence DESC);

CREATE INDEX idx_relationships_created ON public.agent_relationships USING btree (tenant_id, created_at DESC);

CREATE INDEX idx_relationships_source ON public.agent_relationships USING btree (tenant_id, source_agent_id COLLATE "C", confidence DESC, target_agent_id COLLATE "C") INCLUDE (type, valid_from, valid_to, recorded_at, is_directional);

CREATE INDEX idx_relationships_source_type ON public.agent_relationships USING btree (tenant_id, source_agent_id, type);

CREATE INDEX idx_relationships_strength ON public.agent_relationships USING btree (tenant_id, strength DESC);

CREATE INDEX idx_relationships_target ON public.agent_relationships USING btree (tenant_id, target_agent_id COLLATE "C", confidence DESC, source_agent_id COLLATE "C") INCLUDE (type, valid_from, valid_to, recorded_at, is_directional);

CREATE INDEX idx_relationships_target_type ON public.agent_relationships USING btree (tenant_id, target_agent_id, type);

CREATE INDEX idx_relationships_type ON public.agent_relationships USING btree (tenant_id, type);

CREATE INDEX idx_rl_training_batches_agent_status ON public.rl_training_batches USING btree (tenant_id, agent_id, status);

CREATE INDEX idx_rl_training_batches_created ON public.rl_training_batches USING btree (tenant_id, created_at DESC);

CREATE INDEX idx_rl_training_batches_expires ON public.rl_training_batches USING btree (tenant_id, expires_at) WHERE ((status)::text = 'ready'::text);

CREATE INDEX idx_rl_training_batches_quality ON public.rl_training_batches USING btree (tenant_id, quality_score DESC) WHERE ((status)::text = 'ready'::text);

CREATE INDEX idx_search_results_domain ON public.search_results USING btree (tenant_id, domain);

CREATE INDEX idx_search_results_fts ON public.search_results USING gin (search_vector);

CREATE INDEX idx_search_results_provider ON public.search_results USING btree (tenant_id, provider);

CREATE INDEX idx_search_results_published_at ON public.search_results USING btree (tenant_id, published_at DESC);

CREATE INDEX idx_search_results_query_id ON public.search_results USING btree (tenant_id, query_id, relevance_score DESC);

CREATE INDEX idx_search_sessions_created ON public.graph_search_sessions USING btree (tenant_id, created_at DESC);

CREATE INDEX idx_search_sessions_execution_time ON public.graph_search_sessions USING btree (tenant_id, execution_time_ms);

CREATE INDEX idx_search_sessions_query_hash ON public.graph_search_sessions USING btree (tenant_id, query_hash, created_at DESC);

CREATE INDEX idx_search_sessions_tenant ON public.graph_search_sessions USING btree (tenant_id, user_id, created_at DESC);

CREATE INDEX idx_search_sessions_type ON public.graph_search_sessions USING btree (tenant_id, search_type, created_at DESC);

CREATE INDEX idx_session_participants_participant ON public.session_participants USING hash (app.opaque(participant_tenant_id));
ALTER INDEX public.idx_session_participants_participant ALTER COLUMN 1 SET STATISTICS 0;

CREATE INDEX idx_similarity_cache_computed ON public.entity_similarity_cache USING btree (tenant_id, computed_at);

CREATE INDEX idx_similarity_cache_entity2 ON public.entity_similarity_cache USING btree (tenant_id, entity2_id);

CREATE INDEX idx_system_health_metrics_anomalies ON public.system_health_metrics USING btree (tenant_id, active_anomalies, critical_anomalies);

CREATE INDEX idx_system_health_metrics_status ON public.system_health_metrics USING btree (tenant_id, system_status);

CREATE INDEX idx_system_health_metrics_timestamp ON public.system_health_metrics USING btree (tenant_id, metric_timestamp DESC);

CREATE INDEX idx_task_assignments_agent ON public.task_assignments USING btree (tenant_id, agent_id);

CREATE INDEX idx_task_assignments_created_at ON public.task_assignments USING btree (tenant_id, created_at DESC);

CREATE INDEX idx_task_assignments_deadline ON public.task_assignments USING btree (tenant_id, deadline);

CREATE INDEX idx_task_assignments_status ON public.task_assignments USING btree (tenant_id, status);

CREATE INDEX idx_task_assignments_task ON public.task_assignments USING btree (tenant_id, task_id);

CREATE INDEX idx_task_execution_history_agent ON public.task_execution_history USING btree (tenant_id, agent_id);

CREATE INDEX idx_task_execution_history_assignment ON public.task_execution_history USING btree (tenant_id, assignment_id);

CREATE INDEX idx_task_execution_history_started_at ON public.task_execution_history USING btree (tenant_id, started_at DESC);

CREATE INDEX idx_task_execution_history_success ON public.task_execution_history USING btree (tenant_id, success, started_at DESC);

CREATE INDEX idx_task_execution_history_task ON public.task_execution_history USING btree (tenant_id, task_id);

CREATE INDEX idx_task_queue_created_at ON public.task_queue USING btree (tenant_id, created_at);

CREATE INDEX idx_task_queue_dead_letters ON public.task_queue USING btree (tenant_id, completed_at DESC, id DESC) WHERE ((status)::text = 'failed'::text);

CREATE INDEX idx_task_queue_deadline ON public.task_queue USING btree (tenant_id, deadline_at) WHERE (((status)::text = 'queued'::text) AND (deadline_at < 'infinity'::timestamp with time zone));

CREATE INDEX idx_task_queue_dequeue ON public.task_queue USING btree (tenant_id, requirements, priority DESC, created_at, available_at, deadline_at) WHERE (((status)::text = 'queued'::text) AND (priority >= 1));

CREATE INDEX idx_task_queue_dequeue_deadline ON public.task_queue USING btree (tenant_id, requirements, deadline_at, priority DESC, created_at, available_at) WHERE (((status)::text = 'queued'::text) AND (deadline_at >= '-infinity'::timestamp with time zone));

CREATE INDEX idx_task_queue_dequeue_fifo ON public.task_queue USING btree (tenant_id, requirements, created_at, available_at, deadline_at) WHERE (((status)::text = 'queued'::text) AND (created_at >= '-infinity'::timestamp with time zone));

CREATE INDEX idx_task_queue_status ON public.task_queue USING btree (tenant_id, status) WHERE ((status)::text <> 'queued'::text);

CREATE INDEX idx_task_research_provenance_performed_at ON public.task_research_provenance USING btree (tenant_id, performed_at DESC);

CREATE INDEX idx_task_research_provenance_queries ON public.task_research_provenance USING gin (queries);

CREATE INDEX idx_task_research_provenance_successful ON public.task_research_provenance USING btree (tenant_id, successful);

CREATE INDEX idx_task_research_provenance_task_id ON public.task_research_provenance USING btree (tenant_id, task_id);

CREATE INDEX idx_tenant_access_log_accessed ON public.tenant_access_log USING btree (tenant_id, accessed_at DESC);

CREATE INDEX idx_tenant_access_log_tenant ON public.tenant_access_log USING btree (tenant_id, accessor_tenant_id, accessed_at DESC);

CREATE INDEX idx_tenant_sharing_rules_target ON public.tenant_sharing_rules USING hash (app.opaque(target_tenant_id));
ALTER INDEX public.idx_tenant_sharing_rules_target ALTER COLUMN 1 SET STATISTICS 0;

CREATE INDEX idx_tenants_isolation ON public.tenants USING hash (app.opaque(isolation_level));
ALTER INDEX public.idx_tenants_isolation ALTER COLUMN 1 SET STATISTICS 0;

CREATE INDEX idx_tenants_project ON public.tenants USING hash (app.opaque(project_id));
ALTER INDEX public.idx_tenants_project ALTER COLUMN 1 SET STATISTICS 0;

CREATE INDEX idx_verification_cache_access ON public.verification_cache USING btree (tenant_id, last_accessed_at DESC, access_count DESC);

CREATE INDEX idx_verification_cache_expires ON public.verification_cache USING btree (tenant_id, expires_at);

CREATE INDEX idx_verification_evidence_content_hash ON public.verification_evidence USING btree (tenant_id, content_hash);

CREATE INDEX idx_verification_evidence_credibility ON public.verification_evidence USING btree (tenant_id, credibility_score DESC);

CREATE INDEX idx_verification_evidence_fts ON public.verification_evidence USING gin (content_vector);

CREATE INDEX idx_verification_evidence_method ON public.verification_evidence USING btree (tenant_id, verification_method);

CREATE INDEX idx_verification_evidence_publish_date ON public.verification_evidence USING btree (tenant_id, publish_date DESC);

CREATE INDEX idx_verification_evidence_relevance ON public.verification_evidence USING btree (tenant_id, relevance_score DESC);

CREATE INDEX idx_verification_evidence_request_id ON public.verification_evidence USING btree (tenant_id, request_id);

CREATE INDEX idx_verification_evidence_result_id ON public.verification_evidence USING btree (tenant_id, result_id);

CREATE INDEX idx_verification_requests_active ON public.verification_requests USING btree (tenant_id, priority_rank DESC, created_at) WHERE ((status)::text = ANY (ARRAY['pending'::text, 'processing'::text]));

CREATE INDEX idx_verification_requests_created_at ON public.verification_requests USING btree (tenant_id, created_at DESC);

CREATE INDEX idx_verification_requests_fts ON public.verification_requests USING gin (content_vector);

CREATE INDEX idx_verification_requests_priority ON public.verification_requests USING btree (tenant_id, priority_rank DESC, created_at);

CREATE INDEX idx_verification_requests_status ON public.verification_requests USING btree (tenant_id, status);

CREATE INDEX idx_verification_results_cache_expiry ON public.verification_results USING btree (tenant_id, cache_expiry) WHERE (cache_expiry IS NOT NULL);

CREATE INDEX idx_verification_results_confidence ON public.verification_results USING btree (tenant_id, confidence DESC);

CREATE INDEX idx_verification_results_created_at ON public.verification_results USING btree (tenant_id, created_at DESC);

CREATE INDEX idx_verification_results_request_id ON public.verification_results USING btree (tenant_id, request_id);

CREATE INDEX idx_verification_results_verdict ON public.verification_results USING btree (tenant_id, verdict);

CREATE INDEX idx_web_cache_content_id ON public.web_cache USING btree (tenant_id, content_id);

CREATE INDEX idx_web_cache_expires_at ON public.web_cache USING btree (tenant_id, expires_at);

CREATE INDEX idx_web_cache_last_accessed ON public.web_cache USING btree (tenant_id, last_accessed DESC);

CREATE INDEX idx_web_content_cached_until ON public.web_content USING btree (tenant_id, cached_until);

CREATE INDEX idx_web_content_extracted_at ON public.web_content USING btree (tenant_id, extracted_at DESC);

CREATE INDEX idx_web_content_url ON public.web_content USING btree (tenant_id, url);

CREATE INDEX idx_web_extraction_metrics_content ON public.web_extraction_metrics USING btree (tenant_id, content_id);

CREATE INDEX idx_web_extraction_metrics_extracted_at ON public.web_extraction_metrics USING btree (tenant_id, extracted_at DESC);

CREATE INDEX idx_web_extraction_metrics_status_code ON public.web_extraction_metrics USING btree (tenant_id, status_code);

CREATE INDEX idx_web_extraction_metrics_total_time ON public.web_extraction_metrics USING btree (tenant_id, total_time_ms);

CREATE INDEX idx_web_rate_limits_backoff ON public.web_rate_limits USING btree (tenant_id, backoff_until);

CREATE INDEX idx_web_rate_limits_window_end ON public.web_rate_limits USING btree (tenant_id, window_end);

CREATE INDEX idx_web_traversal_nodes_content ON public.web_traversal_nodes USING btree (tenant_id, content_id);

CREATE INDEX idx_web_traversal_nodes_parent ON public.web_traversal_nodes USING btree (tenant_id, parent_id);

CREATE INDEX idx_web_traversal_nodes_traversal ON public.web_traversal_nodes USING btree (tenant_id, traversal_id, status, depth);

CREATE INDEX idx_web_traversal_nodes_url ON public.web_traversal_nodes USING btree (tenant_id, url);

CREATE INDEX idx_web_traversals_start_url ON public.web_traversals USING btree (tenant_id, start_url);

CREATE INDEX idx_web_traversals_started_at ON public.web_traversals USING btree (tenant_id, started_at DESC);

CREATE INDEX idx_web_traversals_status ON public.web_traversals USING btree (tenant_id, status);

CREATE UNIQUE INDEX one_lease_per_task ON public.task_assignments USING btree (tenant_id, task_id) WHERE ((lease_token IS NOT NULL) AND ((status)::text = ANY (ARRAY['assigned'::text, 'acknowledged'::text, 'executing'::text])));

CREATE UNIQUE INDEX one_success_per_task ON public.task_execution_history USING btree (tenant_id, task_id) WHERE success;

CREATE UNIQUE INDEX tenant_encryption_keys_active ON public.tenant_encryption_keys USING btree (tenant_id) WHERE ((state)::text = 'active'::text);

CREATE UNIQUE INDEX unique_entity_chunk_mention ON public.entity_chunk_mappings USING btree (tenant_id, entity_id, chunk_id, start_position, end_position, md5(mention_text)) NULLS NOT DISTINCT;
ALTER INDEX public.unique_entity_chunk_mention ALTER COLUMN 6 SET STATISTICS 0;

CREATE UNIQUE INDEX unique_hybrid_search_entity ON public.hybrid_search_materialized USING btree (tenant_id, entity_type, id);

CREATE UNIQUE INDEX unique_relationship ON public.agent_relationships USING btree (tenant_id, source_agent_id, target_agent_id, type) WHERE (valid_to = 'infinity'::timestamp with time zone);

CREATE UNIQUE INDEX unique_tenant_name ON public.tenants USING btree (app.opaque(project_id), app.opaque(name));
ALTER INDEX public.unique_tenant_name ALTER COLUMN 1 SET STATISTICS 0;
ALTER INDEX public.unique_tenant_name ALTER COLUMN 2 SET STATISTICS 0;

CREATE TRIGGER refuse_system_access_change BEFORE DELETE OR UPDATE OR TRUNCATE ON app.system_access FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_tenant_maintenance_change BEFORE DELETE OR UPDATE OR TRUNCATE ON app.tenant_maintenance FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER check_federated_progress BEFORE UPDATE ON public.federated_sessions FOR EACH ROW EXECUTE FUNCTION app.check_federated_progress();

CREATE TRIGGER check_provenance_checkpoint AFTER INSERT ON public.provenance_checkpoints FOR EACH ROW EXECUTE FUNCTION app.check_provenance_checkpoint();

CREATE TRIGGER check_provenance_node BEFORE INSERT ON public.caws_provenance_graph FOR EACH ROW EXECUTE FUNCTION app.check_provenance_node();

CREATE TRIGGER check_provenance_record AFTER INSERT ON public.provenance_records FOR EACH ROW EXECUTE FUNCTION app.check_provenance_record();

CREATE TRIGGER compute_current_load_utilization BEFORE INSERT OR UPDATE ON public.current_load FOR EACH ROW WHEN ((new.capacity >= 1)) EXECUTE FUNCTION public.compute_utilization();

CREATE TRIGGER count_changed_relationships AFTER UPDATE ON public.agent_relationships REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION app.count_relationships();

CREATE TRIGGER count_deleted_relationships AFTER DELETE ON public.agent_relationships REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.count_relationships();

CREATE TRIGGER count_new_relationships AFTER INSERT ON public.agent_relationships REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION app.count_relationships();

CREATE TRIGGER describe_provenance_embedding BEFORE INSERT OR UPDATE OF node_id, entity_type ON public.provenance_embeddings FOR EACH ROW EXECUTE FUNCTION app.describe_provenance_embedding();

CREATE TRIGGER extend_provenance_log AFTER INSERT ON public.caws_provenance_graph REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION app.extend_provenance_log();

CREATE TRIGGER extend_provenance_tree AFTER INSERT ON public.caws_provenance_graph REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION app.extend_provenance_tree();

CREATE TRIGGER forget_agent_degrees AFTER DELETE ON public.agent_profiles REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.forget_agent_degrees();

CREATE TRIGGER forget_cached_similarity AFTER UPDATE OF embedding ON public.agent_capabilities_graph FOR EACH ROW EXECUTE FUNCTION app.forget_cached_similarity();

CREATE TRIGGER forget_federated_session BEFORE DELETE ON public.federated_sessions FOR EACH ROW EXECUTE FUNCTION app.forget_federated_session();

CREATE TRIGGER keep_changed_relationships AFTER UPDATE ON public.agent_relationships REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION app.keep_superseded_relationships();

CREATE TRIGGER keep_deleted_relationships AFTER DELETE ON public.agent_relationships REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION app.keep_superseded_relationships();

CREATE TRIGGER keep_subject_key BEFORE UPDATE ON public.subject_keys FOR EACH ROW WHEN ((((old.destroyed_at IS NOT NULL) AND (new.* IS DISTINCT FROM old.*)) OR ((new.subject_sha256)::text <> (old.subject_sha256)::text))) EXECUTE FUNCTION app.keep_subject_key();

CREATE TRIGGER keep_tenant_encryption_key_state BEFORE UPDATE ON public.tenant_encryption_keys FOR EACH ROW WHEN (((((old.state)::text = 'destroyed'::text) AND (new.* IS DISTINCT FROM old.*)) OR (((old.state)::text = 'retired'::text) AND ((new.state)::text = 'active'::text)))) EXECUTE FUNCTION app.keep_encryption_key_state();

CREATE TRIGGER note_deleted_vectors AFTER DELETE ON public.agent_capabilities_graph REFERENCING OLD TABLE AS replaced FOR EACH STATEMENT EXECUTE FUNCTION app.note_vectors();

CREATE TRIGGER note_replaced_vectors AFTER UPDATE ON public.agent_capabilities_graph REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION app.note_vectors();

CREATE TRIGGER note_written_vectors AFTER INSERT ON public.agent_capabilities_graph REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION app.note_vectors();

CREATE TRIGGER performance_events_timestamp_not_future BEFORE INSERT OR UPDATE OF "timestamp" ON public.performance_events FOR EACH ROW WHEN ((new."timestamp" > (now() + '01:00:00'::interval))) EXECUTE FUNCTION app.check_performance_event_timestamp();

CREATE TRIGGER prevent_duplicate_relationships_trigger BEFORE INSERT OR UPDATE ON public.agent_relationships FOR EACH ROW EXECUTE FUNCTION public.prevent_duplicate_relationships();

CREATE TRIGGER record_change AFTER INSERT OR DELETE OR UPDATE ON public.data_retention_policies FOR EACH ROW EXECUTE FUNCTION app.record_row_change('tenant_id');

CREATE TRIGGER record_change AFTER INSERT OR DELETE OR UPDATE ON public.tenant_access_policies FOR EACH ROW EXECUTE FUNCTION app.record_row_change('tenant_id');

CREATE TRIGGER record_change AFTER INSERT OR DELETE OR UPDATE ON public.tenant_privacy_config FOR EACH ROW EXECUTE FUNCTION app.record_row_change('tenant_id');

CREATE TRIGGER record_change AFTER INSERT OR DELETE OR UPDATE ON public.tenant_sharing_rules FOR EACH ROW EXECUTE FUNCTION app.record_row_change('tenant_id');

CREATE TRIGGER record_change AFTER INSERT OR DELETE OR UPDATE ON public.tenants FOR EACH ROW EXECUTE FUNCTION app.record_row_change('id');

CREATE TRIGGER record_relationship BEFORE INSERT OR UPDATE ON public.agent_relationships FOR EACH ROW EXECUTE FUNCTION app.record_relationship();

CREATE TRIGGER refuse_audit_log_change BEFORE UPDATE ON public.audit_log FOR EACH STATEMENT WHEN ((NOT app.is_maintaining('{"subject erasure"}'::text[]))) EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_audit_log_deletion BEFORE DELETE ON public.audit_log FOR EACH STATEMENT WHEN ((NOT app.is_maintaining('{erasure,retention}'::text[]))) EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_audit_log_truncation BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_git_commits_change BEFORE UPDATE ON public.git_commits FOR EACH STATEMENT WHEN ((NOT app.is_maintaining('{"subject erasure"}'::text[]))) EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_git_commits_deletion BEFORE DELETE ON public.git_commits FOR EACH STATEMENT WHEN ((NOT app.is_maintaining('{erasure}'::text[]))) EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_git_commits_truncation BEFORE TRUNCATE ON public.git_commits FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_change BEFORE UPDATE OR TRUNCATE ON public.caws_provenance_graph FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_checkpoints_change BEFORE UPDATE OR TRUNCATE ON public.provenance_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_checkpoints_deletion BEFORE DELETE ON public.provenance_checkpoints FOR EACH STATEMENT WHEN ((NOT app.is_maintaining('{erasure}'::text[]))) EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_cosignatures_change BEFORE UPDATE OR TRUNCATE ON public.provenance_cosignatures FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_cosignatures_deletion BEFORE DELETE ON public.provenance_cosignatures FOR EACH STATEMENT WHEN ((NOT app.is_maintaining('{erasure}'::text[]))) EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_deletion BEFORE DELETE ON public.caws_provenance_graph FOR EACH STATEMENT WHEN ((NOT app.is_maintaining('{erasure}'::text[]))) EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_parents_change BEFORE UPDATE OR TRUNCATE ON public.provenance_parents FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_parents_deletion BEFORE DELETE ON public.provenance_parents FOR EACH STATEMENT WHEN ((NOT app.is_maintaining('{erasure}'::text[]))) EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_records_change BEFORE UPDATE OR TRUNCATE ON public.provenance_records FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_records_deletion BEFORE DELETE ON public.provenance_records FOR EACH STATEMENT WHEN ((NOT app.is_maintaining('{erasure}'::text[]))) EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_refs_change BEFORE UPDATE OR TRUNCATE ON public.provenance_refs FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_refs_deletion BEFORE DELETE ON public.provenance_refs FOR EACH STATEMENT WHEN ((NOT app.is_maintaining('{erasure}'::text[]))) EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_tiles_change BEFORE UPDATE OR TRUNCATE ON public.provenance_tiles FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_provenance_tiles_deletion BEFORE DELETE ON public.provenance_tiles FOR EACH STATEMENT WHEN ((NOT app.is_maintaining('{erasure}'::text[]))) EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_signing_key_change BEFORE UPDATE OR TRUNCATE ON public.provenance_signing_keys FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER refuse_signing_key_deletion BEFORE DELETE ON public.provenance_signing_keys FOR EACH STATEMENT WHEN ((NOT app.is_maintaining('{erasure}'::text[]))) EXECUTE FUNCTION app.refuse_provenance_change();

CREATE TRIGGER repeat_sharing_rules AFTER INSERT OR DELETE OR UPDATE ON public.tenant_sharing_rules FOR EACH ROW EXECUTE FUNCTION app.repeat_sharing_rules();

CREATE TRIGGER require_sealed_offloaded_contexts_content BEFORE INSERT OR UPDATE OF content, content_key_id, storage_location ON public.offloaded_contexts FOR EACH ROW WHEN (((substr(new.content, 1, 4) <> '\x5345414c'::bytea) OR ((new.content IS NULL) AND (new.content_key_id IS NULL)))) EXECUTE FUNCTION app.require_sealed();

CREATE TRIGGER require_sealed_offloaded_contexts_summary BEFORE INSERT OR UPDATE OF summary ON public.offloaded_contexts FOR EACH ROW WHEN (("left"(new.summary, 5) <> 'seal:'::text)) EXECUTE FUNCTION app.require_sealed();

CREATE TRIGGER set_capability_canonical_name BEFORE INSERT OR UPDATE OF capability_name, canonical_name ON public.agent_capabilities_graph FOR EACH ROW EXECUTE FUNCTION public.set_canonical_name();

CREATE TRIGGER set_rl_batch_expiry_trigger BEFORE INSERT ON public.rl_training_batches FOR EACH ROW EXECUTE FUNCTION public.set_rl_batch_expiry();

CREATE TRIGGER update_agent_performance_history_updated_at BEFORE UPDATE ON public.agent_performance_history FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_agent_performance_profiles_updated_at BEFORE UPDATE ON public.agent_performance_profiles FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_agent_profiles_updated_at BEFORE UPDATE ON public.agent_profiles FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_benchmark_datasets_updated_at BEFORE UPDATE ON public.benchmark_datasets FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_benchmark_evaluations_updated_at BEFORE UPDATE ON public.benchmark_evaluations FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_capabilities_last_updated BEFORE UPDATE ON public.agent_capabilities_graph FOR EACH ROW EXECUTE FUNCTION public.update_last_updated_column();

CREATE TRIGGER update_current_load_updated_at BEFORE UPDATE ON public.current_load FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_data_retention_policies_updated_at BEFORE UPDATE ON public.data_retention_policies FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_federated_participants_updated_at BEFORE UPDATE ON public.federated_participants FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_graph_config_updated_at BEFORE UPDATE ON public.graph_config FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_performance_anomalies_updated_at BEFORE UPDATE ON public.performance_anomalies FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_performance_events_updated_at BEFORE UPDATE ON public.performance_events FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_provenance_embeddings_updated_at BEFORE UPDATE ON public.provenance_embeddings FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_queue_configuration_updated_at BEFORE UPDATE ON public.queue_configuration FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_relationships_last_updated BEFORE UPDATE ON public.agent_relationships FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_rl_training_batches_updated_at BEFORE UPDATE ON public.rl_training_batches FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_search_provider_health_updated_at BEFORE UPDATE ON public.search_provider_health FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_task_assignments_updated_at BEFORE UPDATE ON public.task_assignments FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_task_queue_updated_at BEFORE UPDATE ON public.task_queue FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_tenant_access_policies_updated_at BEFORE UPDATE ON public.tenant_access_policies FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_tenant_privacy_config_updated_at BEFORE UPDATE ON public.tenant_privacy_config FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_tenant_sharing_rules_updated_at BEFORE UPDATE ON public.tenant_sharing_rules FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_tenants_updated_at BEFORE UPDATE ON public.tenants FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_traversal_stats_on_node_delete AFTER DELETE ON public.web_traversal_nodes REFERENCING OLD TABLE AS old_nodes FOR EACH STATEMENT EXECUTE FUNCTION public.update_traversal_statistics();

CREATE TRIGGER update_traversal_stats_on_node_insert AFTER INSERT ON public.web_traversal_nodes REFERENCING NEW TABLE AS new_nodes FOR EACH STATEMENT EXECUTE FUNCTION public.update_traversal_statistics();

CREATE TRIGGER update_traversal_stats_on_node_update AFTER UPDATE ON public.web_traversal_nodes REFERENCING OLD TABLE AS old_nodes NEW TABLE AS new_nodes FOR EACH STATEMENT EXECUTE FUNCTION public.update_traversal_statistics();

CREATE TRIGGER update_verification_methods_updated_at BEFORE UPDATE ON public.verification_methods FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

CREATE TRIGGER update_web_rate_limits_updated_at BEFORE UPDATE ON public.web_rate_limits FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();

ALTER TABLE ONLY app.privacy_releases
    ADD CONSTRAINT privacy_releases_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY app.vector_indexes
    ADD CONSTRAINT vector_indexes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agent_capabilities
    ADD CONSTRAINT agent_capabilities_agent_id_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES public.agent_profiles(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agent_capabilities_graph
    ADD CONSTRAINT agent_capabilities_graph_agent_id_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES public.agent_profiles(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agent_capabilities_graph
    ADD CONSTRAINT agent_capabilities_graph_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.agent_capabilities
    ADD CONSTRAINT agent_capabilities_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.agent_cooccurrences
    ADD CONSTRAINT agent_cooccurrences_agent_id_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES public.agent_profiles(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agent_cooccurrences
    ADD CONSTRAINT agent_cooccurrences_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.agent_degrees
    ADD CONSTRAINT agent_degrees_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.agent_performance_events
    ADD CONSTRAINT agent_performance_events_agent_id_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES public.agent_profiles(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agent_performance_events
    ADD CONSTRAINT agent_performance_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.agent_performance_history
    ADD CONSTRAINT agent_performance_history_agent_id_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES public.agent_profiles(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agent_performance_history
    ADD CONSTRAINT agent_performance_history_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.agent_performance_profiles
    ADD CONSTRAINT agent_performance_profiles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.agent_profiles
    ADD CONSTRAINT agent_profiles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.agent_relationship_history
    ADD CONSTRAINT agent_relationship_history_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.agent_relationships
    ADD CONSTRAINT agent_relationships_source_agent_id_fkey FOREIGN KEY (tenant_id, source_agent_id) REFERENCES public.agent_profiles(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agent_relationships
    ADD CONSTRAINT agent_relationships_target_agent_id_fkey FOREIGN KEY (tenant_id, target_agent_id) REFERENCES public.agent_profiles(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agent_relationships
    ADD CONSTRAINT agent_relationships_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.aggregated_insights
    ADD CONSTRAINT aggregated_insights_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES public.federated_sessions(tenant_id, session_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.aggregated_insights
    ADD CONSTRAINT aggregated_insights_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.benchmark_datasets
    ADD CONSTRAINT benchmark_datasets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.benchmark_evaluations
    ADD CONSTRAINT benchmark_evaluations_dataset_id_fkey FOREIGN KEY (tenant_id, dataset_id) REFERENCES public.benchmark_datasets(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.benchmark_evaluations
    ADD CONSTRAINT benchmark_evaluations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.caws_provenance_graph
    ADD CONSTRAINT caws_provenance_graph_signing_key_id_fkey FOREIGN KEY (tenant_id, signing_key_id) REFERENCES public.provenance_signing_keys(tenant_id, key_id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.caws_provenance_graph
    ADD CONSTRAINT caws_provenance_graph_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.current_load
    ADD CONSTRAINT current_load_agent_id_fkey FOREIGN KEY (tenant_id, agent_id) REFERENCES public.agent_profiles(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.current_load
    ADD CONSTRAINT current_load_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.data_quality_metrics
    ADD CONSTRAINT data_quality_metrics_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.data_retention_policies
    ADD CONSTRAINT data_retention_policies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.entity_chunk_mappings
    ADD CONSTRAINT entity_chunk_mappings_entity_id_fkey FOREIGN KEY (tenant_id, entity_id) REFERENCES public.agent_capabilities_graph(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.entity_chunk_mappings
    ADD CONSTRAINT entity_chunk_mappings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.entity_similarity_cache
    ADD CONSTRAINT entity_similarity_cache_entity1_id_fkey FOREIGN KEY (tenant_id, entity1_id) REFERENCES public.agent_capabilities_graph(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.entity_similarity_cache
    ADD CONSTRAINT entity_similarity_cache_entity2_id_fkey FOREIGN KEY (tenant_id, entity2_id) REFERENCES public.agent_capabilities_graph(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.entity_similarity_cache
    ADD CONSTRAINT entity_similarity_cache_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.federated_contributions
    ADD CONSTRAINT federated_contributions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.federated_partial_sums
    ADD CONSTRAINT federated_partial_sums_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.federated_participants
    ADD CONSTRAINT federated_participants_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.federated_sessions
    ADD CONSTRAINT federated_sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.federated_shares
    ADD CONSTRAINT federated_shares_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.git_commits
    ADD CONSTRAINT git_commits_provenance_record_id_fkey FOREIGN KEY (tenant_id, provenance_record_id) REFERENCES public.provenance_records(tenant_id, verdict_id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.git_commits
    ADD CONSTRAINT git_commits_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.graph_config
    ADD CONSTRAINT graph_config_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.graph_search_sessions
    ADD CONSTRAINT graph_search_sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.knowledge_cache
    ADD CONSTRAINT knowledge_cache_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.knowledge_queries
    ADD CONSTRAINT knowledge_queries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.knowledge_responses
    ADD CONSTRAINT knowledge_responses_query_id_fkey FOREIGN KEY (tenant_id, query_id) REFERENCES public.knowledge_queries(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.knowledge_responses
    ADD CONSTRAINT knowledge_responses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.offloaded_contexts
    ADD CONSTRAINT offloaded_contexts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.performance_anomalies
    ADD CONSTRAINT performance_anomalies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.performance_events
    ADD CONSTRAINT performance_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.provenance_checkpoints
    ADD CONSTRAINT provenance_checkpoints_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.provenance_cosignatures
    ADD CONSTRAINT provenance_cosignatures_size_fkey FOREIGN KEY (tenant_id, size) REFERENCES public.provenance_checkpoints(tenant_id, size) ON DELETE RESTRICT;

ALTER TABLE ONLY public.provenance_cosignatures
    ADD CONSTRAINT provenance_cosignatures_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.provenance_embeddings
    ADD CONSTRAINT provenance_embeddings_node_id_fkey FOREIGN KEY (tenant_id, node_id) REFERENCES public.caws_provenance_graph(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.provenance_embeddings
    ADD CONSTRAINT provenance_embeddings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.provenance_heads
    ADD CONSTRAINT provenance_heads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.provenance_parents
    ADD CONSTRAINT provenance_parents_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.provenance_records
    ADD CONSTRAINT provenance_records_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.provenance_records
    ADD CONSTRAINT provenance_records_verdict_id_fkey FOREIGN KEY (tenant_id, verdict_id) REFERENCES public.caws_provenance_graph(tenant_id, id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.provenance_refs
    ADD CONSTRAINT provenance_refs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.provenance_signing_keys
    ADD CONSTRAINT provenance_signing_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.provenance_tiles
    ADD CONSTRAINT provenance_tiles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.queue_configuration
    ADD CONSTRAINT queue_configuration_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.queue_statistics
    ADD CONSTRAINT queue_statistics_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.rl_training_batches
    ADD CONSTRAINT rl_training_batches_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.search_provider_health
    ADD CONSTRAINT search_provider_health_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.search_results
    ADD CONSTRAINT search_results_query_id_fkey FOREIGN KEY (tenant_id, query_id) REFERENCES public.knowledge_queries(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.search_results
    ADD CONSTRAINT search_results_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.session_participants
    ADD CONSTRAINT session_participants_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES public.federated_sessions(tenant_id, session_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.session_participants
    ADD CONSTRAINT session_participants_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.subject_keys
    ADD CONSTRAINT subject_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.system_health_metrics
    ADD CONSTRAINT system_health_metrics_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.task_assignments
    ADD CONSTRAINT task_assignments_task_id_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES public.task_queue(tenant_id, task_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.task_assignments
    ADD CONSTRAINT task_assignments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.task_execution_history
    ADD CONSTRAINT task_execution_history_assignment_id_fkey FOREIGN KEY (tenant_id, assignment_id) REFERENCES public.task_assignments(tenant_id, assignment_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.task_execution_history
    ADD CONSTRAINT task_execution_history_task_id_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES public.task_queue(tenant_id, task_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.task_execution_history
    ADD CONSTRAINT task_execution_history_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.task_queue
    ADD CONSTRAINT task_queue_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.task_research_provenance
    ADD CONSTRAINT task_research_provenance_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.tenant_access_log
    ADD CONSTRAINT tenant_access_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tenant_access_policies
    ADD CONSTRAINT tenant_access_policies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tenant_encryption_keys
    ADD CONSTRAINT tenant_encryption_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.tenant_privacy_config
    ADD CONSTRAINT tenant_privacy_config_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tenant_privacy_ledger
    ADD CONSTRAINT tenant_privacy_ledger_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.tenant_sharing_rules
    ADD CONSTRAINT tenant_sharing_rules_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.verification_cache
    ADD CONSTRAINT verification_cache_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.verification_evidence
    ADD CONSTRAINT verification_evidence_request_id_fkey FOREIGN KEY (tenant_id, request_id) REFERENCES public.verification_requests(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.verification_evidence
    ADD CONSTRAINT verification_evidence_result_id_fkey FOREIGN KEY (tenant_id, result_id) REFERENCES public.verification_results(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.verification_evidence
    ADD CONSTRAINT verification_evidence_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.verification_methods
    ADD CONSTRAINT verification_methods_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.verification_requests
    ADD CONSTRAINT verification_requests_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.verification_results
    ADD CONSTRAINT verification_results_request_id_fkey FOREIGN KEY (tenant_id, request_id) REFERENCES public.verification_requests(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.verification_results
    ADD CONSTRAINT verification_results_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.web_cache
    ADD CONSTRAINT web_cache_content_id_fkey FOREIGN KEY (tenant_id, content_id) REFERENCES public.web_content(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.web_cache
    ADD CONSTRAINT web_cache_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.web_content
    ADD CONSTRAINT web_content_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.web_extraction_metrics
    ADD CONSTRAINT web_extraction_metrics_content_id_fkey FOREIGN KEY (tenant_id, content_id) REFERENCES public.web_content(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.web_extraction_metrics
    ADD CONSTRAINT web_extraction_metrics_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.web_rate_limits
    ADD CONSTRAINT web_rate_limits_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.web_traversal_nodes
    ADD CONSTRAINT web_traversal_nodes_content_id_fkey FOREIGN KEY (tenant_id, content_id) REFERENCES public.web_content(tenant_id, id) ON DELETE SET NULL (content_id);

ALTER TABLE ONLY public.web_traversal_nodes
    ADD CONSTRAINT web_traversal_nodes_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES public.web_traversal_nodes(tenant_id, id) ON DELETE SET NULL (parent_id);

ALTER TABLE ONLY public.web_traversal_nodes
    ADD CONSTRAINT web_traversal_nodes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE ONLY public.web_traversal_nodes
    ADD CONSTRAINT web_traversal_nodes_traversal_id_fkey FOREIGN KEY (tenant_id, traversal_id) REFERENCES public.web_traversals(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.web_traversals
    ADD CONSTRAINT web_traversals_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenants(id) ON DELETE RESTRICT;

ALTER TABLE app.capability_vectors ENABLE ROW LEVEL SECURITY;

CREATE POLICY capability_vectors_service ON app.capability_vectors TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY capability_vectors_tenant_guard ON app.capability_vectors AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE app.pending_vectors ENABLE ROW LEVEL SECURITY;

CREATE POLICY pending_vectors_service ON app.pending_vectors TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY pending_vectors_tenant_guard ON app.pending_vectors AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE app.privacy_releases ENABLE ROW LEVEL SECURITY;

CREATE POLICY privacy_releases_maintenance ON app.privacy_releases TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY privacy_releases_read ON app.privacy_releases FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY privacy_releases_service ON app.privacy_releases FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY privacy_releases_service_insert ON app.privacy_releases FOR INSERT TO agent_agency_service WITH CHECK (true);

CREATE POLICY privacy_releases_tenant_guard ON app.privacy_releases AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_privacy_release_isolation ON app.privacy_releases TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE app.vector_indexes ENABLE ROW LEVEL SECURITY;

CREATE POLICY vector_indexes_service ON app.vector_indexes TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY vector_indexes_tenant_guard ON app.vector_indexes AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.agent_capabilities ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.agent_capabilities_graph ENABLE ROW LEVEL SECURITY;

CREATE POLICY agent_capabilities_graph_maintenance ON public.agent_capabilities_graph TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY agent_capabilities_graph_read ON public.agent_capabilities_graph FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_capabilities_graph_service ON public.agent_capabilities_graph FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY agent_capabilities_graph_tenant_guard ON public.agent_capabilities_graph AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_capabilities_maintenance ON public.agent_capabilities TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY agent_capabilities_read ON public.agent_capabilities FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_capabilities_tenant_guard ON public.agent_capabilities AS RESTRICTIVE FOR SELECT TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.visible_tenant_keys('agent_capabilities'::text) AS visible_tenant_keys))[tenant_id] IS NOT NULL));

CREATE POLICY agent_capabilities_tenant_guard_delete ON public.agent_capabilities AS RESTRICTIVE FOR DELETE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL));

CREATE POLICY agent_capabilities_tenant_guard_insert ON public.agent_capabilities AS RESTRICTIVE FOR INSERT TO agent_agency_owner, agent_agency_app, agent_agency_readonly WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_capabilities_tenant_guard_update ON public.agent_capabilities AS RESTRICTIVE FOR UPDATE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.agent_cooccurrences ENABLE ROW LEVEL SECURITY;

CREATE POLICY agent_cooccurrences_maintenance ON public.agent_cooccurrences TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY agent_cooccurrences_read ON public.agent_cooccurrences FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_cooccurrences_tenant_guard ON public.agent_cooccurrences AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.agent_degrees ENABLE ROW LEVEL SECURITY;

CREATE POLICY agent_degrees_maintenance ON public.agent_degrees TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY agent_degrees_read ON public.agent_degrees FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_degrees_service ON public.agent_degrees TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY agent_degrees_tenant_guard ON public.agent_degrees AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.agent_performance_events ENABLE ROW LEVEL SECURITY;

CREATE POLICY agent_performance_events_maintenance ON public.agent_performance_events TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY agent_performance_events_read ON public.agent_performance_events FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_performance_events_tenant_guard ON public.agent_performance_events AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.agent_performance_history ENABLE ROW LEVEL SECURITY;

CREATE POLICY agent_performance_history_maintenance ON public.agent_performance_history TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY agent_performance_history_read ON public.agent_performance_history FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_performance_history_tenant_guard ON public.agent_performance_history AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.agent_performance_profiles ENABLE ROW LEVEL SECURITY;

CREATE POLICY agent_performance_profiles_maintenance ON public.agent_performance_profiles TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY agent_performance_profiles_read ON public.agent_performance_profiles FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_performance_profiles_tenant_guard ON public.agent_performance_profiles AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.agent_profiles ENABLE ROW LEVEL SECURITY;

CREATE POLICY agent_profiles_maintenance ON public.agent_profiles TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY agent_profiles_read ON public.agent_profiles FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_profiles_service ON public.agent_profiles FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY agent_profiles_tenant_guard ON public.agent_profiles AS RESTRICTIVE FOR SELECT TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.visible_tenant_keys('agent_profiles'::text) AS visible_tenant_keys))[tenant_id] IS NOT NULL));

CREATE POLICY agent_profiles_tenant_guard_delete ON public.agent_profiles AS RESTRICTIVE FOR DELETE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL));

CREATE POLICY agent_profiles_tenant_guard_insert ON public.agent_profiles AS RESTRICTIVE FOR INSERT TO agent_agency_owner, agent_agency_app, agent_agency_readonly WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_profiles_tenant_guard_update ON public.agent_profiles AS RESTRICTIVE FOR UPDATE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.agent_relationship_history ENABLE ROW LEVEL SECURITY;

CREATE POLICY agent_relationship_history_maintenance ON public.agent_relationship_history TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY agent_relationship_history_read ON public.agent_relationship_history FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_relationship_history_service ON public.agent_relationship_history FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY agent_relationship_history_service_insert ON public.agent_relationship_history FOR INSERT TO agent_agency_service WITH CHECK (true);

CREATE POLICY agent_relationship_history_tenant_guard ON public.agent_relationship_history AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.agent_relationships ENABLE ROW LEVEL SECURITY;

CREATE POLICY agent_relationships_maintenance ON public.agent_relationships TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY agent_relationships_read ON public.agent_relationships FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY agent_relationships_service ON public.agent_relationships FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY agent_relationships_tenant_guard ON public.agent_relationships AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.aggregated_insights ENABLE ROW LEVEL SECURITY;

CREATE POLICY aggregated_insights_maintenance ON public.aggregated_insights TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY aggregated_insights_read ON public.aggregated_insights FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY aggregated_insights_service ON public.aggregated_insights TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY aggregated_insights_tenant_guard ON public.aggregated_insights AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

CREATE POLICY audit_log_maintenance ON public.audit_log TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY audit_log_read ON public.audit_log FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY audit_log_service ON public.audit_log FOR INSERT TO agent_agency_service WITH CHECK (true);

CREATE POLICY audit_log_tenant_guard ON public.audit_log AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.benchmark_datasets ENABLE ROW LEVEL SECURITY;

CREATE POLICY benchmark_datasets_maintenance ON public.benchmark_datasets TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY benchmark_datasets_read ON public.benchmark_datasets FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY benchmark_datasets_tenant_guard ON public.benchmark_datasets AS RESTRICTIVE FOR SELECT TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.visible_tenant_keys('benchmark_datasets'::text) AS visible_tenant_keys))[tenant_id] IS NOT NULL));

CREATE POLICY benchmark_datasets_tenant_guard_delete ON public.benchmark_datasets AS RESTRICTIVE FOR DELETE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL));

CREATE POLICY benchmark_datasets_tenant_guard_insert ON public.benchmark_datasets AS RESTRICTIVE FOR INSERT TO agent_agency_owner, agent_agency_app, agent_agency_readonly WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY benchmark_datasets_tenant_guard_update ON public.benchmark_datasets AS RESTRICTIVE FOR UPDATE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.benchmark_evaluations ENABLE ROW LEVEL SECURITY;

CREATE POLICY benchmark_evaluations_maintenance ON public.benchmark_evaluations TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY benchmark_evaluations_read ON public.benchmark_evaluations FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY benchmark_evaluations_tenant_guard ON public.benchmark_evaluations AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.caws_provenance_graph ENABLE ROW LEVEL SECURITY;

CREATE POLICY caws_provenance_graph_maintenance ON public.caws_provenance_graph TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY caws_provenance_graph_read ON public.caws_provenance_graph FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY caws_provenance_graph_service ON public.caws_provenance_graph FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY caws_provenance_graph_tenant_guard ON public.caws_provenance_graph AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.current_load ENABLE ROW LEVEL SECURITY;

CREATE POLICY current_load_maintenance ON public.current_load TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY current_load_read ON public.current_load FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY current_load_tenant_guard ON public.current_load AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.data_quality_metrics ENABLE ROW LEVEL SECURITY;

CREATE POLICY data_quality_metrics_maintenance ON public.data_quality_metrics TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY data_quality_metrics_read ON public.data_quality_metrics FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY data_quality_metrics_tenant_guard ON public.data_quality_metrics AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.data_retention_policies ENABLE ROW LEVEL SECURITY;

CREATE POLICY data_retention_policies_maintenance ON public.data_retention_policies TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY data_retention_policies_read ON public.data_retention_policies FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY data_retention_policies_tenant_guard ON public.data_retention_policies AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.entity_chunk_mappings ENABLE ROW LEVEL SECURITY;

CREATE POLICY entity_chunk_mappings_maintenance ON public.entity_chunk_mappings TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY entity_chunk_mappings_read ON public.entity_chunk_mappings FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY entity_chunk_mappings_tenant_guard ON public.entity_chunk_mappings AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.entity_similarity_cache ENABLE ROW LEVEL SECURITY;

CREATE POLICY entity_similarity_cache_maintenance ON public.entity_similarity_cache TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY entity_similarity_cache_read ON public.entity_similarity_cache FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY entity_similarity_cache_tenant_guard ON public.entity_similarity_cache AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.federated_contributions ENABLE ROW LEVEL SECURITY;

CREATE POLICY federated_contributions_maintenance ON public.federated_contributions TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY federated_contributions_read ON public.federated_contributions FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY federated_contributions_service ON public.federated_contributions TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY federated_contributions_tenant_guard ON public.federated_contributions AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.federated_partial_sums ENABLE ROW LEVEL SECURITY;

CREATE POLICY federated_partial_sums_maintenance ON public.federated_partial_sums TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY federated_partial_sums_read ON public.federated_partial_sums FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY federated_partial_sums_service ON public.federated_partial_sums TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY federated_partial_sums_tenant_guard ON public.federated_partial_sums AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.federated_participants ENABLE ROW LEVEL SECURITY;

CREATE POLICY federated_participants_maintenance ON public.federated_participants TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY federated_participants_read ON public.federated_participants FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY federated_participants_service ON public.federated_participants TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY federated_participants_tenant_guard ON public.federated_participants AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.federated_sessions ENABLE ROW LEVEL SECURITY;

CREATE POLICY federated_sessions_maintenance ON public.federated_sessions TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY federated_sessions_read ON public.federated_sessions FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY federated_sessions_service ON public.federated_sessions TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY federated_sessions_tenant_guard ON public.federated_sessions AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.federated_shares ENABLE ROW LEVEL SECURITY;

CREATE POLICY federated_shares_maintenance ON public.federated_shares TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY federated_shares_read ON public.federated_shares FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY federated_shares_service ON public.federated_shares TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY federated_shares_tenant_guard ON public.federated_shares AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.git_commits ENABLE ROW LEVEL SECURITY;

CREATE POLICY git_commits_maintenance ON public.git_commits TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY git_commits_read ON public.git_commits FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY git_commits_tenant_guard ON public.git_commits AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.graph_config ENABLE ROW LEVEL SECURITY;

CREATE POLICY graph_config_maintenance ON public.graph_config TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY graph_config_read ON public.graph_config FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY graph_config_service ON public.graph_config TO agent_agency_service USING (((tenant_id)::text = 'default-tenant'::text)) WITH CHECK (true);

CREATE POLICY graph_config_tenant_guard ON public.graph_config AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.graph_search_sessions ENABLE ROW LEVEL SECURITY;

CREATE POLICY graph_search_sessions_maintenance ON public.graph_search_sessions TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY graph_search_sessions_read ON public.graph_search_sessions FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY graph_search_sessions_tenant_guard ON public.graph_search_sessions AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.knowledge_cache ENABLE ROW LEVEL SECURITY;

CREATE POLICY knowledge_cache_maintenance ON public.knowledge_cache TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY knowledge_cache_read ON public.knowledge_cache FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY knowledge_cache_tenant_guard ON public.knowledge_cache AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.knowledge_queries ENABLE ROW LEVEL SECURITY;

CREATE POLICY knowledge_queries_maintenance ON public.knowledge_queries TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY knowledge_queries_read ON public.knowledge_queries FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY knowledge_queries_tenant_guard ON public.knowledge_queries AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.knowledge_responses ENABLE ROW LEVEL SECURITY;

CREATE POLICY knowledge_responses_maintenance ON public.knowledge_responses TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY knowledge_responses_read ON public.knowledge_responses FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY knowledge_responses_tenant_guard ON public.knowledge_responses AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.offloaded_contexts ENABLE ROW LEVEL SECURITY;

CREATE POLICY offloaded_contexts_maintenance ON public.offloaded_contexts TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY offloaded_contexts_read ON public.offloaded_contexts FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY offloaded_contexts_tenant_guard ON public.offloaded_contexts AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.performance_anomalies ENABLE ROW LEVEL SECURITY;

CREATE POLICY performance_anomalies_maintenance ON public.performance_anomalies TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY performance_anomalies_read ON public.performance_anomalies FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY performance_anomalies_tenant_guard ON public.performance_anomalies AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.performance_events ENABLE ROW LEVEL SECURITY;

CREATE POLICY performance_events_maintenance ON public.performance_events TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY performance_events_read ON public.performance_events FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY performance_events_service ON public.performance_events FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY performance_events_tenant_guard ON public.performance_events AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.provenance_checkpoints ENABLE ROW LEVEL SECURITY;

CREATE POLICY provenance_checkpoints_maintenance ON public.provenance_checkpoints TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY provenance_checkpoints_read ON public.provenance_checkpoints FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY provenance_checkpoints_tenant_guard ON public.provenance_checkpoints AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.provenance_cosignatures ENABLE ROW LEVEL SECURITY;

CREATE POLICY provenance_cosignatures_maintenance ON public.provenance_cosignatures TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY provenance_cosignatures_read ON public.provenance_cosignatures FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY provenance_cosignatures_tenant_guard ON public.provenance_cosignatures AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.provenance_embeddings ENABLE ROW LEVEL SECURITY;

CREATE POLICY provenance_embeddings_maintenance ON public.provenance_embeddings TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY provenance_embeddings_read ON public.provenance_embeddings FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY provenance_embeddings_service ON public.provenance_embeddings FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY provenance_embeddings_tenant_guard ON public.provenance_embeddings AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.provenance_heads ENABLE ROW LEVEL SECURITY;

CREATE POLICY provenance_heads_maintenance ON public.provenance_heads TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY provenance_heads_read ON public.provenance_heads FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY provenance_heads_service ON public.provenance_heads TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY provenance_heads_tenant_guard ON public.provenance_heads AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.provenance_parents ENABLE ROW LEVEL SECURITY;

CREATE POLICY provenance_parents_maintenance ON public.provenance_parents TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY provenance_parents_read ON public.provenance_parents FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY provenance_parents_service ON public.provenance_parents TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY provenance_parents_tenant_guard ON public.provenance_parents AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.provenance_records ENABLE ROW LEVEL SECURITY;

CREATE POLICY provenance_records_maintenance ON public.provenance_records TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY provenance_records_read ON public.provenance_records FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY provenance_records_tenant_guard ON public.provenance_records AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.provenance_refs ENABLE ROW LEVEL SECURITY;

CREATE POLICY provenance_refs_maintenance ON public.provenance_refs TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY provenance_refs_read ON public.provenance_refs FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY provenance_refs_service ON public.provenance_refs TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY provenance_refs_tenant_guard ON public.provenance_refs AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.provenance_signing_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY provenance_signing_keys_maintenance ON public.provenance_signing_keys TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY provenance_signing_keys_read ON public.provenance_signing_keys FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY provenance_signing_keys_service ON public.provenance_signing_keys FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY provenance_signing_keys_service_insert ON public.provenance_signing_keys FOR INSERT TO agent_agency_service WITH CHECK (true);

CREATE POLICY provenance_signing_keys_tenant_guard ON public.provenance_signing_keys AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.provenance_tiles ENABLE ROW LEVEL SECURITY;

CREATE POLICY provenance_tiles_maintenance ON public.provenance_tiles TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY provenance_tiles_read ON public.provenance_tiles FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY provenance_tiles_service ON public.provenance_tiles TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY provenance_tiles_tenant_guard ON public.provenance_tiles AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.queue_configuration ENABLE ROW LEVEL SECURITY;

CREATE POLICY queue_configuration_maintenance ON public.queue_configuration TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY queue_configuration_read ON public.queue_configuration FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY queue_configuration_service ON public.queue_configuration TO agent_agency_service USING (((tenant_id)::text = 'default-tenant'::text)) WITH CHECK (true);

CREATE POLICY queue_configuration_tenant_guard ON public.queue_configuration AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.queue_statistics ENABLE ROW LEVEL SECURITY;

CREATE POLICY queue_statistics_maintenance ON public.queue_statistics TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY queue_statistics_read ON public.queue_statistics FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY queue_statistics_tenant_guard ON public.queue_statistics AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.rl_training_batches ENABLE ROW LEVEL SECURITY;

CREATE POLICY rl_training_batches_maintenance ON public.rl_training_batches TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY rl_training_batches_read ON public.rl_training_batches FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY rl_training_batches_tenant_guard ON public.rl_training_batches AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.search_provider_health ENABLE ROW LEVEL SECURITY;

CREATE POLICY search_provider_health_maintenance ON public.search_provider_health TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY search_provider_health_read ON public.search_provider_health FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY search_provider_health_tenant_guard ON public.search_provider_health AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.search_results ENABLE ROW LEVEL SECURITY;

CREATE POLICY search_results_maintenance ON public.search_results TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY search_results_read ON public.search_results FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY search_results_tenant_guard ON public.search_results AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.session_participants ENABLE ROW LEVEL SECURITY;

CREATE POLICY session_participants_maintenance ON public.session_participants TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY session_participants_participant_maintenance ON public.session_participants TO agent_agency_maintenance USING (((participant_tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (false);

CREATE POLICY session_participants_read ON public.session_participants FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY session_participants_service ON public.session_participants TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY session_participants_tenant_guard ON public.session_participants AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.subject_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY subject_keys_maintenance ON public.subject_keys TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY subject_keys_read ON public.subject_keys FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY subject_keys_tenant_guard ON public.subject_keys AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.system_health_metrics ENABLE ROW LEVEL SECURITY;

CREATE POLICY system_health_metrics_maintenance ON public.system_health_metrics TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY system_health_metrics_read ON public.system_health_metrics FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY system_health_metrics_tenant_guard ON public.system_health_metrics AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.task_assignments ENABLE ROW LEVEL SECURITY;

CREATE POLICY task_assignments_maintenance ON public.task_assignments TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY task_assignments_read ON public.task_assignments FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY task_assignments_tenant_guard ON public.task_assignments AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.task_execution_history ENABLE ROW LEVEL SECURITY;

CREATE POLICY task_execution_history_maintenance ON public.task_execution_history TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY task_execution_history_read ON public.task_execution_history FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY task_execution_history_tenant_guard ON public.task_execution_history AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.task_queue ENABLE ROW LEVEL SECURITY;

CREATE POLICY task_queue_maintenance ON public.task_queue TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY task_queue_read ON public.task_queue FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY task_queue_tenant_guard ON public.task_queue AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.task_research_provenance ENABLE ROW LEVEL SECURITY;

CREATE POLICY task_research_provenance_maintenance ON public.task_research_provenance TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY task_research_provenance_read ON public.task_research_provenance FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY task_research_provenance_tenant_guard ON public.task_research_provenance AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.tenant_access_log ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_access_log_isolation ON public.tenant_access_log TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_access_log_maintenance ON public.tenant_access_log TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY tenant_access_log_read ON public.tenant_access_log FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_access_log_service ON public.tenant_access_log FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY tenant_access_log_service_delete ON public.tenant_access_log FOR DELETE TO agent_agency_service USING ((accessed_at < (now() - '1 day'::interval)));

CREATE POLICY tenant_access_log_service_insert ON public.tenant_access_log FOR INSERT TO agent_agency_service WITH CHECK (true);

CREATE POLICY tenant_access_log_tenant_guard ON public.tenant_access_log AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.tenant_access_policies ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_access_policies_maintenance ON public.tenant_access_policies TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY tenant_access_policies_read ON public.tenant_access_policies FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_access_policies_service ON public.tenant_access_policies FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY tenant_access_policies_tenant_guard ON public.tenant_access_policies AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_access_policy_isolation ON public.tenant_access_policies TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_anomaly_isolation ON public.performance_anomalies TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_audit_isolation ON public.audit_log TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_benchmark_isolation ON public.benchmark_datasets TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_capability_isolation ON public.agent_capabilities_graph TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_chunk_isolation ON public.entity_chunk_mappings TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_contribution_isolation ON public.federated_contributions TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_cooccurrence_isolation ON public.agent_cooccurrences TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_degree_isolation ON public.agent_degrees TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_encryption_key_isolation ON public.tenant_encryption_keys TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.tenant_encryption_keys ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_encryption_keys_maintenance ON public.tenant_encryption_keys TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY tenant_encryption_keys_read ON public.tenant_encryption_keys FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_encryption_keys_tenant_guard ON public.tenant_encryption_keys AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_federated_access ON public.performance_events TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_git_commit_isolation ON public.git_commits TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_graph_config_isolation ON public.graph_config TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_head_isolation ON public.provenance_heads TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_insight_isolation ON public.aggregated_insights TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.agent_capabilities TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.agent_performance_events TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.agent_performance_history TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.agent_performance_profiles TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.benchmark_evaluations TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.current_load TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.data_quality_metrics TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.knowledge_cache TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.knowledge_queries TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.knowledge_responses TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.queue_configuration TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.queue_statistics TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.search_provider_health TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.search_results TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.system_health_metrics TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.task_assignments TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.task_execution_history TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.task_queue TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.task_research_provenance TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.verification_cache TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.verification_evidence TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.verification_methods TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.verification_requests TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.verification_results TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.web_cache TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.web_content TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.web_extraction_metrics TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.web_rate_limits TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.web_traversal_nodes TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_isolation ON public.web_traversals TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_offloaded_context_isolation ON public.offloaded_contexts TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_own_row ON public.tenants TO agent_agency_app USING (((id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_partial_sum_isolation ON public.federated_partial_sums TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_participant_isolation ON public.federated_participants TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.tenant_privacy_config ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_privacy_config_maintenance ON public.tenant_privacy_config TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY tenant_privacy_config_read ON public.tenant_privacy_config FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_privacy_config_service ON public.tenant_privacy_config FOR INSERT TO agent_agency_service WITH CHECK (true);

CREATE POLICY tenant_privacy_config_service_select ON public.tenant_privacy_config FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY tenant_privacy_config_service_update ON public.tenant_privacy_config FOR UPDATE TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY tenant_privacy_config_tenant_guard ON public.tenant_privacy_config AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_privacy_isolation ON public.tenant_privacy_config TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.tenant_privacy_ledger ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_privacy_ledger_isolation ON public.tenant_privacy_ledger TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_privacy_ledger_maintenance ON public.tenant_privacy_ledger TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY tenant_privacy_ledger_read ON public.tenant_privacy_ledger FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_privacy_ledger_service ON public.tenant_privacy_ledger FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY tenant_privacy_ledger_service_insert ON public.tenant_privacy_ledger FOR INSERT TO agent_agency_service WITH CHECK (true);

CREATE POLICY tenant_privacy_ledger_tenant_guard ON public.tenant_privacy_ledger AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_provenance_checkpoint_isolation ON public.provenance_checkpoints TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_provenance_cosignature_isolation ON public.provenance_cosignatures TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_provenance_embedding_isolation ON public.provenance_embeddings TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_provenance_isolation ON public.caws_provenance_graph TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_provenance_parent_isolation ON public.provenance_parents TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_provenance_record_isolation ON public.provenance_records TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_provenance_ref_isolation ON public.provenance_refs TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_provenance_tile_isolation ON public.provenance_tiles TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_relationship_history_isolation ON public.agent_relationship_history TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_relationship_isolation ON public.agent_relationships TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_retention_isolation ON public.data_retention_policies TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_rl_batch_isolation ON public.rl_training_batches TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_search_session_isolation ON public.graph_search_sessions TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_session_isolation ON public.federated_sessions TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_session_participant_isolation ON public.session_participants TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_share_isolation ON public.federated_shares TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_shared_access ON public.agent_profiles FOR SELECT TO agent_agency_app, agent_agency_readonly USING (((tenant_id)::text = ANY (( SELECT app.visible_tenants('agent_profiles'::text) AS visible_tenants)::text[])));

CREATE POLICY tenant_shared_benchmark_access ON public.benchmark_datasets FOR SELECT TO agent_agency_app, agent_agency_readonly USING (((tenant_id)::text = ANY (( SELECT app.visible_tenants('benchmark_datasets'::text) AS visible_tenants)::text[])));

CREATE POLICY tenant_shared_capability_access ON public.agent_capabilities FOR SELECT TO agent_agency_app, agent_agency_readonly USING (((tenant_id)::text = ANY (( SELECT app.visible_tenants('agent_capabilities'::text) AS visible_tenants)::text[])));

CREATE POLICY tenant_sharing_rule_isolation ON public.tenant_sharing_rules TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.tenant_sharing_rules ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_sharing_rules_maintenance ON public.tenant_sharing_rules TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY tenant_sharing_rules_read ON public.tenant_sharing_rules FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_sharing_rules_service ON public.tenant_sharing_rules FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY tenant_sharing_rules_target_maintenance ON public.tenant_sharing_rules TO agent_agency_maintenance USING (((target_tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (false);

CREATE POLICY tenant_sharing_rules_tenant_guard ON public.tenant_sharing_rules AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_signing_key_isolation ON public.provenance_signing_keys TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_similarity_isolation ON public.entity_similarity_cache TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_strict_isolation ON public.agent_profiles TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenant_subject_key_isolation ON public.subject_keys TO agent_agency_app USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id))) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.tenants ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenants_maintenance ON public.tenants TO agent_agency_maintenance USING (((id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY tenants_read ON public.tenants FOR SELECT TO agent_agency_readonly USING (((id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY tenants_service ON public.tenants FOR SELECT TO agent_agency_service USING (true);

CREATE POLICY tenants_service_insert ON public.tenants FOR INSERT TO agent_agency_service WITH CHECK (true);

CREATE POLICY tenants_service_update ON public.tenants FOR UPDATE TO agent_agency_service USING (true) WITH CHECK (true);

CREATE POLICY tenants_tenant_guard ON public.tenants AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[id] IS NOT NULL)) WITH CHECK (((id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.verification_cache ENABLE ROW LEVEL SECURITY;

CREATE POLICY verification_cache_maintenance ON public.verification_cache TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY verification_cache_read ON public.verification_cache FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY verification_cache_tenant_guard ON public.verification_cache AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.verification_evidence ENABLE ROW LEVEL SECURITY;

CREATE POLICY verification_evidence_maintenance ON public.verification_evidence TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY verification_evidence_read ON public.verification_evidence FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY verification_evidence_tenant_guard ON public.verification_evidence AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.verification_methods ENABLE ROW LEVEL SECURITY;

CREATE POLICY verification_methods_maintenance ON public.verification_methods TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY verification_methods_read ON public.verification_methods FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY verification_methods_service ON public.verification_methods TO agent_agency_service USING (((tenant_id)::text = 'default-tenant'::text)) WITH CHECK (true);

CREATE POLICY verification_methods_tenant_guard ON public.verification_methods AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.verification_requests ENABLE ROW LEVEL SECURITY;

CREATE POLICY verification_requests_maintenance ON public.verification_requests TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY verification_requests_read ON public.verification_requests FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY verification_requests_tenant_guard ON public.verification_requests AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.verification_results ENABLE ROW LEVEL SECURITY;

CREATE POLICY verification_results_maintenance ON public.verification_results TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY verification_results_read ON public.verification_results FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY verification_results_tenant_guard ON public.verification_results AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.web_cache ENABLE ROW LEVEL SECURITY;

CREATE POLICY web_cache_maintenance ON public.web_cache TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY web_cache_read ON public.web_cache FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY web_cache_tenant_guard ON public.web_cache AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.web_content ENABLE ROW LEVEL SECURITY;

CREATE POLICY web_content_maintenance ON public.web_content TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY web_content_read ON public.web_content FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY web_content_tenant_guard ON public.web_content AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.web_extraction_metrics ENABLE ROW LEVEL SECURITY;

CREATE POLICY web_extraction_metrics_maintenance ON public.web_extraction_metrics TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY web_extraction_metrics_read ON public.web_extraction_metrics FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY web_extraction_metrics_tenant_guard ON public.web_extraction_metrics AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.web_rate_limits ENABLE ROW LEVEL SECURITY;

CREATE POLICY web_rate_limits_maintenance ON public.web_rate_limits TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY web_rate_limits_read ON public.web_rate_limits FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY web_rate_limits_tenant_guard ON public.web_rate_limits AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.web_traversal_nodes ENABLE ROW LEVEL SECURITY;

CREATE POLICY web_traversal_nodes_maintenance ON public.web_traversal_nodes TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY web_traversal_nodes_read ON public.web_traversal_nodes FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY web_traversal_nodes_tenant_guard ON public.web_traversal_nodes AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

ALTER TABLE public.web_traversals ENABLE ROW LEVEL SECURITY;

CREATE POLICY web_traversals_maintenance ON public.web_traversals TO agent_agency_maintenance USING (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant))) WITH CHECK (((tenant_id)::text = ( SELECT app.maintained_tenant() AS maintained_tenant)));

CREATE POLICY web_traversals_read ON public.web_traversals FOR SELECT TO agent_agency_readonly USING (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

CREATE POLICY web_traversals_tenant_guard ON public.web_traversals AS RESTRICTIVE TO agent_agency_owner, agent_agency_app, agent_agency_readonly USING (((( SELECT app.current_tenant_key() AS current_tenant_key))[tenant_id] IS NOT NULL)) WITH CHECK (((tenant_id)::text = ( SELECT app.current_tenant_id() AS current_tenant_id)));

GRANT ALL ON SCHEMA app TO agent_agency_service;
GRANT USAGE ON SCHEMA app TO agent_agency_app;
GRANT USAGE ON SCHEMA app TO agent_agency_readonly;
GRANT USAGE ON SCHEMA app TO agent_agency_maintenance;

GRANT ALL ON SCHEMA public TO agent_agency_owner;
GRANT ALL ON SCHEMA public TO agent_agency_service;
GRANT USAGE ON SCHEMA public TO agent_agency_maintenance;
GRANT USAGE ON SCHEMA public TO agent_agency_app;
GRANT USAGE ON SCHEMA public TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.access_log_days(p_data_retention jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app.access_log_days(p_data_retention jsonb) TO agent_agency_service;
GRANT ALL ON FUNCTION app.access_log_days(p_data_retention jsonb) TO agent_agency_maintenance;

REVOKE ALL ON FUNCTION app.advance_federated_session(p_session_id uuid, p_status text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.advance_federated_session(p_session_id uuid, p_status text) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.aggregate_federated_round(p_session_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.aggregate_federated_round(p_session_id uuid) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.any_word_of(p_text text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.any_word_of(p_text text) TO agent_agency_app;
GRANT ALL ON FUNCTION app.any_word_of(p_text text) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.append_provenance_nodes(p_tenant_id text, p_key_id text, p_nodes json) FROM PUBLIC;
GRANT ALL ON FUNCTION app.append_provenance_nodes(p_tenant_id text, p_key_id text, p_nodes json) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.are_federated_settings(p_settings jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app.are_federated_settings(p_settings jsonb) TO agent_agency_service;
GRANT ALL ON FUNCTION app.are_federated_settings(p_settings jsonb) TO agent_agency_app;
GRANT ALL ON FUNCTION app.are_federated_settings(p_settings jsonb) TO agent_agency_maintenance;

REVOKE ALL ON FUNCTION app.current_tenant_id() FROM PUBLIC;
GRANT ALL ON FUNCTION app.current_tenant_id() TO agent_agency_owner;
GRANT ALL ON FUNCTION app.current_tenant_id() TO agent_agency_app;
GRANT ALL ON FUNCTION app.current_tenant_id() TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.federated_sessions TO agent_agency_maintenance;
GRANT SELECT,DELETE ON TABLE public.federated_sessions TO agent_agency_app;
GRANT SELECT ON TABLE public.federated_sessions TO agent_agency_readonly;
GRANT SELECT ON TABLE public.federated_sessions TO agent_agency_service;

GRANT INSERT(tenant_id) ON TABLE public.federated_sessions TO agent_agency_app;

GRANT INSERT(topic) ON TABLE public.federated_sessions TO agent_agency_app;

GRANT UPDATE(status) ON TABLE public.federated_sessions TO agent_agency_service;

GRANT UPDATE(round) ON TABLE public.federated_sessions TO agent_agency_service;

GRANT UPDATE(privacy_metrics) ON TABLE public.federated_sessions TO agent_agency_service;

GRANT UPDATE(convergence_score) ON TABLE public.federated_sessions TO agent_agency_service;

GRANT INSERT(settings) ON TABLE public.federated_sessions TO agent_agency_app;

GRANT UPDATE(completed_at) ON TABLE public.federated_sessions TO agent_agency_service;

REVOKE ALL ON FUNCTION app.begin_secure_session(p_session public.federated_sessions) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.begin_tenant_maintenance(p_tenant_id text, p_kind text, p_reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.begin_tenant_maintenance(p_tenant_id text, p_kind text, p_reason text) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.begin_vector_index(p_tenant_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.begin_vector_index(p_tenant_id text) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.text_array_to_text(p_values text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.text_array_to_text(p_values text[]) TO agent_agency_app;
GRANT ALL ON FUNCTION app.text_array_to_text(p_values text[]) TO agent_agency_maintenance;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_capabilities_graph TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_capabilities_graph TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_capabilities_graph TO agent_agency_readonly;
GRANT SELECT ON TABLE public.agent_capabilities_graph TO agent_agency_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.performance_events TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.performance_events TO agent_agency_app;
GRANT SELECT ON TABLE public.performance_events TO agent_agency_readonly;
GRANT SELECT ON TABLE public.performance_events TO agent_agency_service;

REVOKE ALL ON FUNCTION app.bounded_contributions(p_request jsonb, p_tenants text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.bounded_contributions(p_request jsonb, p_tenants text[]) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.capability_candidates(p_embedding public.vector, p_wanted integer, p_min_confidence numeric, p_type public.entity_type, OUT plan text, OUT reason text, OUT candidates uuid[], OUT visited integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.capability_candidates(p_embedding public.vector, p_wanted integer, p_min_confidence numeric, p_type public.entity_type, OUT plan text, OUT reason text, OUT candidates uuid[], OUT visited integer) TO agent_agency_app;
GRANT ALL ON FUNCTION app.capability_candidates(p_embedding public.vector, p_wanted integer, p_min_confidence numeric, p_type public.entity_type, OUT plan text, OUT reason text, OUT candidates uuid[], OUT visited integer) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.change_privacy_config(p_tenant_id character varying, p_changes jsonb, p_may_loosen boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app.change_privacy_config(p_tenant_id character varying, p_changes jsonb, p_may_loosen boolean) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.charge_privacy_budget(p_tenant_id character varying, p_epsilon numeric, p_delta numeric, p_rho numeric, p_purpose character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION app.charge_privacy_budget(p_tenant_id character varying, p_epsilon numeric, p_delta numeric, p_rho numeric, p_purpose character varying) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.check_federated_progress() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.check_performance_event_timestamp() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.check_provenance_checkpoint() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.check_provenance_node() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.check_provenance_record() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.compare_vector_index(p_tenant_id text, OUT missing bigint, OUT stale bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION app.compare_vector_index(p_tenant_id text, OUT missing bigint, OUT stale bigint) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.complete_provenance_trees() FROM PUBLIC;
GRANT ALL ON FUNCTION app.complete_provenance_trees() TO agent_agency_owner;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_privacy_config TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.tenant_privacy_config TO agent_agency_app;
GRANT SELECT ON TABLE public.tenant_privacy_config TO agent_agency_readonly;
GRANT SELECT,INSERT,UPDATE ON TABLE public.tenant_privacy_config TO agent_agency_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenants TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.tenants TO agent_agency_app;
GRANT SELECT ON TABLE public.tenants TO agent_agency_readonly;
GRANT SELECT,INSERT ON TABLE public.tenants TO agent_agency_service;

GRANT UPDATE(project_id) ON TABLE public.tenants TO agent_agency_service;

GRANT UPDATE(name) ON TABLE public.tenants TO agent_agency_service;

GRANT UPDATE(isolation_level) ON TABLE public.tenants TO agent_agency_service;

GRANT UPDATE(sharing_rules) ON TABLE public.tenants TO agent_agency_service;

GRANT UPDATE(data_retention) ON TABLE public.tenants TO agent_agency_service;

GRANT UPDATE(encryption_enabled) ON TABLE public.tenants TO agent_agency_service;

GRANT UPDATE(suspended_at) ON TABLE public.tenants TO agent_agency_service;

REVOKE ALL ON FUNCTION app.consenting_tenants(p_tenant_id character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION app.consenting_tenants(p_tenant_id character varying) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.context_key_blocks() FROM PUBLIC;
GRANT ALL ON FUNCTION app.context_key_blocks() TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.contribute_to_session(p_session_id uuid, p_topic_key text, p_values numeric[], p_weight numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION app.contribute_to_session(p_session_id uuid, p_topic_key text, p_values numeric[], p_weight numeric) TO agent_agency_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.graph_config TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.graph_config TO agent_agency_app;
GRANT SELECT ON TABLE public.graph_config TO agent_agency_readonly;
GRANT SELECT,INSERT ON TABLE public.graph_config TO agent_agency_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.queue_configuration TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.queue_configuration TO agent_agency_app;
GRANT SELECT ON TABLE public.queue_configuration TO agent_agency_readonly;
GRANT SELECT,INSERT ON TABLE public.queue_configuration TO agent_agency_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.verification_methods TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.verification_methods TO agent_agency_app;
GRANT SELECT ON TABLE public.verification_methods TO agent_agency_readonly;
GRANT SELECT,INSERT ON TABLE public.verification_methods TO agent_agency_service;

REVOKE ALL ON FUNCTION app.copy_default_settings(p_tenant_id character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION app.copy_default_settings(p_tenant_id character varying) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.count_federated_parties(p_session public.federated_sessions) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.count_relationships() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.current_context_user() FROM PUBLIC;
GRANT ALL ON FUNCTION app.current_context_user() TO agent_agency_service;
GRANT ALL ON FUNCTION app.current_context_user() TO agent_agency_app;
GRANT ALL ON FUNCTION app.current_context_user() TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.current_tenant_key() FROM PUBLIC;
GRANT ALL ON FUNCTION app.current_tenant_key() TO agent_agency_app;
GRANT ALL ON FUNCTION app.current_tenant_key() TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.degree_parts(p_times integer, p_source_agent_id character varying, p_target_agent_id character varying, p_is_directional boolean, p_valid_from timestamp with time zone, p_valid_to timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app.degree_parts(p_times integer, p_source_agent_id character varying, p_target_agent_id character varying, p_is_directional boolean, p_valid_from timestamp with time zone, p_valid_to timestamp with time zone) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.describe_provenance_embedding() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.discrete_gaussian(p_numerator numeric, p_denominator numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION app.discrete_gaussian(p_numerator numeric, p_denominator numeric) TO agent_agency_service;
GRANT ALL ON FUNCTION app.discrete_gaussian(p_numerator numeric, p_denominator numeric) TO agent_agency_app;
GRANT ALL ON FUNCTION app.discrete_gaussian(p_numerator numeric, p_denominator numeric) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.discrete_laplace(p_numerator bigint, p_denominator bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION app.discrete_laplace(p_numerator bigint, p_denominator bigint) TO agent_agency_app;
GRANT ALL ON FUNCTION app.discrete_laplace(p_numerator bigint, p_denominator bigint) TO agent_agency_readonly;
GRANT ALL ON FUNCTION app.discrete_laplace(p_numerator bigint, p_denominator bigint) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.drain_vector_index(p_tenant_id text, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.drain_vector_index(p_tenant_id text, p_limit integer) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.drop_orphaned_vectors() FROM PUBLIC;
GRANT ALL ON FUNCTION app.drop_orphaned_vectors() TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.drop_unwilling_members(p_session public.federated_sessions) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.drop_vector_index(p_tenant_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.drop_vector_index(p_tenant_id text) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.end_federated_round(p_session public.federated_sessions, p_tenants text[], p_releases integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.estimate_consensus(p_steps jsonb, p_settings app.federated_settings, p_epsilon numeric) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.estimate_hybrid(p_steps jsonb, p_settings app.federated_settings, p_epsilon numeric) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.estimate_weighted(p_steps jsonb, p_settings app.federated_settings, p_epsilon numeric) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.extend_provenance_log() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.extend_provenance_tree() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.federated_parties(p_session_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.federated_parties(p_session_id uuid) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.federated_purpose(p_session public.federated_sessions) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.federates_with(p_tenant_id text, p_initiator_id text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.fill_vector_index(p_tenant_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.fill_vector_index(p_tenant_id text) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.find_federated_sessions() FROM PUBLIC;
GRANT ALL ON FUNCTION app.find_federated_sessions() TO agent_agency_app;

REVOKE ALL ON FUNCTION app.finish_secure_round(p_session_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.finish_secure_round(p_session_id uuid) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.finish_vector_index(p_tenant_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.finish_vector_index(p_tenant_id text) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.fold_agent_degrees(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.fold_agent_degrees(p_limit integer) TO agent_agency_owner;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_degrees TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.agent_degrees TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_degrees TO agent_agency_readonly;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_degrees TO agent_agency_service;

REVOKE ALL ON FUNCTION app.fold_degree_parts(p_tenant_ids text[], p_agent_ids text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.forget_agent_degrees() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.forget_cached_similarity() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.forget_federated_round(p_session public.federated_sessions) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.forget_federated_session() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.happens_with_exp(p_numerator bigint, p_denominator bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION app.happens_with_exp(p_numerator bigint, p_denominator bigint) TO agent_agency_app;
GRANT ALL ON FUNCTION app.happens_with_exp(p_numerator bigint, p_denominator bigint) TO agent_agency_readonly;
GRANT ALL ON FUNCTION app.happens_with_exp(p_numerator bigint, p_denominator bigint) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.happens_with_exp_of(p_numerator numeric, p_denominator numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION app.happens_with_exp_of(p_numerator numeric, p_denominator numeric) TO agent_agency_service;
GRANT ALL ON FUNCTION app.happens_with_exp_of(p_numerator numeric, p_denominator numeric) TO agent_agency_app;
GRANT ALL ON FUNCTION app.happens_with_exp_of(p_numerator numeric, p_denominator numeric) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.hide_vector_table(p_table regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION app.hide_vector_table(p_table regclass) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.is_aggregate(p_resource character varying, p_group character varying, p_aggregate character varying, p_measure character varying, p_max_rows_per_agent integer, p_lower numeric, p_upper numeric, p_resolution numeric, p_epsilon numeric, p_delta numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION app.is_aggregate(p_resource character varying, p_group character varying, p_aggregate character varying, p_measure character varying, p_max_rows_per_agent integer, p_lower numeric, p_upper numeric, p_resolution numeric, p_epsilon numeric, p_delta numeric) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.tenant_maintenance_of_transaction() FROM PUBLIC;
GRANT ALL ON FUNCTION app.tenant_maintenance_of_transaction() TO agent_agency_owner;
GRANT ALL ON FUNCTION app.tenant_maintenance_of_transaction() TO agent_agency_maintenance;

REVOKE ALL ON FUNCTION app.is_maintaining(p_kinds text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.is_maintaining(p_kinds text[]) TO agent_agency_maintenance;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.aggregated_insights TO agent_agency_maintenance;
GRANT SELECT,INSERT ON TABLE public.aggregated_insights TO agent_agency_service;

GRANT SELECT(tenant_id) ON TABLE public.aggregated_insights TO agent_agency_app;
GRANT SELECT(tenant_id) ON TABLE public.aggregated_insights TO agent_agency_readonly;

GRANT SELECT(id) ON TABLE public.aggregated_insights TO agent_agency_app;
GRANT SELECT(id) ON TABLE public.aggregated_insights TO agent_agency_readonly;

GRANT SELECT(session_id) ON TABLE public.aggregated_insights TO agent_agency_app;
GRANT SELECT(session_id) ON TABLE public.aggregated_insights TO agent_agency_readonly;

GRANT SELECT(topic_key) ON TABLE public.aggregated_insights TO agent_agency_app;
GRANT SELECT(topic_key) ON TABLE public.aggregated_insights TO agent_agency_readonly;

GRANT SELECT(source_participants) ON TABLE public.aggregated_insights TO agent_agency_app;
GRANT SELECT(source_participants) ON TABLE public.aggregated_insights TO agent_agency_readonly;

GRANT SELECT(aggregation_method) ON TABLE public.aggregated_insights TO agent_agency_app;
GRANT SELECT(aggregation_method) ON TABLE public.aggregated_insights TO agent_agency_readonly;

GRANT SELECT(privacy_preserved) ON TABLE public.aggregated_insights TO agent_agency_app;
GRANT SELECT(privacy_preserved) ON TABLE public.aggregated_insights TO agent_agency_readonly;

GRANT SELECT(access_count) ON TABLE public.aggregated_insights TO agent_agency_app;
GRANT SELECT(access_count) ON TABLE public.aggregated_insights TO agent_agency_readonly;
GRANT UPDATE(access_count) ON TABLE public.aggregated_insights TO agent_agency_service;

GRANT SELECT(created_at) ON TABLE public.aggregated_insights TO agent_agency_app;
GRANT SELECT(created_at) ON TABLE public.aggregated_insights TO agent_agency_readonly;

GRANT SELECT(expires_at) ON TABLE public.aggregated_insights TO agent_agency_app;
GRANT SELECT(expires_at) ON TABLE public.aggregated_insights TO agent_agency_readonly;

GRANT SELECT(round) ON TABLE public.aggregated_insights TO agent_agency_app;
GRANT SELECT(round) ON TABLE public.aggregated_insights TO agent_agency_readonly;

GRANT SELECT(transaction_id) ON TABLE public.aggregated_insights TO agent_agency_app;
GRANT SELECT(transaction_id) ON TABLE public.aggregated_insights TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.is_paid_insight(p_insight public.aggregated_insights) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.is_restoring() FROM PUBLIC;
GRANT ALL ON FUNCTION app.is_restoring() TO agent_agency_service;

REVOKE ALL ON FUNCTION app.isolate_tenant_table(p_table regclass, p_tenant_column name, p_policy name) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.join_federated_session(p_session_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.join_federated_session(p_session_id uuid) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.keep_encryption_key_state() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.keep_subject_key() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.keep_superseded_relationships() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.leave_federated_session(p_session_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.leave_federated_session(p_session_id uuid) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.limit_statistics(p_table regclass) FROM PUBLIC;
GRANT ALL ON FUNCTION app.limit_statistics(p_table regclass) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.list_tenants() FROM PUBLIC;
GRANT ALL ON FUNCTION app.list_tenants() TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.list_vector_indexes() FROM PUBLIC;
GRANT ALL ON FUNCTION app.list_vector_indexes() TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.lock_federated_session(p_session_id uuid, p_as_initiator boolean, p_alone boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.lock_provenance_head(p_parent_ids uuid[], p_key_id text, p_public_key bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION app.lock_provenance_head(p_parent_ids uuid[], p_key_id text, p_public_key bytea) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.lock_provenance_head_of(p_tenant_id text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.maintained_tenant() FROM PUBLIC;
GRANT ALL ON FUNCTION app.maintained_tenant() TO agent_agency_maintenance;

REVOKE ALL ON FUNCTION app.measure_vector_recall(p_tenant_id text, p_sample double precision, p_breadths integer[], p_margins integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.measure_vector_recall(p_tenant_id text, p_sample double precision, p_breadths integer[], p_margins integer[]) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.miscounted_degrees(p_tenant_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.miscounted_degrees(p_tenant_id text) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.next_hop(p_tenant_id text, p_frontier text[], p_products double precision[], p_places integer[], p_seen text[], p_direction text, p_min_confidence numeric, p_types public.relationship_type[], p_max_edges integer, p_fan_out integer, p_until timestamp with time zone, p_as_of timestamp with time zone, p_known_at timestamp with time zone, OUT agent_ids text[], OUT parents integer[], OUT types public.relationship_type[], OUT orientations text[], OUT products double precision[], OUT edges integer, OUT missing text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.next_hop(p_tenant_id text, p_frontier text[], p_products double precision[], p_places integer[], p_seen text[], p_direction text, p_min_confidence numeric, p_types public.relationship_type[], p_max_edges integer, p_fan_out integer, p_until timestamp with time zone, p_as_of timestamp with time zone, p_known_at timestamp with time zone, OUT agent_ids text[], OUT parents integer[], OUT types public.relationship_type[], OUT orientations text[], OUT products double precision[], OUT edges integer, OUT missing text) TO agent_agency_app;
GRANT ALL ON FUNCTION app.next_hop(p_tenant_id text, p_frontier text[], p_products double precision[], p_places integer[], p_seen text[], p_direction text, p_min_confidence numeric, p_types public.relationship_type[], p_max_edges integer, p_fan_out integer, p_until timestamp with time zone, p_as_of timestamp with time zone, p_known_at timestamp with time zone, OUT agent_ids text[], OUT parents integer[], OUT types public.relationship_type[], OUT orientations text[], OUT products double precision[], OUT edges integer, OUT missing text) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.noisy_steps(p_sums bigint[], p_sensitivity numeric, p_epsilon numeric) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.note_vectors() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.opaque(p_value anyelement) FROM PUBLIC;
GRANT ALL ON FUNCTION app.opaque(p_value anyelement) TO agent_agency_service;
GRANT ALL ON FUNCTION app.opaque(p_value anyelement) TO agent_agency_maintenance;
GRANT ALL ON FUNCTION app.opaque(p_value anyelement) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.open_shared_access(p_resource text, p_query_hash text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.open_shared_access(p_resource text, p_query_hash text) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.paths_of_walk(p_agent_ids text[], p_parents integer[], p_types public.relationship_type[], p_products double precision[], p_hops integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.paths_of_walk(p_agent_ids text[], p_parents integer[], p_types public.relationship_type[], p_products double precision[], p_hops integer[]) TO agent_agency_app;
GRANT ALL ON FUNCTION app.paths_of_walk(p_agent_ids text[], p_parents integer[], p_types public.relationship_type[], p_products double precision[], p_hops integer[]) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.privacy_noise(p_sensitivity numeric, p_epsilon numeric, p_rho numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION app.privacy_noise(p_sensitivity numeric, p_epsilon numeric, p_rho numeric) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.provenance_field(p_value bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION app.provenance_field(p_value bytea) TO agent_agency_app;
GRANT ALL ON FUNCTION app.provenance_field(p_value bytea) TO agent_agency_maintenance;
GRANT ALL ON FUNCTION app.provenance_field(p_value bytea) TO agent_agency_readonly;

GRANT SELECT ON TABLE public.caws_provenance_graph TO agent_agency_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.caws_provenance_graph TO agent_agency_maintenance;
GRANT SELECT,INSERT ON TABLE public.caws_provenance_graph TO agent_agency_app;
GRANT SELECT ON TABLE public.caws_provenance_graph TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.provenance_node_hash(p_node public.caws_provenance_graph) FROM PUBLIC;
GRANT ALL ON FUNCTION app.provenance_node_hash(p_node public.caws_provenance_graph) TO agent_agency_app;
GRANT ALL ON FUNCTION app.provenance_node_hash(p_node public.caws_provenance_graph) TO agent_agency_maintenance;
GRANT ALL ON FUNCTION app.provenance_node_hash(p_node public.caws_provenance_graph) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.publish_federated_topic(p_session public.federated_sessions, p_topic_key text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.publish_partial_sum(p_session_id uuid, p_topic_key text, p_partial numeric[], p_attestations bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.publish_partial_sum(p_session_id uuid, p_topic_key text, p_partial numeric[], p_attestations bytea[]) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.publish_secure_topic(p_session public.federated_sessions, p_topic_key text, p_parties integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.purge_access_log(p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.purge_access_log(p_limit integer) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.put_context_key(p_key_id text, p_secret bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION app.put_context_key(p_key_id text, p_secret bytea) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.put_privacy_config(p_tenant_id character varying, p_changes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app.put_privacy_config(p_tenant_id character varying, p_changes jsonb) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.put_provenance_tile(p_tenant_id text, p_level integer, p_tile_index bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.random_below(p_bound bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION app.random_below(p_bound bigint) TO agent_agency_app;
GRANT ALL ON FUNCTION app.random_below(p_bound bigint) TO agent_agency_readonly;
GRANT ALL ON FUNCTION app.random_below(p_bound bigint) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.random_whole_below(p_bound numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION app.random_whole_below(p_bound numeric) TO agent_agency_service;
GRANT ALL ON FUNCTION app.random_whole_below(p_bound numeric) TO agent_agency_app;
GRANT ALL ON FUNCTION app.random_whole_below(p_bound numeric) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.read_federated_insights(p_session_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.read_federated_insights(p_session_id uuid) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.read_federated_settings(p_settings jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app.read_federated_settings(p_settings jsonb) TO agent_agency_service;
GRANT ALL ON FUNCTION app.read_federated_settings(p_settings jsonb) TO agent_agency_app;
GRANT ALL ON FUNCTION app.read_federated_settings(p_settings jsonb) TO agent_agency_maintenance;

REVOKE ALL ON FUNCTION app.read_partial_sums(p_session_id uuid, p_round integer, p_topic_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.read_partial_sums(p_session_id uuid, p_round integer, p_topic_key text) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.read_privacy_release(p_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.read_privacy_release(p_id uuid) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.readable_federated_session(p_session_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.receive_federated_shares(p_session_id uuid, p_topic_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.receive_federated_shares(p_session_id uuid, p_topic_key text) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.record_relationship() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.record_row_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.record_tenant_access(p_tenant_id character varying, p_access_type character varying, p_table_name character varying, p_query_hash character varying, p_row_count integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.record_tenant_access(p_tenant_id character varying, p_access_type character varying, p_table_name character varying, p_query_hash character varying, p_row_count integer) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.refuse_federated_level(p_session public.federated_sessions, p_level public.privacy_level) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.refuse_federated_status(p_session public.federated_sessions, p_status text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.refuse_missing_messages(p_missing bigint) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.refuse_provenance_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.refuse_without_consent(p_session public.federated_sessions) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.relationship_key(p_tenant_id character varying, p_source_agent_id character varying, p_target_agent_id character varying, p_type public.relationship_type) FROM PUBLIC;
GRANT ALL ON FUNCTION app.relationship_key(p_tenant_id character varying, p_source_agent_id character varying, p_target_agent_id character varying, p_type public.relationship_type) TO agent_agency_app;
GRANT ALL ON FUNCTION app.relationship_key(p_tenant_id character varying, p_source_agent_id character varying, p_target_agent_id character varying, p_type public.relationship_type) TO agent_agency_maintenance;

REVOKE ALL ON FUNCTION app.repair_agent_degrees(p_tenant_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.repair_agent_degrees(p_tenant_id text) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.repeat_sharing_rules() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.request_federated_aggregate(p_resource character varying, p_group character varying, p_aggregate character varying, p_measure character varying, p_max_rows_per_agent integer, p_lower numeric, p_upper numeric, p_resolution numeric, p_epsilon numeric, p_delta numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION app.request_federated_aggregate(p_resource character varying, p_group character varying, p_aggregate character varying, p_measure character varying, p_max_rows_per_agent integer, p_lower numeric, p_upper numeric, p_resolution numeric, p_epsilon numeric, p_delta numeric) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.require_between(p_what text, p_value integer, p_least integer, p_most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.require_between(p_what text, p_value integer, p_least integer, p_most integer) TO agent_agency_app;
GRANT ALL ON FUNCTION app.require_between(p_what text, p_value integer, p_least integer, p_most integer) TO agent_agency_readonly;
GRANT ALL ON FUNCTION app.require_between(p_what text, p_value integer, p_least integer, p_most integer) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.require_direction(p_embedding public.vector) FROM PUBLIC;
GRANT ALL ON FUNCTION app.require_direction(p_embedding public.vector) TO agent_agency_app;
GRANT ALL ON FUNCTION app.require_direction(p_embedding public.vector) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.require_learning_tenant() FROM PUBLIC;
GRANT ALL ON FUNCTION app.require_learning_tenant() TO agent_agency_service;

REVOKE ALL ON FUNCTION app.require_sealed() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.require_tenant_id() FROM PUBLIC;
GRANT ALL ON FUNCTION app.require_tenant_id() TO agent_agency_service;
GRANT ALL ON FUNCTION app.require_tenant_id() TO agent_agency_app;
GRANT ALL ON FUNCTION app.require_tenant_id() TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.require_walk(p_max_hops integer, p_min_confidence numeric, p_direction text, p_max_nodes integer, p_max_edges integer, p_max_ms integer, p_fan_out integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.require_walk(p_max_hops integer, p_min_confidence numeric, p_direction text, p_max_nodes integer, p_max_edges integer, p_max_ms integer, p_fan_out integer) TO agent_agency_app;
GRANT ALL ON FUNCTION app.require_walk(p_max_hops integer, p_min_confidence numeric, p_direction text, p_max_nodes integer, p_max_edges integer, p_max_ms integer, p_fan_out integer) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.resume_tenant(p_tenant_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.resume_tenant(p_tenant_id text) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.scan_capability_signs(p_tenant_id text, p_bits bit, p_most integer, p_min_confidence numeric, p_type public.entity_type, OUT ids uuid[], OUT distances double precision[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.scan_capability_signs(p_tenant_id text, p_bits bit, p_most integer, p_min_confidence numeric, p_type public.entity_type, OUT ids uuid[], OUT distances double precision[]) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.score_federated_convergence(p_session public.federated_sessions) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.search_capabilities(p_embedding public.vector, p_limit integer, p_min_confidence numeric, p_type public.entity_type, p_agent_id text, OUT plan text, OUT reason text, OUT visited integer, OUT compared integer, OUT ids uuid[], OUT names text[], OUT agent_ids text[], OUT types text[], OUT confidences numeric[], OUT distances double precision[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.search_capabilities(p_embedding public.vector, p_limit integer, p_min_confidence numeric, p_type public.entity_type, p_agent_id text, OUT plan text, OUT reason text, OUT visited integer, OUT compared integer, OUT ids uuid[], OUT names text[], OUT agent_ids text[], OUT types text[], OUT confidences numeric[], OUT distances double precision[]) TO agent_agency_app;
GRANT ALL ON FUNCTION app.search_capabilities(p_embedding public.vector, p_limit integer, p_min_confidence numeric, p_type public.entity_type, p_agent_id text, OUT plan text, OUT reason text, OUT visited integer, OUT compared integer, OUT ids uuid[], OUT names text[], OUT agent_ids text[], OUT types text[], OUT confidences numeric[], OUT distances double precision[]) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.send_federated_shares(p_session_id uuid, p_topic_key text, p_sealed bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.send_federated_shares(p_session_id uuid, p_topic_key text, p_sealed bytea[]) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.set_tenant_encryption(p_tenant_id character varying, p_enabled boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app.set_tenant_encryption(p_tenant_id character varying, p_enabled boolean) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.share_tenant_table(p_table regclass, p_policy name) FROM PUBLIC;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_access_policies TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_access_policies TO agent_agency_app;
GRANT SELECT ON TABLE public.tenant_access_policies TO agent_agency_readonly;
GRANT SELECT ON TABLE public.tenant_access_policies TO agent_agency_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_sharing_rules TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_sharing_rules TO agent_agency_app;
GRANT SELECT ON TABLE public.tenant_sharing_rules TO agent_agency_readonly;
GRANT SELECT ON TABLE public.tenant_sharing_rules TO agent_agency_service;

REVOKE ALL ON FUNCTION app.sharing_tenants(p_tenant_id text, p_resource text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.shortest_agent_path(p_source character varying, p_target character varying, p_max_hops integer, p_min_confidence numeric, p_types public.relationship_type[], p_direction text, p_max_nodes integer, p_max_edges integer, p_max_ms integer, p_as_of timestamp with time zone, p_known_at timestamp with time zone, OUT agent_ids text[], OUT types public.relationship_type[], OUT orientations text[], OUT products double precision[], OUT edges integer, OUT truncated text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.shortest_agent_path(p_source character varying, p_target character varying, p_max_hops integer, p_min_confidence numeric, p_types public.relationship_type[], p_direction text, p_max_nodes integer, p_max_edges integer, p_max_ms integer, p_as_of timestamp with time zone, p_known_at timestamp with time zone, OUT agent_ids text[], OUT types public.relationship_type[], OUT orientations text[], OUT products double precision[], OUT edges integer, OUT truncated text) TO agent_agency_app;
GRANT ALL ON FUNCTION app.shortest_agent_path(p_source character varying, p_target character varying, p_max_hops integer, p_min_confidence numeric, p_types public.relationship_type[], p_direction text, p_max_nodes integer, p_max_edges integer, p_max_ms integer, p_as_of timestamp with time zone, p_known_at timestamp with time zone, OUT agent_ids text[], OUT types public.relationship_type[], OUT orientations text[], OUT products double precision[], OUT edges integer, OUT truncated text) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.spend_privacy_budget(p_tenant_id character varying, p_epsilon numeric, p_delta numeric, p_rho numeric, p_purpose character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION app.spend_privacy_budget(p_tenant_id character varying, p_epsilon numeric, p_delta numeric, p_rho numeric, p_purpose character varying) TO agent_agency_service;

GRANT SELECT,INSERT ON TABLE public.agent_relationship_history TO agent_agency_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_relationship_history TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.agent_relationship_history TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_relationship_history TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_relationships TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_relationships TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_relationships TO agent_agency_readonly;
GRANT SELECT ON TABLE public.agent_relationships TO agent_agency_service;

REVOKE ALL ON FUNCTION app.ways_from(p_tenant_id text, p_agent_id text, p_direction text, p_min_confidence numeric, p_types public.relationship_type[], p_as_of timestamp with time zone, p_known_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app.ways_from(p_tenant_id text, p_agent_id text, p_direction text, p_min_confidence numeric, p_types public.relationship_type[], p_as_of timestamp with time zone, p_known_at timestamp with time zone) TO agent_agency_app;
GRANT ALL ON FUNCTION app.ways_from(p_tenant_id text, p_agent_id text, p_direction text, p_min_confidence numeric, p_types public.relationship_type[], p_as_of timestamp with time zone, p_known_at timestamp with time zone) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.steps_from(p_tenant_id text, p_agent_ids text[], p_direction text, p_min_confidence numeric, p_types public.relationship_type[], p_fan_out integer, p_until timestamp with time zone, p_as_of timestamp with time zone, p_known_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app.steps_from(p_tenant_id text, p_agent_ids text[], p_direction text, p_min_confidence numeric, p_types public.relationship_type[], p_fan_out integer, p_until timestamp with time zone, p_as_of timestamp with time zone, p_known_at timestamp with time zone) TO agent_agency_app;
GRANT ALL ON FUNCTION app.steps_from(p_tenant_id text, p_agent_ids text[], p_direction text, p_min_confidence numeric, p_types public.relationship_type[], p_fan_out integer, p_until timestamp with time zone, p_as_of timestamp with time zone, p_known_at timestamp with time zone) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.store_federated_insight(p_session public.federated_sessions, p_topic_key text, p_values numeric[], p_half_width numeric, p_tenants integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.strictest_k_anonymity(p_tenants text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.suspend_tenant(p_tenant_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.suspend_tenant(p_tenant_id text) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.tenants_consent(p_one character varying, p_other character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION app.tenants_consent(p_one character varying, p_other character varying) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.tenants_to_ask(p_asking character varying, p_resource character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION app.tenants_to_ask(p_asking character varying, p_resource character varying) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.tighten_privacy_config(p_changes jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app.tighten_privacy_config(p_changes jsonb) TO agent_agency_app;

REVOKE ALL ON FUNCTION app.tune_vector_index(p_tenant_id text, p_breadth integer, p_margin integer, p_recall double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION app.tune_vector_index(p_tenant_id text, p_breadth integer, p_margin integer, p_recall double precision) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.update_data_retention(p_tenant_id text, p_change jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app.update_data_retention(p_tenant_id text, p_change jsonb) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.update_tenant(p_tenant_id text, p_project_id text, p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.update_tenant(p_tenant_id text, p_project_id text, p_name text) TO agent_agency_owner;

REVOKE ALL ON FUNCTION app.visible_tenant_keys(p_resource text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.visible_tenant_keys(p_resource text) TO agent_agency_app;
GRANT ALL ON FUNCTION app.visible_tenant_keys(p_resource text) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.visible_tenants(p_resource text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.visible_tenants(p_resource text) TO agent_agency_owner;
GRANT ALL ON FUNCTION app.visible_tenants(p_resource text) TO agent_agency_app;
GRANT ALL ON FUNCTION app.visible_tenants(p_resource text) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.walk_agent_relationships(p_start character varying, p_max_hops integer, p_min_confidence numeric, p_types public.relationship_type[], p_direction text, p_max_nodes integer, p_max_edges integer, p_max_ms integer, p_fan_out integer, p_as_of timestamp with time zone, p_known_at timestamp with time zone, OUT agent_ids text[], OUT parents integer[], OUT types public.relationship_type[], OUT orientations text[], OUT products double precision[], OUT hops integer[], OUT edges integer, OUT truncated text, OUT truncated_at integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.walk_agent_relationships(p_start character varying, p_max_hops integer, p_min_confidence numeric, p_types public.relationship_type[], p_direction text, p_max_nodes integer, p_max_edges integer, p_max_ms integer, p_fan_out integer, p_as_of timestamp with time zone, p_known_at timestamp with time zone, OUT agent_ids text[], OUT parents integer[], OUT types public.relationship_type[], OUT orientations text[], OUT products double precision[], OUT hops integer[], OUT edges integer, OUT truncated text, OUT truncated_at integer) TO agent_agency_app;
GRANT ALL ON FUNCTION app.walk_agent_relationships(p_start character varying, p_max_hops integer, p_min_confidence numeric, p_types public.relationship_type[], p_direction text, p_max_nodes integer, p_max_edges integer, p_max_ms integer, p_fan_out integer, p_as_of timestamp with time zone, p_known_at timestamp with time zone, OUT agent_ids text[], OUT parents integer[], OUT types public.relationship_type[], OUT orientations text[], OUT products double precision[], OUT hops integer[], OUT edges integer, OUT truncated text, OUT truncated_at integer) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.walk_capability_graph(p_index app.vector_indexes, p_embedding public.vector, p_wanted integer, p_min_confidence numeric, p_type public.entity_type, OUT ids uuid[], OUT visited integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.walk_capability_graph(p_index app.vector_indexes, p_embedding public.vector, p_wanted integer, p_min_confidence numeric, p_type public.entity_type, OUT ids uuid[], OUT visited integer) TO agent_agency_service;

REVOKE ALL ON FUNCTION app.walk_provenance(p_start uuid[], p_direction text, p_max_depth integer, p_max_nodes integer, p_without character varying[], OUT node_ids uuid[], OUT depths integer[], OUT complete_depth integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app.walk_provenance(p_start uuid[], p_direction text, p_max_depth integer, p_max_nodes integer, p_without character varying[], OUT node_ids uuid[], OUT depths integer[], OUT complete_depth integer) TO agent_agency_app;
GRANT ALL ON FUNCTION app.walk_provenance(p_start uuid[], p_direction text, p_max_depth integer, p_max_nodes integer, p_without character varying[], OUT node_ids uuid[], OUT depths integer[], OUT complete_depth integer) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.warn_if_truncated(p_truncated text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.warn_if_truncated(p_truncated text) TO agent_agency_app;
GRANT ALL ON FUNCTION app.warn_if_truncated(p_truncated text) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.zcdp_epsilon(p_rho numeric, p_delta numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION app.zcdp_epsilon(p_rho numeric, p_delta numeric) TO agent_agency_service;
GRANT ALL ON FUNCTION app.zcdp_epsilon(p_rho numeric, p_delta numeric) TO agent_agency_app;
GRANT ALL ON FUNCTION app.zcdp_epsilon(p_rho numeric, p_delta numeric) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION app.zcdp_rho(p_epsilon numeric, p_delta numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION app.zcdp_rho(p_epsilon numeric, p_delta numeric) TO agent_agency_service;
GRANT ALL ON FUNCTION app.zcdp_rho(p_epsilon numeric, p_delta numeric) TO agent_agency_app;
GRANT ALL ON FUNCTION app.zcdp_rho(p_epsilon numeric, p_delta numeric) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION public.add_dp_noise(value numeric, p_tenant_id character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION public.add_dp_noise(value numeric, p_tenant_id character varying) TO agent_agency_app;
GRANT ALL ON FUNCTION public.add_dp_noise(value numeric, p_tenant_id character varying) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION public.check_k_anonymity(group_size bigint, p_tenant_id character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION public.check_k_anonymity(group_size bigint, p_tenant_id character varying) TO agent_agency_app;
GRANT ALL ON FUNCTION public.check_k_anonymity(group_size bigint, p_tenant_id character varying) TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_cache TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_cache TO agent_agency_app;
GRANT SELECT ON TABLE public.web_cache TO agent_agency_readonly;

REVOKE ALL ON FUNCTION public.cleanup_expired_web_cache() FROM PUBLIC;
GRANT ALL ON FUNCTION public.cleanup_expired_web_cache() TO agent_agency_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.entity_similarity_cache TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.entity_similarity_cache TO agent_agency_app;
GRANT SELECT ON TABLE public.entity_similarity_cache TO agent_agency_readonly;

REVOKE ALL ON FUNCTION public.cleanup_similarity_cache(retention_days integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.cleanup_similarity_cache(retention_days integer) TO agent_agency_app;

REVOKE ALL ON FUNCTION public.compute_agent_centrality() FROM PUBLIC;
GRANT ALL ON FUNCTION public.compute_agent_centrality() TO agent_agency_app;
GRANT ALL ON FUNCTION public.compute_agent_centrality() TO agent_agency_readonly;

REVOKE ALL ON FUNCTION public.compute_provenance_hash(parent_hash character varying, entity_type character varying, entity_id character varying, metadata jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.compute_provenance_hash(parent_hash character varying, entity_type character varying, entity_id character varying, metadata jsonb) TO agent_agency_app;
GRANT ALL ON FUNCTION public.compute_provenance_hash(parent_hash character varying, entity_type character varying, entity_id character varying, metadata jsonb) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION public.compute_utilization() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.create_tenant(p_tenant_id character varying, p_project_id character varying, p_name character varying, p_isolation_level public.isolation_level) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_tenant(p_tenant_id character varying, p_project_id character varying, p_name character varying, p_isolation_level public.isolation_level) TO agent_agency_owner;

REVOKE ALL ON FUNCTION public.find_agent_path(source_agent_id character varying, target_agent_id character varying, max_hops integer, p_as_of timestamp with time zone, p_known_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_agent_path(source_agent_id character varying, target_agent_id character varying, max_hops integer, p_as_of timestamp with time zone, p_known_at timestamp with time zone) TO agent_agency_app;
GRANT ALL ON FUNCTION public.find_agent_path(source_agent_id character varying, target_agent_id character varying, max_hops integer, p_as_of timestamp with time zone, p_known_at timestamp with time zone) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION public.find_similar_capabilities(target_embedding public.vector, p_tenant_id character varying, max_results integer, min_confidence numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_similar_capabilities(target_embedding public.vector, p_tenant_id character varying, max_results integer, min_confidence numeric) TO agent_agency_app;
GRANT ALL ON FUNCTION public.find_similar_capabilities(target_embedding public.vector, p_tenant_id character varying, max_results integer, min_confidence numeric) TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provenance_embeddings TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provenance_embeddings TO agent_agency_app;
GRANT SELECT ON TABLE public.provenance_embeddings TO agent_agency_readonly;
GRANT SELECT ON TABLE public.provenance_embeddings TO agent_agency_service;

REVOKE ALL ON FUNCTION public.find_similar_caws_verdicts(target_embedding public.vector, verdict_type character varying, max_results integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_similar_caws_verdicts(target_embedding public.vector, verdict_type character varying, max_results integer) TO agent_agency_app;
GRANT ALL ON FUNCTION public.find_similar_caws_verdicts(target_embedding public.vector, verdict_type character varying, max_results integer) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION public.get_cached_similarity(e1 uuid, e2 uuid, ttl_hours integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_cached_similarity(e1 uuid, e2 uuid, ttl_hours integer) TO agent_agency_app;
GRANT ALL ON FUNCTION public.get_cached_similarity(e1 uuid, e2 uuid, ttl_hours integer) TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.git_commits TO agent_agency_maintenance;
GRANT SELECT,INSERT ON TABLE public.git_commits TO agent_agency_app;
GRANT SELECT ON TABLE public.git_commits TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provenance_records TO agent_agency_maintenance;
GRANT SELECT,INSERT ON TABLE public.provenance_records TO agent_agency_app;
GRANT SELECT ON TABLE public.provenance_records TO agent_agency_readonly;

REVOKE ALL ON FUNCTION public.get_provenance_by_commit(p_hash character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_provenance_by_commit(p_hash character varying) TO agent_agency_app;
GRANT ALL ON FUNCTION public.get_provenance_by_commit(p_hash character varying) TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_profiles TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_profiles TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_profiles TO agent_agency_readonly;
GRANT SELECT ON TABLE public.agent_profiles TO agent_agency_service;

REVOKE ALL ON FUNCTION public.traverse_agent_relationships(start_agent_id character varying, max_hops integer, min_confidence numeric, relationship_types public.relationship_type[], p_as_of timestamp with time zone, p_known_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.traverse_agent_relationships(start_agent_id character varying, max_hops integer, min_confidence numeric, relationship_types public.relationship_type[], p_as_of timestamp with time zone, p_known_at timestamp with time zone) TO agent_agency_app;
GRANT ALL ON FUNCTION public.traverse_agent_relationships(start_agent_id character varying, max_hops integer, min_confidence numeric, relationship_types public.relationship_type[], p_as_of timestamp with time zone, p_known_at timestamp with time zone) TO agent_agency_readonly;

GRANT SELECT ON TABLE public.hybrid_search_index TO agent_agency_app;
GRANT SELECT ON TABLE public.hybrid_search_index TO agent_agency_readonly;

REVOKE ALL ON FUNCTION public.hybrid_search(query_embedding public.vector, query_text text, max_results integer, include_graph_hops integer, entity_types character varying[], p_tenant_id character varying, min_confidence numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION public.hybrid_search(query_embedding public.vector, query_text text, max_results integer, include_graph_hops integer, entity_types character varying[], p_tenant_id character varying, min_confidence numeric) TO agent_agency_app;
GRANT ALL ON FUNCTION public.hybrid_search(query_embedding public.vector, query_text text, max_results integer, include_graph_hops integer, entity_types character varying[], p_tenant_id character varying, min_confidence numeric) TO agent_agency_readonly;

REVOKE ALL ON FUNCTION public.link_provenance_to_commit(p_verdict_id uuid, p_hash character varying, p_author character varying, p_message text, p_timestamp timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION public.link_provenance_to_commit(p_verdict_id uuid, p_hash character varying, p_author character varying, p_message text, p_timestamp timestamp with time zone) TO agent_agency_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.graph_search_sessions TO agent_agency_maintenance;
GRANT SELECT,INSERT ON TABLE public.graph_search_sessions TO agent_agency_app;
GRANT SELECT ON TABLE public.graph_search_sessions TO agent_agency_readonly;

REVOKE ALL ON FUNCTION public.log_search_session(p_query_text text, p_search_type character varying, p_result_count integer, p_execution_time_ms integer, p_tenant_id character varying, p_metadata jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.log_search_session(p_query_text text, p_search_type character varying, p_result_count integer, p_execution_time_ms integer, p_tenant_id character varying, p_metadata jsonb) TO agent_agency_app;

REVOKE ALL ON FUNCTION public.normalize_entity_name(input_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.normalize_entity_name(input_name text) TO agent_agency_app;
GRANT ALL ON FUNCTION public.normalize_entity_name(input_name text) TO agent_agency_maintenance;
GRANT ALL ON FUNCTION public.normalize_entity_name(input_name text) TO agent_agency_readonly;
GRANT ALL ON FUNCTION public.normalize_entity_name(input_name text) TO agent_agency_service;

REVOKE ALL ON FUNCTION public.prevent_duplicate_relationships() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.refresh_hybrid_search_index() FROM PUBLIC;
GRANT ALL ON FUNCTION public.refresh_hybrid_search_index() TO agent_agency_owner;

REVOKE ALL ON FUNCTION public.set_canonical_name() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.set_rl_batch_expiry() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.update_last_updated_column() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.update_tenant_isolation(p_tenant_id character varying, p_new_level public.isolation_level) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_tenant_isolation(p_tenant_id character varying, p_new_level public.isolation_level) TO agent_agency_owner;

REVOKE ALL ON FUNCTION public.update_traversal_statistics() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.update_updated_at_column() FROM PUBLIC;

REVOKE ALL ON FUNCTION public.validate_performance_metrics(metrics jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.validate_performance_metrics(metrics jsonb) TO agent_agency_app;
GRANT ALL ON FUNCTION public.validate_performance_metrics(metrics jsonb) TO agent_agency_maintenance;
GRANT ALL ON FUNCTION public.validate_performance_metrics(metrics jsonb) TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE app.privacy_releases TO agent_agency_maintenance;
GRANT SELECT,INSERT ON TABLE app.privacy_releases TO agent_agency_service;

GRANT SELECT(tenant_id) ON TABLE app.privacy_releases TO agent_agency_app;
GRANT SELECT(tenant_id) ON TABLE app.privacy_releases TO agent_agency_readonly;

GRANT SELECT(id) ON TABLE app.privacy_releases TO agent_agency_app;
GRANT SELECT(id) ON TABLE app.privacy_releases TO agent_agency_readonly;

GRANT SELECT(request) ON TABLE app.privacy_releases TO agent_agency_app;
GRANT SELECT(request) ON TABLE app.privacy_releases TO agent_agency_readonly;

GRANT SELECT(epsilon) ON TABLE app.privacy_releases TO agent_agency_app;
GRANT SELECT(epsilon) ON TABLE app.privacy_releases TO agent_agency_readonly;

GRANT SELECT(delta) ON TABLE app.privacy_releases TO agent_agency_app;
GRANT SELECT(delta) ON TABLE app.privacy_releases TO agent_agency_readonly;

GRANT SELECT(transaction_id) ON TABLE app.privacy_releases TO agent_agency_app;
GRANT SELECT(transaction_id) ON TABLE app.privacy_releases TO agent_agency_readonly;

GRANT SELECT(released_at) ON TABLE app.privacy_releases TO agent_agency_app;
GRANT SELECT(released_at) ON TABLE app.privacy_releases TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_capabilities TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_capabilities TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_capabilities TO agent_agency_readonly;

GRANT SELECT ON TABLE public.agent_capability_summary TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_capability_summary TO agent_agency_readonly;

GRANT SELECT ON TABLE public.agent_connectivity TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_connectivity TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_cooccurrences TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_cooccurrences TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_cooccurrences TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_performance_events TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_performance_events TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_performance_events TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_performance_history TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_performance_history TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_performance_history TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_performance_profiles TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_performance_profiles TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_performance_profiles TO agent_agency_readonly;

GRANT SELECT ON TABLE public.agent_performance_summary TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_performance_summary TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.current_load TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.current_load TO agent_agency_app;
GRANT SELECT ON TABLE public.current_load TO agent_agency_readonly;

GRANT SELECT ON TABLE public.agent_profiles_with_capabilities TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_profiles_with_capabilities TO agent_agency_readonly;

GRANT SELECT ON TABLE public.agent_relationship_summary TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_relationship_summary TO agent_agency_readonly;

GRANT SELECT ON TABLE public.agent_relationship_versions TO agent_agency_app;
GRANT SELECT ON TABLE public.agent_relationship_versions TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.audit_log TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.audit_log TO agent_agency_app;
GRANT SELECT ON TABLE public.audit_log TO agent_agency_readonly;
GRANT INSERT ON TABLE public.audit_log TO agent_agency_service;

GRANT INSERT(tenant_id) ON TABLE public.audit_log TO agent_agency_app;

GRANT INSERT(id) ON TABLE public.audit_log TO agent_agency_app;

GRANT INSERT(table_name) ON TABLE public.audit_log TO agent_agency_app;

GRANT INSERT(operation) ON TABLE public.audit_log TO agent_agency_app;

GRANT INSERT(old_values) ON TABLE public.audit_log TO agent_agency_app;

GRANT INSERT(new_values) ON TABLE public.audit_log TO agent_agency_app;

GRANT SELECT ON TABLE public.available_agents TO agent_agency_app;
GRANT SELECT ON TABLE public.available_agents TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.benchmark_datasets TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.benchmark_datasets TO agent_agency_app;
GRANT SELECT ON TABLE public.benchmark_datasets TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.benchmark_evaluations TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.benchmark_evaluations TO agent_agency_app;
GRANT SELECT ON TABLE public.benchmark_evaluations TO agent_agency_readonly;

GRANT SELECT ON TABLE public.caws_provenance_chains TO agent_agency_app;
GRANT SELECT ON TABLE public.caws_provenance_chains TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_access_log TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.tenant_access_log TO agent_agency_app;
GRANT SELECT ON TABLE public.tenant_access_log TO agent_agency_readonly;
GRANT SELECT,INSERT,DELETE ON TABLE public.tenant_access_log TO agent_agency_service;

GRANT SELECT ON TABLE public.cross_tenant_access_summary TO agent_agency_app;
GRANT SELECT ON TABLE public.cross_tenant_access_summary TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.data_quality_metrics TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.data_quality_metrics TO agent_agency_app;
GRANT SELECT ON TABLE public.data_quality_metrics TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.data_retention_policies TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.data_retention_policies TO agent_agency_app;
GRANT SELECT ON TABLE public.data_retention_policies TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.entity_chunk_mappings TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.entity_chunk_mappings TO agent_agency_app;
GRANT SELECT ON TABLE public.entity_chunk_mappings TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.verification_evidence TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.verification_evidence TO agent_agency_app;
GRANT SELECT ON TABLE public.verification_evidence TO agent_agency_readonly;

GRANT SELECT ON TABLE public.evidence_quality_analysis TO agent_agency_app;
GRANT SELECT ON TABLE public.evidence_quality_analysis TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.federated_contributions TO agent_agency_maintenance;
GRANT SELECT,DELETE ON TABLE public.federated_contributions TO agent_agency_app;
GRANT SELECT ON TABLE public.federated_contributions TO agent_agency_readonly;
GRANT SELECT,INSERT,DELETE ON TABLE public.federated_contributions TO agent_agency_service;

GRANT UPDATE(created_at) ON TABLE public.federated_contributions TO agent_agency_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.federated_partial_sums TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.federated_partial_sums TO agent_agency_app;
GRANT SELECT ON TABLE public.federated_partial_sums TO agent_agency_readonly;
GRANT SELECT,INSERT,DELETE ON TABLE public.federated_partial_sums TO agent_agency_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.federated_participants TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.federated_participants TO agent_agency_app;
GRANT SELECT ON TABLE public.federated_participants TO agent_agency_readonly;
GRANT SELECT ON TABLE public.federated_participants TO agent_agency_service;

GRANT INSERT(tenant_id) ON TABLE public.federated_participants TO agent_agency_app;

GRANT INSERT(privacy_level),UPDATE(privacy_level) ON TABLE public.federated_participants TO agent_agency_app;

GRANT INSERT(public_key),UPDATE(public_key) ON TABLE public.federated_participants TO agent_agency_app;

GRANT INSERT(active),UPDATE(active) ON TABLE public.federated_participants TO agent_agency_app;

GRANT UPDATE(last_contribution) ON TABLE public.federated_participants TO agent_agency_service;

GRANT UPDATE(total_contributions) ON TABLE public.federated_participants TO agent_agency_service;

GRANT UPDATE(updated_at) ON TABLE public.federated_participants TO agent_agency_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.federated_shares TO agent_agency_maintenance;
GRANT SELECT,DELETE ON TABLE public.federated_shares TO agent_agency_app;
GRANT SELECT ON TABLE public.federated_shares TO agent_agency_readonly;
GRANT SELECT,INSERT,DELETE ON TABLE public.federated_shares TO agent_agency_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.knowledge_cache TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.knowledge_cache TO agent_agency_app;
GRANT SELECT ON TABLE public.knowledge_cache TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.knowledge_queries TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.knowledge_queries TO agent_agency_app;
GRANT SELECT ON TABLE public.knowledge_queries TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.knowledge_responses TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.knowledge_responses TO agent_agency_app;
GRANT SELECT ON TABLE public.knowledge_responses TO agent_agency_readonly;

GRANT SELECT ON TABLE public.method_performance TO agent_agency_app;
GRANT SELECT ON TABLE public.method_performance TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.offloaded_contexts TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.offloaded_contexts TO agent_agency_app;
GRANT SELECT ON TABLE public.offloaded_contexts TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.performance_anomalies TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.performance_anomalies TO agent_agency_app;
GRANT SELECT ON TABLE public.performance_anomalies TO agent_agency_readonly;

GRANT SELECT ON TABLE public.popular_search_queries TO agent_agency_app;
GRANT SELECT ON TABLE public.popular_search_queries TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provenance_checkpoints TO agent_agency_maintenance;
GRANT SELECT,INSERT ON TABLE public.provenance_checkpoints TO agent_agency_app;
GRANT SELECT ON TABLE public.provenance_checkpoints TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provenance_cosignatures TO agent_agency_maintenance;
GRANT SELECT,INSERT ON TABLE public.provenance_cosignatures TO agent_agency_app;
GRANT SELECT ON TABLE public.provenance_cosignatures TO agent_agency_readonly;

GRANT SELECT,INSERT,UPDATE ON TABLE public.provenance_heads TO agent_agency_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provenance_heads TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.provenance_heads TO agent_agency_app;
GRANT SELECT ON TABLE public.provenance_heads TO agent_agency_readonly;

GRANT SELECT,INSERT ON TABLE public.provenance_parents TO agent_agency_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provenance_parents TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.provenance_parents TO agent_agency_app;
GRANT SELECT ON TABLE public.provenance_parents TO agent_agency_readonly;

GRANT SELECT,INSERT ON TABLE public.provenance_refs TO agent_agency_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provenance_refs TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.provenance_refs TO agent_agency_app;
GRANT SELECT ON TABLE public.provenance_refs TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provenance_signing_keys TO agent_agency_maintenance;
GRANT SELECT,INSERT ON TABLE public.provenance_signing_keys TO agent_agency_app;
GRANT SELECT ON TABLE public.provenance_signing_keys TO agent_agency_readonly;
GRANT SELECT,INSERT ON TABLE public.provenance_signing_keys TO agent_agency_service;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provenance_tiles TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.provenance_tiles TO agent_agency_app;
GRANT SELECT ON TABLE public.provenance_tiles TO agent_agency_readonly;
GRANT SELECT,INSERT ON TABLE public.provenance_tiles TO agent_agency_service;

GRANT SELECT ON TABLE public.query_performance TO agent_agency_app;
GRANT SELECT ON TABLE public.query_performance TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.queue_statistics TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.queue_statistics TO agent_agency_app;
GRANT SELECT ON TABLE public.queue_statistics TO agent_agency_readonly;

GRANT SELECT ON TABLE public.recent_performance_events TO agent_agency_app;
GRANT SELECT ON TABLE public.recent_performance_events TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.search_results TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.search_results TO agent_agency_app;
GRANT SELECT ON TABLE public.search_results TO agent_agency_readonly;

GRANT SELECT ON TABLE public.result_quality_analysis TO agent_agency_app;
GRANT SELECT ON TABLE public.result_quality_analysis TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rl_training_batches TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.rl_training_batches TO agent_agency_app;
GRANT SELECT ON TABLE public.rl_training_batches TO agent_agency_readonly;

GRANT SELECT ON TABLE public.search_performance_by_type TO agent_agency_app;
GRANT SELECT ON TABLE public.search_performance_by_type TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.search_provider_health TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.search_provider_health TO agent_agency_app;
GRANT SELECT ON TABLE public.search_provider_health TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.session_participants TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.session_participants TO agent_agency_app;
GRANT SELECT ON TABLE public.session_participants TO agent_agency_readonly;
GRANT SELECT,INSERT,UPDATE ON TABLE public.session_participants TO agent_agency_service;

GRANT SELECT ON TABLE public.slow_search_queries TO agent_agency_app;
GRANT SELECT ON TABLE public.slow_search_queries TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.subject_keys TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.subject_keys TO agent_agency_app;
GRANT SELECT ON TABLE public.subject_keys TO agent_agency_readonly;

GRANT INSERT(tenant_id) ON TABLE public.subject_keys TO agent_agency_app;

GRANT INSERT(id) ON TABLE public.subject_keys TO agent_agency_app;

GRANT INSERT(subject_sha256),UPDATE(subject_sha256) ON TABLE public.subject_keys TO agent_agency_app;

GRANT INSERT(wrapped_key),UPDATE(wrapped_key) ON TABLE public.subject_keys TO agent_agency_app;

GRANT INSERT(kek_id),UPDATE(kek_id) ON TABLE public.subject_keys TO agent_agency_app;

GRANT UPDATE(destroyed_at) ON TABLE public.subject_keys TO agent_agency_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.system_health_metrics TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.system_health_metrics TO agent_agency_app;
GRANT SELECT ON TABLE public.system_health_metrics TO agent_agency_readonly;

GRANT SELECT ON TABLE public.system_performance_dashboard TO agent_agency_app;
GRANT SELECT ON TABLE public.system_performance_dashboard TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_assignments TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_assignments TO agent_agency_app;
GRANT SELECT ON TABLE public.task_assignments TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_execution_history TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_execution_history TO agent_agency_app;
GRANT SELECT ON TABLE public.task_execution_history TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_queue TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_queue TO agent_agency_app;
GRANT SELECT ON TABLE public.task_queue TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_research_provenance TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.task_research_provenance TO agent_agency_app;
GRANT SELECT ON TABLE public.task_research_provenance TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_encryption_keys TO agent_agency_maintenance;
GRANT SELECT ON TABLE public.tenant_encryption_keys TO agent_agency_app;
GRANT SELECT ON TABLE public.tenant_encryption_keys TO agent_agency_readonly;

GRANT INSERT(tenant_id) ON TABLE public.tenant_encryption_keys TO agent_agency_app;

GRANT INSERT(id) ON TABLE public.tenant_encryption_keys TO agent_agency_app;

GRANT INSERT(version) ON TABLE public.tenant_encryption_keys TO agent_agency_app;

GRANT UPDATE(state) ON TABLE public.tenant_encryption_keys TO agent_agency_app;

GRANT INSERT(wrapped_key),UPDATE(wrapped_key) ON TABLE public.tenant_encryption_keys TO agent_agency_app;

GRANT INSERT(kek_id),UPDATE(kek_id) ON TABLE public.tenant_encryption_keys TO agent_agency_app;

GRANT UPDATE(retired_at) ON TABLE public.tenant_encryption_keys TO agent_agency_app;

GRANT UPDATE(destroyed_at) ON TABLE public.tenant_encryption_keys TO agent_agency_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_privacy_ledger TO agent_agency_maintenance;
GRANT SELECT,INSERT ON TABLE public.tenant_privacy_ledger TO agent_agency_service;
GRANT SELECT ON TABLE public.tenant_privacy_ledger TO agent_agency_app;
GRANT SELECT ON TABLE public.tenant_privacy_ledger TO agent_agency_readonly;

GRANT SELECT ON TABLE public.tenant_statistics TO agent_agency_app;
GRANT SELECT ON TABLE public.tenant_statistics TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.verification_cache TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.verification_cache TO agent_agency_app;
GRANT SELECT ON TABLE public.verification_cache TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.verification_requests TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.verification_requests TO agent_agency_app;
GRANT SELECT ON TABLE public.verification_requests TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.verification_results TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.verification_results TO agent_agency_app;
GRANT SELECT ON TABLE public.verification_results TO agent_agency_readonly;

GRANT SELECT ON TABLE public.verification_performance TO agent_agency_app;
GRANT SELECT ON TABLE public.verification_performance TO agent_agency_readonly;

GRANT SELECT ON TABLE public.web_cache_performance TO agent_agency_app;
GRANT SELECT ON TABLE public.web_cache_performance TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_content TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_content TO agent_agency_app;
GRANT SELECT ON TABLE public.web_content TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_extraction_metrics TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_extraction_metrics TO agent_agency_app;
GRANT SELECT ON TABLE public.web_extraction_metrics TO agent_agency_readonly;

GRANT SELECT ON TABLE public.web_extraction_performance TO agent_agency_app;
GRANT SELECT ON TABLE public.web_extraction_performance TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_rate_limits TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_rate_limits TO agent_agency_app;
GRANT SELECT ON TABLE public.web_rate_limits TO agent_agency_readonly;

GRANT SELECT ON TABLE public.web_rate_limit_status TO agent_agency_app;
GRANT SELECT ON TABLE public.web_rate_limit_status TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_traversals TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_traversals TO agent_agency_app;
GRANT SELECT ON TABLE public.web_traversals TO agent_agency_readonly;

GRANT SELECT ON TABLE public.web_traversal_analysis TO agent_agency_app;
GRANT SELECT ON TABLE public.web_traversal_analysis TO agent_agency_readonly;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_traversal_nodes TO agent_agency_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.web_traversal_nodes TO agent_agency_app;
GRANT SELECT ON TABLE public.web_traversal_nodes TO agent_agency_readonly;

ALTER DEFAULT PRIVILEGES FOR ROLE agent_agency_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;
