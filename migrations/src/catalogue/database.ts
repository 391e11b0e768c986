/** What belongs to the whole database, and what every kind of object has: an owner, grants, a comment. */
export const databaseFacts: readonly string[] = [
  `select format('schema %I owner %s', nspname, nspowner::regrole) from namespace`,

  `select format('extension %I %s in %s', extname, extversion, extnamespace::regnamespace) from pg_extension`,

  `select format(
    'event trigger %I on %s when %s: %s %s', evtname, evtevent, coalesce(evttags::text, 'any'), evtfoid::regprocedure,
    evtenabled
  ) from pg_event_trigger`,

  // By name only: what no other fact describes, such as operators, collations, text search and publications.
  `select format('%s %s owner %s', object.type, object.identity, refobjid::regrole)
  from pg_shdepend, pg_identify_object(classid, objid, objsubid) as object
  where dbid = (select oid from pg_database where datname = current_database()) and deptype = 'o'
    and classid not in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_namespace'::regclass)`,

  `select format('cast %s as %s by %s %s', castsource::regtype, casttarget::regtype, castfunc::regproc, castcontext)
  from pg_cast
  where oid >= 16384 and not exists (
    select from of_extension where classid = 'pg_cast'::regclass and objid = pg_cast.oid
  )`,

  `select format('setting of %s: %s', case setrole when 0 then 'everybody' else setrole::regrole::text end, setting)
  from pg_db_role_setting, unnest(setconfig) as setting
  where setdatabase = (select oid from pg_database where datname = current_database())`,

  `select format('comment on %s %s: %s', object.type, object.identity, description)
  from pg_description, pg_identify_object(classoid, objoid, objsubid) as object
  -- Below are the objects of initdb.
  where objoid >= 16384 and not exists (
    select from of_extension where classid = classoid and objid = objoid
  )`,

  `select format(
    'grant %s on %s to %s%s', privilege_type, object, case grantee when 0 then 'public' else grantee::regrole::text end,
    case when is_grantable then ' with grant option' end
  )
  from (
    select format('schema %I', nspname), coalesce(nspacl, acldefault('n', nspowner)) from namespace
    union all
    select full_name, coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner))
    from relation where relkind in ('r', 'p', 'v', 'm', 'S', 'f')
    union all
    select format('column %s', full_name), attacl from attribute
    union all
    select format('function %s', full_name), coalesce(proacl, acldefault('f', proowner)) from routine
    union all
    select format('type %s', full_name), coalesce(typacl, acldefault('T', typowner)) from type
    union all
    select
      format('new %s of %s%s', defaclobjtype, defaclrole::regrole, ' in ' || nullif(defaclnamespace, 0)::regnamespace),
      defaclacl
    from pg_default_acl
  ) as granted (object, acl), aclexplode(acl)`,
];
