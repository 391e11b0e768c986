import type { Change, ChangeKind, ChangeOf, Column, Constraint } from '../changes/change.ts';
import { qualified } from '../sql/names.ts';
import { applyBlock } from './block.ts';
import { drop } from './drop.ts';
import { move, rename } from './rename.ts';
import { constraintName, keyOf, replace, type Schema, type Table } from './schema.ts';

/** Changes the schema as a statement would. */
export function applyChange(schema: Schema, change: Change): void {
  const effect = EFFECTS[change.kind] as ((schema: Schema, change: Change) => void) | undefined;
  effect?.(schema, change);
}

type Effects = { readonly [K in ChangeKind]?: (schema: Schema, change: ChangeOf<K>) => void };

const EFFECTS: Effects = {
  'create table': (schema, { table: name, at, columns, constraints, likes, ...rest }) => {
    const copied = likes.flatMap((like) => partsLike(schema, like));
    const table: Table = {
      name,
      at,
      columns: new Map(
        [...copied.flatMap((part) => part.columns), ...columns].map((column) => [column.name, column]),
      ),
      constraints: new Map(),
      isTemporary: rest.isTemporary,
      isPartitioned: rest.isPartitioned,
      ...(rest.partitionOf !== undefined && { partitionOf: rest.partitionOf }),
      rowSecurity: new Set(),
    };
    schema.tables.set(name, table);
    const keys = copied.flatMap((part) => part.keys);
    for (const constraint of [...keys, ...constraints]) addConstraint(schema, table, constraint);
  },
  'add column': (schema, { table, column }) => schema.tables.get(table)?.columns.set(column.name, column),
  'change type': (schema, { table, column, type }) => replace(columnsOf(schema, table), column, { type }),
  'set not null': (schema, { table, column }) =>
    replace(columnsOf(schema, table), column, { isNotNull: true }),
  'drop not null': (schema, { table, column }) =>
    replace(columnsOf(schema, table), column, { isNotNull: false }),
  'add identity': (schema, { table, column }) =>
    replace(columnsOf(schema, table), column, { isIdentity: true }),
  'set default': (schema, { table, column: name, default: value }) => {
    const columns = columnsOf(schema, table);
    const column = columns.get(name);
    if (column === undefined) return;
    const { default: _, ...without } = column;
    columns.set(name, { ...without, ...(value && { default: value }) });
  },
  'add constraint': (schema, { table, constraint }) => {
    const of = schema.tables.get(table);
    if (of !== undefined) addConstraint(schema, of, constraint);
  },
  'validate constraint': (schema, { table, name }) => {
    replace(schema.tables.get(table)?.constraints ?? new Map<string, Constraint>(), name, {
      isValidated: true,
    });
  },
  'row security': (schema, { table, is }) => {
    const security = schema.tables.get(table)?.rowSecurity;
    if (is === 'weakened') security?.clear();
    else security?.add(is);
  },
  'attach partition': (schema, { table, partition }) =>
    replace(schema.tables, partition, { partitionOf: table }),
  'detach partition': (schema, { partition }) => {
    const child = schema.tables.get(partition);
    if (child === undefined) return;
    const { partitionOf: _, ...alone } = child;
    schema.tables.set(partition, alone);
  },
  'create index': (schema, { index }) => {
    schema.indexes.set(
      index.name ?? `${index.table}_${index.columns.map(({ name }) => name).join('_')}_idx`,
      index,
    );
  },
  'create view': (schema, { view: name, at, isInvoker }) =>
    schema.views.set(name, { name, at, isInvoker, isMaterialized: false }),
  'create materialized view': (schema, { view: name, at }) =>
    schema.views.set(name, { name, at, isInvoker: false, isMaterialized: true }),
  'view options': (schema, { view, isInvoker }) => replace(schema.views, view, { isInvoker }),
  'create function': (schema, { routine }) => schema.routines.set(routine.name, routine),
  'alter function': (schema, { name, isDefiner, searchPath }) =>
    replace(schema.routines, name, {
      ...(isDefiner !== undefined && { isDefiner }),
      ...(searchPath && { searchPath }),
    }),
  owner: (schema, { object, owner }) => {
    if (object.kind === 'function') replace(schema.routines, object.name, { owner });
  },
  'create type': (schema, { name, is, at }) => schema.types.set(name, { is, at }),
  create: (schema, { object, at }) => schema.others.set(keyOf(object), { object, at }),
  'create policy': (schema, { policy: { table, name }, at }) => {
    const object = { kind: 'policy', table, name } as const;
    schema.others.set(keyOf(object), { object, at });
  },
  comment: (schema, { object, text }) => {
    if (text === undefined) schema.comments.delete(keyOf(object));
    else schema.comments.add(keyOf(object));
  },
  call: (schema, { name, arguments: [table = '', column = 'tenant_id'] }) => {
    if (name !== 'app.isolate_tenant_table') return;
    replace(schema.tables, qualified(table.split('.')), { isolatedBy: column });
  },
  block: applyBlock,
  'drop column': drop,
  'drop constraint': drop,
  drop,
  rename,
  move,
};

function columnsOf(schema: Schema, table: string): Map<string, Column> {
  return schema.tables.get(table)?.columns ?? new Map<string, Column>();
}

/** What a table takes over from one that it is like. Keys come under names of its own. */
function partsLike(
  schema: Schema,
  { table, withKeys }: ChangeOf<'create table'>['likes'][number],
): { columns: Column[]; keys: Constraint[] }[] {
  const like = schema.tables.get(table);
  if (like === undefined) return [];
  const keys = [...like.constraints.values()].filter(({ kind }) => kind === 'primary' || kind === 'unique');
  const nameless = keys.map(({ name: _, ...key }) => key);
  return [{ columns: [...like.columns.values()], keys: withKeys ? nameless : [] }];
}

function addConstraint(schema: Schema, table: Table, constraint: Constraint): void {
  const name = constraintName(table.name, constraint);
  const { usingIndex, columns } = constraint;
  const schemaName = table.name.slice(0, table.name.indexOf('.'));
  const index = usingIndex === undefined ? undefined : schema.indexes.get(`${schemaName}.${usingIndex}`);
  // The index becomes the constraint's own and takes its name.
  if (index !== undefined) schema.indexes.delete(`${schemaName}.${usingIndex ?? ''}`);
  table.constraints.set(name, {
    ...constraint,
    columns: index?.columns.flatMap((column) => column.name ?? []) ?? columns,
  });
  if (constraint.kind !== 'primary') return;
  for (const column of columns) replace(table.columns, column, { isNotNull: true });
}
