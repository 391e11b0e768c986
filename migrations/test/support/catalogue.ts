import type { SqlSession } from '@agent-agency/testing';

/** Everything of ours in a database, a line each: what `down` and `up` have to restore. Without the journal's rows. */
export async function describeCatalogue(session: SqlSession): Promise<string[]> {
  const { rows } = await session.query(`
    with
    namespace as (select * from pg_namespace where nspname in ('public', 'app')),
    of_extension as (select classid, objid from pg_depend where deptype = 'e'),
    relation as (
      select class.*, format('%s.%s', namespace.nspname, class.relname) as full_name
      from pg_class as class
      join namespace on namespace.oid = class.relnamespace
      where not exists (select from of_extension where classid = 'pg_class'::regclass and objid = class.oid)
    ),
    routine as (
      select procedure.*
      from pg_proc as procedure
      join namespace on namespace.oid = procedure.pronamespace
      where not exists (select from of_extension where classid = 'pg_proc'::regclass and objid = procedure.oid)
    ),
    granted (object, acl) as (
      select 'schema ' || nspname, coalesce(nspacl, acldefault('n', nspowner)) from namespace
      union all
      select 'relation ' || full_name, coalesce(relacl, acldefault((case relkind when 'S' then 's' else 'r' end)::"char", relowner))
      from relation where relkind in ('r', 'v', 'm', 'S', 'p', 'f')
      union all
      select format('column %s.%s', full_name, attname), attacl
      from relation join pg_attribute on attrelid = relation.oid where attacl is not null
      union all
      select 'function ' || oid::regprocedure, coalesce(proacl, acldefault('f', proowner)) from routine
      union all
      select format('default %s %s', defaclrole::regrole, defaclobjtype), defaclacl from pg_default_acl
    ),
    line (words) as (
      select concat_ws(' ', 'schema', nspname, nspowner::regrole, obj_description(oid, 'pg_namespace')) from namespace
      union all
      select concat_ws(
        ' ', 'relation', full_name, relkind, relowner::regrole, relrowsecurity, relforcerowsecurity, reloptions::text,
        obj_description(oid, 'pg_class'), case when relkind in ('v', 'm') then pg_get_viewdef(oid) end
      ) from relation
      union all
      select concat_ws(
        ' ', 'column', full_name, attname, format_type(atttypid, atttypmod), attnotnull, attgenerated, attidentity,
        pg_get_expr(adbin, adrelid), col_description(relation.oid, attnum)
      )
      from relation
      join pg_attribute as attribute on attrelid = relation.oid and attnum > 0 and not attisdropped
      left join pg_attrdef on adrelid = relation.oid and adnum = attnum
      union all
      select concat_ws(' ', 'constraint', full_name, conname, pg_get_constraintdef(constr.oid), condeferrable)
      from relation join pg_constraint as constr on conrelid = relation.oid
      union all
      select 'index ' || pg_get_indexdef(indexrelid) from relation join pg_index on indexrelid = relation.oid
      union all
      select 'trigger ' || pg_get_triggerdef(trigger.oid) || ' ' || tgenabled::text
      from relation join pg_trigger as trigger on tgrelid = relation.oid where not tgisinternal
      union all
      select concat_ws(
        ' ', 'policy', full_name, polname, polcmd, polpermissive,
        (select string_agg(rolname, ',' order by rolname) from pg_roles where pg_roles.oid = any(polroles)),
        pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
      ) from relation join pg_policy on polrelid = relation.oid
      union all
      select concat_ws(
        ' ', 'function', proowner::regrole, pg_get_functiondef(oid), obj_description(oid, 'pg_proc')
      ) from routine where prokind in ('f', 'p')
      union all
      select concat_ws(
        ' ', 'type', typname, typtype, typowner::regrole, obj_description(pg_type.oid, 'pg_type'),
        (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = pg_type.oid)
      )
      from pg_type join namespace on namespace.oid = typnamespace
      where not exists (select from of_extension where classid = 'pg_type'::regclass and objid = pg_type.oid)
      union all
      select concat_ws(
        ' ', 'grant', object, case grantee when 0 then 'public' else grantee::regrole::text end, privilege_type, is_grantable
      ) from granted, aclexplode(acl)
    )
    select words from line where words is not null order by words collate "C"
  `);
  return rows.map(({ words }) => String(words));
}
