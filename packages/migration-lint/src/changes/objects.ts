import type {
  AlterObjectSchemaStmt,
  AlterOwnerStmt,
  CommentStmt,
  CreatePolicyStmt,
  DropStmt,
  GrantStmt,
  IndexStmt,
  Node,
  ObjectType,
  RenameStmt,
} from '@pgsql/types';
import { lastPart, objectName, partsOf, qualified, relationName } from '../sql/names.ts';
import { asNode, listOf } from '../sql/tree.ts';
import type { Change, ObjectKind, ObjectRef } from './change.ts';
import { expressionOf } from './expression.ts';
import { ifNotExists, type Place } from './tables.ts';

const KINDS: Readonly<Partial<Record<ObjectType, ObjectKind>>> = {
  OBJECT_AGGREGATE: 'function',
  OBJECT_COLUMN: 'column',
  OBJECT_DATABASE: 'database',
  OBJECT_DOMAIN: 'type',
  OBJECT_EXTENSION: 'extension',
  OBJECT_FUNCTION: 'function',
  OBJECT_INDEX: 'index',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_POLICY: 'policy',
  OBJECT_PROCEDURE: 'function',
  OBJECT_ROUTINE: 'function',
  OBJECT_SCHEMA: 'schema',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_TABCONSTRAINT: 'constraint',
  OBJECT_TABLE: 'table',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_TYPE: 'type',
  OBJECT_VIEW: 'view',
};

const PARTS_OF_A_TABLE = new Set<ObjectKind>(['column', 'constraint', 'policy', 'trigger']);

function kindOf(type: ObjectType | undefined): ObjectKind {
  return (type && KINDS[type]) ?? 'other';
}

function objectOf(type: ObjectType | undefined, node: Node | undefined): ObjectRef {
  const kind = kindOf(type);
  if (node === undefined || !PARTS_OF_A_TABLE.has(kind)) return { kind, name: objectName(node) };
  const parts = partsOf(node);
  return { kind, name: parts.at(-1) ?? '', table: qualified(parts.slice(0, -1)) };
}

export function drop(statement: DropStmt, { at }: Place): Change[] {
  return [
    ...(statement.missing_ok === true
      ? [{ kind: 'if not exists' as const, at, what: 'drop … if exists' }]
      : []),
    {
      kind: 'drop',
      at,
      objects: (statement.objects ?? []).map((node) => objectOf(statement.removeType, node)),
      isConcurrent: statement.concurrent === true,
      isCascade: statement.behavior === 'DROP_CASCADE',
    },
  ];
}

export function comment({ objtype, object, comment: text }: CommentStmt, { at }: Place): Change[] {
  return [{ kind: 'comment', at, object: objectOf(objtype, object), ...(text !== undefined && { text }) }];
}

export function rename(statement: RenameStmt, { at }: Place): Change[] {
  const { renameType, relation, object, subname, newname: to = '' } = statement;
  const kind = kindOf(renameType);
  const table = relationName(relation);
  if (subname !== undefined && relation !== undefined)
    return [{ kind: 'rename', at, object: { kind, name: subname, table }, to }];
  const name = relation === undefined ? objectName(object) : table;
  return [{ kind: 'rename', at, object: { kind, name }, to }];
}

export function move(statement: AlterObjectSchemaStmt, { at }: Place): Change[] {
  const { objectType, relation, object, newschema: schema = '' } = statement;
  const name = relation === undefined ? objectName(object) : relationName(relation);
  return [{ kind: 'move', at, object: { kind: kindOf(objectType), name }, schema }];
}

export function owner({ objectType, object, newowner }: AlterOwnerStmt, { at }: Place): Change[] {
  return [{ kind: 'owner', at, object: objectOf(objectType, object), owner: newowner?.rolename ?? '' }];
}

export function createIndex(statement: IndexStmt, { at }: Place): Change[] {
  const { idxname: name, relation, accessMethod: method = 'btree', indexParams, whereClause } = statement;
  const table = relationName(relation);
  const predicate = expressionOf(whereClause);
  return [
    ...ifNotExists(statement.if_not_exists, 'create index', at),
    {
      kind: 'create index',
      at,
      isConcurrent: statement.concurrent === true,
      index: {
        // An index lives in its table's schema, whatever the search path.
        ...(name !== undefined && { name: `${table.slice(0, table.indexOf('.'))}.${lastPart(name)}` }),
        table,
        method,
        isUnique: statement.unique === true,
        columns: listOf(indexParams, 'IndexElem').map((column) => ({
          ...(column.name !== undefined && { name: column.name }),
          at,
        })),
        ...(predicate && { predicate }),
        at,
      },
    },
  ];
}

export function createPolicy(statement: CreatePolicyStmt, { at }: Place): Change[] {
  const { policy_name: name = '', table, permissive, roles, qual, with_check } = statement;
  return [
    {
      kind: 'create policy',
      at,
      policy: {
        name,
        table: relationName(table),
        isPermissive: permissive === true,
        roles: rolesOf(roles),
        conditions: [qual, with_check].flatMap((condition) => expressionOf(condition) ?? []),
        at,
      },
    },
  ];
}

export function grant(statement: GrantStmt, { at }: Place): Change[] {
  if (statement.is_grant !== true) return [{ kind: 'other', at }];
  const { privileges, objtype, objects = [], targtype, grantees } = statement;
  return [
    {
      kind: 'grant',
      at,
      privileges: listOf(privileges, 'AccessPriv').flatMap(({ priv_name }) => priv_name ?? []),
      on: kindOf(objtype),
      names: objects.map((node) => {
        const relation = asNode(node, 'RangeVar');
        return relation === undefined ? objectName(node) : relationName(relation);
      }),
      isWholeSchema: targtype !== 'ACL_TARGET_OBJECT',
      grantees: rolesOf(grantees),
    },
  ];
}

function rolesOf(roles: readonly Node[] | undefined): string[] {
  return listOf(roles, 'RoleSpec').map(({ roletype, rolename }) =>
    roletype === 'ROLESPEC_PUBLIC' ? 'public' : (rolename ?? ''),
  );
}
