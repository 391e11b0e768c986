import { shown } from '../sql/names.ts';
import { isExisting, type Rule } from './rule.ts';
import { isVolatile } from './volatility.ts';

export const newColumnRules: readonly Rule[] = [
  {
    name: 'add-column-rewrites-table',
    severity: 'error',
    what: 'A column is added whose value differs from row to row: a volatile default, an identity, a stored expression.',
    why: 'PostgreSQL writes the whole table anew, and nobody reads or writes it meanwhile. A constant default is not written.',
    instead: 'Add the column without it, set the default for new rows, fill the old ones in batches.',
    on: {
      'add column': ({ table, column }, context) => {
        if (!isExisting(table, context)) return undefined;
        const place = `${shown(table)}.${column.name}`;
        if (column.isIdentity) return `${place} numbers every row of the table`;
        if (column.isGenerated) return `${place} is computed for every row of the table`;
        const volatile = column.default?.functions.find((name) => isVolatile(name, context.schema));
        return volatile && `the default of ${place} calls ${volatile}(), which is volatile`;
      },
    },
  },
  {
    name: 'add-required-column',
    severity: 'error',
    what: 'A column is added that is not null and has no default.',
    why: 'It fails on a table with rows; and where it does not, old code that writes without the column fails.',
    instead:
      'Give it a constant default, or add it nullable, fill it, and set not null over a validated check.',
    on: {
      'add column': ({ table, column }, context) => {
        const { isNotNull, default: value, isIdentity, isGenerated } = column;
        if (!isNotNull || value !== undefined || isIdentity || isGenerated) return undefined;
        return isExisting(table, context)
          ? `${shown(table)}.${column.name} is not null and has no default`
          : undefined;
      },
    },
  },
  {
    name: 'set-not-null-scans',
    severity: 'error',
    what: 'A column is set not null without a validated check that says so.',
    why: 'PostgreSQL reads the whole table under ACCESS EXCLUSIVE to see that no value is null.',
    instead:
      'Add `check (… is not null) not valid`, validate it in a later file, set not null (which then scans nothing), drop the check.',
    on: {
      'set not null': ({ table, column }, context) => {
        const constraints = context.schema.tables.get(table)?.constraints.values() ?? [];
        const isProven = [...constraints].some(
          ({ isValidated, provesNotNull }) => isValidated && provesNotNull.includes(column),
        );
        return isProven || !isExisting(table, context)
          ? undefined
          : `nothing proves that ${shown(table)}.${column} has no null`;
      },
    },
  },
];
