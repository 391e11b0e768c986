import type { Rule as RuleWords } from '@agent-agency/findings';
import type { Change, ChangeKind, ChangeOf, Column, Constraint } from '../changes/change.ts';
import type { Schema } from '../schema/schema.ts';
import type { Source } from '../sql/source.ts';

/** Something that a rule found, and where: a byte of the file. */
export interface Problem {
  readonly at: number;
  readonly message: string;
}

/** A file as the rules see it. */
export interface FileContext {
  readonly direction: 'up' | 'down';
  readonly isInTransaction: boolean;
  readonly source: Source;
  /** Changes by statement. */
  readonly statements: readonly {
    readonly at: number;
    readonly to: number;
    readonly changes: readonly Change[];
  }[];
  readonly changes: readonly Change[];
  /** The schema before the file and after it. */
  readonly before: Schema;
  readonly after: Schema;
  /** False when the parser refused it: then there are no statements. */
  readonly isReadable: boolean;
  /** The down file of an up file, if there is one. */
  readonly down?: FileContext;
}

/** What a rule sees of one change. */
export interface Context {
  readonly file: FileContext;
  /** The schema just before the change. */
  readonly schema: Schema;
}

/** A message for the place of the change, problems with places of their own, or nothing. */
export type Verdict = string | readonly Problem[] | undefined;

type Checks = { readonly [K in ChangeKind]?: (change: ChangeOf<K>, context: Context) => Verdict };

export interface Rule extends RuleWords {
  /** Whether down files are looked at as well. */
  readonly isForDown?: boolean;
  readonly on?: Checks;
  readonly file?: (file: FileContext) => readonly Problem[];
}

/** Checks of every column that a file makes or gives another type. */
export function onColumns(
  check: (column: Column, table: string, context: Context) => string | undefined,
): Checks {
  const at = (column: Column, table: string, context: Context): Problem[] => {
    const message = check(column, table, context);
    return message === undefined ? [] : [{ at: column.at, message }];
  };
  return {
    'create table': ({ columns, table }, context) => columns.flatMap((column) => at(column, table, context)),
    'add column': ({ column, table }, context) => at(column, table, context),
    'change type': ({ table, column: name, type, at: place }, context) => {
      const known = context.schema.tables.get(table)?.columns.get(name);
      const column = known ?? { name, isNotNull: false, isIdentity: false, isGenerated: false };
      return at({ ...column, type, at: place }, table, context);
    },
  };
}

/** Checks of every constraint that a file makes. */
export function onConstraints(
  check: (constraint: Constraint, table: string, context: Context) => string | undefined,
): Checks {
  const at = (constraint: Constraint, table: string, context: Context): Problem[] => {
    const message = check(constraint, table, context);
    return message === undefined ? [] : [{ at: constraint.at, message }];
  };
  return {
    'create table': ({ constraints, table }, context) =>
      constraints.flatMap((constraint) => at(constraint, table, context)),
    'add constraint': ({ constraint, table }, context) => at(constraint, table, context),
  };
}

/** Whether a table was there before the file, with rows and with callers. What nobody knows counts as there. */
export function isExisting(table: string, { file, schema }: Context): boolean {
  if (schema.views.has(table)) return false;
  return file.before.tables.has(table) || !schema.tables.has(table);
}
