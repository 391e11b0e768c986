import type { Node, RangeVar } from '@pgsql/types';
import { asNode, itemsOf, stringsOf } from './tree.ts';

/** Where an unqualified name goes: migrations run with PostgreSQL's default search path. */
const DEFAULT_SCHEMA = 'public';

/** `schema.name` of a relation. */
export function relationName(relation: RangeVar | undefined): string {
  return `${relation?.schemaname ?? DEFAULT_SCHEMA}.${relation?.relname ?? ''}`;
}

/** `schema.name` of a name in parts. */
export function qualified(parts: readonly string[]): string {
  return [parts.length > 1 ? parts.at(-2) : DEFAULT_SCHEMA, parts.at(-1)].join('.');
}

/** `schema.name` of what a statement drops, renames or comments, however the tree spells it. */
export function objectName(node: Node | undefined): string {
  if (node === undefined) return '';
  const alone = asNode(node, 'String')?.sval;
  if (alone !== undefined) return alone;
  return qualified(partsOf(node));
}

/** The parts of such a name. */
export function partsOf(node: Node): string[] {
  return stringsOf(
    asNode(node, 'TypeName')?.names ?? asNode(node, 'ObjectWithArgs')?.objname ?? itemsOf(node),
  );
}

/** A name as people write it. */
export function shown(name: string): string {
  return name.startsWith(`${DEFAULT_SCHEMA}.`) ? name.slice(DEFAULT_SCHEMA.length + 1) : name;
}

/** Without its schema. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
