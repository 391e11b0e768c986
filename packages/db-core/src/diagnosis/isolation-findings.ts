import type { Queryable } from '../pool/queryable.ts';
import type { Finding } from './finding.ts';
import { BYPASSING_VIEWS, type BypassingView } from './queries/bypassing-views.ts';
import { UNGUARDED_TABLES, type UnguardedTable } from './queries/unguarded-tables.ts';

/**
 * What of the tenants' rows row level security does not guard from the application.
 *
 * @param isApplication Whether the login is an application's: then what it alone was granted counts as well.
 */
export async function isolationFindings(connection: Queryable, isApplication: boolean): Promise<Finding[]> {
  const tables = await connection.query(UNGUARDED_TABLES, [isApplication]);
  const views = await connection.query(BYPASSING_VIEWS, [isApplication]);
  return [
    ...tableFindings(tables.rows as unknown as UnguardedTable[]),
    ...viewFindings(views.rows as unknown as BypassingView[]),
  ];
}

function tableFindings(tables: readonly UnguardedTable[]): Finding[] {
  if (tables.length === 0) return [];
  return [
    {
      code: 'RLS_OFF',
      severity: 'error',
      title: "row level security does not guard every table of tenants' rows",
      detail: tables.map((table) => `${table.name}: ${lacksOf(table).join(', ')}`).join('\n'),
      remedy:
        'as the owner: select app.isolate_tenant_table(…) for a new table; alter table … enable row level security, force row level security for one that has its policies; or revoke the privileges',
      docs: 'https://www.postgresql.org/docs/current/ddl-rowsecurity.html',
    },
  ];
}

function lacksOf({ is_enabled, is_forced, has_policy }: UnguardedTable): string[] {
  return [
    ...(is_enabled ? [] : ['not enabled']),
    ...(is_forced ? [] : ['not forced']),
    ...(has_policy ? [] : ['no policy']),
  ];
}

function viewFindings(views: readonly BypassingView[]): Finding[] {
  if (views.length === 0) return [];
  return [
    {
      code: 'VIEW_BYPASSES_RLS',
      severity: 'error',
      title: "a view shows tenants' rows with its owner's rights",
      detail: views
        .map(({ name, is_materialized }) => `${name}${is_materialized ? ': materialized' : ''}`)
        .join('\n'),
      remedy:
        'alter view … set (security_invoker = true); revoke every privilege on a materialized view, which has no policies',
      docs: 'https://www.postgresql.org/docs/current/sql-createview.html',
    },
  ];
}
