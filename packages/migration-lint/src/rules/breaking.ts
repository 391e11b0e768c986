import type { ObjectKind } from '../changes/change.ts';
import { shown } from '../sql/names.ts';
import { isExisting, type Rule } from './rule.ts';

/** What running code knows by its name. */
const CALLED_BY_NAME = new Set<ObjectKind>([
  'table',
  'column',
  'view',
  'materialized view',
  'function',
  'type',
  'schema',
]);

export const breakingRules: readonly Rule[] = [
  {
    name: 'drop-column',
    severity: 'error',
    what: 'A column is dropped.',
    why: 'Its data is gone for ever, and code that still names it fails from that moment.',
    instead: 'Ship code that does not name it first; then drop it with a reasoned suppression.',
    on: {
      'drop column': ({ table, column }, context) =>
        isExisting(table, context) ? `drops ${shown(table)}.${column} and its data` : undefined,
    },
  },
  {
    name: 'drop-table',
    severity: 'error',
    what: 'A table, schema or database is dropped.',
    why: 'Its data is gone for ever, and code that still names it fails from that moment.',
    instead: 'Ship code that does not name it first; then drop it with a reasoned suppression.',
    on: {
      drop: ({ objects, at }, context) =>
        objects
          .filter(({ kind, name }) =>
            kind === 'table' ? isExisting(name, context) : kind === 'schema' || kind === 'database',
          )
          .map(({ kind, name }) => ({ at, message: `drops ${kind} ${shown(name)} and its data` })),
    },
  },
  {
    name: 'drop-cascade',
    severity: 'error',
    what: '`drop … cascade`.',
    why: 'It takes whatever depends on the object, also what was made after this file was written.',
    instead: 'Drop what depends on it by name, first.',
    isForDown: true,
    on: {
      drop: ({ isCascade }) => (isCascade ? 'takes along whatever depends on it' : undefined),
      'drop column': ({ isCascade }) => (isCascade ? 'takes along whatever depends on it' : undefined),
      'drop constraint': ({ isCascade }) => (isCascade ? 'takes along whatever depends on it' : undefined),
    },
  },
  {
    name: 'truncate',
    severity: 'error',
    what: 'A table is emptied.',
    why: 'Its data is gone for ever, whatever the policies say, and everybody waits.',
    instead: 'Delete the rows that are meant, in batches.',
    on: { truncate: ({ tables }) => `empties ${tables.map(shown).join(', ')}` },
  },
  {
    name: 'rename',
    severity: 'error',
    what: 'A table, column, view, function, type or schema is renamed, or moved to another schema.',
    why: 'Code that knows the old name fails from that moment, and code that knows the new one failed until then.',
    instead: 'Make the new one beside it, write both, move the readers over, drop the old one.',
    on: {
      rename: ({ object: { kind, name, table }, to }, { file }) =>
        CALLED_BY_NAME.has(kind) && isKnownBefore(kind, table ?? name, file.before)
          ? `${table === undefined ? shown(name) : `${shown(table)}.${name}`} becomes ${to}`
          : undefined,
      move: ({ object: { kind, name }, schema }, { file }) =>
        isKnownBefore(kind, name, file.before) ? `${shown(name)} moves to ${schema}` : undefined,
    },
  },
  {
    name: 'drop-not-null',
    severity: 'warning',
    what: 'A column of an existing table may be null from now on.',
    why: 'Code that reads it does not expect a null.',
    instead: 'Ship readers that take a null first; say in the comment what null means.',
    on: {
      'drop not null': ({ table, column }, context) =>
        isExisting(table, context) ? `${shown(table)}.${column} may be null` : undefined,
    },
  },
];

/** Whether an object, or the table it belongs to, was there before the file. Of kinds that nobody tracks: yes. */
function isKnownBefore(kind: ObjectKind, name: string, before: Parameters<typeof tracked>[1]): boolean {
  return tracked(kind, before)?.has(name) ?? true;
}

function tracked(
  kind: ObjectKind,
  schema: Parameters<typeof isExisting>[1]['schema'],
): { has(name: string): boolean } | undefined {
  if (kind === 'table' || kind === 'column') return schema.tables;
  if (kind === 'view' || kind === 'materialized view') return schema.views;
  if (kind === 'function') return schema.routines;
  return kind === 'type' ? schema.types : undefined;
}
