import type { ObjectKind, ObjectRef } from '../changes/change.ts';
import { shown } from '../sql/names.ts';
import { typeText } from '../sql/type-name.ts';
import { keyOf, type Schema, type Table } from './schema.ts';

/** Something that is in a schema. */
export interface Fact {
  readonly kind: ObjectKind;
  /** Table that it is a part of. */
  readonly table?: string;
  /** What may differ under the same name. */
  readonly detail: string;
  /** Where it was made. */
  readonly at: number;
}

/** Everything in a schema, by kind and name: what two schemas can be compared by. */
export function factsOf(schema: Schema): Map<string, Fact> {
  const facts = new Map<string, Fact>();
  const add = (object: ObjectRef, at: number, detail = ''): void => {
    const { kind, table } = object;
    facts.set(keyOf(object).replace(' public.', ' '), {
      kind,
      at,
      detail,
      ...(table !== undefined && { table }),
    });
  };
  for (const table of schema.tables.values()) {
    if (table.isTemporary) continue;
    add({ kind: 'table', name: table.name }, table.at);
    addParts(table, add);
  }
  for (const [name, { table, at, columns }] of schema.indexes) {
    const detail = `(${columns.map((column) => column.name ?? '…').join(', ')})`;
    facts.set(`index ${shown(name)}`, { kind: 'index', table, at, detail });
  }
  for (const { name, at, isMaterialized } of schema.views.values())
    add({ kind: isMaterialized ? 'materialized view' : 'view', name }, at);
  for (const [name, { at }] of schema.routines) add({ kind: 'function', name }, at);
  for (const [name, { at }] of schema.types) add({ kind: 'type', name }, at);
  for (const { object, at } of schema.others.values()) add(object, at);
  return facts;
}

type Add = (object: ObjectRef, at: number, detail: string) => void;

function addParts({ name: table, columns, constraints }: Table, add: Add): void {
  for (const { name, type, isNotNull, default: value, at } of columns.values())
    add(
      { kind: 'column', table, name },
      at,
      [typeText(type), isNotNull && 'not null', value && 'default'].filter(Boolean).join(' '),
    );
  for (const [name, { kind, columns: of, at }] of constraints)
    add({ kind: 'constraint', table, name }, at, `${kind} (${of.join(', ')})`);
}
