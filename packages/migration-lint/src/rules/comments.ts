import type { Change, ObjectRef } from '../changes/change.ts';
import { keyOf } from '../schema/schema.ts';
import { shown } from '../sql/names.ts';
import type { FileContext, Rule } from './rule.ts';

interface Made {
  readonly object: ObjectRef;
  readonly at: number;
}

/** What a change makes that somebody will ask the meaning of. */
function madeBy(change: Change, { after }: FileContext): Made[] {
  const { at } = change;
  switch (change.kind) {
    case 'create table': {
      // A partition is its parent in another place.
      if (change.isTemporary || change.partitionOf !== undefined) return [];
      const { table, columns } = change;
      const parts = columns.map((column) => ({ object: columnRef(table, column.name), at: column.at }));
      return after.tables.has(table) ? [{ object: { kind: 'table', name: table }, at }, ...parts] : [];
    }
    case 'add column':
      return [{ object: columnRef(change.table, change.column.name), at }];
    case 'create view':
      return [{ object: { kind: 'view', name: change.view }, at }];
    case 'create materialized view':
      return [{ object: { kind: 'materialized view', name: change.view }, at }];
    case 'create function':
      return [{ object: { kind: 'function', name: change.routine.name }, at }];
    case 'create type':
      return [{ object: { kind: 'type', name: change.name }, at }];
    case 'create':
      return change.object.kind === 'schema' ? [{ object: change.object, at }] : [];
    default:
      return [];
  }
}

function columnRef(table: string, name: string): ObjectRef {
  return { kind: 'column', table, name };
}

export const commentRules: readonly Rule[] = [
  {
    name: 'missing-comment',
    severity: 'error',
    what: 'A table, column, view, function, type or schema has no `comment on` in its file.',
    why: 'The schema reference is made from the comments; without one nobody knows what null means, or in which unit.',
    instead: "`comment on … is '…'`.",
    file: (file) =>
      file.changes
        .flatMap((change) => madeBy(change, file))
        .filter(({ object }) => !file.after.comments.has(keyOf(object)))
        .map(({ object: { kind, name, table }, at }) => ({
          at,
          message: `${kind} ${table === undefined ? shown(name) : `${shown(table)}.${name}`} says nothing about itself`,
        })),
  },
];
