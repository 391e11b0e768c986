import type { Node } from '@pgsql/types';

/** The names of nodes, `CreateStmt`, `FuncCall`, …, and what each holds. */
export type Tag = Node extends infer N ? (N extends unknown ? keyof N : never) : never;
export type NodeOf<T extends Tag> = Extract<Node, Record<T, unknown>> extends Record<T, infer N> ? N : never;

/** What a node holds if it is of that kind. */
export function asNode<T extends Tag>(node: Node | undefined, tag: T): NodeOf<T> | undefined {
  if (node === undefined || !(tag in node)) return undefined;
  return (node as Record<T, NodeOf<T>>)[tag];
}

/** The nodes of one kind in a list. */
export function listOf<T extends Tag>(nodes: readonly Node[] | undefined, tag: T): NodeOf<T>[] {
  return (nodes ?? []).flatMap((node) => asNode(node, tag) ?? []);
}

/** Every node of one kind at and below a node, outermost first; not below one that `isClosed`. */
export function findNodes<T extends Tag>(
  tree: unknown,
  tag: T,
  isClosed: (tag: string) => boolean = () => false,
): NodeOf<T>[] {
  if (Array.isArray(tree)) return tree.flatMap((item) => findNodes(item, tag, isClosed));
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) => {
    if (isClosed(key)) return [];
    const below = findNodes(value, tag, isClosed);
    return key === tag ? [value as NodeOf<T>, ...below] : below;
  });
}

/** The strings of a list of `String` nodes: a qualified name, labels, columns. */
export function stringsOf(nodes: readonly Node[] | undefined): string[] {
  return listOf(nodes, 'String').map(({ sval = '' }) => sval);
}

/** The elements of a `List` node. */
export function itemsOf(node: Node | undefined): Node[] {
  return asNode(node, 'List')?.items ?? [];
}
