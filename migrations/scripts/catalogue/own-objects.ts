import type { SqlSession } from '@agent-agency/testing';

/**
 * Makes the temporary views that the catalogue is read through: what the migrations made, without what extensions
 * brought. Names and constants are written the same whatever the login's own settings are.
 */
export async function makeOwnViews(session: SqlSession): Promise<void> {
  const notOfExtension = (catalogue: string): string =>
    `not exists (select from pg_depend where deptype = 'e' and classid = '${catalogue}'::regclass and objid = object.oid)`;
  await session.query(`
    set search_path = public;
    set quote_all_identifiers = off;
    set datestyle = iso;
    set intervalstyle = postgres;

    create or replace temporary view own_schema as
      select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema';

    create or replace temporary view own_relation as
      select object.*, object.oid::regclass::text as full_name
      from pg_class as object join own_schema on own_schema.oid = relnamespace
      where ${notOfExtension('pg_class')};

    create or replace temporary view own_table as select * from own_relation where relkind in ('r', 'p');

    create or replace temporary view own_routine as
      select object.*, object.oid::regprocedure::text as full_name
      from pg_proc as object join own_schema on own_schema.oid = pronamespace
      where ${notOfExtension('pg_proc')};

    create or replace temporary view own_type as
      select object.*, object.oid::regtype::text as full_name
      from pg_type as object join own_schema on own_schema.oid = typnamespace
      where typtype in ('e', 'd', 'r') and ${notOfExtension('pg_type')};
  `);
}

/** The rows of a query, as JSON reads them: arrays are arrays, and numbers numbers. */
export async function readRows<T>(session: SqlSession, query: string): Promise<readonly T[]> {
  const { rows } = await session.query(`select coalesce(json_agg(row), '[]') as list from (${query}) as row`);
  return rows[0]?.['list'] as readonly T[];
}
