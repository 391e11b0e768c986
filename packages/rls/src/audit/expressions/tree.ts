import type { Node } from '@pgsql/types';

/** The names of nodes, `ColumnRef`, `FuncCall`, …, and what each holds. */
export type Tag = Node extends infer N ? (N extends unknown ? keyof N : never) : never;
export type NodeOf<T extends Tag> = Extract<Node, Record<T, unknown>> extends Record<T, infer N> ? N : never;

/** What a node holds if it is of that kind. */
export function asNode<T extends Tag>(node: Node | undefined, tag: T): NodeOf<T> | undefined {
  return node !== undefined && tag in node ? (node as Record<T, NodeOf<T>>)[tag] : undefined;
}

/** Every node of one kind at and below a tree, outermost first. */
export function findNodes<T extends Tag>(tree: unknown, tag: T): NodeOf<T>[] {
  return search(tree, tag, undefined);
}

/** The same without what is inside of sub-selects; the left side of `in (select …)` is outside. */
export function findNodesOutside<T extends Tag>(tree: unknown, tag: T): NodeOf<T>[] {
  return search(tree, tag, 'subselect');
}

function search<T extends Tag>(tree: unknown, tag: T, closed: string | undefined): NodeOf<T>[] {
  if (Array.isArray(tree)) return tree.flatMap((item) => search(item, tag, closed));
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) => {
    if (key === closed) return [];
    const below = search(value, tag, closed);
    return key === tag ? [value as NodeOf<T>, ...below] : below;
  });
}

/** The strings of a list of nodes: a qualified name. */
export function stringsOf(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => asNode(node, 'String')?.sval ?? []);
}
