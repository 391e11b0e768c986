import type { Node, SelectStmt, VariableSetStmt } from '@pgsql/types';
import { relationName } from '../sql/names.ts';
import { findNodes, listOf, stringsOf } from '../sql/tree.ts';
import type { Change } from './change.ts';
import { functionName } from './expression.ts';
import type { Place } from './tables.ts';

/** What a `select` calls: `select app.isolate_tenant_table('t', …)` is how a migration runs a function. */
export function calls(statement: SelectStmt, { at }: Place): Change[] {
  return findNodes(statement, 'FuncCall').map(({ funcname, args, location = at }) => ({
    kind: 'call',
    at: location,
    name: functionName(stringsOf(funcname)),
    arguments: findNodes(args, 'A_Const').flatMap(({ sval }) => sval?.sval ?? []),
  }));
}

/** Updates and deletes, also those inside a `with`. */
export function writes(statement: Node, { at }: Place): Change[] {
  const updates = findNodes(statement, 'UpdateStmt').map((update) => ({
    ...update,
    verb: 'update' as const,
  }));
  const deletes = findNodes(statement, 'DeleteStmt').map((gone) => ({
    ...gone,
    verb: 'delete from' as const,
  }));
  return [...updates, ...deletes].map(({ verb, relation, whereClause }) => ({
    kind: 'write rows',
    at,
    verb,
    table: relationName(relation),
    hasWhere: whereClause !== undefined,
  }));
}

export function set({ name = '', args }: VariableSetStmt, { at }: Place): Change[] {
  const value = listOf(args, 'A_Const')
    .map(({ sval, ival }) => sval?.sval ?? String(ival?.ival ?? 0))
    .join(', ');
  return [{ kind: 'set', at, name, value }];
}

export function relationNames(nodes: readonly Node[] | undefined): string[] {
  return listOf(nodes, 'RangeVar').map(relationName);
}
