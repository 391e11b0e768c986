/** Tables, views, sequences, and what belongs to one of them. Each is a query for lines. */
export const relationFacts: readonly string[] = [
  `select concat_ws(
    ' ', 'relation', full_name,
    case relkind
      when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view' when 'm' then 'materialized view'
      when 'S' then 'sequence' when 'c' then 'composite type' when 'f' then 'foreign table' else 'index'
    end,
    'owner', relowner::regrole,
    case relpersistence when 'u' then 'unlogged' end,
    case when relrowsecurity then 'row security' end,
    case when relforcerowsecurity then 'forced' end,
    case when not relispopulated then 'not populated' end,
    'replica identity ' || nullif(relreplident::text, case when relkind in ('r', 'p', 'm') then 'd' else 'n' end),
    'of ' || nullif(reloftype, 0)::regtype,
    'with ' || reloptions::text
  ) from relation`,

  `select format('view %s %s %s', full_name, to_char(n, 'FM0000'), line)
  from relation, regexp_split_to_table(pg_get_viewdef(oid), '\\n') with ordinality as definition (line, n)
  where relkind in ('v', 'm')`,

  `select concat_ws(
    ' ', 'partitions of', relation.full_name, 'by', pg_get_partkeydef(relation.oid)
  ) from relation where relkind = 'p'`,

  `select format(
    'child %s of %s, %s: %s', relation.full_name, inhparent::regclass, inhseqno,
    coalesce(pg_get_expr(relpartbound, relation.oid), 'inherits')
  )
  from pg_inherits join relation on relation.oid = inhrelid`,

  `select concat_ws(
    ' ', 'column', full_name, format('(%s)', place), format_type(atttypid, atttypmod),
    'collate ' || nullif(attcollation, typcollation)::regcollation,
    case when attnotnull then 'not null' end,
    case attidentity when 'a' then 'identity always' when 'd' then 'identity by default' end,
    case attgenerated when 's' then 'stored' when 'v' then 'virtual' end,
    'default ' || pg_get_expr(adbin, adrelid),
    'storage ' || nullif(attstorage, typstorage)::text,
    'compression ' || nullif(attcompression, '')::text,
    'statistics ' || nullif(attstattarget, -1),
    'with ' || attoptions::text
  )
  from attribute
  join pg_type on pg_type.oid = atttypid
  left join pg_attrdef on adrelid = attrelid and adnum = attnum
  -- An index's columns are in its definition, and a sequence's are always the same.
  where attrelid in (select oid from relation where relkind not in ('i', 'I', 'S'))`,

  `select format('constraint %s on %s: %s', quote_ident(conname), full_name, pg_get_constraintdef(pg_constraint.oid))
  from relation join pg_constraint on conrelid = relation.oid`,

  `select concat_ws(
    ' ', 'index', pg_get_indexdef(indexrelid),
    case when not indisvalid then 'invalid' end,
    case when indisclustered then 'clustered' end,
    case when indisreplident then 'replica identity' end
  ) from relation join pg_index on indexrelid = relation.oid`,

  `select concat_ws(
    ' ', 'sequence', full_name, format_type(seqtypid, null), 'start', seqstart, 'increment', seqincrement,
    'from', seqmin, 'to', seqmax, 'cache', seqcache, case when seqcycle then 'cycle' end,
    'of ' || (
      select attribute.full_name from pg_depend join attribute on attrelid = refobjid and attnum = refobjsubid
      where classid = 'pg_class'::regclass and objid = seqrelid and refclassid = 'pg_class'::regclass and deptype in ('a', 'i')
    )
  ) from pg_sequence join relation on relation.oid = seqrelid`,

  `select format('trigger on %s: %s; %s', full_name, pg_get_triggerdef(pg_trigger.oid), tgenabled)
  from relation join pg_trigger on tgrelid = relation.oid where not tgisinternal`,

  `select format('rule on %s: %s %s', full_name, pg_get_ruledef(pg_rewrite.oid), ev_enabled)
  from relation join pg_rewrite on ev_class = relation.oid where rulename <> '_RETURN'`,

  `select concat_ws(
    ' ', 'policy', quote_ident(polname), 'on', full_name,
    case when polpermissive then 'permissive' else 'restrictive' end, 'for', polcmd, 'to',
    (
      select string_agg(case role when 0 then 'public' else role::regrole::text end, ', ' order by role::regrole::text)
      from unnest(polroles) as role
    ),
    'using ' || pg_get_expr(polqual, polrelid), 'with check ' || pg_get_expr(polwithcheck, polrelid)
  ) from relation join pg_policy on polrelid = relation.oid`,

  `select concat_ws(' ', 'statistics', pg_get_statisticsobjdef(pg_statistic_ext.oid), 'target ' || nullif(stxstattarget, -1))
  from relation join pg_statistic_ext on stxrelid = relation.oid`,
];
