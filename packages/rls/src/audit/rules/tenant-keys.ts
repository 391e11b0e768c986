import type { Catalogue } from '../catalogue/catalogue.ts';
import type { IndexColumnRow, IndexRow } from '../catalogue/queries/indexes.ts';
import type { ColumnRow, RelationRow } from '../catalogue/queries/relations.ts';
import { onTables, type Check, type Rule } from './rule.ts';

/** Looks at the tenant column of each table of tenants. */
function onTenantColumns(
  check: (tenant: ColumnRow, table: RelationRow, catalogue: Catalogue) => string | undefined,
): Check {
  return onTables((table, catalogue) => {
    const tenant = catalogue.tenantOf(table);
    return tenant === undefined ? undefined : check(tenant, table, catalogue);
  });
}

/** Looks at the keys and exclusions of each table of tenants that do not have the tenant. */
function onKeysWithoutTenant(check: (index: IndexRow, table: RelationRow) => boolean): Check {
  return (catalogue) =>
    catalogue.tables.flatMap((table) => {
      const tenant = catalogue.tenantOf(table);
      if (tenant === undefined) return [];
      return catalogue
        .indexesOf(table)
        .filter((index) => index.is_unique && !index.columns.some(({ name }) => name === tenant.name))
        .filter((index) => check(index, table))
        .map((index) => ({ place: index.name, message: `(${columnList(index)}) spans tenants` }));
    });
}

function columnList({ columns }: IndexRow): string {
  return columns.map(({ text }) => text).join(', ');
}

/** Values that nobody chooses: numbers that are counted, and uuids. */
function isSurrogate({ columns }: IndexRow, table: RelationRow): boolean {
  return columns.every((key: IndexColumnRow) => {
    const column = table.columns.find(({ name }) => name === key.name);
    return column !== undefined && (column.isCounted || column.type === 'uuid');
  });
}

function crossesTenants(catalogue: Catalogue, table: RelationRow) {
  const own = catalogue.tenantOf(table)?.name;
  return catalogue.foreignKeysOf(table).filter((key) => {
    const other = catalogue.relation(key.referenced_table);
    const theirs = other && catalogue.tenantOf(other)?.name;
    if (own === undefined || theirs === undefined) return false;
    // Who refers to a tenant, refers to nobody's row.
    if (key.referenced_columns.every((column) => column === theirs)) return false;
    return !key.columns.some((column, place) => column === own && key.referenced_columns[place] === theirs);
  });
}

export const tenantKeyRules: readonly Rule[] = [
  {
    name: 'tenant-column-nullable',
    severity: 'error',
    what: 'The tenant column may be null.',
    why: 'A row without a tenant is nobody’s until a policy says `is null`, and then everybody’s.',
    instead: '`alter table … alter column … set not null`.',
    check: onTenantColumns(({ name, isNullable }) => (isNullable ? `${name} may be null` : undefined)),
  },
  {
    name: 'tenant-column-without-default',
    severity: 'warning',
    what: 'An application role inserts into a table whose tenant column has no default.',
    why: 'Every statement has to name the tenant, and one that names the wrong one fails late.',
    instead: 'The current tenant as its default.',
    check: onTenantColumns(({ name, hasDefault }, table, catalogue) =>
      hasDefault || catalogue.reached(table, 'INSERT').length === 0
        ? undefined
        : `${name} has to be named by every insert`,
    ),
  },
  {
    name: 'tenant-column-without-index',
    severity: 'warning',
    what: 'No index leads with the tenant column.',
    why: 'Every query under the policies reads the rows of all tenants.',
    instead: 'An index or key that leads with it.',
    check: onTenantColumns(({ name }, table, catalogue) =>
      catalogue.indexesOf(table).some(({ columns }) => columns[0]?.name === name)
        ? undefined
        : `no index leads with ${name}`,
    ),
  },
  {
    name: 'unique-without-tenant',
    severity: 'error',
    what: 'A unique key, index or exclusion of a table of tenants does not have the tenant, and its values are chosen.',
    why: 'A refused insert tells a tenant what another one has, whatever the policies hide.',
    instead: '`unique (tenant_id, …)`.',
    check: onKeysWithoutTenant((index, table) => !isSurrogate(index, table)),
  },
  {
    name: 'primary-key-without-tenant',
    severity: 'warning',
    what: 'A primary key of a table of tenants is a number or uuid without the tenant.',
    why: 'Foreign keys to it cannot have the tenant, and rows of one tenant do not lie together.',
    instead: '`primary key (tenant_id, id)`.',
    check: onKeysWithoutTenant((index, table) => index.is_primary && isSurrogate(index, table)),
  },
  {
    name: 'foreign-key-without-tenant',
    severity: 'error',
    what: 'A foreign key between tables of tenants does not have the tenant on both sides.',
    why: 'Foreign keys are checked without policies: a row can refer to another tenant’s row, and learns that it exists.',
    instead: '`foreign key (tenant_id, x) references t (tenant_id, id)`.',
    check: (catalogue) =>
      catalogue.tables.flatMap((table) =>
        crossesTenants(catalogue, table).map(({ name, columns, referenced_table }) => ({
          place: `${table.name}.${name}`,
          message: `(${columns.join(', ')}) → ${referenced_table} has no tenant`,
        })),
      ),
  },
];
