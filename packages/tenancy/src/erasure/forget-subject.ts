import type { SystemTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { eraseSubjectKeys } from '../encryption/subject-keys.ts';
import { parseInput } from '../errors.ts';
import { beginMaintenance, MaintenanceInput } from '../transfer/maintenance.ts';
import { listTenantTables, type TenantTable } from '../transfer/tenant-tables.ts';
import { countRows } from './count-rows.ts';
import { deleteSealedEmbeddings } from './delete-sealed-embeddings.ts';
import type { Erasure } from './erase-tenant.ts';
import { hashSubject } from './hash-subject.ts';
import { lockTenant } from './lock-tenant.ts';
import { readFacts } from './receipt-facts.ts';
import { PHYSICAL_REMAINS, type Receipt, type Retained } from './receipt.ts';
import { refreshSearch } from './refresh-search.ts';
import {
  CUT_OFF,
  FORGOTTEN,
  RETAINED_SUBJECTS,
  RETAINED_TEXT,
  SUBJECT_COLUMNS,
  type SubjectFate,
} from './subject-columns.ts';
import { survey, type Survey } from './survey.ts';
import { patternOf } from './text-pattern.ts';

const ForgetSubjectInput = MaintenanceInput.extend({
  /** An agent's id, or a user's as a context names it: both are forgotten. */
  subjectId: z.string().min(1).max(255),
}).refine(({ subjectId, reason }) => !reason.includes(subjectId), {
  path: ['reason'],
  message: 'is kept for good: it must not name the subject',
});
export type ForgetSubjectInput = z.input<typeof ForgetSubjectInput>;

/**
 * Deletes whatever is about a person or an agent of a tenant, its vectors, relationships and everything that refers to
 * it included, and takes its name out of what is about something else; destroys its key, so that what an append-only log
 * has sealed for it is unreadable there; then looks for it in every row of the tenant.
 *
 * What still names it is listed, with the reason; while there is any, the receipt is not `complete`. Names the subject
 * by a digest only, since receipts are kept.
 *
 * **Runs** a deletion or an update a column of `SUBJECT_COLUMNS`, after waiting for whoever seals for the subject or writes
 * as the tenant.
 * **Cost** the search reads every row of the tenant.
 * @throws {TenancyError} `INVALID_INPUT`, `TENANT_NOT_FOUND`
 * @see `concludeErasure()` for the receipt
 */
export async function forgetSubject(tx: SystemTransaction, input: ForgetSubjectInput): Promise<Erasure> {
  const { tenantId, subjectId, reason } = parseInput(ForgetSubjectInput, input, 'the request');
  const tables = await listTenantTables(tx);
  const maintenanceId = await beginMaintenance(tx, 'subject erasure', { tenantId, reason });
  const subjectSha256 = hashSubject(tenantId, subjectId);
  // Whoever seals holds the subject's key and then writes, so that its key comes before the tenant's row.
  const keys = await eraseSubjectKeys({ tx, tenantId }, subjectSha256);
  await lockTenant(tx, tenantId);
  // One that was made meanwhile.
  keys.push(...(await eraseSubjectKeys({ tx, tenantId }, subjectSha256)));
  const before = await countRows(tx, tables, tenantId);
  const subject: Subject = { tenantId, subjectId, pattern: patternOf(subjectId) };
  const redacted = await clearNames(tx, tables, subject);
  for (const table of tables.toReversed()) await deleteRows(tx, table, subject);
  await deleteSealedEmbeddings(tx, tenantId, keys);
  await refreshSearch(tx);
  const after = await countRows(tx, tables, tenantId);
  const left = await survey(tx, { ...subject, rows: 'own', isWanted: () => true });
  const retained = retainedOf(left);
  return {
    format: 'agent-agency.erasure-receipt',
    version: 1,
    ...{ kind: 'subject', tenantId, subjectSha256, reason, maintenanceId },
    ...(await readFacts(tx)),
    tables: left.relations
      .filter(({ name }) => before.has(name))
      .map(({ name, found }) => ({
        table: name,
        deleted: (before.get(name) ?? 0) - (after.get(name) ?? 0),
        remaining: Math.max(0, ...[...found.values()].map((rows) => rows ?? 0)),
      })),
    ofOthers: [],
    redacted,
    subjectKeys: keys.length,
    searched: left.searched,
    retained,
    physical: PHYSICAL_REMAINS,
    complete: retained.length === 0,
  };
}

interface Subject {
  readonly tenantId: string;
  readonly subjectId: string;
  readonly pattern: string;
}

async function deleteRows(
  tx: SystemTransaction,
  table: TenantTable,
  { tenantId, subjectId }: Subject,
): Promise<void> {
  const columns = columnsOf(table, 'delete').map((column) => {
    const kept = CUT_OFF[`${table.name}.${column}`] ?? subjectId.length;
    return sql`${sql.id(column)} = left(${subjectId}, ${kept}::integer)`;
  });
  if (columns.length === 0) return;
  await sql`
    delete from ${sql.raw(table.sqlName)}
    where ${sql.id(table.tenantColumn)} = ${tenantId} and (${sql.join(columns, sql` or `)})`.execute(tx);
}

async function clearNames(
  tx: SystemTransaction,
  tables: readonly TenantTable[],
  subject: Subject,
): Promise<Receipt['redacted']> {
  const cleared = [await redactAuditLog(tx, subject)];
  for (const table of tables) {
    for (const column of columnsOf(table, 'clear')) {
      const names = sql<boolean>`${sql.id(column)} = ${subject.subjectId}`;
      cleared.push(await clearColumn(tx, { table, column, names, tenantId: subject.tenantId }));
    }
    for (const column of columnsOf(table, 'clear text')) {
      const names = sql<boolean>`${sql.id(column)} ~ ${subject.pattern}`;
      cleared.push(await clearColumn(tx, { table, column, names, tenantId: subject.tenantId }));
    }
  }
  return cleared;
}

interface Naming {
  readonly table: TenantTable;
  readonly column: string;
  /** Whether it does in a row. */
  readonly names: RawBuilder<boolean>;
  readonly tenantId: string;
}

async function clearColumn(
  tx: SystemTransaction,
  { table, column, names, tenantId }: Naming,
): Promise<{ where: string; rows: number }> {
  const isNullable = table.columns.some((it) => it.name === column && it.isNullable);
  const { numAffectedRows = 0n } = await sql`
    update ${sql.raw(table.sqlName)} set ${sql.id(column)} = ${isNullable ? null : FORGOTTEN}
    where ${sql.id(table.tenantColumn)} = ${tenantId} and ${names}`.execute(tx);
  return { where: `${table.name}.${column}`, rows: Number(numAffectedRows) };
}

/** Before its column is cleared: whose entries these are is in it. */
async function redactAuditLog(
  tx: SystemTransaction,
  { tenantId, subjectId, pattern }: Subject,
): Promise<{ where: string; rows: number }> {
  const { numAffectedRows = 0n } = await sql`
    update audit_log
    set
      old_values = case when old_values is not null then '{"forgotten": true}'::jsonb end,
      new_values = case when new_values is not null then '{"forgotten": true}'::jsonb end,
      request_id = case when user_id = ${subjectId} then null else request_id end
    where tenant_id = ${tenantId}
      and (user_id = ${subjectId} or concat(old_values, ' ', new_values) ~ ${pattern})`.execute(tx);
  return { where: 'audit_log.old_values, new_values', rows: Number(numAffectedRows) };
}

function columnsOf({ name, columns }: TenantTable, fate: SubjectFate): string[] {
  const fates = SUBJECT_COLUMNS[name] ?? {};
  return columns.map((column) => column.name).filter((column) => fates[column] === fate);
}

function retainedOf({ relations }: Survey): Retained[] {
  return relations.flatMap(({ name, found }) =>
    [...found]
      .filter(([, rows]) => rows !== null && rows > 0)
      .map(([column, rows]) => ({
        ...{ where: `${name}.${column}`, rows },
        reason: RETAINED_SUBJECTS[name] ?? RETAINED_TEXT,
      })),
  );
}
