import type { Statement } from '../sql/parse.ts';
import type { Source } from '../sql/source.ts';
import { qualified, relationName } from '../sql/names.ts';
import { switchOf } from '../sql/options.ts';
import { findNodes, stringsOf, type NodeOf, type Tag } from '../sql/tree.ts';
import type { Change, ObjectRef } from './change.ts';
import { calls, relationNames, set, writes } from './commands.ts';
import { comment, createIndex, createPolicy, drop, grant, move, owner, rename } from './objects.ts';
import { alterFunction, createFunction } from './routines.ts';
import { alterTable, createTable, createTableAs, createView, ifNotExists, type Place } from './tables.ts';

/** What a statement does. */
export function changesOf({ node, at }: Statement, source: Source): Change[] {
  return Object.entries(node).flatMap(([tag, body]) => {
    const read = READERS[tag as Tag] as ((body: unknown, place: Place) => Change[]) | undefined;
    return read?.(body, { at, source }) ?? [{ kind: 'other', at }];
  });
}

type Readers = { readonly [T in Tag]?: (body: NodeOf<T>, place: Place) => Change[] };

const READERS: Readers = {
  CreateStmt: createTable,
  CreateTableAsStmt: createTableAs,
  AlterTableStmt: alterTable,
  ViewStmt: createView,
  IndexStmt: createIndex,
  DropStmt: drop,
  DropdbStmt: ({ dbname = '' }, place) => [dropOne({ kind: 'database', name: dbname }, place)],
  DropRoleStmt: (_, place) => [dropOne({ kind: 'role', name: '' }, place)],
  RenameStmt: rename,
  AlterObjectSchemaStmt: move,
  AlterOwnerStmt: owner,
  CommentStmt: comment,
  CreateFunctionStmt: createFunction,
  AlterFunctionStmt: alterFunction,
  CreateEnumStmt: ({ typeName }, { at }) => [
    { kind: 'create type', at, name: qualified(stringsOf(typeName)), is: 'enum' },
  ],
  CreateDomainStmt: ({ domainname }, { at }) => [
    { kind: 'create type', at, name: qualified(stringsOf(domainname)), is: 'domain' },
  ],
  CompositeTypeStmt: ({ typevar }, { at }) => [
    { kind: 'create type', at, name: relationName(typevar), is: 'other' },
  ],
  CreateRangeStmt: ({ typeName }, { at }) => [
    { kind: 'create type', at, name: qualified(stringsOf(typeName)), is: 'other' },
  ],
  AlterEnumStmt: ({ typeName, newVal, oldVal, skipIfNewValExists }, { at }) => {
    const type = qualified(stringsOf(typeName));
    if (newVal === undefined || oldVal !== undefined) return [{ kind: 'other', at }];
    return [
      ...ifNotExists(skipIfNewValExists, 'add value', at),
      { kind: 'add enum value', at, type, value: newVal },
    ];
  },
  CreateTrigStmt: ({ trigname: name = '', relation }, { at }) => [
    { kind: 'create', at, object: { kind: 'trigger', name, table: relationName(relation) } },
  ],
  CreateSchemaStmt: ({ schemaname: name = '', if_not_exists }, { at }) => [
    ...ifNotExists(if_not_exists, 'create schema', at),
    { kind: 'create', at, object: { kind: 'schema', name } },
  ],
  CreateSeqStmt: ({ sequence }, { at }) => [
    { kind: 'create', at, object: { kind: 'sequence', name: relationName(sequence) } },
  ],
  CreatePolicyStmt: createPolicy,
  GrantStmt: grant,
  AlterDefaultPrivilegesStmt: ({ action }, place) => (action === undefined ? [] : grant(action, place)),
  SelectStmt: (body, place) => [...writes({ SelectStmt: body }, place), ...calls(body, place)],
  UpdateStmt: (body, place) => writes({ UpdateStmt: body }, place),
  DeleteStmt: (body, place) => writes({ DeleteStmt: body }, place),
  InsertStmt: (body, place) => writes({ InsertStmt: body }, place),
  TruncateStmt: ({ relations }, { at }) => [{ kind: 'truncate', at, tables: relationNames(relations) }],
  LockStmt: ({ relations }, { at }) => [{ kind: 'lock table', at, tables: relationNames(relations) }],
  ReindexStmt: ({ params }, { at }) => [
    { kind: 'reindex', at, isConcurrent: switchOf(params, 'concurrently') === true },
  ],
  VacuumStmt: ({ options, is_vacuumcmd }, { at }) => [
    is_vacuumcmd === true
      ? { kind: 'vacuum', at, isFull: switchOf(options, 'full') === true }
      : { kind: 'other', at },
  ],
  ClusterStmt: (_, { at }) => [{ kind: 'cluster', at }],
  RefreshMatViewStmt: ({ relation, concurrent }, { at }) => [
    { kind: 'refresh', at, view: relationName(relation), isConcurrent: concurrent === true },
  ],
  VariableSetStmt: set,
  TransactionStmt: (_, { at }) => [{ kind: 'transaction', at }],
  DoStmt: ({ args }, { at }) => [
    {
      kind: 'block',
      at,
      body: findNodes(args, 'String')
        .map(({ sval = '' }) => sval)
        .join('\n'),
    },
  ],
};

function dropOne(object: ObjectRef, { at }: Place): Change {
  return { kind: 'drop', at, objects: [object], isConcurrent: false, isCascade: false };
}
