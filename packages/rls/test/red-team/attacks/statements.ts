import { OTHER } from '../worlds.ts';
import { attack, type Attack } from '../attack.ts';
import { GLANCE } from './look.ts';

const SWITCH = `select set_config('app.current_tenant', '${OTHER}', true)`;

/** Every way to put a question. */
export const STATEMENT_ATTACKS: readonly Attack[] = [
  attack('by its name', `select * from task_queue where tenant_id = '${OTHER}'`, `table task_queue`),
  attack(
    'by its keys',
    `select * from task_queue where (tenant_id, task_id) in (('${OTHER}', 'task 1'), ('${OTHER}', 'many 1'))`,
  ),
  attack(
    'counting',
    'select count(*), count(distinct tenant_id), max(description), min(tenant_id) from task_queue',
  ),
  attack('grouping', 'select tenant_id, count(*) from task_queue group by grouping sets ((tenant_id), ())'),
  attack('a join', 'select a.name, b.description from agent_profiles as a full join task_queue as b on true'),
  attack(
    'a lateral join',
    'select * from tenants as t, lateral (select count(*) from task_queue where tenant_id = t.id) as x',
  ),
  attack(
    'a recursive query',
    `with recursive w as (select tenant_id, 1 as n from task_queue union select tenant_id, n + 1 from w where n < 3) select * from w`,
  ),
  attack('a window', 'select tenant_id, row_number() over (), lag(description) over () from task_queue'),
  attack('set operations', 'select tenant_id from task_queue except select id from tenants'),
  attack('a whole row', 'select t, t::text, row_to_json(t) from task_queue as t where priority = 99'),
  attack('locking', 'select tenant_id from task_queue for update', 'select id from tenants for share'),
  attack(
    'a cursor',
    `declare c scroll cursor with hold for ${GLANCE}`,
    'fetch all c',
    SWITCH,
    'move absolute 0 c',
    'fetch all c',
    'commit',
    'fetch backward all c',
  ),
  attack(
    'a cursor for update',
    `declare c cursor for ${GLANCE} for update`,
    SWITCH,
    'fetch all c',
    'update task_queue set priority = 9 where current of c',
  ),
  attack(
    'a plan kept',
    `prepare p as ${GLANCE}`,
    'execute p',
    SWITCH,
    'execute p',
    'commit',
    'execute p',
    'set plan_cache_mode = force_generic_plan',
    'execute p',
  ),
  attack(
    'a plan kept in a block',
    `do $$ declare v text; begin for i in 1..7 loop perform set_config('app.current_tenant', case when i < 6 then 'acme' else '${OTHER}' end, true); select string_agg(description, ',') into v from task_queue; raise notice '%', v; end loop; end $$`,
  ),
  attack(
    'savepoints',
    'savepoint a',
    SWITCH,
    'savepoint b',
    GLANCE,
    'rollback to a',
    GLANCE,
    'release a',
    GLANCE,
  ),
  attack('a transaction in two phases', `prepare transaction 'mine'`, 'select * from pg_prepared_xacts'),
  attack(
    'parallel workers',
    `set local debug_parallel_query = on; set local parallel_setup_cost = 0; set local min_parallel_table_scan_size = 0; ${GLANCE}`,
  ),
  attack(
    'a scan by place',
    `select description from task_queue where ctid = any(array['(0,1)', '(0,9)', '(1,1)', '(9,9)']::tid[])`,
    "select description from task_queue where ctid > '(0,0)'",
  ),
  attack('a sample', 'select description from task_queue tablesample bernoulli (100) repeatable (1)'),
  attack(
    'copying out',
    'copy task_queue (tenant_id, description) to stdout',
    'copy (select * from agent_profiles) to stdout with (format csv)',
    'copy tenants to stdout with (format binary)',
  ),
  attack(
    'copying in',
    `copy task_queue from stdin`,
    `copy task_queue from '/etc/passwd'`,
    `copy task_queue to program 'cat'`,
  ),
  attack(
    'changing',
    `update task_queue set priority = 1 where tenant_id = '${OTHER}' returning *`,
    `update task_queue set description = 'x' returning description`,
    `update task_queue set tenant_id = '${OTHER}'`,
  ),
  attack(
    'deleting',
    `delete from task_queue where tenant_id = '${OTHER}' returning *`,
    'truncate task_queue',
    `with gone as (delete from task_queue using tenants where tenants.id <> 'acme' returning *) select * from gone`,
  ),
  attack(
    'merging',
    `merge into task_queue as t using (values ('${OTHER}', 'task 1')) as s (tenant_id, task_id) on t.tenant_id = s.tenant_id and t.task_id = s.task_id when matched then update set priority = 1 when not matched then do nothing`,
    `merge into task_queue as t using tenants as s on true when matched and t.tenant_id <> 'acme' then delete`,
  ),
  attack(
    'inserting for it',
    `insert into task_queue (tenant_id, task_id, task_type, description) values ('${OTHER}', 'task 1', 'research', 'x')`,
    `insert into task_queue (tenant_id, task_id, task_type, description) values ('${OTHER}', 'task 1', 'research', 'x') on conflict do nothing`,
    `insert into task_queue (tenant_id, task_id, task_type, description) values ('${OTHER}', 'task 1', 'research', 'x') on conflict (tenant_id, task_id) do update set priority = 1 returning *`,
  ),
  attack(
    'changing with a query',
    `with x as (update task_queue set priority = 2 returning old_description) select 1`,
    `with x as (insert into agent_profiles (id, name, model_family) select id, description, 'human' from task_queue join tenants on true returning name) select * from x`,
  ),
  attack(
    'subqueries',
    `select (select description from task_queue where tenant_id = '${OTHER}' limit 1), exists (select from task_queue where tenant_id = '${OTHER}'), array(select tenant_id from task_queue)`,
  ),
  attack(
    'whatever XML makes of it',
    `select table_to_xml('task_queue', true, true, ''), query_to_xml('select * from task_queue', true, true, '')`,
    `select xpath('//row', schema_to_xml('app', true, true, ''))`,
    'select cursor_to_xml($$c$$, 1, true, true, $$$$)',
  ),
  attack(
    'text search',
    `select * from ts_stat('select to_tsvector(description) from task_queue')`,
    `select ts_rewrite('a', 'select to_tsquery(''a''), to_tsquery(''b'')')`,
  ),
  attack(
    'its statements',
    'select * from pg_prepared_statements',
    'select * from pg_cursors',
    'select * from pg_prepared_xacts',
  ),
];
