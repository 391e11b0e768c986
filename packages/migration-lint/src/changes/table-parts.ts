import type { ColumnDef, Constraint as ConstraintNode, Node } from '@pgsql/types';
import { relationName } from '../sql/names.ts';
import type { Source } from '../sql/source.ts';
import { listOf, stringsOf } from '../sql/tree.ts';
import { columnType } from '../sql/type-name.ts';
import type { Column, Constraint, ConstraintKind, OnDelete, Reference } from './change.ts';
import { expressionOf } from './expression.ts';

const KINDS: Readonly<Record<string, ConstraintKind>> = {
  CONSTR_PRIMARY: 'primary',
  CONSTR_UNIQUE: 'unique',
  CONSTR_FOREIGN: 'foreign',
  CONSTR_CHECK: 'check',
  CONSTR_EXCLUSION: 'exclusion',
};

const ON_DELETE: Readonly<Record<string, OnDelete>> = {
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

const SERIAL = new Set(['serial', 'serial4', 'bigserial', 'serial8', 'smallserial', 'serial2']);

/** A column with the constraints that are written behind it. */
export function columnOf(
  definition: ColumnDef,
  source: Source,
): { column: Column; constraints: Constraint[] } {
  const { colname: name = '', typeName, location: at = 0 } = definition;
  const written = listOf(definition.constraints, 'Constraint');
  const has = (type: ConstraintNode['contype']): boolean => written.some(({ contype }) => contype === type);
  const type = columnType(typeName, at);
  const isSerial = SERIAL.has(type.name);
  const defaultValue = expressionOf(written.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr);
  return {
    column: {
      name,
      type,
      isNotNull: isSerial || has('CONSTR_NOTNULL') || has('CONSTR_PRIMARY') || has('CONSTR_IDENTITY'),
      ...(defaultValue && { default: defaultValue }),
      isIdentity: isSerial || has('CONSTR_IDENTITY'),
      isGenerated: has('CONSTR_GENERATED'),
      at,
    },
    constraints: written.flatMap((constraint) => constraintOf(constraint, source, name) ?? []),
  };
}

/** A constraint; undefined for `not null`, `default` and the like, which are properties of a column. */
export function constraintOf(node: ConstraintNode, source: Source, column?: string): Constraint | undefined {
  const { contype = '', conname: name, indexname: usingIndex, location: at = 0 } = node;
  const kind = KINDS[contype];
  if (kind === undefined) return undefined;
  return {
    kind,
    ...(name !== undefined && { name }),
    columns: constrainedColumns(node, column),
    isValidated: node.skip_validation !== true,
    readsRows: node.skip_validation !== true && usingIndex === undefined,
    ...(usingIndex !== undefined && { usingIndex }),
    ...(kind === 'foreign' && { references: referenceOf(node, source) }),
    provesNotNull: kind === 'check' ? (expressionOf(node.raw_expr)?.notNull ?? []) : [],
    at,
  };
}

function constrainedColumns({ contype, fk_attrs, keys }: ConstraintNode, column?: string): string[] {
  const written = stringsOf(contype === 'CONSTR_FOREIGN' ? fk_attrs : keys);
  return written.length === 0 && column !== undefined ? [column] : written;
}

function referenceOf(node: ConstraintNode, source: Source): Reference {
  const { pktable, pk_attrs, fk_del_action = '', fk_del_set_cols, location = 0 } = node;
  return {
    table: relationName(pktable),
    columns: stringsOf(pk_attrs),
    onDelete: ON_DELETE[fk_del_action] ?? 'no action',
    // The tree has the same letter for `no action` and for nothing.
    saysOnDelete: fk_del_action in ON_DELETE || /\bon\s+delete\b/i.test(clauseAt(source, location)),
    setColumns: stringsOf(fk_del_set_cols),
  };
}

/** One part of a list in brackets, or of an `alter table`: up to its comma, bracket or semicolon. */
function clauseAt(source: Source, at: number): string {
  const text = source.slice(at);
  let depth = 0;
  for (const { 0: mark, index } of text.matchAll(/[(),;]/g)) {
    if (mark === '(') depth += 1;
    else if (depth === 0 || mark === ';') return text.slice(0, index);
    else if (mark === ')') depth -= 1;
  }
  return text;
}

/** The columns and constraints of a `create table`. */
export function elementsOf(
  elements: readonly Node[] | undefined,
  source: Source,
): { columns: Column[]; constraints: Constraint[] } {
  const definitions = listOf(elements, 'ColumnDef').map((definition) => columnOf(definition, source));
  return {
    columns: definitions.map(({ column }) => column),
    constraints: [
      ...definitions.flatMap(({ constraints }) => constraints),
      ...listOf(elements, 'Constraint').flatMap((node) => constraintOf(node, source) ?? []),
    ],
  };
}
