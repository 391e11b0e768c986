import { IN_SCOPE } from './fragments.ts';

export type PolicyCommand = 'all' | 'select' | 'insert' | 'update' | 'delete';

export interface PolicyRow {
  /** `schema.name` of its table. */
  readonly table: string;
  readonly name: string;
  readonly is_permissive: boolean;
  readonly command: PolicyCommand;
  /** For whom: roles, or `PUBLIC`. */
  readonly roles: readonly string[];
  readonly using_text: string | null;
  readonly check_text: string | null;
}

export const POLICIES = `
  select
    schema.nspname || '.' || relation.relname as table,
    policy.polname::text as name,
    policy.polpermissive as is_permissive,
    case policy.polcmd
      when 'r' then 'select'
      when 'a' then 'insert'
      when 'w' then 'update'
      when 'd' then 'delete'
      else 'all'
    end as command,
    array(
      select coalesce(role.rolname::text, 'PUBLIC')
      from unnest(policy.polroles) as entry (oid)
      left join pg_roles as role on role.oid = entry.oid
      order by role.rolname
    ) as roles,
    pg_get_expr(policy.polqual, policy.polrelid) as using_text,
    pg_get_expr(policy.polwithcheck, policy.polrelid) as check_text
  from pg_policy as policy
  join pg_class as relation on relation.oid = policy.polrelid
  join pg_namespace as schema on schema.oid = relation.relnamespace
  where ${IN_SCOPE}
  order by schema.nspname, relation.relname, policy.polname`;
