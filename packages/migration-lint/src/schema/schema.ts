import type { Column, Constraint, Index, ObjectRef, Routine } from '../changes/change.ts';

export interface Table {
  readonly name: string;
  readonly at: number;
  readonly columns: Map<string, Column>;
  /** By name; those without one have the name that PostgreSQL gives them. */
  readonly constraints: Map<string, Constraint>;
  readonly isTemporary: boolean;
  readonly isPartitioned: boolean;
  readonly partitionOf?: string;
  /** Column that `app.isolate_tenant_table` was told of. */
  readonly isolatedBy?: string;
  readonly rowSecurity: Set<'enabled' | 'forced'>;
}

export interface View {
  readonly name: string;
  readonly at: number;
  readonly isMaterialized: boolean;
  readonly isInvoker: boolean;
}

/**
 * What the files before have made, as far as the rules ask. Names are `schema.name`.
 */
export interface Schema {
  readonly tables: Map<string, Table>;
  readonly indexes: Map<string, Index>;
  readonly views: Map<string, View>;
  /** Overloads are one. */
  readonly routines: Map<string, Routine & { readonly owner?: string }>;
  readonly types: Map<string, { readonly is: 'enum' | 'domain' | 'other'; readonly at: number }>;
  /** Triggers, policies, schemas, sequences, by `keyOf`. */
  readonly others: Map<string, { readonly object: ObjectRef; readonly at: number }>;
  /** What has a comment, by `keyOf`. */
  readonly comments: Set<string>;
}

export function emptySchema(): Schema {
  return {
    tables: new Map(),
    indexes: new Map(),
    views: new Map(),
    routines: new Map(),
    types: new Map(),
    others: new Map(),
    comments: new Set(),
  };
}

/** A schema that can be changed without the other: what the maps hold is replaced, never changed. */
export function copySchema(schema: Schema): Schema {
  const copyOf = (table: Table): Table => ({
    ...table,
    columns: new Map(table.columns),
    constraints: new Map(table.constraints),
    rowSecurity: new Set(table.rowSecurity),
  });
  return {
    tables: new Map([...schema.tables].map(([name, table]) => [name, copyOf(table)])),
    indexes: new Map(schema.indexes),
    views: new Map(schema.views),
    routines: new Map(schema.routines),
    types: new Map(schema.types),
    others: new Map(schema.others),
    comments: new Set(schema.comments),
  };
}

/** Replaces parts of what a map holds under a name, if it holds anything. */
export function replace<V extends object>(map: Map<string, V>, name: string, parts: Partial<V>): void {
  const value = map.get(name);
  if (value !== undefined) map.set(name, { ...value, ...parts });
}

/** One text for an object, so that sets can hold it. */
export function keyOf({ kind, table, name }: ObjectRef): string {
  return table === undefined ? `${kind} ${name}` : `${kind} ${table}.${name}`;
}

export const TENANT = 'tenant_id';

/** The column that says whose a row is; undefined for a table without tenants. */
export function tenantColumnOf(table: Table | undefined): string | undefined {
  if (table === undefined) return undefined;
  return table.isolatedBy ?? (table.columns.has(TENANT) ? TENANT : undefined);
}

/** The column lists of a table's keys and whole indexes, in the order an index has them. */
export function indexedColumnsOf(schema: Schema, table: Table): string[][] {
  const keys = [...table.constraints.values()]
    .filter(({ kind }) => kind === 'primary' || kind === 'unique')
    .map(({ columns }) => [...columns]);
  const indexes = [...schema.indexes.values()]
    .filter(({ table: of, method }) => of === table.name && method === 'btree')
    // Of a partial index only one over the rows that have a reference will do for it.
    .filter(({ predicate }) => predicate === undefined || predicate.notNull.length > 0)
    .map(({ columns }) => columns.map(({ name = '' }) => name));
  return [...keys, ...indexes];
}

/** The name PostgreSQL gives a constraint that has none. */
export function constraintName(table: string, { name, kind, columns }: Constraint): string {
  if (name !== undefined) return name;
  const bare = table.slice(table.indexOf('.') + 1);
  if (kind === 'primary') return `${bare}_pkey`;
  const ending = { unique: 'key', foreign: 'fkey', check: 'check', exclusion: 'excl' }[kind];
  return [bare, ...columns, ending].join('_');
}
