import fc, { type Arbitrary } from 'fast-check';
import { contextOf, OTHER, OWN } from '../worlds.ts';

const SIGNATURE = contextOf(OWN)['app.context_signature'] ?? '';

/** Tables of tenants, and a column of theirs that is text. */
const table = fc.constantFrom(
  { name: 'task_queue', text: 'description', key: 'task_id' },
  { name: 'agent_profiles', text: 'name', key: 'id' },
  { name: 'agent_capabilities', text: 'capability_value', key: 'id' },
  { name: 'benchmark_datasets', text: 'name', key: 'id' },
  { name: 'knowledge_queries', text: 'query_text', key: 'id' },
  { name: 'web_content', text: 'title', key: 'id' },
  { name: 'tenants', text: 'name', key: 'id' },
  { name: 'agent_profiles_with_capabilities', text: 'name', key: 'id' },
  { name: 'graph_search_sessions', text: 'query_text', key: 'id' },
);

const sql = (strings: TemplateStringsArray, ...parts: Arbitrary<string>[]): Arbitrary<string> =>
  fc.tuple(...parts).map((values) => String.raw({ raw: strings }, ...values));

const tenant = fc.constantFrom(OTHER, OWN, '', `${OWN}${OTHER}`, '%', `${OTHER}'' or true --`);
const role = fc.constantFrom(
  ...['agent_agency_owner', 'agent_agency_service', 'agent_agency_maintenance', 'agent_agency_app', 'none'],
);

/** A signature, and what comes of it when fields move, bytes change and ends are missing. */
const signature = fc.oneof(
  fc.constant(SIGNATURE),
  fc.nat(SIGNATURE.length).map((end) => SIGNATURE.slice(0, end)),
  fc
    .tuple(fc.nat(SIGNATURE.length - 1), fc.constantFrom('0', 'f', '.', ' ', 'A'))
    .map(([at, letter]) => SIGNATURE.slice(0, at) + letter + SIGNATURE.slice(at + 1)),
  fc.shuffledSubarray(SIGNATURE.split('.'), { minLength: 1 }).map((fields) => fields.join('.')),
  fc.constantFrom('', '..', 'test.99999999999.', `${SIGNATURE}.`, SIGNATURE.toUpperCase()),
);

const condition = (text: string): Arbitrary<string> =>
  fc.oneof(
    fc.constant('true'),
    sql`tenant_id = '${tenant}'`,
    sql`tenant_id <> '${fc.constant(OWN)}'`,
    fc.constantFrom(`${text} > 'xq7'`, `${text} like 'xq7%'`, `${text} ~ 'knows'`, `${text} is not null`),
    fc.constantFrom(`length(${text}) / (length(${text}) - 21) > 0`, `${text}::integer = 1`),
    fc.constant(`pg_temp.leak(${text})`),
    fc.constant(`exists (select from task_queue as other where other.tenant_id <> '${OWN}')`),
  );

/** Rows of two columns, tenant and said, from wherever. */
const source: Arbitrary<string> = fc.letrec<{ source: string; plain: string }>((tie) => ({
  plain: table.chain(({ name, text }) =>
    condition(text).map(
      (where) =>
        `select ${name === 'tenants' ? 'id' : 'tenant_id'} as tenant, ${text}::text as said from ${
          name === 'tenants' ? '(select *, id as tenant_id from tenants)' : name
        } as t where ${where}`,
    ),
  ),
  source: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('plain'),
    sql`select tenant, said from (${tie('source')}) as inner_rows`,
    sql`select a.tenant, b.said from (${tie('plain')}) as a full join (${tie('source')}) as b on a.tenant <> b.tenant`,
    sql`select a.tenant, x.said from (${tie('plain')}) as a left join lateral (${tie('plain')}) as x on x.tenant = a.tenant`,
    sql`select tenant, max(said) over (partition by tenant) as said from (${tie('source')}) as w`,
    sql`(${tie('plain')}) union all (${tie('source')})`,
    sql`select min(tenant) as tenant, string_agg(said, ',' order by said) as said from (${tie('source')}) as g group by grouping sets ((tenant), ())`,
    sql`select * from (with c as materialized (${tie('source')}) select tenant, said from c) as cte`,
    sql`select (select tenant from (${tie('plain')}) as s order by 1 limit 1) as tenant, array_to_string(array(select said from (${tie('plain')}) as s order by 1), ',') as said`,
    sql`select tenant, said from (${tie('plain')}) as r, generate_series(1, 2)`,
  ),
})).source;

const setting = fc.oneof(
  sql`select set_config('app.current_tenant', '${tenant}', ${fc.constantFrom('true', 'false')})`,
  sql`select set_config('app.context_signature', '${signature}', ${fc.constantFrom('true', 'false')})`,
  sql`select set_config('app.current_tenant', '${tenant}', true), set_config('app.context_signature', '${signature}', true)`,
  sql`select set_config('app.shared_access', '${fc.constantFrom('agent_profiles', 'agent_capabilities', '')}', true)`,
  sql`select set_config('${fc.constantFrom('app.current_user', 'app.current_session')}', '${tenant}', true)`,
  sql`set ${fc.constantFrom('local', 'session')} search_path = ${fc.constantFrom('pg_temp, public, app', 'app', 'pg_temp', 'public')}`,
  sql`set ${fc.constantFrom('row_security', 'enable_seqscan', 'enable_indexscan', 'enable_bitmapscan', 'enable_hashjoin')} = ${fc.constantFrom('on', 'off')}`,
  sql`set plan_cache_mode = ${fc.constantFrom('force_generic_plan', 'force_custom_plan')}`,
  sql`set role ${role}`,
  sql`set session authorization ${role.filter((name) => name !== 'none')}`,
  fc.constantFrom('reset all', 'reset role', 'discard plans', 'discard temp', 'deallocate all', 'close all'),
);

const transaction = fc.constantFrom(
  ...['begin', 'commit', 'rollback', 'commit and chain', 'savepoint a', 'rollback to a', 'release a'],
  ...['begin isolation level serializable', 'set transaction read only', 'set constraints all deferred'],
);

const change = table.chain(({ name, text, key }) =>
  fc.oneof(
    condition(text).map(
      (where) => `update ${name} set ${text} = ${text} where ${where} returning tenant_id, ${text}`,
    ),
    condition(text).map(
      (where) => `delete from ${name} where ${where} and false returning tenant_id, ${text}`,
    ),
    tenant.map((id) => `update ${name} set tenant_id = '${id}' where tenant_id <> '${OWN}' returning ${key}`),
    tenant.map(
      (id) =>
        `insert into ${name} (tenant_id, ${key}, ${text}) select '${id}', ${key}, ${text} from ${name} on conflict do nothing returning ${text}`,
    ),
    condition(text).map(
      (where) =>
        `merge into ${name} as t using (select ${key} as k from ${name} where ${where}) as s on t.${key} = s.k when matched then do nothing`,
    ),
    source.map(
      (rows) =>
        `with gone as (update ${name} set ${text} = ${text} returning ${text}) select tenant, said from (${rows}) as r`,
    ),
    condition(text).map((where) => `select ${text} from ${name} where ${where} for update`),
  ),
);

const session = fc.oneof(
  source.map((rows) => `declare c cursor with hold for select * from (${rows}) as r order by 1, 2`),
  fc.constantFrom('fetch all c', 'move absolute 0 c', 'close c'),
  source.map((rows) => `prepare p as select * from (${rows}) as r order by 1, 2`),
  fc.constantFrom('execute p', 'deallocate p'),
  source.map((rows) => `create temp table taken as ${rows}`),
  source.map((rows) => `create temp view seen as ${rows}`),
  fc.constantFrom('table taken', 'table seen', 'drop table taken', 'drop view seen'),
  fc.constant(
    `create function pg_temp.leak(p text) returns boolean language plpgsql cost 0.0001 as $$ begin raise notice 'leaked %', p; return true; end $$`,
  ),
  source.map((rows) => `copy (${rows}) to stdout`),
  source.map(
    (rows) =>
      `do $do$ declare v text; begin select string_agg(said, ',' order by said) into v from (${rows}) as r; raise notice '%', v; exception when others then raise notice '%', sqlerrm; end $do$`,
  ),
);

const call = fc.oneof(
  sql`select app.current_tenant_id(), app.visible_tenants('${fc.constantFrom('agent_profiles', 'agent_capabilities')}')`,
  sql`select app.open_shared_access('${fc.constantFrom('agent_profiles', 'tenants', '%')}')`,
  sql`select check_k_anonymity(5, '${tenant}')`,
  sql`select count(*) from hybrid_search(null, '${fc.constantFrom('xq7', 'globex', 'knows')}', 10, 2, null, '${tenant}')`,
  sql`select * from find_agent_path('${fc.constantFrom('agent 1', 'many 1')}', '${fc.constantFrom('agent 2', 'many 2')}', 3)`,
);

/** Any SQL that the grammar has, one after the other. */
export const statements: Arbitrary<string[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: source.map((rows) => `select * from (${rows}) as r`) },
    { weight: 3, arbitrary: setting },
    { weight: 2, arbitrary: transaction },
    { weight: 2, arbitrary: change },
    { weight: 3, arbitrary: session },
    { weight: 1, arbitrary: call },
  ),
  { minLength: 1, maxLength: 12 },
);
