import { OTHER } from '../worlds.ts';
import { attack, type Attack } from '../attack.ts';
import { GLANCE, LOOK } from './look.ts';

const LEAK = `create function pg_temp.leak(p_value text) returns boolean language plpgsql cost 0.0001 as $$
begin
  raise notice 'leaked %', p_value;
  return true;
end $$`;

/** Something of the attacker's own that the planner could run on a row before the policy does. */
const leaky = (where: string, select: string): Attack => attack(`a leaky function in ${where}`, LEAK, select);

/** An object of one's own in the place of another that functions and policies call. */
const shadow = (what: string, ...statements: string[]): Attack =>
  attack(
    `a shadow of ${what}`,
    ...statements,
    'set search_path = pg_temp, public, app, pg_catalog',
    GLANCE,
    'select app.current_tenant_id()',
    `select app.visible_tenants('agent_profiles')`,
    `select app.record_tenant_access('nobody', 'read', 'agent_profiles')`,
    `select seq from provenance_heads`,
    LOOK,
  );

export const SHADOW_ATTACKS: readonly Attack[] = [
  leaky('where', 'select 1 from task_queue where pg_temp.leak(description)'),
  leaky(
    'where, before a cheaper one',
    `select 1 from task_queue where pg_temp.leak(description) and priority = 99`,
  ),
  leaky('having', 'select 1 from task_queue group by description having pg_temp.leak(description)'),
  leaky('a join', 'select 1 from task_queue join agent_profiles on pg_temp.leak(description || name)'),
  leaky('order by', 'select 1 from task_queue order by pg_temp.leak(description)'),
  leaky('a window', 'select count(*) over (partition by pg_temp.leak(description)) from task_queue'),
  leaky(
    'case',
    `select 1 from task_queue where case when tenant_id = '${OTHER}' then pg_temp.leak(description) end`,
  ),
  leaky('coalesce', 'select 1 from task_queue where coalesce(pg_temp.leak(description), true)'),
  leaky('an update', 'update task_queue set priority = 1 where pg_temp.leak(description)'),
  leaky('returning', 'delete from task_queue where task_id = $$task 2$$ returning pg_temp.leak(description)'),
  leaky('a view', 'select 1 from agent_profiles_with_capabilities where pg_temp.leak(name)'),
  leaky(
    'on conflict',
    `insert into task_queue (task_id, task_type, description) values ('task 1', 'research', 'x')
    on conflict (tenant_id, task_id) do update set priority = 1 where pg_temp.leak(task_queue.description)`,
  ),
  leaky('an aggregate filter', 'select count(*) filter (where pg_temp.leak(description)) from task_queue'),
  leaky(
    'a sampled table',
    'select 1 from task_queue tablesample system (100) where pg_temp.leak(description)',
  ),
  attack(
    'a function that claims to be leakproof',
    `create function pg_temp.tight(text) returns boolean language sql leakproof as 'select true'`,
    LEAK,
    'alter function pg_temp.leak(text) leakproof',
    'alter function pg_catalog.textlike(text, text) leakproof',
    `select 1 from task_queue where pg_temp.leak(description)`,
  ),
  attack(
    'a leaky operator',
    `create function pg_temp.eq(a text, b text) returns boolean language plpgsql cost 0.0001 as $$
     begin raise notice 'leaked % %', a, b; return true; end $$`,
    'create operator pg_temp.=== (leftarg = text, rightarg = text, function = pg_temp.eq, restrict = eqsel)',
    `select 1 from task_queue where description operator(pg_temp.===) 'x'`,
  ),
  attack(
    'a leaky aggregate',
    `create function pg_temp.keep(a text, b text) returns text language plpgsql as $$
     begin raise notice 'leaked %', b; return a; end $$`,
    'create aggregate pg_temp.leaks(text) (sfunc = pg_temp.keep, stype = text)',
    'select pg_temp.leaks(description) from task_queue',
  ),
  attack(
    'a leaky type',
    `create domain pg_temp.telling as text check (value !~ 'xq7')`,
    'select description::pg_temp.telling from task_queue',
    'select 1 from task_queue where description::pg_temp.telling is not null',
  ),
  shadow(
    'functions',
    `create function pg_temp.current_setting(text, boolean) returns text language sql as $$ select '${OTHER}' $$`,
    `create function pg_temp.current_tenant_id() returns text language sql as $$ select '${OTHER}' $$`,
    `create function pg_temp.sha256(bytea) returns bytea language sql as $$ select 'x'::bytea $$`,
    `create function pg_temp.now() returns timestamptz language sql as $$ select '2000-01-01'::timestamptz $$`,
    `create function pg_temp.string_to_array(text, text) returns text[] language sql as $$ select array['a', 'b', 'c'] $$`,
  ),
  shadow(
    'operators',
    `create function pg_temp.always(text, text) returns boolean language sql as 'select true'`,
    `create function pg_temp.always_varchar(varchar, text) returns boolean language sql as 'select true'`,
    'create operator pg_temp.= (leftarg = text, rightarg = text, function = pg_temp.always)',
    'create operator pg_temp.= (leftarg = varchar, rightarg = text, function = pg_temp.always_varchar)',
    `create function pg_temp.less(timestamptz, timestamptz) returns boolean language sql as 'select true'`,
    'create operator pg_temp.> (leftarg = timestamptz, rightarg = timestamptz, function = pg_temp.less)',
    `create function pg_temp.glue(text, text[]) returns text[] language sql as $$ select array['${OTHER}'] $$`,
    'create operator pg_temp.|| (leftarg = text, rightarg = text[], function = pg_temp.glue)',
    `create function pg_temp.joined(bytea, bytea) returns bytea language plpgsql as $$
     begin raise notice 'leaked %', a; return a; end $$`,
    'create operator pg_temp.|| (leftarg = bytea, rightarg = bytea, function = pg_temp.joined)',
  ),
  shadow(
    'tables',
    `create temp table tenants (id text, suspended_at timestamptz, isolation_level isolation_level)`,
    `insert into pg_temp.tenants values ('${OTHER}', null, 'shared'), ('nobody', null, 'shared')`,
    `create temp table tenant_sharing_rules as select 1 as x`,
    `create temp table context_keys (key_id text, inner_block bytea, outer_block bytea, expires_at timestamptz)`,
    `insert into pg_temp.context_keys values ('test', 'x', 'x', null)`,
    `create temp view provenance_heads as select 'x' as tenant_id, 1 as seq`,
  ),
  shadow('types', 'create type pg_temp.text as (x int)', 'create domain pg_temp.name as varchar'),
  attack(
    'a cast',
    'create cast (varchar as integer) with inout as implicit',
    'create cast (text as boolean) without function as implicit',
    GLANCE,
  ),
  attack(
    'a view of one’s own',
    'create temp view all_tasks as select * from task_queue',
    `create temp view barrier with (security_barrier) as select * from task_queue where tenant_id = '${OTHER}'`,
    'create temp view invoker with (security_invoker) as select * from task_queue',
    'select description from pg_temp.all_tasks',
    'select description from pg_temp.barrier',
    'select description from pg_temp.invoker',
    `set local app.current_tenant = '${OTHER}'`,
    'select description from pg_temp.all_tasks',
  ),
  attack(
    'a table of one’s own beside it',
    'create temp table child () inherits (task_queue)',
    'create temp table other (like task_queue including all)',
    'create temp table taken as select * from task_queue',
    'select description from pg_temp.taken',
    'create temp table pointer (tenant_id varchar, task_id varchar, foreign key (tenant_id, task_id) references task_queue (tenant_id, task_id))',
  ),
  attack(
    'a definer function of one’s own',
    `create function pg_temp.mine() returns setof task_queue language sql security definer as 'select * from task_queue'`,
    'alter function pg_temp.mine() owner to agent_agency_service',
    'select description from pg_temp.mine()',
    `create function public.mine() returns text language sql as 'select 1'`,
    `create function app.mine() returns text language sql as 'select 1'`,
    'create schema mine',
  ),
];
