import { shown } from '../sql/names.ts';
import { onColumns, onConstraints, type Rule } from './rule.ts';

/** A rule against one type. */
function against(
  types: readonly string[],
  rule: Omit<Rule, 'severity' | 'on'> & { readonly say: string },
): Rule {
  const { say, ...rest } = rule;
  return {
    ...rest,
    severity: 'error',
    on: onColumns(({ name, type }, table) =>
      types.includes(type.name) ? `${shown(table)}.${name} ${say}` : undefined,
    ),
  };
}

const SHORT = new Set(['int2', 'int4', 'serial', 'serial4', 'smallserial', 'serial2']);

export const typeRules: readonly Rule[] = [
  against(['timestamp', 'timetz'], {
    name: 'prefer-timestamptz',
    what: 'A column is `timestamp` or `timetz`.',
    why: 'A timestamp without a zone is no instant: what it means depends on who asks.',
    instead: '`timestamptz`.',
    say: 'is no instant',
  }),
  against(['bpchar'], {
    name: 'prefer-text-over-char',
    what: 'A column is `char(n)`.',
    why: 'Blanks are added to every value and ignored in every comparison.',
    instead: '`text`, with a check on its length if there is a limit.',
    say: 'is padded with blanks',
  }),
  against(['json'], {
    name: 'prefer-jsonb',
    what: 'A column is `json`.',
    why: 'It is parsed anew by every query, and can be neither compared nor indexed.',
    instead: '`jsonb`; `text` or `bytea` where the very bytes count.',
    say: 'is parsed by every query',
  }),
  against(['money'], {
    name: 'no-money',
    what: 'A column is `money`.',
    why: 'Its digits and its currency follow the server’s locale.',
    instead: '`numeric` with a column for the currency.',
    say: 'follows the server’s locale',
  }),
  against(['serial', 'serial2', 'serial4', 'serial8', 'bigserial', 'smallserial'], {
    name: 'prefer-identity',
    what: 'A column is `serial`.',
    why: 'Its sequence is an object of its own, with an owner and grants of its own.',
    instead: '`bigint generated always as identity`.',
    say: 'has a sequence of its own',
  }),
  {
    name: 'prefer-bigint-key',
    severity: 'error',
    what: 'A column of a primary key is `integer`, `smallint` or a short serial.',
    why: 'It runs out of numbers, and to widen it later the table is written anew.',
    instead: '`bigint` or `uuid`.',
    on: onConstraints(({ kind, columns, usingIndex }, table, { file }) => {
      if (kind !== 'primary' || usingIndex !== undefined) return undefined;
      const known = file.after.tables.get(table)?.columns;
      const short = columns.find((column) => SHORT.has(known?.get(column)?.type.name ?? ''));
      return short && `${shown(table)}.${short} ends at 32 bits or fewer`;
    }),
  },
];
