import type { Node, TypeName } from '@pgsql/types';
import { asNode, stringsOf } from './tree.ts';

/** The type of a column. */
export interface ColumnType {
  /** PostgreSQL's own name for a built-in type (`int4`, `timestamptz`), else as written, with a schema if it has one. */
  readonly name: string;
  /** What stands in brackets: a length; a precision and a scale. */
  readonly modifiers: readonly number[];
  readonly isArray: boolean;
  /** Bytes. */
  readonly at: number;
}

export function columnType(type: TypeName | undefined, at = 0): ColumnType {
  const names = stringsOf(type?.names);
  const isBuiltIn = names[0] === 'pg_catalog' || names[0] === 'public';
  return {
    name: (isBuiltIn ? names.slice(1) : names).join('.'),
    modifiers: (type?.typmods ?? []).flatMap(integerOf),
    isArray: (type?.arrayBounds ?? []).length > 0,
    at: type?.location ?? at,
  };
}

/** As people write it, for messages. */
export function typeText({ name, modifiers, isArray }: ColumnType): string {
  const brackets = modifiers.length === 0 ? '' : `(${modifiers.join(', ')})`;
  return `${SPELLED[name] ?? name}${brackets}${isArray ? '[]' : ''}`;
}

const SPELLED: Readonly<Record<string, string>> = {
  bool: 'boolean',
  bpchar: 'char',
  float4: 'real',
  float8: 'double precision',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
};

function integerOf(node: Node): number[] {
  const constant = asNode(node, 'A_Const');
  return constant?.ival === undefined ? [] : [constant.ival.ival ?? 0];
}
