import { FOREIGN_KEYS, type ForeignKeyRow } from './queries/foreign-keys.ts';
import { FUNCTIONS, type FunctionRow } from './queries/functions.ts';
import { INDEXES, type IndexRow } from './queries/indexes.ts';
import { POLICIES, type PolicyRow } from './queries/policies.ts';
import { RELATIONS, type RelationRow } from './queries/relations.ts';
import type { RoleRow } from './queries/roles.ts';
import { SCHEMAS, type SchemaRow } from './queries/schemas.ts';
import type { ServerRow } from './queries/server.ts';
import * as around from './queries/surroundings.ts';

/** What is read of a database. Any part may be one that throws `Unreadable` when it is looked at. */
export interface CatalogueRows {
  readonly server: ServerRow;
  readonly roles: readonly RoleRow[];
  readonly schemas: readonly SchemaRow[];
  readonly relations: readonly RelationRow[];
  readonly policies: readonly PolicyRow[];
  readonly indexes: readonly IndexRow[];
  readonly foreignKeys: readonly ForeignKeyRow[];
  readonly functions: readonly FunctionRow[];
  readonly outsideFunctions: readonly around.OutsideFunctionRow[];
  readonly presets: readonly around.PresetRow[];
  readonly extensions: readonly around.ExtensionRow[];
  readonly defaultGrants: readonly around.DefaultGrantRow[];
  readonly eventTriggers: readonly around.EventTriggerRow[];
  readonly publishedTables: readonly around.PublishedTableRow[];
  readonly statistics: readonly around.StatisticsRow[];
  readonly largeObjects: readonly around.LargeObjectsRow[];
}

/** Parts that are read on their own, and whether their query takes the schemas as `$1`. */
export const QUERIES = {
  schemas: { text: SCHEMAS, isScoped: true },
  relations: { text: RELATIONS, isScoped: true },
  policies: { text: POLICIES, isScoped: true },
  indexes: { text: INDEXES, isScoped: true },
  foreignKeys: { text: FOREIGN_KEYS, isScoped: true },
  outsideFunctions: { text: around.OUTSIDE_FUNCTIONS, isScoped: false },
  presets: { text: around.PRESETS, isScoped: false },
  extensions: { text: around.EXTENSIONS, isScoped: true },
  defaultGrants: { text: around.DEFAULT_GRANTS, isScoped: true },
  eventTriggers: { text: around.EVENT_TRIGGERS, isScoped: false },
  publishedTables: { text: around.PUBLISHED_TABLES, isScoped: true },
  statistics: { text: around.STATISTICS, isScoped: true },
  largeObjects: { text: around.LARGE_OBJECTS, isScoped: false },
} as const satisfies Partial<Record<keyof CatalogueRows, { text: string; isScoped: boolean }>>;

export { FUNCTIONS };
