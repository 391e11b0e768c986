import type { SystemTransaction, TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import type {} from '../tables.ts';
import { getTenant } from './tenants.ts';

const Days = z.int().min(1).max(36_500);

/** How long a tenant keeps its rows, where their table has no rule of its own. */
export const RetentionPolicy = z.strictObject({
  retentionDays: Days.default(730),
  /** What happens to rows afterwards. */
  afterwards: z.enum(['delete', 'archive', 'retain']).default('archive'),
  /** Names of the rules that forbid keeping rows for less. */
  complianceRequirements: z.array(z.string().min(1).max(100)).max(100).default([]),
  backupFrequency: z.enum(['hourly', 'daily', 'weekly', 'monthly']).default('daily'),
});
export type RetentionPolicy = z.output<typeof RetentionPolicy>;

/** The transaction's tenant's policy; the defaults when it has stated none. */
export async function getRetentionPolicy(tx: TenantTransaction): Promise<RetentionPolicy> {
  const row = await tx
    .selectFrom('data_retention_policies')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .executeTakeFirst();
  if (row === undefined) return RetentionPolicy.parse({});
  return RetentionPolicy.parse({
    retentionDays: row.default_retention_days,
    afterwards: row.archival_policy,
    complianceRequirements: row.compliance_requirements,
    backupFrequency: row.backup_frequency,
  });
}

/**
 * States how long the tenant keeps its rows; what is left out gets its default.
 *
 * @throws {TenancyError} `INVALID_INPUT`.
 */
export async function putRetentionPolicy(
  tx: TenantTransaction,
  input: z.input<typeof RetentionPolicy>,
): Promise<RetentionPolicy> {
  const policy = parseInput(RetentionPolicy, input, 'the retention policy');
  const columns = {
    default_retention_days: policy.retentionDays,
    archival_policy: policy.afterwards,
    compliance_requirements: policy.complianceRequirements,
    backup_frequency: policy.backupFrequency,
  };
  await tx
    .insertInto('data_retention_policies')
    .values({ tenant_id: tx.tenantId, ...columns })
    .onConflict((conflict) => conflict.column('tenant_id').doUpdateSet(columns))
    .execute();
  return policy;
}

/** How long a tenant's data is kept at all, as operators and the tenant agreed. */
export const DataRetention = z
  .strictObject({
    policy: z.enum(['delete', 'archive', 'retain']),
    retentionDays: Days,
    archiveAfterDays: Days,
    /** Of the access log; 90 where it was never said. */
    accessLogDays: Days,
  })
  .partial();
export type DataRetention = z.input<typeof DataRetention>;

/**
 * Changes a tenant's data retention; what is left out stays. For operators.
 *
 * **Runs** `app.update_data_retention()`.
 * @throws {TenancyError} `INVALID_INPUT`, `TENANT_NOT_FOUND`.
 */
export async function updateDataRetention(
  tx: SystemTransaction,
  tenantId: string,
  input: DataRetention,
): Promise<void> {
  const { policy, retentionDays, archiveAfterDays, accessLogDays } = parseInput(
    DataRetention,
    input,
    'the data retention',
  );
  const change = JSON.stringify({
    policy,
    retention_days: retentionDays,
    archive_after_days: archiveAfterDays,
    access_log_days: accessLogDays,
  });
  await getTenant(tx, tenantId);
  await sql`select app.update_data_retention(${tenantId}, ${change}::jsonb)`.execute(tx);
}
