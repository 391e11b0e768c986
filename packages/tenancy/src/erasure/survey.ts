import type { SystemTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { become, type Role } from '../transfer/maintenance.ts';
import { surveyedRelations, type SurveyedRelation } from './queries/surveyed-relations.ts';
import type { Receipt } from './receipt.ts';

/** What a table or materialized view has. */
export interface Surveyed {
  readonly name: string;
  /** The tenant's rows. */
  readonly own: number;
  /** By column: rows that the pattern is found in. Null where nobody may look. */
  readonly found: ReadonlyMap<string, number | null>;
}

export interface Survey {
  readonly searched: Receipt['searched'];
  readonly relations: readonly Surveyed[];
}

/** What to look for. */
export interface Search {
  readonly tenantId: string;
  /** In the tenant's own rows, or in everybody's. */
  readonly rows: 'own' | 'all';
  /** As `patternOf()` writes it. */
  readonly pattern: string;
  /** In which columns, of those that can hold text. */
  readonly isWanted: (table: string, column: string) => boolean;
}

/**
 * Looks through every table and materialized view, with the widest view that there is: every row for a login that
 * bypasses row level security, otherwise the tenant's rows and whatever the policies show to the schema's own roles.
 *
 * **Cost** reads every row that it looks at.
 */
export async function survey(tx: SystemTransaction, search: Search): Promise<Survey> {
  const bypasses = await loginBypasses(tx);
  const { rows } = await surveyedRelations.execute(tx);
  const relations: Surveyed[] = [];
  for (const relation of rows) relations.push(await look(tx, relation, { search, bypasses }));
  await become(tx, 'agent_agency_maintenance');
  const searched = bypasses
    ? 'every row'
    : search.rows === 'own'
      ? 'the tenant’s rows'
      : 'what the policies show';
  return { searched, relations };
}

async function look(
  tx: SystemTransaction,
  relation: SurveyedRelation,
  { search, bypasses }: { readonly search: Search; readonly bypasses: boolean },
): Promise<Surveyed> {
  const { name, sql_name, tenant_column } = relation;
  const columns = relation.columns.filter((column) => search.isWanted(name, column));
  const view = viewOf(relation, bypasses);
  if (view === undefined) return { name, own: 0, found: new Map(columns.map((column) => [column, null])) };
  const own =
    tenant_column === null ? sql`false` : sql`${sql.id('item', tenant_column)} = ${search.tenantId}`;
  const counts = columns.map(
    (column, at) => sql`
      count(*) filter (where format('%s', ${sql.id('item', column)}) ~ ${search.pattern})::integer
      as ${sql.id(`found_${at}`)}`,
  );
  await become(tx, view.role);
  const { rows } = await sql<Record<string, number>>`
    select ${sql.join([sql`count(*) filter (where ${own})::integer as own`, ...counts])}
    from ${sql.raw(sql_name)} as item
    where ${search.rows === 'own' ? own : sql`true`}`.execute(tx);
  const count = (key: string): number => rows[0]?.[key] ?? 0;
  const isSeen = view.seesEveryRow || search.rows === 'own';
  const found = columns.map((column, at): [string, number | null] => [
    column,
    isSeen ? count(`found_${at}`) : null,
  ]);
  return { name, own: count('own'), found: new Map(found) };
}

interface View {
  readonly role: Role;
  readonly seesEveryRow: boolean;
}

function viewOf({ all_seen_by, is_maintained }: SurveyedRelation, bypasses: boolean): View | undefined {
  if (bypasses) return { role: 'none', seesEveryRow: true };
  if (all_seen_by !== null) return { role: all_seen_by, seesEveryRow: true };
  return is_maintained ? { role: 'agent_agency_maintenance', seesEveryRow: false } : undefined;
}

async function loginBypasses(tx: SystemTransaction): Promise<boolean> {
  const { rows } = await sql<{ bypasses: boolean }>`
    select rolsuper or rolbypassrls as bypasses from pg_roles where rolname = session_user`.execute(tx);
  return rows[0]?.bypasses === true;
}
