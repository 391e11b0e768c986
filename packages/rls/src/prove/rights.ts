import { ROLES, type Role } from './actors.ts';
import { NAME, OURS, type Catalogue, type Relation } from './catalogue.ts';
import type { Cell } from './cells.ts';
import { queryRows, type ProofConnection } from './connection.ts';
import { ROUTINES } from './model/routines.ts';
import { TABLES, TENANT_VIEWS, type Right, type TenantTable } from './model/tables.ts';
import { ownRights } from './model/surroundings.ts';

/** Rights that were granted, by who has them; `agent_agency_` is left out. */
type Grants = Readonly<Record<string, readonly string[]>>;

/**
 * Who was granted what. Rights that no statement of the other cells needs are among them: references, trigger, maintain, and
 * those of columns.
 */
export async function rightsCells(
  connection: ProofConnection,
  { relations, routines }: Catalogue,
  withSurroundings = true,
): Promise<Cell[]> {
  const granted = await readGrants(connection, RELATION_GRANTS);
  const executed = await readGrants(connection, ROUTINE_GRANTS);
  const around = await readGrants(connection, SURROUNDINGS);
  const expectedAround = ownRights();
  const invokers = new Set(await queryRows<string>(connection, INVOKERS));
  return [
    ...relations
      .filter(({ kind }) => kind === 'view')
      .map(({ name }): Cell => ({
        ...{ subject: name, verb: 'nature', actor: 'everybody', expected: CALLERS },
        actual: invokers.has(name) ? CALLERS : 'its owner’s rights',
      })),
    ...relations.map((relation) => cell(relation.name, grantsOf(relation), granted.get(relation.name))),
    ...routines.map(({ name }) => cell(name, executeOf(name), executed.get(name))),
    ...(withSurroundings ? [...new Set([...expectedAround.keys(), ...around.keys()])] : []).map((subject) =>
      cell(subject, expectedAround.get(subject) ?? {}, around.get(subject)),
    ),
  ];
}

function cell(subject: string, expected: Grants, actual: Grants = {}): Cell {
  return { subject, verb: 'rights', actor: 'everybody', expected: textOf(expected), actual: textOf(actual) };
}

function textOf(grants: Grants): string {
  const lines = Object.entries(grants)
    .filter(([, rights]) => rights.length > 0)
    .map(([grantee, rights]) => `${grantee}: ${[...rights].sort().join(' ')}`);
  return lines.length === 0 ? 'nobody' : lines.sort().join('; ');
}

function grantsOf({ name, kind }: Relation): Grants {
  const model = TABLES[name];
  if (model?.kind === 'tenant') return tableGrants(model);
  if (kind === 'view' && TENANT_VIEWS.includes(name)) return { app: ['select'], readonly: ['select'] };
  return {};
}

function tableGrants({ app, appColumns, service, serviceUpdates }: TenantTable): Grants {
  const limited = (right: Right, columns: readonly string[] | undefined): string =>
    columns === undefined ? right : `${right}(${[...columns].sort().join(',')})`;
  return {
    app: app.map((right) => limited(right, appColumns[right])),
    readonly: [limited('select', appColumns.select)],
    maintenance: ['select', 'insert', 'update', 'delete'],
    service: (Object.keys(service) as Right[]).map((right) =>
      limited(right, right === 'update' ? serviceUpdates : undefined),
    ),
  };
}

/** With whose rights a view reads its tables. */
const CALLERS = 'the caller’s rights';

const INVOKERS = `
select to_jsonb(${NAME}) as row
from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where ${OURS} and relkind = 'v' and exists (
  select from pg_options_to_table(reloptions)
  where option_name = 'security_invoker' and option_value::boolean
)`;

const executeOf = (name: string): Grants =>
  Object.fromEntries((ROUTINES[name]?.execute ?? []).map((role: Role) => [role, ['execute']]));

async function readGrants(connection: ProofConnection, sql: string): Promise<Map<string, Grants>> {
  const rows = await queryRows<{ subject: string; grants: Record<string, string[]> }>(connection, sql);
  return new Map(rows.map(({ subject, grants }) => [subject, grants]));
}

/** The name of whoever was granted something. */
const GRANTEE = `case grantee when 0 then 'PUBLIC' else regexp_replace(pg_get_userbyid(grantee), '^agent_agency_', '') end`;

const grouped = (granted: string): string => `
select jsonb_build_object('subject', subject, 'grants', jsonb_object_agg(grantee, rights)) as row
from (select subject, grantee, jsonb_agg(right_name) as rights from (${granted}) as granted group by subject, grantee) as mine
group by subject`;

const RELATION_GRANTS = grouped(`
select ${NAME} as subject, ${GRANTEE} as grantee, lower(privilege_type) as right_name
from pg_class join pg_namespace on pg_namespace.oid = relnamespace, aclexplode(relacl)
where ${OURS} and grantee <> relowner
union all
select
  ${NAME}, ${GRANTEE},
  lower(privilege_type) || '(' || string_agg(attname, ',' order by attname collate "C") || ')'
from pg_attribute join pg_class on pg_class.oid = attrelid join pg_namespace on pg_namespace.oid = relnamespace,
  aclexplode(attacl)
where ${OURS} and grantee <> relowner
group by nspname, relname, grantee, privilege_type`);

const ROUTINE_GRANTS = grouped(`
select pg_proc.oid::regprocedure::text as subject, ${GRANTEE} as grantee, lower(privilege_type) as right_name
from pg_proc join pg_namespace on pg_namespace.oid = pronamespace,
  aclexplode(coalesce(proacl, acldefault('f', proowner)))
where ${OURS} and grantee <> proowner`);

const MINE = `(${Object.values(ROLES)
  .map((role) => `'${role}'`)
  .join(', ')})`;

// Of the database and its schemas what lets objects be made (a copy of a database forgets that its
// owner may); of roles what lets policies be passed by.
const SURROUNDINGS = grouped(`
select 'database' as subject, ${GRANTEE} as grantee, lower(privilege_type) as right_name
from pg_database, aclexplode(datacl)
where datname = current_database() and privilege_type = 'CREATE' and grantee <> datdba
  and pg_get_userbyid(grantee) <> '${ROLES.owner}'
union all
select 'schema ' || nspname, ${GRANTEE}, lower(privilege_type)
from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
where ${OURS} and grantee <> nspowner
union all
select 'roles', regexp_replace(rolname, '^agent_agency_', ''), attribute
from pg_roles, lateral (
  values (rolsuper, 'superuser'), (rolbypassrls, 'bypassrls'), (rolcreaterole, 'createrole'), (rolreplication, 'replication')
) as has (is_so, attribute)
where rolname in ${MINE} and is_so
union all
select 'roles', regexp_replace(pg_get_userbyid(member), '^agent_agency_', ''), 'is ' || pg_get_userbyid(roleid)
from pg_auth_members
where pg_get_userbyid(member) in ${MINE}`);
