import { IN_SCOPE } from './fragments.ts';

export interface ForeignKeyRow {
  readonly table: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly referenced_table: string;
  readonly referenced_columns: readonly string[];
}

const columnsOf = (relation: string, numbers: string): string => `array(
  select attribute.attname::text
  from unnest(${numbers}) with ordinality as key (number, place)
  join pg_attribute as attribute on attribute.attrelid = ${relation} and attribute.attnum = key.number
  order by key.place
)`;

/** Of partitioned tables once, not again for each partition. */
export const FOREIGN_KEYS = `
  select
    schema.nspname || '.' || relation.relname as table,
    reference.conname::text as name,
    ${columnsOf('reference.conrelid', 'reference.conkey')} as columns,
    other_schema.nspname || '.' || other.relname as referenced_table,
    ${columnsOf('reference.confrelid', 'reference.confkey')} as referenced_columns
  from pg_constraint as reference
  join pg_class as relation on relation.oid = reference.conrelid
  join pg_namespace as schema on schema.oid = relation.relnamespace
  join pg_class as other on other.oid = reference.confrelid
  join pg_namespace as other_schema on other_schema.oid = other.relnamespace
  where reference.contype = 'f' and reference.conparentid = 0 and ${IN_SCOPE}
  order by schema.nspname, relation.relname, reference.conname`;
