import type { SqlSession } from '@agent-agency/testing';
import { readRows } from './own-objects.ts';

/** A constraint of a table; what `not null` says is with the columns. */
export interface Constraint {
  readonly table: string;
  readonly name: string;
  readonly kind: 'primary key' | 'unique' | 'foreign key' | 'check' | 'exclusion';
  readonly definition: string;
  readonly columns: readonly string[];
  /** Of a foreign key. */
  readonly target: string | null;
  readonly targetColumns: readonly string[];
  /** Of a foreign key: what a deletion of the target does, for example `cascade`. */
  readonly onDelete: string | null;
}

/** Every constraint, keys first. */
export function readConstraints(session: SqlSession): Promise<readonly Constraint[]> {
  const columnsOf = (relation: string, key: string): string => `
    coalesce(
      (
        select json_agg(attname order by place)
        from unnest(${key}) with ordinality as key (number, place)
        join pg_attribute on attrelid = ${relation} and attnum = number
      ),
      '[]'
    )`;
  return readRows(
    session,
    `select
       full_name as table,
       conname as name,
       case contype
         when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key' when 'c' then 'check'
         else 'exclusion'
       end as kind,
       pg_get_constraintdef(constr.oid, true) as definition,
       ${columnsOf('conrelid', 'conkey')} as columns,
       nullif(confrelid, 0)::regclass::text as target,
       ${columnsOf('confrelid', 'confkey')} as "targetColumns",
       case when contype = 'f' then
         case confdeltype
           when 'a' then 'no action' when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null'
           else 'set default'
         end
       end as "onDelete"
     from pg_constraint as constr
     join own_table on own_table.oid = conrelid
     where contype in ('p', 'u', 'f', 'c', 'x')
     order by full_name collate "C", array_position(array['p', 'u', 'x', 'f', 'c'], contype::text), conname collate "C"`,
  );
}
