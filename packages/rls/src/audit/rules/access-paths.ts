import type { Catalogue } from '../catalogue/catalogue.ts';
import type { IndexColumnRow, IndexRow } from '../catalogue/queries/indexes.ts';
import type { RelationRow } from '../catalogue/queries/relations.ts';
import { comparisonsIn } from '../expressions/comparison.ts';
import { onIndexes, type Rule } from './rule.ts';

/** Columns of an index that is there to be searched by, without the tenant; keys are there for something else. */
function searchedColumns(index: IndexRow, table: RelationRow, catalogue: Catalogue): IndexColumnRow[] {
  if (index.is_unique) return [];
  const tenant = catalogue.tenantOf(table)?.name;
  return index.columns.filter(({ name, isSearchable }) => isSearchable && (name === null || name !== tenant));
}

/** Also a computed value: the function that computes it would be asked before the policies. */
function isDead({ name, isLeakproof }: IndexColumnRow): boolean {
  return name === null || !isLeakproof;
}

/**
 * Whether somebody asks for what an index leads with, and not for the tenant: a foreign key, which is checked without
 * policies, or a policy.
 */
function isAskedFor({ columns }: IndexRow, table: RelationRow, catalogue: Catalogue): boolean {
  const isOfPolicy = catalogue
    .policiesOf(table)
    .some(({ using }) =>
      comparisonsIn(using?.tree, table.short_name).some(({ column }) => column === columns[0]?.name),
    );
  if (isOfPolicy) return true;
  return catalogue.foreignKeysOf(table).some((key) => {
    const first = columns.slice(0, key.columns.length).map(({ name }) => name);
    return key.columns.every((column) => first.includes(column));
  });
}

export const accessPathRules: readonly Rule[] = [
  {
    name: 'non-leakproof-access-path',
    severity: 'warning',
    what: 'The first column of an index after the tenant has no leakproof operator (enum, numeric, array, jsonb, full text, …), or is computed.',
    why: 'Under row level security such a condition is asked after the policies and never by the index: the application pays for it with every write and never reads by it.',
    instead:
      'Lead with a text, uuid, integer, boolean or time column; for search an inverted table, or a `security definer` function that asks for one tenant.',
    check: onIndexes((index, table, catalogue) => {
      const [first] = searchedColumns(index, table, catalogue);
      return first !== undefined && isDead(first)
        ? `${first.text} is never a condition of ${index.method} under row level security`
        : undefined;
    }),
  },
  {
    name: 'non-leakproof-index-column',
    severity: 'warning',
    what: 'A later column of an index has no leakproof operator, or is computed.',
    why: 'It can order rows, and never narrow them: `where status = …` is asked of every row that the columns before it find.',
    instead: 'A text or integer column for what is asked; or allow it if the order is what it is for.',
    check: onIndexes((index, table, catalogue) => {
      const [first, ...later] = searchedColumns(index, table, catalogue);
      const dead = first === undefined || isDead(first) ? [] : later.filter(isDead);
      return dead.length === 0
        ? undefined
        : `${dead.map(({ text }) => text).join(', ')} never narrows under row level security`;
    }),
  },
  {
    name: 'index-without-tenant',
    severity: 'warning',
    what: 'A btree index of a table of tenants does not lead with the tenant.',
    why: 'The application asks for one tenant, and reads the index past all others.',
    instead: '`create index … on t (tenant_id, x)`.',
    check: onIndexes((index, table, catalogue) => {
      const tenant = catalogue.tenantOf(table)?.name;
      const isOther = tenant !== undefined && index.columns[0]?.name !== tenant;
      return isOther && index.method === 'btree' && !index.is_unique && !isAskedFor(index, table, catalogue)
        ? `leads with ${index.columns[0]?.text ?? 'nothing'}`
        : undefined;
    }),
  },
];
