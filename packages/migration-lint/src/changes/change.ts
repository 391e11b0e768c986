import type { ColumnType } from '../sql/type-name.ts';
import type { Expression } from './expression.ts';

/** Names are `schema.name`; places are bytes into the file. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly isNotNull: boolean;
  readonly default?: Expression;
  readonly isIdentity: boolean;
  readonly isGenerated: boolean;
  readonly at: number;
}

export type ConstraintKind = 'primary' | 'unique' | 'foreign' | 'check' | 'exclusion';
export type OnDelete = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';

export interface Reference {
  readonly table: string;
  readonly columns: readonly string[];
  readonly onDelete: OnDelete;
  /** False when nothing is written, which is no action as well. */
  readonly saysOnDelete: boolean;
  /** Of `on delete set null (…)`; empty means all. */
  readonly setColumns: readonly string[];
}

export interface Constraint {
  readonly kind: ConstraintKind;
  readonly name?: string;
  readonly columns: readonly string[];
  readonly isValidated: boolean;
  /** Whether adding it looks at the rows that are there. */
  readonly readsRows: boolean;
  /** Index that a key takes over instead of building one. */
  readonly usingIndex?: string;
  readonly references?: Reference;
  /** Columns of which a check says that they are not null. */
  readonly provesNotNull: readonly string[];
  readonly at: number;
}

export interface IndexColumn {
  /** Undefined for an expression. */
  readonly name?: string;
  readonly at: number;
}

export interface Index {
  readonly name?: string;
  readonly table: string;
  readonly method: string;
  readonly isUnique: boolean;
  readonly columns: readonly IndexColumn[];
  readonly predicate?: Expression;
  readonly at: number;
}

export interface Routine {
  readonly name: string;
  /** Types of arguments and results, as names. */
  readonly types: readonly string[];
  readonly language: string;
  /** `begin atomic` or `return`: names are bound when it is made. */
  readonly hasSqlBody: boolean;
  readonly isDefiner: boolean;
  readonly searchPath?: readonly string[];
  readonly volatility?: string;
  readonly parallel?: string;
  readonly returnsTrigger: boolean;
  readonly isProcedure: boolean;
  readonly at: number;
}

export interface Policy {
  readonly name: string;
  readonly table: string;
  readonly isPermissive: boolean;
  /** `public` for everybody. */
  readonly roles: readonly string[];
  readonly conditions: readonly Expression[];
  readonly at: number;
}

/** Kinds of objects that statements drop, rename, comment and own, in PostgreSQL's words. */
export type ObjectKind =
  | 'column'
  | 'constraint'
  | 'database'
  | 'extension'
  | 'function'
  | 'index'
  | 'materialized view'
  | 'other'
  | 'policy'
  | 'role'
  | 'schema'
  | 'sequence'
  | 'table'
  | 'trigger'
  | 'type'
  | 'view';

/** One object: `table` and `name` for what belongs to a table, else `name` alone. */
export interface ObjectRef {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly table?: string;
}

/**
 * What a statement does, in the words of the rules: they and the schema read these and nobody else reads PostgreSQL's
 * tree. An `alter table` of three parts is three changes.
 */
export type Change = { readonly at: number } & (
  | {
      readonly kind: 'create table';
      readonly table: string;
      readonly columns: readonly Column[];
      readonly constraints: readonly Constraint[];
      readonly isTemporary: boolean;
      readonly partitionOf?: string;
      readonly isPartitioned: boolean;
      /** Tables whose columns it takes, `including` their keys or not. */
      readonly likes: readonly { readonly table: string; readonly withKeys: boolean }[];
    }
  | { readonly kind: 'add column'; readonly table: string; readonly column: Column }
  | {
      readonly kind: 'drop column';
      readonly table: string;
      readonly column: string;
      readonly isCascade: boolean;
    }
  | {
      readonly kind: 'change type';
      readonly table: string;
      readonly column: string;
      readonly type: ColumnType;
      readonly hasUsing: boolean;
    }
  | { readonly kind: 'set not null'; readonly table: string; readonly column: string }
  | { readonly kind: 'drop not null'; readonly table: string; readonly column: string }
  | { readonly kind: 'add identity'; readonly table: string; readonly column: string }
  | {
      readonly kind: 'set default';
      readonly table: string;
      readonly column: string;
      readonly default?: Expression;
    }
  | { readonly kind: 'add constraint'; readonly table: string; readonly constraint: Constraint }
  | { readonly kind: 'validate constraint'; readonly table: string; readonly name: string }
  | {
      readonly kind: 'drop constraint';
      readonly table: string;
      readonly name: string;
      readonly isCascade: boolean;
    }
  | { readonly kind: 'row security'; readonly table: string; readonly is: 'enabled' | 'forced' | 'weakened' }
  | { readonly kind: 'disable trigger'; readonly table: string }
  | { readonly kind: 'set storage'; readonly table: string; readonly column: string }
  | { readonly kind: 'rewrite table'; readonly table: string; readonly clause: string }
  | { readonly kind: 'attach partition'; readonly table: string; readonly partition: string }
  | {
      readonly kind: 'detach partition';
      readonly table: string;
      readonly partition: string;
      readonly isConcurrent: boolean;
    }
  | { readonly kind: 'alter table'; readonly table: string; readonly clause: string }
  | { readonly kind: 'view options'; readonly view: string; readonly isInvoker: boolean }
  | { readonly kind: 'rename'; readonly object: ObjectRef; readonly to: string }
  | { readonly kind: 'move'; readonly object: ObjectRef; readonly schema: string }
  | {
      readonly kind: 'drop';
      readonly objects: readonly ObjectRef[];
      readonly isConcurrent: boolean;
      readonly isCascade: boolean;
    }
  | { readonly kind: 'comment'; readonly object: ObjectRef; readonly text?: string }
  | { readonly kind: 'owner'; readonly object: ObjectRef; readonly owner: string }
  | { readonly kind: 'create index'; readonly index: Index; readonly isConcurrent: boolean }
  | { readonly kind: 'create view'; readonly view: string; readonly isInvoker: boolean }
  | { readonly kind: 'create materialized view'; readonly view: string }
  | { readonly kind: 'create function'; readonly routine: Routine }
  | {
      readonly kind: 'alter function';
      readonly name: string;
      readonly isDefiner?: boolean;
      readonly searchPath?: readonly string[];
    }
  | { readonly kind: 'create type'; readonly name: string; readonly is: 'enum' | 'domain' | 'other' }
  | { readonly kind: 'add enum value'; readonly type: string; readonly value: string }
  | { readonly kind: 'create'; readonly object: ObjectRef }
  | { readonly kind: 'create policy'; readonly policy: Policy }
  | {
      readonly kind: 'grant';
      /** Empty means all. */
      readonly privileges: readonly string[];
      readonly on: string;
      readonly names: readonly string[];
      readonly isWholeSchema: boolean;
      readonly grantees: readonly string[];
    }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly string[] }
  | {
      readonly kind: 'write rows';
      readonly verb: 'update' | 'delete from';
      readonly table: string;
      readonly hasWhere: boolean;
    }
  | { readonly kind: 'truncate'; readonly tables: readonly string[] }
  | { readonly kind: 'lock table'; readonly tables: readonly string[] }
  | { readonly kind: 'reindex'; readonly isConcurrent: boolean }
  | { readonly kind: 'vacuum'; readonly isFull: boolean }
  | { readonly kind: 'cluster' }
  | { readonly kind: 'refresh'; readonly view: string; readonly isConcurrent: boolean }
  | { readonly kind: 'set'; readonly name: string; readonly value: string }
  | { readonly kind: 'transaction' }
  | { readonly kind: 'block'; readonly body: string }
  | { readonly kind: 'if not exists'; readonly what: string }
  | { readonly kind: 'other' }
);

export type ChangeKind = Change['kind'];
export type ChangeOf<K extends ChangeKind> = Extract<Change, { kind: K }>;
