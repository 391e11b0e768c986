import type { ChangeOf, ObjectRef } from '../changes/change.ts';
import { lastPart } from '../sql/names.ts';
import { keyOf, replace, type Schema, type Table } from './schema.ts';

export function rename(schema: Schema, { object, to }: ChangeOf<'rename'>): void {
  const { kind, name, table: of = '' } = object;
  const table = schema.tables.get(of);
  if (kind === 'column') renameColumn(table, name, to);
  else if (kind === 'constraint') relocate(table?.constraints, name, to);
  else if (kind === 'trigger' || kind === 'policy') renameOther(schema, object, { ...object, name: to });
  else relocateObject(schema, object, `${name.slice(0, name.indexOf('.'))}.${to}`);
}

export function move(schema: Schema, { object, schema: to }: ChangeOf<'move'>): void {
  relocateObject(schema, object, `${to}.${lastPart(object.name)}`);
}

function renameOther(schema: Schema, from: ObjectRef, to: ObjectRef): void {
  replace(schema.others, keyOf(from), { object: to });
  relocate(schema.others, keyOf(from), keyOf(to));
}

function renameColumn(table: Table | undefined, from: string, to: string): void {
  const column = table?.columns.get(from);
  if (table === undefined || column === undefined) return;
  relocate(table.columns, from, to);
  table.columns.set(to, { ...column, name: to });
  for (const [key, constraint] of table.constraints) {
    const columns = constraint.columns.map((name) => (name === from ? to : name));
    table.constraints.set(key, { ...constraint, columns });
  }
}

function relocateObject(schema: Schema, { kind, name }: ObjectRef, to: string): void {
  if (kind === 'table') renameTable(schema, name, to);
  else if (kind === 'index') relocate(schema.indexes, name, to);
  else if (kind === 'view' || kind === 'materialized view') relocate(schema.views, name, to);
  else if (kind === 'function') relocate(schema.routines, name, to);
  else if (kind === 'type') relocate(schema.types, name, to);
}

function renameTable(schema: Schema, from: string, to: string): void {
  const table = schema.tables.get(from);
  if (table === undefined) return;
  schema.tables.delete(from);
  schema.tables.set(to, { ...table, name: to });
  for (const [key, index] of schema.indexes)
    if (index.table === from) schema.indexes.set(key, { ...index, table: to });
  for (const { constraints } of schema.tables.values())
    for (const [key, constraint] of constraints)
      if (constraint.references?.table === from)
        constraints.set(key, { ...constraint, references: { ...constraint.references, table: to } });
}

function relocate<V>(map: Map<string, V> | undefined, from: string, to: string): void {
  const value = map?.get(from);
  if (map === undefined || value === undefined) return;
  map.delete(from);
  map.set(to, value);
}
