import { IN_SCOPE } from './fragments.ts';

export interface IndexColumnRow {
  /** Null for an expression. */
  readonly name: string | null;
  readonly text: string;
  /** Whether there are conditions for it at all: an index by distance has only an order. */
  readonly isSearchable: boolean;
  /** Whether any of those conditions may be asked before the policies. */
  readonly isLeakproof: boolean;
}

export interface IndexRow {
  readonly table: string;
  /** `schema.name`. */
  readonly name: string;
  readonly method: string;
  /** A key, or an exclusion. */
  readonly is_unique: boolean;
  readonly is_primary: boolean;
  readonly columns: readonly IndexColumnRow[];
}

/** Of the condition's operators, those that the family has for the very type of the column. */
const COLUMNS = `(
  select json_agg(json_build_object(
    'name', attribute.attname,
    'text', pg_get_indexdef(index.indexrelid, place, true),
    'isSearchable', operators.count > 0,
    'isLeakproof', operators.is_leakproof
  ) order by place)
  from generate_series(1, index.indnkeyatts) as place
  join pg_opclass as class on class.oid = index.indclass[place - 1]
  left join pg_attribute as attribute
    on attribute.attrelid = index.indrelid and attribute.attnum = nullif(index.indkey[place - 1], 0)
  cross join lateral (
    select count(*) as count, coalesce(bool_or(function.proleakproof), false) as is_leakproof
    from pg_amop as member
    join pg_operator as operator on operator.oid = member.amopopr
    join pg_proc as function on function.oid = operator.oprcode
    where member.amopfamily = class.opcfamily
      and member.amoplefttype = class.opcintype
      and member.amoppurpose = 's'
  ) as operators
)`;

export const INDEXES = `
  select
    schema.nspname || '.' || relation.relname as table,
    schema.nspname || '.' || own.relname as name,
    method.amname::text as method,
    index.indisunique or index.indisexclusion as is_unique,
    index.indisprimary as is_primary,
    ${COLUMNS} as columns
  from pg_index as index
  join pg_class as own on own.oid = index.indexrelid
  join pg_am as method on method.oid = own.relam
  join pg_class as relation on relation.oid = index.indrelid
  join pg_namespace as schema on schema.oid = relation.relnamespace
  where index.indisvalid and relation.relpersistence <> 't' and ${IN_SCOPE}
  order by schema.nspname, own.relname`;
