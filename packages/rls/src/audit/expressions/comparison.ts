import type { Node } from '@pgsql/types';
import { ownColumns, withoutCasts } from './condition.ts';
import { asNode, findNodes, findNodesOutside, stringsOf } from './tree.ts';

/** A column of the table on one side of an operator. */
export interface Comparison {
  readonly column: string;
  /** `=`, also for `= any (…)` and `in (…)`; `~~` for `like`; `is distinct from`, also where it is denied. */
  readonly operator: string;
  /** The side with the column: bare, or inside of something. */
  readonly side: Node;
  readonly isBare: boolean;
  readonly other: Node;
}

/** What a condition compares with columns of its own table, outside of sub-selects. */
export function comparisonsIn(tree: Node | undefined, table: string): Comparison[] {
  const operators = findNodesOutside(tree, 'A_Expr').flatMap(({ kind, name, lexpr, rexpr }) => {
    const operator =
      kind?.endsWith('_DISTINCT') === true ? 'is distinct from' : (stringsOf(name).at(-1) ?? '');
    return [
      ...sideOf(lexpr, operator, { other: rexpr, table }),
      ...sideOf(rexpr, operator, { other: lexpr, table }),
    ];
  });
  const links = findNodesOutside(tree, 'SubLink').flatMap((link) =>
    link.subLinkType === 'ANY_SUBLINK'
      ? sideOf(link.testexpr, stringsOf(link.operName).at(-1) ?? '=', { other: { SubLink: link }, table })
      : [],
  );
  return [...operators, ...links];
}

function sideOf(
  side: Node | undefined,
  operator: string,
  { other, table }: { readonly other: Node | undefined; readonly table: string },
): Comparison[] {
  if (side === undefined || other === undefined) return [];
  // What is in a sub-select is another row's.
  const [column] = findNodes(side, 'SubLink').length > 0 ? [] : ownColumns(side, table);
  if (column === undefined) return [];
  return [{ column, operator, side, isBare: asNode(withoutCasts(side), 'ColumnRef') !== undefined, other }];
}

/** Types that a cast turns a value into, innermost first. */
export function castsOf(node: Node): string[] {
  const { arg, typeName } = asNode(node, 'TypeCast') ?? {};
  return arg === undefined ? [] : [...castsOf(arg), stringsOf(typeName?.names).at(-1) ?? ''];
}
