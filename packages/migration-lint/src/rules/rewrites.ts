import type { ColumnType } from '../sql/type-name.ts';
import { typeText } from '../sql/type-name.ts';
import { shown } from '../sql/names.ts';
import { isExisting, type Rule } from './rule.ts';

/** Whether the rows can stay as they are: PostgreSQL then changes the catalogue only. */
function keepsRows(from: ColumnType, to: ColumnType): boolean {
  if (from.isArray !== to.isArray) return false;
  if (isUnlimitedText(to)) return from.name === 'text' || from.name === 'varchar';
  if (from.name !== to.name) return false;
  const widens = WIDENS[to.name];
  return widens === undefined ? typeText(from) === typeText(to) : widens(from.modifiers, to.modifiers);
}

function isUnlimitedText({ name, modifiers }: ColumnType): boolean {
  return name === 'text' || (name === 'varchar' && modifiers.length === 0);
}

type Modifiers = ColumnType['modifiers'];
const isLonger = ([was = Infinity]: Modifiers, [is = Infinity]: Modifiers): boolean => is >= was;

/** Types whose modifiers may grow; without any there is no limit. */
const WIDENS: Readonly<Record<string, (from: Modifiers, to: Modifiers) => boolean>> = {
  varchar: isLonger,
  varbit: isLonger,
  numeric: (from, to) => isLonger(from, to) && (to.length === 0 || (from[1] ?? 0) === (to[1] ?? 0)),
};

export const rewriteRules: readonly Rule[] = [
  {
    name: 'change-column-type',
    severity: 'error',
    what: 'A column of an existing table gets another type, other than a wider varchar, text, or a wider numeric.',
    why: 'The table and its indexes are written anew under ACCESS EXCLUSIVE, and code that expects the old type fails.',
    instead: 'Add a column of the new type, write both, fill it in batches, and move the readers over.',
    on: {
      'change type': ({ table, column, type, hasUsing }, context) => {
        if (!isExisting(table, context)) return undefined;
        const from = context.schema.tables.get(table)?.columns.get(column)?.type;
        if (from !== undefined && !hasUsing && keepsRows(from, type)) return undefined;
        const was = from === undefined ? '' : ` from ${typeText(from)}`;
        return `${shown(table)}.${column} goes${was} to ${typeText(type)}`;
      },
    },
  },
  {
    name: 'rewrite-table',
    severity: 'error',
    what: '`set logged`, `set unlogged`, `set tablespace` or `set access method` on an existing table.',
    why: 'The table is written anew under ACCESS EXCLUSIVE.',
    instead: 'Make a new table and move the rows in batches.',
    on: {
      'rewrite table': ({ table, clause }, context) =>
        isExisting(table, context) ? `${clause} writes ${shown(table)} anew` : undefined,
    },
  },
  {
    name: 'vacuum-full',
    severity: 'error',
    what: '`vacuum full` or `cluster`.',
    why: 'The table is written anew under ACCESS EXCLUSIVE.',
    instead: 'Plain vacuum, or pg_repack, outside of migrations.',
    isForDown: true,
    on: {
      vacuum: ({ isFull }) => (isFull ? 'vacuum full writes the table anew' : undefined),
      cluster: () => 'cluster writes the table anew',
    },
  },
  {
    name: 'set-storage',
    severity: 'warning',
    what: 'The storage of a column of an existing table is changed.',
    why: 'It holds for rows written from then on; those that are there stay as they are.',
    instead: 'Set it when the table is made; or say in a comment that old rows stay as they are.',
    on: {
      'set storage': ({ table, column }, context) =>
        isExisting(table, context)
          ? `rows that ${shown(table)} has keep their ${column} as it is`
          : undefined,
    },
  },
];
