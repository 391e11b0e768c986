import { loadModule, parseSync } from 'libpg-query';
import type { ColumnRef, FuncCall, Node, ParseResult } from '@pgsql/types';
import { asNode, findNodes, findNodesOutside, stringsOf } from './tree.ts';

/** `using` or `with check` of a policy, as PostgreSQL writes it back with an empty search path. */
export interface Condition {
  readonly text: string;
  readonly tree: Node;
}

/** Loads PostgreSQL's parser, which is WebAssembly; once is enough. */
export async function loadParser(): Promise<void> {
  await loadModule();
}

/** @throws SyntaxError when a newer PostgreSQL wrote what this parser does not know. */
export function parseCondition(text: string): Condition {
  const { stmts } = parse(`select ${text}`);
  const target = asNode(stmts?.[0]?.stmt, 'SelectStmt')?.targetList?.[0];
  const tree = asNode(target, 'ResTarget')?.val;
  if (tree === undefined) throw new SyntaxError('this is not an expression');
  return { text, tree };
}

function parse(text: string): ParseResult {
  try {
    return parseSync(text) as ParseResult;
  } catch (error) {
    throw new SyntaxError('the parser does not know it', { cause: error });
  }
}

/** Whether a condition is the same for every row and every caller: `true`, `1 = 1`, `x or true`. */
export function isAlways(outcome: boolean, node: Node): boolean {
  const constant = asNode(node, 'A_Const')?.boolval;
  if (constant !== undefined) return (constant.boolval ?? false) === outcome;
  const junction = asNode(node, 'BoolExpr');
  const parts = junction?.args ?? [];
  switch (junction?.boolop) {
    case 'NOT_EXPR':
      return parts.some((part) => isAlways(!outcome, part));
    case 'OR_EXPR':
      return outcome
        ? parts.some((part) => isAlways(true, part))
        : parts.every((part) => isAlways(false, part));
    case 'AND_EXPR':
      return outcome
        ? parts.every((part) => isAlways(true, part))
        : parts.some((part) => isAlways(false, part));
    default:
      return isSameConstant(node) === outcome;
  }
}

/** Of `1 = 1` and `1 = 2` whether it is so; of anything else undefined. */
function isSameConstant(node: Node): boolean | undefined {
  const { name, lexpr, rexpr } = asNode(node, 'A_Expr') ?? {};
  const [left, right] = [literalOf(lexpr), literalOf(rexpr)];
  if (stringsOf(name).at(-1) !== '=' || left === undefined || right === undefined) return undefined;
  return left === right;
}

/** What a literal says, whatever type it is cast to; undefined of anything else. */
export function literalOf(node: Node | undefined): string | undefined {
  const constant = asNode(withoutCasts(node), 'A_Const');
  if (constant === undefined || constant.isnull === true) return undefined;
  const { sval, ival, fval, boolval } = constant;
  return sval?.sval ?? fval?.fval ?? String(ival?.ival ?? boolval?.boolval ?? 0);
}

export function withoutCasts(node: Node | undefined): Node | undefined {
  const inner = asNode(node, 'TypeCast')?.arg;
  return inner === undefined ? node : withoutCasts(inner);
}

/**
 * Names of the columns of the policy's own table. Outside of a sub-select PostgreSQL writes them alone, in it behind
 * the table's name.
 */
export function ownColumns(tree: unknown, table: string): Set<string> {
  const alone = columnNames(findNodesOutside(tree, 'ColumnRef')).filter((parts) => parts.length === 1);
  const behind = findNodes(tree, 'SubLink')
    .flatMap(({ subselect }) => columnNames(findNodes(subselect, 'ColumnRef')))
    .filter((parts) => parts.length > 1 && parts.at(-2) === table);
  return new Set([...alone, ...behind].flatMap((parts) => parts.at(-1) ?? []));
}

function columnNames(references: readonly ColumnRef[]): string[][] {
  return references.map(({ fields }) => stringsOf(fields));
}

/** A call of a function by name. */
export interface Call {
  /** `schema.name`. */
  readonly name: string;
  readonly node: FuncCall;
  /** Inside of a sub-select, which runs once a statement unless it asks for the row. */
  readonly isInSubselect: boolean;
}

export function callsIn(tree: unknown): Call[] {
  const outside = new Set(findNodesOutside(tree, 'FuncCall'));
  return findNodes(tree, 'FuncCall').map((node) => ({
    name: qualified(stringsOf(node.funcname)),
    node,
    isInSubselect: !outside.has(node),
  }));
}

/** With an empty search path only what is in `pg_catalog` is written without its schema. */
function qualified(parts: readonly string[]): string {
  return [parts.length > 1 ? parts.at(-2) : 'pg_catalog', parts.at(-1)].join('.');
}

/** Names of settings that an expression reads; `''` for one that is computed. */
export function settingsIn(tree: unknown): string[] {
  return callsIn(tree)
    .filter(({ name }) => name === CURRENT_SETTING)
    .map(({ node }) => literalOf(node.args?.[0]) ?? '');
}

export const CURRENT_SETTING = 'pg_catalog.current_setting';

/** `schema.name` of the tables that sub-selects read. */
export function tablesIn(tree: unknown): string[] {
  return findNodes(tree, 'RangeVar').map(({ schemaname, relname }) => `${schemaname ?? ''}.${relname ?? ''}`);
}

/** Whether an expression depends on the caller, and not on the row alone. */
export function asksCaller(tree: unknown): boolean {
  return (['FuncCall', 'SQLValueFunction', 'SubLink'] as const).some(
    (tag) => findNodes(tree, tag).length > 0,
  );
}

/** The parts of which one is enough; the whole where there is no `or`. */
export function alternativesOf(tree: Node): Node[] {
  const choices = findNodesOutside(tree, 'BoolExpr').filter(({ boolop }) => boolop === 'OR_EXPR');
  return [tree, ...choices.flatMap(({ args }) => args ?? [])];
}
