import type { AlterFunctionStmt, CreateFunctionStmt, DefElem, Node } from '@pgsql/types';
import { qualified } from '../sql/names.ts';
import { asNode, listOf, stringsOf } from '../sql/tree.ts';
import type { Change } from './change.ts';
import type { Place } from './tables.ts';

export function createFunction(statement: CreateFunctionStmt, { at }: Place): Change[] {
  const { funcname, options, sql_body, returnType, parameters } = statement;
  const settings = listOf(options, 'DefElem');
  const text = (name: string): string | undefined => stringOf(argumentOf(settings, name));
  const [volatility, parallel] = [text('volatility'), text('parallel')];
  const searchPath = searchPathOf(settings);
  const types = [returnType, ...listOf(parameters, 'FunctionParameter').map(({ argType }) => argType)];
  return [
    {
      kind: 'create function',
      at,
      routine: {
        name: qualified(stringsOf(funcname)),
        types: types.flatMap((type) => (type === undefined ? [] : [qualified(stringsOf(type.names))])),
        language: text('language') ?? 'sql',
        hasSqlBody: sql_body !== undefined,
        isDefiner: isTrue(argumentOf(settings, 'security')),
        ...(searchPath && { searchPath }),
        ...(volatility !== undefined && { volatility }),
        ...(parallel !== undefined && { parallel }),
        isProcedure: statement.is_procedure === true,
        returnsTrigger: ['trigger', 'event_trigger'].includes(stringsOf(returnType?.names).at(-1) ?? ''),
        at,
      },
    },
  ];
}

export function alterFunction({ func, actions }: AlterFunctionStmt, { at }: Place): Change[] {
  const settings = listOf(actions, 'DefElem');
  const searchPath = searchPathOf(settings);
  const security = argumentOf(settings, 'security');
  return [
    {
      kind: 'alter function',
      at,
      name: qualified(stringsOf(func?.objname)),
      ...(searchPath && { searchPath }),
      ...(security && { isDefiner: isTrue(security) }),
    },
  ];
}

function argumentOf(settings: readonly DefElem[], name: string): Node | undefined {
  return settings.find(({ defname }) => defname === name)?.arg;
}

/** The schemas of `set search_path = …`. */
function searchPathOf(settings: readonly DefElem[]): string[] | undefined {
  const path = settings
    .flatMap(({ defname, arg }) => (defname === 'set' ? (asNode(arg, 'VariableSetStmt') ?? []) : []))
    .find(({ name }) => name === 'search_path');
  if (path?.kind !== 'VAR_SET_VALUE') return undefined;
  return listOf(path.args, 'A_Const')
    .flatMap(({ sval }) => (sval?.sval ?? '').split(','))
    .map((schema) => schema.trim());
}

function stringOf(node: Node | undefined): string | undefined {
  return asNode(node, 'String')?.sval;
}

function isTrue(node: Node | undefined): boolean {
  return asNode(node, 'Boolean')?.boolval === true;
}
