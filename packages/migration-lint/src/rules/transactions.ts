import type { Change } from '../changes/change.ts';
import type { FileContext, Problem, Rule } from './rule.ts';

/** What PostgreSQL refuses in a transaction, in words; undefined for everything else. */
function refusedInTransaction(change: Change): string | undefined {
  if (change.kind === 'vacuum') return 'vacuum';
  if ('isConcurrent' in change && change.isConcurrent) {
    // The only one that may.
    return change.kind === 'refresh' ? undefined : `${change.kind} … concurrently`;
  }
  const isDatabase = change.kind === 'drop' && change.objects.some(({ kind }) => kind === 'database');
  return isDatabase ? 'drop database' : undefined;
}

/** New labels of an enum that a later statement of the file writes. */
function usedLabels({ changes, statements, source, isInTransaction }: FileContext): readonly Problem[] {
  if (!isInTransaction) return [];
  return changes.flatMap((change) => {
    if (change.kind !== 'add enum value') return [];
    const later = statements.find(
      ({ at, to }) =>
        at > change.at && source.slice(at, to).includes(`'${change.value.replaceAll("'", "''")}'`),
    );
    return later === undefined
      ? []
      : [{ at: later.at, message: `'${change.value}' is used in the transaction that adds it` }];
  });
}

export const transactionRules: readonly Rule[] = [
  {
    name: 'transaction-control',
    severity: 'error',
    what: 'A file begins or ends a transaction.',
    why: 'The runner opens one for the file and its entry in the journal; a `commit` would part the two.',
    instead: 'Leave it to the runner; `-- transaction: no` in the first lines means none.',
    isForDown: true,
    on: { transaction: () => 'the runner sees to transactions' },
  },
  {
    name: 'concurrently-in-transaction',
    severity: 'error',
    what: 'A statement that PostgreSQL refuses inside a transaction: `… concurrently`, `vacuum`, `drop database`.',
    why: 'The runner gives every file a transaction, so the file fails.',
    instead: 'A file of its own that begins with `-- transaction: no`.',
    isForDown: true,
    file: ({ changes, isInTransaction }) =>
      changes.flatMap((change) => {
        const refused = isInTransaction ? refusedInTransaction(change) : undefined;
        return refused === undefined
          ? []
          : [{ at: change.at, message: `${refused} is refused in a transaction` }];
      }),
  },
  {
    name: 'several-statements-without-transaction',
    severity: 'error',
    what: 'A file with `-- transaction: no` has more than one statement.',
    why: 'Sent together they are a transaction again; and if the second fails, the first stays.',
    instead: 'One statement a file.',
    isForDown: true,
    file: ({ statements: [, second], isInTransaction }) =>
      isInTransaction || second === undefined
        ? []
        : [{ at: second.at, message: 'the second statement of a file without a transaction' }],
  },
  {
    name: 'enum-value-used-at-once',
    severity: 'error',
    what: 'A value is added to an enum and used in the same transaction.',
    why: 'PostgreSQL refuses the value until the transaction that adds it has committed.',
    instead: 'Use it in a later file.',
    file: usedLabels,
  },
  {
    name: 'opaque-block',
    severity: 'warning',
    what: 'A `do` block makes its statements while it runs (`execute`).',
    why: 'Nobody can read here what it does: none of these rules looks into it.',
    instead:
      'Write the statements out; where that is impossible, say why in a `-- lint: allow opaque-block …`.',
    on: {
      block: ({ body }) =>
        /\bexecute\b/i.test(body) ? 'the statements of this block are not linted' : undefined,
    },
  },
];
