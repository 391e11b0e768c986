import type {
  AlterTableCmd,
  AlterTableStmt,
  AlterTableType,
  CreateStmt,
  CreateTableAsStmt,
  ViewStmt,
} from '@pgsql/types';
import { relationName } from '../sql/names.ts';
import { switchOf } from '../sql/options.ts';
import type { Source } from '../sql/source.ts';
import { asNode, itemsOf, listOf } from '../sql/tree.ts';
import { columnType } from '../sql/type-name.ts';
import type { Change } from './change.ts';
import { expressionOf } from './expression.ts';
import { columnOf, constraintOf, elementsOf } from './table-parts.ts';

/** Where a statement stands, and the text it is from. */
export interface Place {
  readonly at: number;
  readonly source: Source;
}

/** Bit of PostgreSQL's `TableLikeOption`. */
const INCLUDING_INDEXES = 1 << 6;

export function createTable(statement: CreateStmt, { at, source }: Place): Change[] {
  const { relation, inhRelations, partbound, partspec, if_not_exists, tableElts } = statement;
  const parent = listOf(inhRelations, 'RangeVar')[0];
  return [
    ...ifNotExists(if_not_exists, 'create table', at),
    {
      kind: 'create table',
      at,
      table: relationName(relation),
      ...elementsOf(tableElts, source),
      isTemporary: relation?.relpersistence === 't',
      ...(partbound !== undefined && { partitionOf: relationName(parent) }),
      isPartitioned: partspec !== undefined,
      likes: listOf(tableElts, 'TableLikeClause').map(({ relation: of, options = 0 }) => ({
        table: relationName(of),
        withKeys: (options & INCLUDING_INDEXES) !== 0,
      })),
    },
  ];
}

export function createTableAs(statement: CreateTableAsStmt, { at }: Place): Change[] {
  const relation = statement.into?.rel;
  const name = relationName(relation);
  const exists = ifNotExists(statement.if_not_exists, 'create … as', at);
  if (statement.objtype === 'OBJECT_MATVIEW')
    return [...exists, { kind: 'create materialized view', at, view: name }];
  const isTemporary = relation?.relpersistence === 't';
  return [
    ...exists,
    {
      kind: 'create table',
      at,
      table: name,
      columns: [],
      constraints: [],
      isTemporary,
      isPartitioned: false,
      likes: [],
    },
  ];
}

export function createView({ view, options }: ViewStmt, { at }: Place): Change[] {
  if (view?.relpersistence === 't') return [{ kind: 'other', at }];
  return [
    {
      kind: 'create view',
      at,
      view: relationName(view),
      isInvoker: switchOf(options, 'security_invoker') === true,
    },
  ];
}

export function ifNotExists(isWritten: boolean | undefined, what: string, at: number): Change[] {
  return isWritten === true ? [{ kind: 'if not exists', at, what }] : [];
}

export function alterTable(statement: AlterTableStmt, place: Place): Change[] {
  const table = relationName(statement.relation);
  return listOf(statement.cmds, 'AlterTableCmd').flatMap((command) => {
    const change = ALTERATIONS[command.subtype ?? 'AT_ReAddComment'];
    if (change !== undefined) return change(command, table, place);
    const clause = (command.subtype ?? '').replace(/^AT_/, '');
    return [{ kind: 'alter table', at: place.at, table, clause }];
  });
}

type Alteration = (command: AlterTableCmd, table: string, place: Place) => Change[];

const ALTERATIONS: Readonly<Partial<Record<AlterTableType, Alteration>>> = {
  AT_AddColumn: addColumn,
  AT_AddConstraint: ({ def }, table, { source, at }) => {
    const node = asNode(def, 'Constraint');
    const constraint = node && constraintOf(node, source);
    return constraint === undefined
      ? []
      : [{ kind: 'add constraint', at: constraint.at || at, table, constraint }];
  },
  AT_DropColumn: ({ name: column = '', behavior }, table, { at }) => [
    { kind: 'drop column', at, table, column, isCascade: behavior === 'DROP_CASCADE' },
  ],
  AT_AlterColumnType: ({ name: column = '', def }, table, { at }) => {
    const definition = asNode(def, 'ColumnDef');
    const type = columnType(definition?.typeName, at);
    return [
      { kind: 'change type', at, table, column, type, hasUsing: definition?.raw_default !== undefined },
    ];
  },
  AT_SetNotNull: ({ name: column = '' }, table, { at }) => [{ kind: 'set not null', at, table, column }],
  AT_DropNotNull: ({ name: column = '' }, table, { at }) => [{ kind: 'drop not null', at, table, column }],
  AT_AddIdentity: ({ name: column = '' }, table, { at }) => [{ kind: 'add identity', at, table, column }],
  AT_ColumnDefault: ({ name: column = '', def }, table, { at }) => {
    const value = expressionOf(def);
    return [{ kind: 'set default', at, table, column, ...(value && { default: value }) }];
  },
  AT_ValidateConstraint: ({ name = '' }, table, { at }) => [{ kind: 'validate constraint', at, table, name }],
  AT_DropConstraint: ({ name = '', behavior }, table, { at }) => [
    { kind: 'drop constraint', at, table, name, isCascade: behavior === 'DROP_CASCADE' },
  ],
  AT_EnableRowSecurity: (_, table, { at }) => [{ kind: 'row security', at, table, is: 'enabled' }],
  AT_ForceRowSecurity: (_, table, { at }) => [{ kind: 'row security', at, table, is: 'forced' }],
  AT_DisableRowSecurity: (_, table, { at }) => [{ kind: 'row security', at, table, is: 'weakened' }],
  AT_NoForceRowSecurity: (_, table, { at }) => [{ kind: 'row security', at, table, is: 'weakened' }],
  AT_DisableTrig: disableTrigger,
  AT_DisableTrigAll: disableTrigger,
  AT_DisableTrigUser: disableTrigger,
  AT_SetStorage: ({ name: column = '' }, table, { at }) => [{ kind: 'set storage', at, table, column }],
  AT_SetLogged: rewrite('set logged'),
  AT_SetUnLogged: rewrite('set unlogged'),
  AT_SetTableSpace: rewrite('set tablespace'),
  AT_SetAccessMethod: rewrite('set access method'),
  AT_AttachPartition: ({ def }, table, { at }) => [
    { kind: 'attach partition', at, table, partition: relationName(asNode(def, 'PartitionCmd')?.name) },
  ],
  AT_DetachPartition: ({ def }, table, { at }) => {
    const partition = asNode(def, 'PartitionCmd');
    const isConcurrent = partition?.concurrent === true;
    return [{ kind: 'detach partition', at, table, partition: relationName(partition?.name), isConcurrent }];
  },
  AT_ChangeOwner: ({ newowner }, table, { at }) => [
    { kind: 'owner', at, object: { kind: 'table', name: table }, owner: newowner?.rolename ?? '' },
  ],
  AT_SetRelOptions: ({ def }, table, { at }) => {
    const value = switchOf(itemsOf(def), 'security_invoker');
    return [
      value === undefined
        ? { kind: 'alter table', at, table, clause: 'SetRelOptions' }
        : { kind: 'view options', at, view: table, isInvoker: value },
    ];
  },
};

function addColumn(command: AlterTableCmd, table: string, { source, at }: Place): Change[] {
  const definition = asNode(command.def, 'ColumnDef');
  if (definition === undefined) return [];
  const { column, constraints } = columnOf(definition, source);
  const isNull = column.default === undefined && !column.isGenerated && !column.isIdentity;
  return [
    ...ifNotExists(command.missing_ok, 'add column', at),
    { kind: 'add column', at: column.at, table, column },
    ...constraints.map((constraint) => ({
      kind: 'add constraint' as const,
      at: constraint.at,
      table,
      // Where every row has null, PostgreSQL looks no reference up.
      constraint: isNull && constraint.kind === 'foreign' ? { ...constraint, readsRows: false } : constraint,
    })),
  ];
}

function disableTrigger(_: AlterTableCmd, table: string, { at }: Place): Change[] {
  return [{ kind: 'disable trigger', at, table }];
}

function rewrite(clause: string): Alteration {
  return (_, table, { at }) => [{ kind: 'rewrite table', at, table, clause }];
}
