import type { ChangeOf, ObjectRef } from '../changes/change.ts';
import { keyOf, type Schema } from './schema.ts';

/** Takes away what a statement drops, and what goes with it. */
export function drop(schema: Schema, change: ChangeOf<'drop' | 'drop column' | 'drop constraint'>): void {
  if (change.kind === 'drop column') dropColumn(schema, change);
  else if (change.kind === 'drop constraint')
    schema.tables.get(change.table)?.constraints.delete(change.name);
  else for (const object of change.objects) dropObject(schema, object, change.isCascade);
}

function dropObject(schema: Schema, object: ObjectRef, isCascade: boolean): void {
  const { kind, name } = object;
  schema.comments.delete(keyOf(object));
  if (kind === 'table') dropTable(schema, name, isCascade);
  else if (kind === 'materialized view') dropIndexes(schema, name);
  else if (kind === 'schema' && isCascade) dropContents(schema, name);
  for (const [of, objects] of [
    ['index', schema.indexes],
    ['view', schema.views],
    ['materialized view', schema.views],
    ['function', schema.routines],
    ['type', schema.types],
  ] as const)
    if (kind === of) objects.delete(name);
  schema.others.delete(keyOf(object));
}

function dropTable(schema: Schema, name: string, isCascade: boolean): void {
  schema.tables.delete(name);
  dropIndexes(schema, name);
  for (const [key, { object }] of schema.others) if (object.table === name) schema.others.delete(key);
  for (const key of schema.comments) if (key.startsWith(`column ${name}.`)) schema.comments.delete(key);
  for (const { partitionOf, name: child } of schema.tables.values())
    if (partitionOf === name) dropTable(schema, child, isCascade);
  if (isCascade) dropDependents(schema, name);
}

/** References to a table, and functions over its rows. */
function dropDependents(schema: Schema, name: string): void {
  for (const { constraints } of schema.tables.values())
    for (const [key, { references }] of constraints) if (references?.table === name) constraints.delete(key);
  for (const [key, { types }] of schema.routines) if (types.includes(name)) schema.routines.delete(key);
}

function dropIndexes(schema: Schema, relation: string): void {
  for (const [index, { table }] of schema.indexes) if (table === relation) schema.indexes.delete(index);
}

function dropContents(schema: Schema, name: string): void {
  const within = (object: string): boolean => object.startsWith(`${name}.`);
  for (const table of schema.tables.keys()) if (within(table)) dropTable(schema, table, true);
  for (const objects of [schema.indexes, schema.views, schema.routines, schema.types])
    for (const object of objects.keys()) if (within(object)) objects.delete(object);
}

function dropColumn(schema: Schema, { table: of, column }: ChangeOf<'drop column'>): void {
  const table = schema.tables.get(of);
  table?.columns.delete(column);
  for (const [name, { columns }] of table?.constraints ?? [])
    if (columns.includes(column)) table?.constraints.delete(name);
  for (const [name, index] of schema.indexes)
    if (index.table === of && index.columns.some(({ name: part }) => part === column))
      schema.indexes.delete(name);
  schema.comments.delete(keyOf({ kind: 'column', table: of, name: column }));
}
