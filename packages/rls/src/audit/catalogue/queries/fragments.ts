/** A schema, called `schema`, that is audited: `$1`, or without it all but PostgreSQL's own. */
export const IN_SCOPE = `(
    schema.nspname !~ '^pg_'
    and schema.nspname <> 'information_schema'
    and ($1::text[] is null or schema.nspname = any($1))
  )`;

/** Whether an object came with an extension, whose business it then is. */
export function isOfExtension(catalogue: string, alias: string): string {
  return `exists (
    select from pg_depend as member
    where member.classid = '${catalogue}'::regclass and member.objid = ${alias}.oid and member.deptype = 'e'
  )`;
}

/**
 * An access list, or the one that PostgreSQL supposes where there is none, as `GrantRow`s. What an owner has is no grant.
 *
 * @param kind As `acldefault` takes it, in SQL.
 */
export function grantsOf(list: string, kind: string, owner: string): string {
  return `(
    select coalesce(json_agg(json_build_object(
      'grantee', coalesce(role.rolname, 'PUBLIC'),
      'privilege', entry.privilege_type,
      'isGrantable', entry.is_grantable
    )), '[]')
    from aclexplode(coalesce(${list}, acldefault(${kind}, ${owner}))) as entry
    left join pg_roles as role on role.oid = entry.grantee
    where entry.grantee <> ${owner}
  )`;
}

/** One privilege that somebody beside the owner has. */
export interface GrantRow {
  /** A role, or `PUBLIC`. */
  readonly grantee: string;
  readonly privilege: string;
  readonly isGrantable: boolean;
}
