-- The slow part of 007, while the tables stay in use: what it would otherwise make again under its locks is made here
-- beside the old. The runner asks this query for the next statement and executes it in a transaction of its own, until
-- there is none. What is made already is in the catalogue and nowhere else, so it can be interrupted anywhere.
--
-- The copy of a key, an index or a foreign key has its name with `_t` behind it. Writers fill the new column by its
-- default and know nothing of all this.

with
base_table as (
  select unnest(array[
      -- 001
      'agent_profiles',
      'agent_capabilities',
      'agent_performance_history',
      'agent_performance_events',
      'current_load',
      -- 002
      'task_queue',
      'task_assignments',
      'task_execution_history',
      'queue_statistics',
      'queue_configuration',
      -- 003
      'knowledge_queries',
      'search_results',
      'knowledge_responses',
      'search_provider_health',
      'knowledge_cache',
      'verification_requests',
      'verification_results',
      'verification_methods',
      'verification_evidence',
      'verification_cache',
      'web_content',
      'web_traversals',
      'web_traversal_nodes',
      'web_cache',
      'web_rate_limits',
      'web_extraction_metrics',
      -- 004
      'performance_events',
      'agent_performance_profiles',
      'benchmark_datasets',
      'benchmark_evaluations',
      'rl_training_batches',
      'performance_anomalies',
      'data_quality_metrics',
      'system_health_metrics',
      -- 005
      'task_research_provenance'
  ]::regclass[]) as id
),

-- Keys and indexes that do not lead with the tenant yet, but for the key that is checked at the end of a transaction:
-- an index made concurrently would check it at once.
key as (
  select
    indrelid as of_table,
    copy.name as copy_name,
    copy_class.oid as copy_id,
    replace(
      regexp_replace(pg_get_indexdef(indexrelid), ' USING btree \(', '\&tenant_id, '),
      format(' INDEX %I ON ', old_class.relname),
      format(' INDEX CONCURRENTLY %I ON ', copy.name)
    ) as definition
  from pg_index
  join pg_class as old_class on old_class.oid = indexrelid
  cross join lateral (select left(old_class.relname, 61) || '_t' as name) as copy
  left join pg_class as copy_class on copy_class.relname = copy.name and copy_class.relnamespace = old_class.relnamespace
  where indrelid in (select id from base_table)
    and old_class.relam = (select oid from pg_am where amname = 'btree')
    and indimmediate
    and pg_get_indexdef(indexrelid, 1, false) <> 'tenant_id'
    and not exists (select from pg_constraint where conindid = indexrelid and contype = 'x')
),

foreign_key as (
  select
    old.conrelid as of_table,
    old.confrelid as to_table,
    copy.name as copy_name,
    copy_constraint.convalidated as is_validated,
    -- What a deletion sets to null is the reference, never the tenant.
    regexp_replace(
      regexp_replace(
        pg_get_constraintdef(old.oid),
        'FOREIGN KEY \(([^)]+)\) REFERENCES ([^(]+)\(', 'FOREIGN KEY (tenant_id, \1) REFERENCES \2(tenant_id, '
      ),
      '(FOREIGN KEY \(tenant_id, ([^)]+)\).* ON DELETE SET (NULL|DEFAULT))(?! \()', '\1 (\2)'
    ) as definition
  from pg_constraint as old
  cross join lateral (select left(old.conname, 61) || '_t' as name) as copy
  left join pg_constraint as copy_constraint
    on copy_constraint.conname = copy.name and copy_constraint.conrelid = old.conrelid
  where old.contype = 'f'
    and old.confrelid in (select id from base_table)
    and pg_get_constraintdef(old.oid) !~ '^FOREIGN KEY \(tenant_id, '
),

-- A statement that others would have to wait for first takes the lock that keeps vacuum and other changes of the table
-- away, which disturbs nobody, and then gives up soon: before the server would look for a deadlock.
step (at, statement) as (
  select 1, format(
    'lock table %1$s in share update exclusive mode; set local lock_timeout = ''500ms'';'
    ' alter table %1$s add column tenant_id varchar(255) not null default ''default-tenant''', id
  )
  from base_table
  where not exists (select from pg_attribute where attrelid = id and attname = 'tenant_id')
  union all
  -- What is left of a `create index concurrently` that did not come to its end.
  select 2, format('drop index concurrently %s', indexrelid::regclass)
  from key join pg_index on indexrelid = copy_id
  where not indisvalid
  union all
  select 3, definition from key where copy_id is null
  union all
  select 4, format(
    'lock table %1$s, %2$s in share update exclusive mode; set local lock_timeout = ''500ms'';'
    ' alter table %1$s add constraint %3$I %4$s not valid', of_table::regclass, to_table::regclass, copy_name, definition
  )
  from foreign_key
  where is_validated is null
  union all
  select 5, format('alter table %s validate constraint %I', of_table::regclass, copy_name)
  from foreign_key
  where not is_validated
)

select statement
from step
-- In a database without a table of more than 16 pages 007 itself is quicker, and has nobody to hold up.
where exists (select from base_table where pg_relation_size(id) > 16 * 8192)
order by at, statement
limit 1
