import type { Catalogue } from '../catalogue/catalogue.ts';
import type { RelationRow } from '../catalogue/queries/relations.ts';
import { ancestorsOf } from './partitions.ts';
import { onTables, READS, verdictOn, WRITES, type Rule } from './rule.ts';

/** Neither guarded nor below what is: there are no tenants in it that anybody knows of. */
function isShared(table: RelationRow, catalogue: Catalogue): boolean {
  return !catalogue.isGuarded(table) && ancestorsOf(table, catalogue).length === 0;
}

export const tableRules: readonly Rule[] = [
  {
    name: 'table-without-rls',
    severity: 'error',
    what: 'A table of tenants has neither row level security nor a policy.',
    why: 'Whoever may read the table reads every tenant’s rows.',
    instead:
      '`alter table … enable row level security, force row level security`, and a policy on the tenant.',
    check: onTables((table, catalogue) => {
      const tenant = catalogue.tenantOf(table);
      const isAlone = !table.has_rls && ancestorsOf(table, catalogue).every(({ has_rls }) => !has_rls);
      return tenant !== undefined && isAlone && catalogue.policiesOf(table).length === 0
        ? `${tenant.name} says whose a row is, and nothing asks it`
        : undefined;
    }),
  },
  {
    name: 'policies-without-rls',
    severity: 'error',
    what: 'A table has policies, and row level security is off.',
    why: 'The policies do nothing: they look like protection to whoever reads the schema.',
    instead: '`alter table … enable row level security, force row level security`.',
    check: onTables((table, catalogue) => {
      const policies = catalogue.policiesOf(table);
      return !table.has_rls && policies.length > 0
        ? `${policies.map(({ name }) => name).join(', ')} ${policies.length === 1 ? 'does' : 'do'} nothing`
        : undefined;
    }),
  },
  {
    name: 'rls-not-forced',
    severity: 'warning',
    what: 'Row level security is on and not forced.',
    why: 'It does not hold the table’s owner: not their logins, not their `security definer` functions and views.',
    instead: '`alter table … force row level security`.',
    check: onTables(({ has_rls, is_forced, owner }) =>
      has_rls && !is_forced ? `policies do not hold ${owner}` : undefined,
    ),
  },
  {
    name: 'rls-without-policy',
    severity: 'warning',
    what: 'Row level security is on, and there is no policy.',
    why: 'The table looks empty to everybody whom it holds, without an error.',
    instead: 'Write the policies; or revoke the privileges, which says so with an error.',
    check: onTables((table, catalogue) =>
      table.has_rls && catalogue.policiesOf(table).length === 0 ? 'looks empty to everybody' : undefined,
    ),
  },
  {
    name: 'only-restrictive-policies',
    severity: 'warning',
    what: 'A table has restrictive policies only.',
    why: 'A restrictive policy takes away from what permissive ones give: without any the table looks empty.',
    instead: 'Add the permissive policy that says who sees what.',
    check: onTables((table, catalogue) => {
      const policies = catalogue.policiesOf(table);
      return table.has_rls && policies.length > 0 && policies.every(({ is_permissive }) => !is_permissive)
        ? 'no policy lets anybody see a row'
        : undefined;
    }),
  },
  {
    name: 'shared-table-writable',
    severity: 'error',
    what: 'An application role may write a table without tenants and without row level security.',
    why: 'What one tenant writes all others read, as if it were everybody’s.',
    instead: 'Give it a tenant column and policies; or leave writing to operators.',
    check: onTables((table, catalogue) =>
      isShared(table, catalogue) ? verdictOn(catalogue.reached(table, ...WRITES)) : undefined,
    ),
  },
  {
    name: 'shared-table-readable',
    severity: 'warning',
    what: 'An application role may read a table without tenants and without row level security.',
    why: 'Right for a list of countries; a leak as soon as a row is somebody’s.',
    instead: 'Make sure that its rows are everybody’s, and allow it with that reason.',
    check: onTables((table, catalogue) =>
      isShared(table, catalogue) && catalogue.reached(table, ...WRITES).length === 0
        ? verdictOn(catalogue.reached(table, ...READS))
        : undefined,
    ),
  },
];
