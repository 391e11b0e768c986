import type { Constraint } from '../changes/change.ts';
import { indexedColumnsOf, TENANT, tenantColumnOf, type Schema } from '../schema/schema.ts';
import { shown } from '../sql/names.ts';
import { onConstraints, type FileContext, type Problem, type Rule } from './rule.ts';

/** The tenant column of a table of tenants that is no partition: its parent has the keys. */
function tenantOf(schema: Schema, table: string): string | undefined {
  const known = schema.tables.get(table);
  return known?.partitionOf === undefined ? tenantColumnOf(known) : undefined;
}

function newTables({ changes, after }: FileContext) {
  return changes.flatMap((change) => {
    const table = change.kind === 'create table' ? after.tables.get(change.table) : undefined;
    return table === undefined || table.isTemporary || table.partitionOf !== undefined
      ? []
      : [{ table, at: change.at }];
  });
}

function foreignKeysWithoutIndex({ changes, after }: FileContext): readonly Problem[] {
  return changes
    .flatMap((change) => {
      if (change.kind === 'create table') return change.constraints.map((key) => ({ key, of: change.table }));
      return change.kind === 'add constraint' ? [{ key: change.constraint, of: change.table }] : [];
    })
    .flatMap(({ key, of }) => {
      const table = after.tables.get(of);
      if (key.kind !== 'foreign' || table === undefined || table.isTemporary) return [];
      const isIndexed = indexedColumnsOf(after, table).some((columns) => leads(columns, key.columns));
      return isIndexed
        ? []
        : [{ at: key.at, message: `no index of ${shown(of)} begins with (${key.columns.join(', ')})` }];
    });
}

/** Whether an index begins with some columns, in whatever order. */
function leads(index: readonly string[], columns: readonly string[]): boolean {
  const first = index.slice(0, columns.length);
  return first.length === columns.length && columns.every((column) => first.includes(column));
}

function crossesTenants(
  { columns, references }: Constraint,
  table: string,
  schema: Schema,
): string | undefined {
  if (references === undefined) return undefined;
  const [own, theirs] = [tenantOf(schema, table), tenantOf(schema, references.table)];
  if (own === undefined || theirs === undefined) return undefined;
  if (columns[0] === own && (references.columns[0] ?? theirs) === theirs) return undefined;
  return `(${columns.join(', ')}) → ${shown(references.table)} does not lead with ${own}`;
}

export const tenantKeyRules: readonly Rule[] = [
  {
    name: 'table-without-tenant',
    severity: 'error',
    what: 'A table has no `tenant_id`.',
    why: 'Nothing says whose its rows are, so nothing can keep tenants apart.',
    instead: '`tenant_id varchar(255) not null` first; or a suppression that says why the table is nobody’s.',
    file: (file) =>
      newTables(file)
        .filter(({ table }) => tenantColumnOf(table) === undefined)
        .map(({ table, at }) => ({ at, message: `${shown(table.name)} has no ${TENANT}` })),
  },
  {
    name: 'tenant-not-first-in-primary-key',
    severity: 'error',
    what: 'The primary key of a table of tenants is missing or does not lead with the tenant.',
    why: 'Rows of a tenant lie together and references cannot cross tenants only if every key leads with it.',
    instead: '`primary key (tenant_id, id)`.',
    file: (file) =>
      newTables(file).flatMap(({ table, at }) => {
        const tenant = tenantColumnOf(table);
        const key = [...table.constraints.values()].find(({ kind }) => kind === 'primary');
        if (tenant === undefined || key?.columns[0] === tenant) return [];
        const message = `the primary key of ${shown(table.name)} is (${key?.columns.join(', ') ?? ''})`;
        return [
          {
            at: key?.at ?? at,
            message: key === undefined ? `${shown(table.name)} has no primary key` : message,
          },
        ];
      }),
  },
  {
    name: 'unique-without-tenant',
    severity: 'error',
    what: 'A unique key or index of a table of tenants does not lead with the tenant.',
    why: 'A refused insert tells a tenant what another one has; and the key cannot be distributed.',
    instead: '`unique (tenant_id, …)`.',
    on: {
      ...onConstraints(({ kind, columns, usingIndex }, table, { file }) => {
        const tenant = tenantOf(file.after, table);
        if (kind !== 'unique' || tenant === undefined || usingIndex !== undefined) return undefined;
        return columns[0] === tenant ? undefined : `unique (${columns.join(', ')}) spans tenants`;
      }),
      'create index': ({ index: { table, columns, isUnique } }, { file }) => {
        const tenant = tenantOf(file.after, table);
        if (!isUnique || tenant === undefined || columns[0]?.name === tenant) return undefined;
        return `unique (${columns.map(({ name = '…' }) => name).join(', ')}) spans tenants`;
      },
    },
  },
  {
    name: 'foreign-key-without-tenant',
    severity: 'error',
    what: 'A foreign key between tables of tenants does not lead with the tenant on both sides.',
    why: 'A row could refer to another tenant’s row: foreign keys are checked without policies.',
    instead: '`foreign key (tenant_id, x) references t (tenant_id, id)`.',
    on: onConstraints((constraint, table, { file }) => crossesTenants(constraint, table, file.after)),
  },
  {
    name: 'foreign-key-clears-tenant',
    severity: 'error',
    what: '`on delete set null` or `set default` without its columns, on a foreign key that has the tenant.',
    why: 'It would clear the tenant as well, which is not null: the deletion fails.',
    instead: '`on delete set null (x)`.',
    on: onConstraints(({ columns, references }, table, { file }) => {
      const tenant = tenantOf(file.after, table);
      if (tenant === undefined || !columns.includes(tenant) || references === undefined) return undefined;
      const { onDelete, setColumns } = references;
      const clears = setColumns.length === 0 || setColumns.includes(tenant);
      return onDelete.startsWith('set') && clears
        ? `on delete ${onDelete} clears ${tenant} as well`
        : undefined;
    }),
  },
  {
    name: 'foreign-key-without-on-delete',
    severity: 'error',
    what: 'A foreign key does not say `on delete`.',
    why: 'Whoever reads it cannot tell whether refusing was meant.',
    instead: '`on delete restrict`, `cascade` or `set null (…)`.',
    on: onConstraints(({ references, name = 'a foreign key' }) =>
      references?.saysOnDelete === false ? `${name} does not say what a deletion does` : undefined,
    ),
  },
  {
    name: 'foreign-key-without-index',
    severity: 'error',
    what: 'No index or key begins with the columns of a foreign key.',
    why: 'Every deletion of a referenced row reads the whole table, under a lock.',
    instead: 'An index that leads with its columns, in the same file.',
    file: foreignKeysWithoutIndex,
  },
];
