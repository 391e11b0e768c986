import { tenantColumnOf, type Table } from '../schema/schema.ts';
import { shown } from '../sql/names.ts';
import { onlyApplication } from './roles.ts';
import type { FileContext, Problem, Rule } from './rule.ts';

/** What has to be in a sub-select, so that it runs once a statement and not once a row. */
const CONTEXT = new Set([
  'current_setting',
  'app.current_tenant_id',
  'app.require_tenant_id',
  'current_user',
]);

function notIsolated({ changes, after }: FileContext): readonly Problem[] {
  return changes.flatMap((change) => {
    const table = change.kind === 'create table' ? after.tables.get(change.table) : undefined;
    const message = table && whatIsMissing(table, tenantColumnOf(table));
    return message === undefined ? [] : [{ at: change.at, message }];
  });
}

function whatIsMissing(table: Table, tenant: string | undefined): string | undefined {
  const { name, isolatedBy, rowSecurity, isTemporary, partitionOf } = table;
  if (isTemporary || isolatedBy !== undefined) return undefined;
  if (rowSecurity.has('enabled') && rowSecurity.has('forced')) return undefined;
  if (partitionOf !== undefined)
    return `${shown(name)} can be read beside its parent and forces no row level security`;
  return tenant === undefined ? undefined : `${shown(name)} has tenants and no row level security`;
}

export const isolationRules: readonly Rule[] = [
  {
    name: 'missing-row-level-security',
    severity: 'error',
    what: 'A table of tenants is not passed to `app.isolate_tenant_table()` in its file; a partition forces no row level security.',
    why: 'Whoever may read the table reads every tenant’s rows.',
    instead:
      "`select app.isolate_tenant_table('<table>', 'tenant_id', '<policy>')`; for a partition `enable` and `force row level security`.",
    file: notIsolated,
  },
  {
    name: 'weakens-row-level-security',
    severity: 'error',
    what: 'Row level security is disabled or no longer forced, or a tenant guard is dropped.',
    why: 'From that moment rows of all tenants lie open.',
    instead: 'Change the policies one by one, the new one before the old one goes.',
    on: {
      'row security': ({ table, is }) =>
        is === 'weakened' ? `rows of every tenant of ${shown(table)} lie open` : undefined,
      drop: ({ objects, at }) =>
        objects
          .filter(({ kind, name }) => kind === 'policy' && name.endsWith('_tenant_guard'))
          .map(({ name }) => ({ at, message: `drops ${name}, which keeps tenants apart` })),
    },
  },
  {
    name: 'policy-lets-everybody',
    severity: 'error',
    what: 'A permissive policy whose condition is `true`, for an application role or for everybody.',
    why: 'Permissive policies add up: one that says true makes all others say it.',
    instead: 'A condition on the tenant; `using (true)` is for `agent_agency_service` alone.',
    on: {
      'create policy': ({ policy: { name, isPermissive, conditions, roles } }) =>
        isPermissive &&
        conditions.some(({ isTrue }) => isTrue) &&
        roles.some((role) => role !== 'agent_agency_service')
          ? `${name} lets ${roles.join(', ')} see or write every row`
          : undefined,
    },
  },
  {
    name: 'policy-asks-every-row',
    severity: 'error',
    what: 'A policy calls `current_setting()` or a function of the tenant context outside of a sub-select.',
    why: 'It is called for every row, and the signature verified each time.',
    instead: '`(select app.current_tenant_id())`.',
    on: {
      'create policy': ({ policy: { name, conditions } }) => {
        const called = conditions
          .flatMap(({ functionsPerRow }) => functionsPerRow)
          .find((it) => CONTEXT.has(it));
        return called && `${name} calls ${called} for every row`;
      },
    },
  },
  {
    name: 'view-without-security-invoker',
    severity: 'error',
    what: 'A view does not say `security_invoker = true`.',
    why: 'It reads with its owner’s rights, so its reader sees what policies would hide.',
    instead: '`create view … with (security_invoker = true) as …`',
    file: ({ changes, after }) =>
      changes.flatMap((change) => {
        if (change.kind !== 'create view' && change.kind !== 'view options') return [];
        return after.views.get(change.view)?.isInvoker === false
          ? [{ at: change.at, message: `${shown(change.view)} reads with its owner’s rights` }]
          : [];
      }),
  },
  {
    name: 'materialized-view-within-reach',
    severity: 'error',
    what: 'An application role, or everybody, gets a privilege on a materialized view or a partition.',
    why: 'Row level security does not apply to a materialized view, and a partition bypasses its parent’s policies.',
    instead: 'Grant on a view with `security_invoker` over the tables, or on the partitioned table.',
    on: {
      grant: ({ names, grantees, on, at }, { schema }) =>
        on !== 'table' || onlyApplication(grantees).length === 0
          ? undefined
          : names
              .filter(
                (name) =>
                  schema.views.get(name)?.isMaterialized === true ||
                  schema.tables.get(name)?.partitionOf !== undefined,
              )
              .map((name) => ({ at, message: `${shown(name)} has no policies that would hide anything` })),
    },
  },
];
