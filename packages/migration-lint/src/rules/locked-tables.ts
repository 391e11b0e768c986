import type { Change, ChangeKind, ChangeOf } from '../changes/change.ts';

type Locks = { readonly [K in ChangeKind]?: (change: ChangeOf<K>) => readonly string[] };

/** The tables on which a change takes a lock that writers, or everybody, have to wait for. */
export function lockedTables(change: Change): readonly string[] {
  const locks = LOCKS[change.kind] as ((change: Change) => readonly string[]) | undefined;
  return locks?.(change) ?? [];
}

/** Clauses of `alter table` that take SHARE UPDATE EXCLUSIVE only. */
const LETS_WRITERS_THROUGH = new Set([
  'ClusterOn',
  'DropCluster',
  'ResetOptions',
  'ResetRelOptions',
  'SetOptions',
  'SetRelOptions',
  'SetStatistics',
]);

const itsTable = ({ table }: { readonly table: string }): string[] => [table];

const LOCKS: Locks = {
  'add column': itsTable,
  'add constraint': ({ table, constraint }) => [table, ...referenced([constraint])],
  'add identity': itsTable,
  'alter table': ({ table, clause }) => (LETS_WRITERS_THROUGH.has(clause) ? [] : [table]),
  // The partitioned table itself lets writers through.
  'attach partition': ({ partition }) => [partition],
  'change type': itsTable,
  'create index': ({ index, isConcurrent }) => (isConcurrent ? [] : [index.table]),
  'create policy': ({ policy }) => [policy.table],
  // A reference locks the table that it points at against writes.
  'create table': ({ constraints, partitionOf }) => [
    ...referenced(constraints),
    ...(partitionOf === undefined ? [] : [partitionOf]),
  ],
  'detach partition': ({ table, isConcurrent }) => (isConcurrent ? [] : [table]),
  'disable trigger': itsTable,
  'drop column': itsTable,
  'drop constraint': itsTable,
  'drop not null': itsTable,
  'lock table': ({ tables }) => tables,
  'rewrite table': itsTable,
  'row security': itsTable,
  'set default': itsTable,
  'set not null': itsTable,
  'set storage': itsTable,
  create: ({ object }) => (object.table === undefined ? [] : [object.table]),
  drop: ({ objects }) =>
    objects.flatMap(({ kind, name, table }) =>
      kind === 'table' ? [name] : table === undefined ? [] : [table],
    ),
  move: ({ object }) => (object.kind === 'table' ? [object.name] : []),
  rename: ({ object: { kind, name, table } }) =>
    kind === 'table' ? [name] : table === undefined ? [] : [table],
  truncate: ({ tables }) => tables,
};

function referenced(constraints: ChangeOf<'create table'>['constraints']): string[] {
  return constraints.flatMap(({ references }) => references?.table ?? []);
}
