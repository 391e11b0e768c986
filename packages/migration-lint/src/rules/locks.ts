import { shown } from '../sql/names.ts';
import { lockedTables } from './locked-tables.ts';
import { isExisting, type FileContext, type Problem, type Rule } from './rule.ts';

/** The first lock on an existing table that the file waits for without limit. */
function unlimitedLock({ changes, before }: FileContext): readonly Problem[] {
  for (const change of changes) {
    if (change.kind === 'set' && change.name === 'lock_timeout') return [];
    if (change.kind === 'call' && change.name === 'set_config' && change.arguments[0] === 'lock_timeout')
      return [];
    const table = lockedTables(change).find((name) => before.tables.has(name));
    if (table !== undefined)
      return [
        { at: change.at, message: `nothing limits how long this waits for its lock on ${shown(table)}` },
      ];
  }
  return [];
}

export const lockRules: readonly Rule[] = [
  {
    name: 'missing-lock-timeout',
    severity: 'error',
    what: 'A lock on an existing table is waited for without limit.',
    why: 'While it waits behind one long query, every other query on the table waits behind it.',
    instead: "Begin the file with `set local lock_timeout = '2s'`; a file that gives up is run again.",
    file: (file) => (file.isInTransaction ? unlimitedLock(file) : []),
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
