import type { ChangeOf } from '../changes/change.ts';
import { shown } from '../sql/names.ts';
import { isExisting, type Context, type Rule } from './rule.ts';

type Kind = ChangeOf<'add constraint'>['constraint']['kind'];

/** What to say of a constraint of some kinds that is added to a table with rows. */
function added(kinds: readonly Kind[], say: (what: string) => string) {
  return ({ table, constraint }: ChangeOf<'add constraint'>, context: Context): string | undefined => {
    const { kind, name = 'a constraint', readsRows } = constraint;
    if (!kinds.includes(kind) || !readsRows) return undefined;
    return isExisting(table, context) ? say(`${name} on ${shown(table)}`) : undefined;
  };
}

/** Whose rows the owner does not see, as it runs the file. */
function isHidden(table: string, { file }: Context): boolean {
  return file.before.tables.get(table)?.isolatedBy !== undefined;
}

const seesNothing = (what: string): string => `${what} is checked as the owner, who sees no row there`;

export const newConstraintRules: readonly Rule[] = [
  {
    name: 'foreign-key-validates-at-once',
    severity: 'error',
    what: 'A foreign key is added to an existing table without `not valid`.',
    why: 'Both tables refuse writes while every row is looked up.',
    instead: 'Add it `not valid` and `validate constraint` in a later file, which lets writes through.',
    on: { 'add constraint': added(['foreign'], (it) => `${it} looks up every row while writes wait`) },
  },
  {
    name: 'check-validates-at-once',
    severity: 'error',
    what: 'A check is added to an existing table without `not valid`.',
    why: 'The table is read whole under ACCESS EXCLUSIVE.',
    instead: 'Add it `not valid` and `validate constraint` in a later file.',
    on: { 'add constraint': added(['check'], (it) => `${it} reads the whole table while everybody waits`) },
  },
  {
    name: 'key-builds-index',
    severity: 'error',
    what: 'A primary or unique key is added to an existing table without `using index`.',
    why: 'Its index is built under ACCESS EXCLUSIVE.',
    instead: 'Build a unique index concurrently in a file of its own, then `add constraint … using index`.',
    on: {
      'add constraint': added(['primary', 'unique'], (it) => `${it} builds its index while everybody waits`),
    },
  },
  {
    name: 'exclusion-builds-index',
    severity: 'error',
    what: 'An exclusion constraint is added to an existing table.',
    why: 'Its index is built under ACCESS EXCLUSIVE, and there is no way to build it before.',
    instead: 'Make a new table with the constraint and move the rows, or guard by a unique key.',
    on: { 'add constraint': added(['exclusion'], (it) => `${it} builds its index while everybody waits`) },
  },
  {
    name: 'validate-in-same-transaction',
    severity: 'error',
    what: 'A constraint is validated in the transaction that adds it.',
    why: 'The lock of the addition lasts to the end of the transaction, so the scan blocks what `not valid` was to let through.',
    instead: 'Validate in a file of its own.',
    on: {
      'validate constraint': ({ table, name }, context) => {
        const { file } = context;
        const isAddedHere = file.changes.some(
          (change) =>
            change.kind === 'add constraint' && change.table === table && change.constraint.name === name,
        );
        if (!isAddedHere || !file.isInTransaction || !isExisting(table, context)) return undefined;
        return `${name} is validated under the lock that adding it took`;
      },
    },
  },
  {
    name: 'foreign-key-sees-no-rows',
    severity: 'error',
    what: 'A foreign key is checked over the rows of a table under forced row level security.',
    why: 'PostgreSQL looks them up as the owner, who sees none: it finds nothing wrong and calls the key valid.',
    instead:
      'Look for strays as the service role in the same file, and fail if there are any; then say so in a suppression.',
    on: {
      'add constraint': ({ table, constraint: { kind, name = 'a foreign key', readsRows } }, context) =>
        kind === 'foreign' && readsRows && isHidden(table, context) ? seesNothing(name) : undefined,
      'validate constraint': ({ table, name }, context) => {
        const kind = context.schema.tables.get(table)?.constraints.get(name)?.kind;
        return kind === 'foreign' && isHidden(table, context) ? seesNothing(name) : undefined;
      },
    },
  },
];
