import { contextOf, OTHER, OWN } from '../worlds.ts';
import { attack, type Attack } from '../attack.ts';
import { GLANCE, LOOK } from './look.ts';

const own = contextOf(OWN)['app.context_signature'] ?? '';
const [keyId = '', expiry = '', mac = ''] = own.split('.');

/** Another tenant's name over a signature that somebody made up. */
const forged = (name: string, signature: string, tenant: string = OTHER): Attack =>
  attack(
    `a context with ${name}`,
    `select set_config('app.current_tenant', '${tenant}', true), set_config('app.context_signature', '${signature}', true)`,
    GLANCE,
    'select app.current_tenant_id(), app.require_tenant_id()',
  );

const ALL_ROLES = [
  ...['agent_agency_owner', 'agent_agency_service', 'agent_agency_maintenance', 'agent_agency_readonly'],
  ...['postgres', 'pg_read_all_data', 'pg_monitor', 'pg_signal_backend', 'none'],
];

/** Being somebody else: the tenant, the role, the session. */
export const CONTEXT_ATTACKS: readonly Attack[] = [
  attack('look around', LOOK),
  forged('the own signature', own),
  forged('no signature', ''),
  forged('no key', `.${expiry}.${mac}`),
  forged('an unknown key', `nokey.${expiry}.${mac}`),
  forged('a truncated MAC', `${keyId}.${expiry}.${mac.slice(0, -2)}`),
  forged('an upper-case MAC', `${keyId}.${expiry}.${mac.toUpperCase()}`, OWN),
  forged('a MAC of zeros', `${keyId}.${expiry}.${'0'.repeat(64)}`),
  forged('an expiry that is no number', `${keyId}.never.${mac}`),
  forged('an expiry that never comes', `${keyId}.infinity.${mac}`),
  forged('a fourth field', `${own}.${mac}`),
  forged('fields moved', own, `${OWN}${OTHER}`),
  forged('a pattern for a key', `%.${expiry}.${mac}`),
  forged('SQL for a key', `test\\'' or true --.${expiry}.${mac}`),
  attack(
    'a context for the whole session',
    `select set_config('app.current_tenant', '${OTHER}', false)`,
    'commit',
    LOOK,
  ),
  attack('a transaction without a context', 'commit', 'begin', LOOK),
  attack('a transaction chained to this one', 'commit and chain', LOOK),
  attack(
    'another user in the own context',
    `select set_config('app.current_user', 'root', true)`,
    'select app.current_tenant_id()',
    GLANCE,
  ),
  attack('everything reset', 'reset all', LOOK),
  attack('everything discarded', 'commit', 'discard all', LOOK),
  attack('row security off', 'set local row_security = off', LOOK),
  attack(
    'triggers off',
    'set local session_replication_role = replica',
    `insert into task_queue (tenant_id, task_id, task_type, description) values ('${OTHER}', 'x', 'research', 'x')`,
  ),
  ...ALL_ROLES.flatMap((role) => [
    attack(`set role ${role}`, `set role ${role}`, GLANCE),
    attack(`set session authorization ${role}`, `set session authorization ${role}`, GLANCE),
  ]),
  attack(
    'more rights',
    'grant agent_agency_service to agent_agency_app',
    'grant select on app.context_keys to agent_agency_app',
    'alter role agent_agency_app bypassrls',
    'alter role agent_agency_app superuser',
    'create role mallory in role agent_agency_owner',
    'alter table task_queue owner to agent_agency_app',
    'alter default privileges for role agent_agency_owner grant select on tables to agent_agency_app',
    'reassign owned by agent_agency_owner to agent_agency_app',
    LOOK,
  ),
  attack(
    'weaker policies',
    'alter table task_queue disable row level security',
    'alter table task_queue no force row level security',
    'create policy mine on task_queue using (true)',
    'drop policy task_queue_tenant_guard on task_queue',
    'alter policy task_queue_tenant_guard on task_queue using (true)',
    'create or replace function app.current_tenant_id() returns text language sql return current_user::text',
    `alter function app.current_tenant_id() set app.current_tenant = '${OTHER}'`,
    'create rule mine as on select to task_queue do instead select * from task_queue',
    'create trigger mine before insert on task_queue for each row execute function suppress_redundant_updates_trigger()',
    LOOK,
  ),
  attack(
    'maintenance',
    `select app.begin_tenant_maintenance('${OTHER}', 'export', 'because')`,
    'select app.maintained_tenant()',
    'select * from app.tenant_maintenance_of_transaction()',
    `insert into app.tenant_maintenance (tenant_id, kind, reason) values ('${OTHER}', 'export', 'because')`,
    'set local role agent_agency_maintenance',
    LOOK,
  ),
  attack(
    'shared access',
    `select set_config('app.shared_access', 'agent_profiles', true)`,
    `select app.open_shared_access('agent_profiles')`,
    `select app.visible_tenants('agent_profiles')`,
    'commit',
    'begin',
    ...Object.entries(contextOf(OWN)).map(
      ([name, value]) => `select set_config('${name}', '${value}', true)`,
    ),
    `select set_config('app.shared_access', 'agent_profiles', true)`,
    'select tenant_id, name from agent_profiles',
  ),
  attack(
    'a window written by hand',
    `insert into tenant_access_log (tenant_id, accessor_tenant_id, access_type, table_name)
     values ('${OTHER}', '${OWN}', 'read', 'agent_profiles')`,
    `insert into tenant_sharing_rules (tenant_id, target_tenant_id, resource_types)
     values ('${OTHER}', '${OWN}', '{agent_profiles}')`,
    `update tenants set isolation_level = 'shared'`,
    `select app.sharing_tenants('${OWN}', 'agent_profiles')`,
  ),
  attack(
    'the keys',
    'select * from app.context_keys',
    'select * from app.context_key_blocks()',
    `select app.put_context_key('mine', decode(repeat('00', 32), 'hex'))`,
    `copy app.context_keys to stdout`,
    `explain (analyze, costs off, timing off, summary off) select app.current_tenant_id()`,
  ),
  attack(
    'what operators may',
    'select app.list_tenants()',
    `select create_tenant('mallory', 'p', 'mallory')`,
    `select update_tenant_isolation('${OTHER}', 'shared')`,
    `select app.suspend_tenant('${OTHER}')`,
    `select app.update_tenant('${OTHER}', null, 'mine')`,
    'select app.purge_access_log()',
    'select * from app.system_access',
    `select app.copy_default_settings('${OTHER}')`,
  ),
];
