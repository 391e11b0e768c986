import type { Node } from '@pgsql/types';
import { asNode, findNodes, stringsOf } from '../sql/tree.ts';

/** What the rules ask of an expression. */
export interface Expression {
  /** Functions it calls, in lower case, with their schema if one is written. `current_timestamp` and its like included. */
  readonly functions: readonly string[];
  /** Those outside a sub-select, which are called once a row. */
  readonly functionsPerRow: readonly string[];
  readonly isTrue: boolean;
  /** Columns of which it says, in a conjunction, that they are not null. */
  readonly notNull: readonly string[];
}

export function expressionOf(node: Node | undefined): Expression | undefined {
  if (node === undefined) return undefined;
  return {
    functions: functionsIn(node),
    functionsPerRow: functionsIn(node, (tag) => tag === 'SubLink'),
    isTrue: asNode(node, 'A_Const')?.boolval?.boolval === true,
    notNull: notNullIn(node),
  };
}

function functionsIn(node: Node, isClosed?: (tag: string) => boolean): string[] {
  return [
    ...findNodes(node, 'FuncCall', isClosed).map(({ funcname }) => functionName(stringsOf(funcname))),
    // SVFOP_CURRENT_DATE, SVFOP_CURRENT_TIMESTAMP_N
    ...findNodes(node, 'SQLValueFunction', isClosed).map(({ op = '' }) =>
      op.replace(/^SVFOP_|_N$/g, '').toLowerCase(),
    ),
  ];
}

export function functionName(parts: readonly string[]): string {
  return (parts[0] === 'pg_catalog' ? parts.slice(1) : parts).join('.');
}

function notNullIn(node: Node): string[] {
  const conjunction = asNode(node, 'BoolExpr');
  if (conjunction?.boolop === 'AND_EXPR') return (conjunction.args ?? []).flatMap(notNullIn);
  const test = asNode(node, 'NullTest');
  if (test?.nulltesttype !== 'IS_NOT_NULL') return [];
  return stringsOf(asNode(test.arg, 'ColumnRef')?.fields).slice(-1);
}
