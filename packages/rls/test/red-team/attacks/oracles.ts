import { MARKER, OTHER, OWN } from '../worlds.ts';
import { attack, type Attack } from '../attack.ts';

const TABLES_BY_TEXT = [
  ...[
    ['agent_profiles', 'name'],
    ['agent_capabilities', 'capability_value'],
    ['benchmark_datasets', 'name'],
  ],
  ...[
    ['task_queue', 'description'],
    ['knowledge_queries', 'query_text'],
    ['web_content', 'title'],
  ],
  ...[
    ['search_results', 'content'],
    ['tenants', 'name'],
    ['entity_chunk_mappings', 'mention_text'],
  ],
] as const;

/** What a plan did is told, but for how many rows it threw away. Without an index, so that every row is met. */
const WATCH =
  'set local enable_indexscan = off; set local enable_bitmapscan = off; set local enable_indexonlyscan = off';
const watched = (sql: string): string => `explain (analyze, costs off, timing off, summary off) ${sql}`;

/** Asks, with a guess, whether anybody has such a row: a wrong guess and a right one must look the same. */
export const ORACLE_ATTACKS: readonly Attack[] = [
  ...TABLES_BY_TEXT.map(([table, column]) =>
    attack(
      `a guess at ${table}, watched`,
      WATCH,
      watched(`select from ${table} where ${column} = '${MARKER}'`),
      watched(`select from ${table} where ${column} = '${MARKER}' and ${column} is not null`),
      watched(`select from ${table} where ${column} > 'xq7' and ${column} < 'xq8'`),
      watched(`select from ${table} where starts_with(${column}, 'xq7')`),
      watched(`select count(*) from ${table} where ${column} >= '${MARKER}'`),
      watched(`update ${table} set ${column} = 'x' where ${column} = '${MARKER}'`),
    ),
  ),
  attack(
    'a guess at numbers, dates and identifiers, watched',
    WATCH,
    watched('select from agent_profiles where id = $$many 7$$'),
    watched(`select from agent_profiles where created_at > '1970-01-01' and tenant_id <> '${OWN}'`),
    watched(`select from agent_profiles where tenant_id = '${OTHER}'`),
    watched(`select from agent_profiles where id in ('many 1', 'many 2')`),
    watched(`select from benchmark_datasets where test_case_count > 0 and tenant_id <> '${OWN}'`),
  ),
  attack(
    'a guess that costs the planner nothing, watched',
    WATCH,
    watched('select from task_queue where dequeued_at is not null'),
    watched(`select from task_queue where task_metadata['xq7'] is not null`),
    watched('select from tenants where encryption_enabled'),
    watched('select from tenants where not encryption_enabled is not true'),
    'set local cpu_operator_cost = 0',
    watched(`select from task_queue where description > 'xq7'`),
  ),
  attack(
    'a guess, by the work that was done for it',
    WATCH,
    ...['agent_profiles', 'task_queue'].flatMap((table) => [
      `select count(*) from ${table} where ${table === 'task_queue' ? 'description' : 'name'} = '${MARKER}'`,
      `select relname, idx_scan, seq_scan from pg_stat_xact_all_tables where relname in ('context_keys', 'tenants') order by 1`,
      `select funcname, calls from pg_stat_xact_user_functions order by 1`,
    ]),
  ),
  attack(
    'a guess at what an index begins with, watched',
    'set local enable_seqscan = off',
    ...[
      `tenants where project_id = '${OTHER}'`,
      `tenants where project_id > 'g' and project_id < 'h'`,
      `tenants where project_id = '${OTHER}' and name = '${MARKER}'`,
      `tenants where isolation_level = 'federated'`,
      `tenant_sharing_rules where target_tenant_id > 'a'`,
      `tenant_sharing_rules where app.opaque(target_tenant_id) > 'a'`,
      'tenant_sharing_rules order by target_tenant_id',
      `session_participants where participant_tenant_id >= ''`,
      `federated_sessions where session_id > '00000000-0000-0000-0000-000000000000'`,
      `federated_contributions where initiator_tenant_id >= ''`,
      `federated_shares where initiator_tenant_id >= ''`,
      `federated_partial_sums where initiator_tenant_id >= ''`,
    ].map((rows) => watched(`select from ${rows}`)),
  ),
  attack(
    'a name of a tenant, by what is written for it',
    `select app.record_tenant_access('${OTHER}', 'read', 'x')`,
    'select pg_current_xact_id_if_assigned() is not null',
    `select relname, seq_scan, idx_scan, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_xact_user_tables where relname ~ '^tenant' order by 1`,
    'select locktype, relation::regclass, mode from pg_locks where pid = pg_backend_pid() order by 1, 2, 3',
  ),
  attack(
    'an error a row',
    `select 1 / (priority - 5) from task_queue where tenant_id = '${OTHER}'`,
    `select from task_queue where 1 / (case when description = '${MARKER}' then 0 else 1 end) = 1`,
    `select from task_queue where tenant_id <> '${OWN}' and (1 / (priority - priority)) = 1`,
    `select description::integer from task_queue where description <> 'acme'`,
    `select from task_queue where description::integer = 1 and tenant_id = '${OTHER}'`,
    `select from agent_profiles where name::uuid is null and tenant_id = '${OTHER}'`,
  ),
  attack(
    'an error that is caught',
    `do $$ begin perform 1 / (priority - priority) from task_queue where description like 'xq7%';
     raise notice 'no'; exception when division_by_zero then raise notice 'yes'; end $$`,
    `do $$ begin insert into task_queue (tenant_id, task_id, task_type, description) values ('${OTHER}', 'many 1', 'research', 'x');
     exception when others then raise notice '% % % %', sqlstate, sqlerrm, 'none', 'none'; end $$`,
  ),
  attack(
    'a key that somebody else has',
    `insert into agent_profiles (id, name, model_family) values ('many 1', '${MARKER} agent 1', 'human')`,
    `insert into benchmark_datasets (id, name, task_type, test_case_count, baseline_metrics) values ('dataset-9', '${MARKER}', 'analysis', 1, '{}')`,
    `insert into task_queue (task_id, task_type, description) values ('many 1', 'research', 'x')`,
    `update task_queue set task_id = 'many 2' where task_id = 'task 1'`,
    `insert into tenant_sharing_rules (target_tenant_id, resource_types) values ('${OTHER}', '{agent_profiles}')`,
    `insert into tenant_access_policies (resource_type, allowed_tenants) values ('agent_profiles', '{${OTHER}}')`,
  ),
  attack(
    'a row that somebody else has, referred to',
    `insert into task_assignments (tenant_id, assignment_id, task_id, agent_id, agent_name, agent_model_family, deadline, assignment_timeout_ms, routing_confidence, routing_strategy)
     values ('${OTHER}', 'x', 'many 1', 'agent 1', 'x', 'human', '2999-01-01', 1, 0.5, 'ucb')`,
    `insert into agent_capabilities (agent_id, capability_type, capability_value) values ('many 1', 'language', 'x')`,
    `insert into agent_relationships (source_agent_id, target_agent_id, type, confidence) values ('agent 1', 'many 1', 'VALIDATES', 0.5)`,
    `update agent_capabilities set agent_id = 'many 1'`,
  ),
  attack(
    'how much is read, by the clock of the server',
    `select count(*) = 0 from task_queue where description like 'xq7%' and pg_sleep(0.01) is not null`,
    `set local statement_timeout = '500ms'`,
    `select count(*) from task_queue where case when tenant_id = '${OTHER}' then pg_sleep(1) is null else true end`,
  ),
  attack(
    'what the planner knows',
    'select * from pg_stats where schemaname in ($$public$$, $$app$$)',
    'select * from pg_statistic',
    'select * from pg_statistic_ext_data',
    'select statistics_name, n_distinct, most_common_vals from pg_stats_ext',
    'select * from pg_stats_ext_exprs',
    `select pg_mcv_list_items(stxdmcv) from pg_statistic_ext_data`,
    'create statistics mine on task_type, description from task_queue',
    'analyze task_queue',
    'alter table task_queue alter description set statistics 10000',
  ),
];
