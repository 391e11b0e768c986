export interface RoleRow {
  readonly name: string;
  readonly is_superuser: boolean;
  readonly bypasses_rls: boolean;
  readonly creates_roles: boolean;
  readonly replicates: boolean;
  /** Whether it is asked about: `$1`, or without it every login that is no superuser. */
  readonly is_audited: boolean;
  /** Of one that is asked about: roles whose privileges it has, or gets by SET ROLE. */
  readonly becomes: readonly string[];
}

/** PostgreSQL 16 tells apart who inherits and who may switch; before, a member may do both. */
export function rolesQuery(version: number): string {
  const becomes =
    version >= 160_000
      ? `(pg_has_role(role.oid, other.oid, 'usage') or pg_has_role(role.oid, other.oid, 'set'))`
      : `pg_has_role(role.oid, other.oid, 'member')`;
  return `
    with role as (
      select
        *,
        case
          when $1::text[] is null then rolcanlogin and not rolsuper
          else rolname = any($1)
        end as is_audited
      from pg_roles
    )
    select
      role.rolname::text as name,
      role.rolsuper as is_superuser,
      role.rolbypassrls as bypasses_rls,
      role.rolcreaterole as creates_roles,
      role.rolreplication as replicates,
      role.is_audited,
      case
        when role.is_audited and not role.rolsuper then array(
          select other.rolname::text
          from pg_roles as other
          where other.oid <> role.oid and ${becomes}
          order by other.rolname
        )
        else '{}'
      end as becomes
    from role
    order by role.rolname`;
}
