import { shown } from '../sql/names.ts';
import { lockedTables } from './locked-tables.ts';
import { isExisting, type FileContext, type Problem, type Rule } from './rule.ts';

/** The first lock on a second existing table that writers wait for, unless one statement took all of them. */
function secondLock({ changes, before }: FileContext): readonly Problem[] {
  const held = new Set<string>();
  for (const change of changes) {
    const tables = lockedTables(change).filter((name) => before.tables.has(name) && !held.has(name));
    const [first] = held;
    const [second] = tables;
    if (first !== undefined && second !== undefined)
      return [{ at: change.at, message: `waits for ${shown(second)} while it holds ${shown(first)}` }];
    for (const table of tables) held.add(table);
  }
  return [];
}

export const lockRules: readonly Rule[] = [
  {
    name: 'locks-one-after-another',
    severity: 'warning',
    what: 'Existing tables are locked one after another.',
    why: 'While it waits for the second, all who want the first wait with it; and whoever takes them in another order is in a deadlock with it.',
    instead:
      'Put each into a file of its own; or, where they belong together, begin with one `lock table` of all.',
    file: (file) => (file.isInTransaction ? secondLock(file) : []),
  },
  {
    name: 'lock-table',
    severity: 'error',
    what: 'A table is locked by hand.',
    why: 'The lock lasts to the end of the file.',
    instead: 'Write statements that take the weakest lock they need.',
    on: { 'lock table': ({ tables }) => `locks ${tables.map(shown).join(', ')} to the end of the file` },
  },
  {
    name: 'disable-trigger',
    severity: 'error',
    what: 'Triggers are disabled.',
    why: 'They are off for everybody, foreign keys with them, and what they would have refused stays.',
    instead: 'Leave them on; or let the trigger’s own condition skip the rows.',
    on: { 'disable trigger': ({ table }) => `switches off triggers of ${shown(table)}` },
  },
  {
    name: 'detach-without-concurrently',
    severity: 'error',
    what: 'A partition is detached without `concurrently`.',
    why: 'The whole partitioned table is locked against everybody.',
    instead: '`detach partition … concurrently`, alone in a file with `-- transaction: no`.',
    on: {
      'detach partition': ({ table, isConcurrent }, context) =>
        isConcurrent || !isExisting(table, context) ? undefined : `locks all of ${shown(table)}`,
    },
  },
  {
    name: 'attach-scans-partition',
    severity: 'warning',
    what: 'An existing table is attached as a partition without a check that matches its bounds.',
    why: 'PostgreSQL reads it whole under ACCESS EXCLUSIVE to see that every row belongs.',
    instead: 'Add the bounds as a check `not valid`, validate it, attach, drop it.',
    on: {
      'attach partition': ({ partition }, context) => {
        const constraints = context.schema.tables.get(partition)?.constraints.values() ?? [];
        const hasCheck = [...constraints].some(({ kind, isValidated }) => kind === 'check' && isValidated);
        return hasCheck || !isExisting(partition, context)
          ? undefined
          : `${shown(partition)} is read whole to see that its rows belong`;
      },
    },
  },
  {
    name: 'whole-table-write',
    severity: 'error',
    what: 'Every row of an existing table is changed or deleted in one statement.',
    why: 'All of them stay locked, and their old versions stay in the table, until the file ends.',
    instead: 'Write in batches outside of the migration, each in a transaction of its own.',
    on: {
      'write rows': ({ verb, table, hasWhere }, context) =>
        hasWhere || !isExisting(table, context) ? undefined : `${verb} ${shown(table)} has no where`,
    },
  },
];
