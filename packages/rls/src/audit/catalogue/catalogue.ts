import { parseCondition, type Condition } from '../expressions/condition.ts';
import type { ForeignKeyRow } from './queries/foreign-keys.ts';
import type { GrantRow } from './queries/fragments.ts';
import type { FunctionRow } from './queries/functions.ts';
import type { IndexRow } from './queries/indexes.ts';
import type { PolicyRow } from './queries/policies.ts';
import type { ColumnRow, RelationRow } from './queries/relations.ts';
import type { RoleRow } from './queries/roles.ts';
import type { CatalogueRows } from './rows.ts';
import { findTenantColumns } from './tenant-columns.ts';
import { Unreadable } from './unreadable.ts';

/** Everybody. */
export const PUBLIC = 'PUBLIC';

/** A policy together with its conditions as trees. */
export interface Policy extends PolicyRow {
  readonly relation: RelationRow;
  readonly using?: Condition;
  readonly check?: Condition;
}

/**
 * A database as the rules see it: rows of its catalogue, and what follows from several of them. Nothing is asked any
 * more; what could not be read throws `Unreadable` when a rule looks at it.
 */
export class Catalogue {
  readonly rows: CatalogueRows;
  readonly #namedTenantColumns: readonly string[] | undefined;
  readonly #known = new Map<string, unknown>();

  constructor(rows: CatalogueRows, namedTenantColumns?: readonly string[]) {
    this.rows = rows;
    this.#namedTenantColumns = namedTenantColumns;
  }

  /** Tables, also partitions, that are audited. */
  get tables(): readonly RelationRow[] {
    return this.relations.filter(({ kind }) => kind === 'table');
  }

  /** Whatever is like a table, and audited. */
  get relations(): readonly RelationRow[] {
    return this.rows.relations.filter(({ is_in_scope }) => is_in_scope);
  }

  /** Also one that is not audited. */
  relation(name: string): RelationRow | undefined {
    return this.#once('relations', () => new Map(this.rows.relations.map((it) => [it.name, it]))).get(name);
  }

  get policies(): readonly Policy[] {
    return this.#once('policies', () => this.rows.policies.flatMap((row) => this.#policyOf(row)));
  }

  policiesOf(table: RelationRow): readonly Policy[] {
    const byTable = this.#once('policies by table', () => Map.groupBy(this.policies, (it) => it.table));
    return byTable.get(table.name) ?? [];
  }

  indexesOf(table: RelationRow): readonly IndexRow[] {
    const byTable = this.#once('indexes', () => Map.groupBy(this.rows.indexes, (it) => it.table));
    return byTable.get(table.name) ?? [];
  }

  foreignKeysOf(table: RelationRow): readonly ForeignKeyRow[] {
    return this.rows.foreignKeys.filter((key) => key.table === table.name);
  }

  /** Functions that are audited. */
  get functions(): readonly FunctionRow[] {
    return this.rows.functions.filter(({ is_in_scope }) => is_in_scope);
  }

  /** The overloads of a name, also of PostgreSQL's own functions if a policy calls them. */
  functionsNamed(name: string): readonly FunctionRow[] {
    const byName = this.#once('functions', () => Map.groupBy(this.rows.functions, (it) => it.name));
    return byName.get(name) ?? [];
  }

  /** The column that says whose a row is. */
  tenantOf(table: RelationRow): ColumnRow | undefined {
    const columns = this.#once('tenant columns', () => findTenantColumns(this, this.#namedTenantColumns));
    const name = columns.get(table.name);
    return table.columns.find((column) => column.name === name);
  }

  /** Whether rows of different tenants are in a table, or policies say that they are not everybody's. */
  isGuarded(table: RelationRow): boolean {
    return table.has_rls || this.tenantOf(table) !== undefined;
  }

  /** Roles that are asked about. */
  get audience(): readonly RoleRow[] {
    return this.rows.roles.filter(({ is_audited }) => is_audited);
  }

  role(name: string): RoleRow | undefined {
    return this.rows.roles.find((role) => role.name === name);
  }

  /** Everybody whose privileges the audience has, or can get: themselves, roles of theirs, and PUBLIC. */
  get reach(): ReadonlySet<string> {
    return this.#once(
      'reach',
      () => new Set([PUBLIC, ...this.audience.flatMap(({ name, becomes }) => [name, ...becomes])]),
    );
  }

  /** Which of some privileges the audience was granted. */
  granted(grants: readonly GrantRow[], ...privileges: readonly string[]): GrantRow[] {
    return grants.filter(
      ({ grantee, privilege }) => this.reach.has(grantee) && privileges.includes(privilege),
    );
  }

  /** The same for what is in a schema, which has to be usable. */
  reached(relation: RelationRow, ...privileges: readonly string[]): GrantRow[] {
    const schema = this.rows.schemas.find(({ name }) => name === relation.schema);
    const isOpen =
      schema === undefined || this.reach.has(schema.owner) || this.granted(schema.grants, 'USAGE').length > 0;
    return isOpen ? this.granted(relation.grants, ...privileges) : [];
  }

  /** Whether a policy is for the audience. */
  applies({ roles }: PolicyRow): boolean {
    return roles.some((role) => this.reach.has(role));
  }

  /** Whether row level security does not hold a role, whatever a table says. */
  bypasses(role: string): boolean {
    const { is_superuser = false, bypasses_rls = false } = this.role(role) ?? {};
    return is_superuser || bypasses_rls;
  }

  #policyOf(row: PolicyRow): Policy[] {
    const relation = this.relation(row.table);
    if (relation?.is_in_scope !== true) return [];
    const [using, check] = [row.using_text, row.check_text].map((text) => parsed(text, row));
    return [{ ...row, relation, ...(using && { using }), ...(check && { check }) }];
  }

  #once<T>(key: string, compute: () => T): T {
    if (!this.#known.has(key)) this.#known.set(key, compute());
    return this.#known.get(key) as T;
  }
}

function parsed(text: string | null, { table, name }: PolicyRow): Condition | undefined {
  if (text === null) return undefined;
  try {
    return parseCondition(text);
  } catch {
    throw new Unreadable(
      `the condition of ${table}.${name} is written in a way that the parser does not know`,
    );
  }
}
