import { comparisonsIn } from '../expressions/comparison.ts';
import { asksCaller, ownColumns } from '../expressions/condition.ts';
import type { Catalogue, Policy } from './catalogue.ts';
import type { RelationRow } from './queries/relations.ts';

/** What people call it, most telling first. */
const USUAL_NAMES = [
  'tenant_id',
  'tenant',
  'organization_id',
  'organisation_id',
  'org_id',
  'account_id',
  'workspace_id',
  'team_id',
  'company_id',
  'customer_id',
];

/**
 * For each table that has one the name of the column that says whose a row is: what its own policies compare with the
 * caller; in a table without such policies a column that is called as elsewhere, or as usual.
 */
export function findTenantColumns(
  catalogue: Catalogue,
  named: readonly string[] | undefined,
): ReadonlyMap<string, string> {
  if (named !== undefined) return columnsNamed(catalogue.tables, named);
  const compared = new Map(
    catalogue.tables.flatMap((table) => {
      const column = comparedColumn(table, catalogue.policiesOf(table));
      return column === undefined ? [] : [[table.name, column] as const];
    }),
  );
  // In a table of tenants it is the id; an id elsewhere is something else.
  const learned = [...new Set(compared.values())].filter((name) => name !== 'id');
  const usual = columnsNamed(catalogue.tables, [...USUAL_NAMES, ...learned]);
  return withTenantsThemselves(catalogue, new Map([...usual, ...compared]));
}

/** What the tenant columns of others refer to is a table of tenants: there the tenant is the key that they refer to. */
function withTenantsThemselves(catalogue: Catalogue, columns: Map<string, string>): Map<string, string> {
  const keys = catalogue.tables.flatMap((table) =>
    catalogue
      .foreignKeysOf(table)
      .filter((key) => key.columns.length === 1 && key.columns[0] === columns.get(table.name))
      .flatMap(({ referenced_table, referenced_columns: [key] }) =>
        key === undefined ? [] : [[referenced_table, key] as const],
      ),
  );
  return new Map([...columns, ...keys]);
}

function columnsNamed(tables: readonly RelationRow[], names: readonly string[]): Map<string, string> {
  return new Map(
    tables.flatMap(({ name, columns }) => {
      const column = names.find((candidate) => columns.some((it) => it.name === candidate));
      return column === undefined ? [] : [[name, column] as const];
    }),
  );
}

function comparedColumn(table: RelationRow, policies: readonly Policy[]): string | undefined {
  const columns = policies.flatMap(({ using, check }) =>
    [using, check].flatMap((condition) =>
      condition === undefined
        ? []
        : comparisonsIn(condition.tree, table.short_name)
            .filter(
              ({ operator, other }) =>
                operator === '=' && asksCaller(other) && ownColumns(other, table.short_name).size === 0,
            )
            .map(({ column }) => column),
    ),
  );
  return USUAL_NAMES.find((name) => columns.includes(name)) ?? columns[0];
}
