import { tenantColumnOf, type Schema } from '../schema/schema.ts';
import { shown } from '../sql/names.ts';
import { typeText, type ColumnType } from '../sql/type-name.ts';
import type { Rule } from './rule.ts';

/**
 * Types whose comparisons cannot tell a value to anybody, as the catalogue of PostgreSQL 17 says: only those may be
 * index conditions under row level security. `varchar` compares as text.
 */
export const LEAKPROOF: ReadonlySet<string> = new Set([
  'bit',
  'bool',
  'bpchar',
  'bytea',
  'char',
  'date',
  'float4',
  'float8',
  'inet',
  'int2',
  'int4',
  'int8',
  'interval',
  'macaddr',
  'macaddr8',
  'money',
  'name',
  'oid',
  'oidvector',
  'pg_lsn',
  'text',
  'tid',
  'time',
  'timestamp',
  'timestamptz',
  'timetz',
  'uuid',
  'varbit',
  'varchar',
  'xid8',
]);

/** These order by distance; a condition is not what they are for. */
const DISTANCE_METHODS = new Set(['hnsw', 'ivfflat']);

/** Whether a comparison may be an index condition under row level security; undefined when nobody knows. */
function isLeakproof(type: ColumnType, schema: Schema): boolean | undefined {
  if (type.isArray) return false;
  if (LEAKPROOF.has(type.name)) return true;
  const own = schema.types.get(type.name.includes('.') ? type.name : `public.${type.name}`);
  return own?.is === 'domain' ? undefined : false;
}

export const accessPathRules: readonly Rule[] = [
  {
    name: 'non-leakproof-access-path',
    severity: 'error',
    what: 'The first column after the tenant is of a type whose operators are not leakproof, or the method is GIN.',
    why: 'Under row level security such an operator is never an index condition: the application pays for the index with every write and never reads by it.',
    instead:
      'Lead with a text, uuid, integer or time column; for search use an inverted table; if only operators need the index, say so in a suppression.',
    on: {
      'create index': ({ index: { table: name, method, columns } }, { file: { after } }) => {
        const table = after.tables.get(name);
        const tenant = tenantColumnOf(table);
        if (tenant === undefined || DISTANCE_METHODS.has(method)) return undefined;
        if (method === 'gin') return 'no operator of gin is leakproof';
        const first = columns.find((column) => column.name !== tenant);
        if (first === undefined) return undefined;
        if (first.name === undefined) return 'an expression is computed by functions that are not leakproof';
        const type = table?.columns.get(first.name)?.type;
        return type === undefined || isLeakproof(type, after) !== false
          ? undefined
          : `comparisons of ${first.name}, which is ${typeText(type)}, are not leakproof`;
      },
    },
  },
  {
    name: 'index-without-tenant',
    severity: 'error',
    what: 'A btree index of a table of tenants does not lead with the tenant.',
    why: 'Every query of the application asks for one tenant: it would read the index past all others.',
    instead: '`create index … on t (tenant_id, x)`.',
    on: {
      'create index': ({ index: { table: name, method, columns, isUnique } }, { file: { after } }) => {
        const tenant = tenantColumnOf(after.tables.get(name));
        if (tenant === undefined || method !== 'btree' || isUnique || columns[0]?.name === tenant)
          return undefined;
        return `an index of ${shown(name)} leads with ${columns[0]?.name ?? 'an expression'}`;
      },
    },
  },
];
