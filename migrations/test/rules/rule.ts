import type { SqlSession } from '@agent-agency/testing';

/**
 * Something that holds for every object of ours, also for those of later migrations.
 *
 * A query over the catalogue is easily one that never finds anything, so each rule brings statements that break it.
 */
export interface Rule {
  readonly name: string;
  /** A query for what breaks the rule: one column, `violation`, that names it. */
  readonly violations: string;
  /** Each breaks the rule. */
  readonly breaches: readonly string[];
}

/** Tables without a tenant, and why. */
const WITHOUT_TENANT = [
  'public.tenants', // is the tenant, with its id
  'public.__migrations__', // belongs to the database
  'app.context_keys', // belongs to the database, and nobody may read it
  'app.system_access', // operators' own, which no application may read
  'app.tenant_maintenance', // operators' own, and outlives the tenant
];

/** Makes the views that rules are written with: what is ours, and what of it belongs to tenants. */
export async function makeRuleViews(session: SqlSession): Promise<void> {
  const list = WITHOUT_TENANT.map((name) => `'${name}'`).join(', ');
  const notOfExtension = (catalogue: string): string =>
    `not exists (select from pg_depend where deptype = 'e' and classid = '${catalogue}'::regclass and objid = object.oid)`;
  await session.query(`
    create temporary view our_relation as
      select object.*, format('%s.%s', nspname, relname) as full_name
      from pg_class as object join pg_namespace as namespace on namespace.oid = relnamespace
      where nspname in ('public', 'app') and ${notOfExtension('pg_class')};

    create temporary view our_table as
      select *, full_name in (${list}) as is_without_tenant
      from our_relation where relkind in ('r', 'p');

    -- The column that says whose a row is.
    create temporary view tenant_column as
      select our_table.oid as relid, full_name, attname, attnum, attnotnull, atttypid, atttypmod, attcollation
      from our_table
      join pg_attribute on attrelid = our_table.oid and not attisdropped
      where attname = case full_name when 'public.tenants' then 'id' else 'tenant_id' end;

    create temporary view our_routine as
      select object.*, object.oid::regprocedure::text as full_name
      from pg_proc as object join pg_namespace as namespace on namespace.oid = pronamespace
      where nspname in ('public', 'app') and ${notOfExtension('pg_proc')};

    create temporary view our_type as
      select object.* from pg_type as object join pg_namespace as namespace on namespace.oid = typnamespace
      where nspname in ('public', 'app') and typtype in ('e', 'd', 'r') and ${notOfExtension('pg_type')};

    -- grantee 0 is public
    create temporary view our_grant as
      select 'relation' as kind, full_name as object, oid, grantee, privilege_type, is_grantable, relowner as owner
      from our_relation, aclexplode(coalesce(relacl, acldefault('r', relowner)))
      where relkind in ('r', 'p', 'v', 'm', 'f')
      union all
      select 'column', format('%s.%s', full_name, attname), our_relation.oid, grantee, privilege_type, is_grantable, relowner
      from our_relation join pg_attribute on attrelid = our_relation.oid, aclexplode(attacl)
      union all
      select 'function', full_name, oid, grantee, privilege_type, is_grantable, proowner
      from our_routine, aclexplode(coalesce(proacl, acldefault('f', proowner)))
      union all
      select 'schema', nspname, oid, grantee, privilege_type, is_grantable, nspowner
      from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
      where nspname in ('public', 'app');
  `);
}
