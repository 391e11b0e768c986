import type { SqlSession } from '@agent-agency/testing';
import { readRows } from '../catalogue/own-objects.ts';

/** A table, and where its rows are in a cluster of several nodes. */
export interface Placement {
  readonly table: string;
  /**
   * `distributed`: each tenant's rows together on one node. `reference`: all rows on every node. `local`: all rows on the
   * coordinator.
   */
  readonly kind: 'distributed' | 'reference' | 'local';
  /** The tables that its foreign keys name. */
  readonly needs: readonly string[];
}

/**
 * Where every table belongs, from the catalogue alone: a query over the views of `makeOwnViews`.
 *
 * What has a `tenant_id` is distributed by it. Of the rest, what distributed tables refer to, or what is asked by a function
 * that a policy or default calls, has to be on every node.
 */
export const PLACEMENTS = `
     with recursive
     placed as (
       select
         own_table.oid,
         full_name,
         exists (
           select from pg_attribute where attrelid = own_table.oid and attname = 'tenant_id' and not attisdropped
         ) as is_tenants
       from own_table where not relispartition
     ),
     -- First of all: what is compared below is dear.
     routine as materialized (
       select oid, prosrc, format('\\m%s\\(', replace(oid::regproc::text, '.', '\\.')) as call from own_routine
     ),
     -- Functions that rows are judged or filled by on the nodes, and the functions that those call.
     asked (oid) as (
       select refobjid from pg_depend
       where refclassid = 'pg_proc'::regclass and classid in ('pg_policy'::regclass, 'pg_attrdef'::regclass)
       union
       select called.oid
       from asked
       join routine as caller on caller.oid = asked.oid
       join routine as called on caller.prosrc ~ called.call
     ),
     needed (oid) as (
       select confrelid from pg_constraint join placed on placed.oid = conrelid
       where contype = 'f' and is_tenants
       union
       select placed.oid
       from asked
       join routine on routine.oid = asked.oid
       join placed on prosrc ~ format('\\m(from|join) (%s|%s)\\M', replace(full_name, '.', '\\.'), 'public\\.' || full_name)
     )
     select
       full_name as table,
       case
         when is_tenants then 'distributed'
         when oid in (select oid from needed) then 'reference'
         else 'local'
       end as kind,
       (
         select coalesce(json_agg(distinct confrelid::regclass::text), '[]') from pg_constraint
         where conrelid = placed.oid and contype = 'f' and confrelid <> conrelid
       ) as needs
     from placed
     -- The first is what the others are colocated with: better one that stays the first.
     order by
       (
         select conkey = array[attnum] from pg_constraint join pg_attribute on attrelid = conrelid and attname = 'tenant_id'
         where conrelid = placed.oid and contype = 'p'
       ) desc nulls last,
       full_name collate "C"`;

/** Where every table belongs. Needs the views of `makeOwnViews`. */
export function readDistribution(session: SqlSession): Promise<readonly Placement[]> {
  return readRows(session, PLACEMENTS);
}

/**
 * Tables in an order in which each comes after those that it refers to, else as they were. Pure.
 *
 * @throws Error when foreign keys go in a circle.
 */
export function inOrderOfReferences(tables: readonly Placement[]): readonly Placement[] {
  const waiting = new Map(tables.map((table) => [table.table, table]));
  const ordered: Placement[] = [];
  while (waiting.size > 0) {
    const next = [...waiting.values()].find(({ needs }) => !needs.some((name) => waiting.has(name)));
    if (next === undefined) throw new Error(`foreign keys go in a circle: ${[...waiting.keys()].join(', ')}`);
    ordered.push(next);
    waiting.delete(next.table);
  }
  return ordered;
}
