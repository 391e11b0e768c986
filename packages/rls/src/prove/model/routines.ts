import type { Role } from '../actors.ts';
import { hash, hex, publicKey, signingKey, uuid } from '../world/row-maker.ts';
import { TENANTS } from '../world/tenants.ts';

/** What a function is that somebody besides its owner may execute, or that has the rights of its owner. */
export interface RoutineModel {
  readonly execute: readonly Role[];
  /** Runs with the rights of the service role, its path pinned. */
  readonly isDefiner: boolean;
  /** Calls that are tried; without them, one with nulls. */
  readonly calls: readonly string[];
  /** What it returns differs from call to call: only errors are compared. */
  readonly isRandom: boolean;
  /** Why what other tenants have may show in what it does; undefined: it must not. */
  readonly crosses?: string;
  /** Tables in which it writes for other tenants. */
  readonly writesFor: readonly string[];
}

type Details = Partial<Omit<RoutineModel, 'execute' | 'isDefiner'>>;

const routine = (isDefiner: boolean, execute: readonly Role[], details: Details): RoutineModel => ({
  ...{ calls: [], isRandom: false, writesFor: [], ...details, isDefiner, execute },
});
/** With the caller's rights: row level security binds it as it binds any statement. */
const invoker = (execute: readonly Role[], details: Details = {}) => routine(false, execute, details);
const definer = (execute: readonly Role[], details: Details = {}) => routine(true, execute, details);

const LOGINS = ['app', 'readonly'] as const;
const FEDERATION =
  'learning together is what it is for: both sides have agreed, and only aggregates come out';
const federated = (call: string): RoutineModel =>
  definer(['app'], { calls: [call], crosses: FEDERATION, writesFor: FEDERATED_TABLES, isRandom: true });
const FEDERATED_TABLES = [
  ...['federated_sessions', 'session_participants', 'federated_contributions', 'federated_shares'],
  ...['federated_partial_sums', 'federated_participants', 'aggregated_insights', 'tenant_access_log'],
  ...['tenant_privacy_ledger', 'audit_log', 'app.privacy_releases'],
];
const VECTOR = `('[' || repeat('0,', 767) || '1]')::vector`;
const SESSION = `'${uuid(1)}'`;

/** Named as PostgreSQL names them. One that is missing here, and is not its owner's alone, fails the proof. */
export const ROUTINES: Readonly<Record<string, RoutineModel>> = {
  // Triggers, and what triggers and functions of the service role call.
  'app.extend_provenance_log()': definer([]),
  'app.extend_provenance_tree()': definer([]),
  'app.record_row_change()': definer([]),
  'app.repeat_sharing_rules()': definer([]),
  'app.forget_federated_session()': definer([]),
  'app.require_sealed()': definer([]),
  'app.access_log_days(jsonb)': invoker(['maintenance', 'service']),
  'app.copy_default_settings(character varying)': invoker(['service']),
  'app.is_restoring()': invoker(['service']),
  'app.record_relationship()': definer([]),
  'app.keep_superseded_relationships()': definer([]),
  'app.count_relationships()': definer([]),
  'app.forget_agent_degrees()': definer([]),
  'app.degree_parts(integer,character varying,character varying,boolean,timestamp with time zone,timestamp with time zone)':
    invoker(['service']),
  'app.note_vectors()': definer([]),
  'app.hide_vector_table(regclass)': invoker(['service']),
  'app.limit_statistics(regclass)': invoker(['service']),
  'app.scan_capability_signs(text,bit,integer,numeric,entity_type)': invoker(['service']),
  'app.walk_capability_graph(app.vector_indexes,vector,integer,numeric,entity_type)': invoker(['service']),
  // What indexes are over that do not begin with the tenant: whoever writes a row computes it.
  'app.opaque(anyelement)': invoker(['maintenance', 'service', 'app'], {
    calls: [`select app.opaque('x'::text)`],
  }),

  // Operators.
  'app.put_context_key(text,bytea)': definer(['owner']),
  'app.context_key_blocks()': definer(['owner']),
  'app.tenant_maintenance_of_transaction()': definer(['owner', 'maintenance']),
  'app.maintained_tenant()': invoker(['maintenance']),
  'app.is_maintaining(text[])': invoker(['maintenance']),
  'app.begin_tenant_maintenance(text,text,text)': definer(['owner']),
  'create_tenant(character varying,character varying,character varying,isolation_level)': definer(['owner']),
  'app.list_tenants()': definer(['owner']),
  'update_tenant_isolation(character varying,isolation_level)': definer(['owner']),
  'app.update_tenant(text,text,text)': definer(['owner']),
  'app.update_data_retention(text,jsonb)': definer(['owner']),
  'app.set_tenant_encryption(character varying,boolean)': definer(['owner']),
  'app.complete_provenance_trees()': definer(['owner']),
  'app.suspend_tenant(text)': definer(['owner']),
  'app.resume_tenant(text)': definer(['owner']),
  'app.purge_access_log(integer)': definer(['owner']),
  'app.put_privacy_config(character varying,jsonb)': definer(['owner']),
  'refresh_hybrid_search_index()': definer(['owner']),
  'app.fold_agent_degrees(integer)': definer(['owner']),
  'app.miscounted_degrees(text)': definer(['owner']),
  'app.repair_agent_degrees(text)': definer(['owner']),
  'app.list_vector_indexes()': definer(['owner']),
  'app.begin_vector_index(text)': definer(['owner']),
  'app.fill_vector_index(text)': definer(['owner']),
  'app.finish_vector_index(text)': definer(['owner']),
  'app.drain_vector_index(text,integer)': definer(['owner']),
  'app.compare_vector_index(text)': definer(['owner']),
  'app.drop_vector_index(text)': definer(['owner']),
  'app.drop_orphaned_vectors()': definer(['owner']),
  'app.tune_vector_index(text,integer,integer,double precision)': definer(['owner']),
  'app.measure_vector_recall(text,double precision,integer[],integer[])': definer(['owner']),

  // Who asks.
  'app.current_tenant_id()': definer(['owner', ...LOGINS]),
  'app.current_tenant_key()': invoker(LOGINS),
  'app.visible_tenant_keys(text)': invoker(LOGINS, {
    calls: [
      `select app.visible_tenant_keys('agent_profiles')::text`,
      `select app.visible_tenant_keys('tasks')::text`,
    ],
  }),
  'app.require_tenant_id()': invoker(['service', ...LOGINS]),
  'app.current_context_user()': invoker(['service', ...LOGINS]),
  'app.visible_tenants(text)': definer(['owner', ...LOGINS], {
    calls: [
      `select app.visible_tenants('agent_profiles')::text`,
      `select app.visible_tenants('tasks')::text`,
      'select app.visible_tenants(null)::text',
    ],
  }),

  // What the application does to its own rows.
  'cleanup_expired_web_cache()': invoker(['app']),
  'cleanup_similarity_cache(integer)': invoker(['app'], {
    calls: ['select cleanup_similarity_cache(0)::text'],
  }),
  'get_cached_similarity(uuid,uuid,integer)': invoker(LOGINS, {
    calls: [`select get_cached_similarity('${uuid(1)}', '${uuid(3)}', 60)::text`],
  }),
  'log_search_session(text,character varying,integer,integer,character varying,jsonb)': invoker(['app'], {
    calls: [`select log_search_session('proof', 'text', 1, 5)::text`],
    isRandom: true,
  }),
  'app.append_provenance_nodes(text,text,json)': invoker(['app']),
  'app.lock_provenance_head(uuid[],text,bytea)': definer(['app'], {
    calls: [
      `select head_seq || ' ' || coalesce(head_hash, '') from app.lock_provenance_head()`,
      // The tenant's own has no second.
      `select array_to_string(parent_hashes, ' ', 'none') from app.lock_provenance_head('{${uuid(1)},${uuid(2)}}')`,
      `select head_seq::text from app.lock_provenance_head('{}', '${signingKey(3)}', '${hex(publicKey(3))}')`,
    ],
  }),
  'link_provenance_to_commit(uuid,character varying,character varying,text,timestamp with time zone)':
    invoker(['app'], { calls: [`select link_provenance_to_commit('${uuid(1)}', repeat('b', 40))::text`] }),
  'app.walk_provenance(uuid[],text,integer,integer,character varying[])': invoker(LOGINS, {
    calls: [
      ...[uuid(1), uuid(2)].map((id) => `select node_ids::text from app.walk_provenance('{${id}}', 'down')`),
      `select node_ids::text from app.walk_provenance('{${uuid(3)}}', 'up')`,
    ],
  }),
  'get_provenance_by_commit(character varying)': invoker(LOGINS, {
    calls: [`select verdict_id::text from get_provenance_by_commit('${hash(1)}')`],
  }),
  'app.record_tenant_access(character varying,character varying,character varying,character varying,integer)':
    definer(['app'], {
      calls: [TENANTS.own, TENANTS.other, 'proof-nobody'].map(
        (tenant) => `select app.record_tenant_access('${tenant}', 'read', 'agent_profiles')::text`,
      ),
      writesFor: ['tenant_access_log'],
    }),
  'app.open_shared_access(text,text)': definer(['app'], {
    calls: [
      `select string_agg(tenant, ' ' order by tenant) from app.open_shared_access('agent_profiles') as tenant`,
      `select string_agg(tenant, ' ' order by tenant) from app.open_shared_access('tenants') as tenant`,
    ],
    crosses: 'it names the tenants whose own rules let the asking one read, and writes it into their logs',
    writesFor: ['tenant_access_log'],
  }),
  'app.tighten_privacy_config(jsonb)': definer(['app'], {
    calls: [`select app.tighten_privacy_config('{"k_anonymity": 9}')::text`],
  }),

  // Reading.
  'check_k_anonymity(bigint,character varying)': invoker(LOGINS, {
    calls: [TENANTS.own, TENANTS.other].map((tenant) => `select check_k_anonymity(5, '${tenant}')::text`),
  }),
  'add_dp_noise(numeric,character varying)': invoker(LOGINS, {
    calls: [TENANTS.own, TENANTS.other, 'proof-nobody'].map(
      (tenant) => `select add_dp_noise(1, '${tenant}')::text`,
    ),
    isRandom: true,
  }),
  'app.ways_from(text,text,text,numeric,relationship_type[],timestamp with time zone,timestamp with time zone)':
    invoker(LOGINS, {
      calls: [TENANTS.own, TENANTS.other].map(
        (tenant) =>
          `select count(*)::text from app.ways_from('${tenant}', 'agent 1', 'both', 0, null, now(), null)`,
      ),
    }),
  'app.steps_from(text,text[],text,numeric,relationship_type[],integer,timestamp with time zone,timestamp with time zone,timestamp with time zone)':
    invoker(LOGINS, {
      calls: [TENANTS.own, TENANTS.other].map(
        (tenant) =>
          `select count(*)::text from app.steps_from('${tenant}', '{agent 1}', 'both', 0, null, 5, null, now(), now())`,
      ),
    }),
  'app.next_hop(text,text[],double precision[],integer[],text[],text,numeric,relationship_type[],integer,integer,timestamp with time zone,timestamp with time zone,timestamp with time zone)':
    invoker(LOGINS),
  'app.require_walk(integer,numeric,text,integer,integer,integer,integer)': invoker(LOGINS),
  'app.paths_of_walk(text[],integer[],relationship_type[],double precision[],integer[])': invoker(LOGINS),
  'app.warn_if_truncated(text)': invoker(LOGINS),
  'app.walk_agent_relationships(character varying,integer,numeric,relationship_type[],text,integer,integer,integer,integer,timestamp with time zone,timestamp with time zone)':
    invoker(LOGINS, {
      calls: [`select walk::text from app.walk_agent_relationships('agent 1', 3, 0) as walk`],
    }),
  'traverse_agent_relationships(character varying,integer,numeric,relationship_type[],timestamp with time zone,timestamp with time zone)':
    invoker(LOGINS, {
      calls: [
        `select count(*)::text from traverse_agent_relationships('agent 1')`,
        `select count(*)::text from traverse_agent_relationships('agent 1', p_known_at => '2026-01-01')`,
      ],
    }),
  'app.shortest_agent_path(character varying,character varying,integer,numeric,relationship_type[],text,integer,integer,integer,timestamp with time zone,timestamp with time zone)':
    invoker(LOGINS),
  'find_agent_path(character varying,character varying,integer,timestamp with time zone,timestamp with time zone)':
    invoker(LOGINS, {
      calls: [`select string_agg(path::text, ' ') from find_agent_path('agent 1', 'agent 99') as path`],
    }),
  'app.capability_candidates(vector,integer,numeric,entity_type)': definer(LOGINS, {
    calls: [`select hint::text from app.capability_candidates(${VECTOR}, 5, 0) as hint`],
  }),
  'app.search_capabilities(vector,integer,numeric,entity_type,text)': invoker(LOGINS, {
    calls: [`select search::text from app.search_capabilities(${VECTOR}, 5, 0) as search`],
  }),
  'find_similar_capabilities(vector,character varying,integer,numeric)': invoker(LOGINS, {
    calls: [null, TENANTS.own, TENANTS.other].map(
      (tenant) =>
        `select string_agg(found::text, ' ') from find_similar_capabilities(${VECTOR}, ${
          tenant === null ? 'null' : `'${tenant}'`
        }) as found`,
    ),
  }),
  'find_similar_caws_verdicts(vector,character varying,integer)': invoker(LOGINS, {
    calls: [`select string_agg(found::text, ' ') from find_similar_caws_verdicts(${VECTOR}) as found`],
  }),
  'hybrid_search(vector,text,integer,integer,character varying[],character varying,numeric)': invoker(
    LOGINS,
    {
      calls: [null, TENANTS.own, TENANTS.other, TENANTS.sharing].map(
        (tenant) =>
          `select string_agg(found::text, ' ' order by found::text) from hybrid_search(null, 'proof', 50, 2, null, ${
            tenant === null ? 'null' : `'${tenant}'`
          }, 0) as found`,
      ),
    },
  ),
  'compute_agent_centrality()': invoker(LOGINS, {
    calls: [
      `select string_agg(found::text, ' ' order by found::text) from compute_agent_centrality() as found`,
    ],
  }),

  // Computing on what they are given.
  'validate_performance_metrics(jsonb)': invoker(['maintenance', ...LOGINS]),
  'normalize_entity_name(text)': invoker(['maintenance', 'service', ...LOGINS]),
  'app.text_array_to_text(text[])': invoker(['app', 'maintenance']),
  'app.relationship_key(character varying,character varying,character varying,relationship_type)': invoker([
    'app',
    'maintenance',
  ]),
  'app.provenance_field(bytea)': invoker(['maintenance', ...LOGINS]),
  'compute_provenance_hash(character varying,character varying,character varying,jsonb)': invoker(LOGINS),
  'app.provenance_node_hash(caws_provenance_graph)': invoker(['maintenance', ...LOGINS]),
  'app.random_below(bigint)': invoker(['service', ...LOGINS], { isRandom: true }),
  'app.happens_with_exp(bigint,bigint)': invoker(['service', ...LOGINS], {
    isRandom: true,
    calls: ['select app.happens_with_exp(1, 2)::text'],
  }),
  'app.discrete_laplace(bigint,bigint)': invoker(['service', ...LOGINS], {
    isRandom: true,
    calls: ['select app.discrete_laplace(1, 1)::text'],
  }),
  'app.require_between(text,integer,integer,integer)': invoker(['service', ...LOGINS]),
  'app.require_direction(vector)': invoker(LOGINS),
  'app.any_word_of(text)': invoker(LOGINS),
  'app.zcdp_epsilon(numeric,numeric)': invoker(['service', ...LOGINS]),
  'app.zcdp_rho(numeric,numeric)': invoker(['service', ...LOGINS]),
  'app.random_whole_below(numeric)': invoker(['service', ...LOGINS], { isRandom: true }),
  'app.happens_with_exp_of(numeric,numeric)': invoker(['service', ...LOGINS], {
    isRandom: true,
    calls: ['select app.happens_with_exp_of(1, 2)::text'],
  }),
  'app.discrete_gaussian(numeric,numeric)': invoker(['service', ...LOGINS], {
    isRandom: true,
    calls: ['select app.discrete_gaussian(1, 1)::text'],
  }),
  'app.read_federated_settings(jsonb)': invoker(['app', 'maintenance', 'service']),
  'app.are_federated_settings(jsonb)': invoker(['app', 'maintenance', 'service']),

  // The privacy budget.
  'app.spend_privacy_budget(character varying,numeric,numeric,numeric,character varying)': invoker([
    'service',
  ]),
  'app.charge_privacy_budget(character varying,numeric,numeric,numeric,character varying)': invoker([
    'service',
  ]),
  'app.consenting_tenants(character varying)': invoker(['service']),
  'app.require_learning_tenant()': invoker(['service']),
  'app.is_aggregate(character varying,character varying,character varying,character varying,integer,numeric,numeric,numeric,numeric,numeric)':
    invoker(['service']),
  'app.tenants_to_ask(character varying,character varying)': invoker(['service']),
  'app.tenants_consent(character varying,character varying)': invoker(['service']),
  'app.change_privacy_config(character varying,jsonb,boolean)': invoker(['service']),
  'app.bounded_contributions(jsonb,text[])': invoker(['service']),
  'app.privacy_noise(numeric,numeric,numeric)': invoker(['service']),
  'app.may_ask_tenant(character varying,character varying,character varying)': invoker(['service']),
  'app.read_privacy_release(uuid)': definer(['app'], {
    calls: [uuid(1), uuid(2)].map((id) => `select count(*)::text from app.read_privacy_release('${id}')`),
  }),
  'app.request_federated_aggregate(character varying,character varying,character varying,character varying,integer,numeric,numeric,numeric,numeric,numeric)':
    federated(
      `select app.request_federated_aggregate('performance_events', 'x', 'count', null, 1, null, null, null, 0.1, 0)::text`,
    ),

  // Learning together.
  'app.federates_with(text,text)': definer([]),
  'app.lock_federated_session(uuid,boolean,boolean)': definer([]),
  'app.refuse_without_consent(federated_sessions)': definer([]),
  'app.drop_unwilling_members(federated_sessions)': definer([]),
  'app.count_federated_parties(federated_sessions)': definer([]),
  'app.begin_secure_session(federated_sessions)': definer([]),
  'app.strictest_k_anonymity(text[])': definer([]),
  'app.forget_federated_round(federated_sessions)': definer([]),
  'app.publish_federated_topic(federated_sessions,text)': definer([]),
  'app.store_federated_insight(federated_sessions,text,numeric[],numeric,integer)': definer([]),
  'app.end_federated_round(federated_sessions,text[],integer)': definer([]),
  'app.readable_federated_session(uuid)': definer([]),
  'app.score_federated_convergence(federated_sessions)': definer([]),
  'app.publish_secure_topic(federated_sessions,text,integer)': definer([]),
  'app.find_federated_sessions()': federated('select count(*)::text from app.find_federated_sessions()'),
  'app.join_federated_session(uuid)': federated(`select app.join_federated_session(${SESSION})::text`),
  'app.leave_federated_session(uuid)': federated(`select app.leave_federated_session(${SESSION})::text`),
  'app.advance_federated_session(uuid,text)': federated(
    `select app.advance_federated_session(${SESSION}, 'active')::text`,
  ),
  'app.contribute_to_session(uuid,text,numeric[],numeric)': federated(
    `select app.contribute_to_session(${SESSION}, 'mean', '{1}', 1)::text`,
  ),
  'app.aggregate_federated_round(uuid)': federated(`select app.aggregate_federated_round(${SESSION})::text`),
  'app.read_federated_insights(uuid)': federated(
    `select count(*)::text from app.read_federated_insights(${SESSION})`,
  ),
  'app.federated_parties(uuid)': federated(`select count(*)::text from app.federated_parties(${SESSION})`),
  'app.send_federated_shares(uuid,text,bytea[])': federated(
    `select app.send_federated_shares(${SESSION}, 'mean', '{}')::text`,
  ),
  'app.receive_federated_shares(uuid,text)': federated(
    `select count(*)::text from app.receive_federated_shares(${SESSION}, 'mean')`,
  ),
  'app.publish_partial_sum(uuid,text,numeric[],bytea[])': federated(
    `select app.publish_partial_sum(${SESSION}, 'mean', '{}', '{}')::text`,
  ),
  'app.finish_secure_round(uuid)': federated(`select app.finish_secure_round(${SESSION})::text`),
  'app.read_partial_sums(uuid,integer,text)': federated(
    `select count(*)::text from app.read_partial_sums(${SESSION}, 1, 'mean')`,
  ),
};

/** Functions of extensions compute on what they are given: they are PUBLIC's, in C, without anybody's rights. */
export const EXTENSIONS: readonly string[] = ['vector', 'plpgsql'];
