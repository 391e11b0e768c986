import type { SystemTransaction, TenantTransaction } from '@agent-agency/db-core';
import { TenantContext } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput, TenancyError } from '../errors.ts';
import { withTenancyErrors } from './sql-errors.ts';

/** How a tenant protects its agents. Decimals are strings, exactly as they are stored. */
export interface PrivacyConfig {
  /** `basic` and `differential`: aggregates leave with noise. `secure`: they do not leave at all. */
  readonly privacyLevel: 'basic' | 'differential' | 'secure';
  /** Fewest tenants that a figure across tenants may be about. */
  readonly kAnonymity: number;
  /** Budget for everything that ever leaves: (epsilon, delta). */
  readonly epsilon: string;
  readonly delta: string;
  /** How charges add up to it. */
  readonly composition: 'basic' | 'zcdp';
  readonly allowCrossTenantLearning: boolean;
  /** Projects whose tenants may learn from this one. */
  readonly allowedTenantGroups: readonly string[];
}

/** Settings to change; what is left out stays. */
export const PrivacyConfigChanges = z
  .strictObject({
    privacyLevel: z.enum(['basic', 'differential', 'secure']),
    kAnonymity: z.int().min(2).max(2_147_483_647),
    epsilon: z
      .string()
      .regex(/^\d(?:\.\d{1,4})?$/, 'must be a decimal in a string, below 10, with up to four decimals')
      .refine((text) => /[1-9]/.test(text), 'must be above 0'),
    delta: z
      .string()
      .regex(
        /^0(?:\.\d{1,8})?$/,
        'must be a decimal in a string, from 0 to below 1, with up to eight decimals',
      ),
    composition: z.enum(['basic', 'zcdp']),
    allowCrossTenantLearning: z.boolean(),
    allowedTenantGroups: z.array(z.string().min(1).max(255)),
  })
  .partial();
export type PrivacyConfigChanges = z.input<typeof PrivacyConfigChanges>;

const Put = z.strictObject({ tenantId: TenantContext.shape.tenantId, changes: PrivacyConfigChanges });

/**
 * The privacy settings of the transaction's tenant.
 *
 * @throws {TenancyError} `TENANT_NOT_FOUND` when nobody has created it.
 */
export async function getPrivacyConfig(tx: TenantTransaction): Promise<PrivacyConfig> {
  const { rows } = await sql<PrivacyConfig>`
    select
      privacy_level as "privacyLevel",
      k_anonymity as "kAnonymity",
      epsilon::text,
      delta::text,
      composition,
      allow_cross_tenant_learning as "allowCrossTenantLearning",
      allowed_tenant_groups as "allowedTenantGroups"
    from tenant_privacy_config
    where tenant_id = ${tx.tenantId}`.execute(tx);
  const [config] = rows;
  if (config !== undefined) return config;
  throw new TenancyError('TENANT_NOT_FOUND', `there is no tenant ${tx.tenantId}`);
}

/**
 * Changes the transaction's tenant's settings to such as protect more: a higher level, larger groups, a smaller budget,
 * fewer that may learn from it. How charges add up is not a matter of more or less, and an operator's.
 *
 * **Runs** `app.tighten_privacy_config()`; it waits for whoever spends the tenant's budget at the moment.
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem; `PRIVACY_LOOSENED`, which leaves the transaction failed.
 */
export async function tightenPrivacyConfig(
  tx: TenantTransaction,
  changes: PrivacyConfigChanges,
): Promise<void> {
  const columns = toColumns(parseInput(PrivacyConfigChanges, changes, 'a change of privacy settings'));
  await withTenancyErrors(sql`select app.tighten_privacy_config(${columns}::jsonb)`.execute(tx));
}

/**
 * Changes a tenant's privacy settings. For operators.
 *
 * **Runs** `app.put_privacy_config()`; it waits for whoever spends the tenant's budget at the moment.
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem, or `TENANT_NOT_FOUND`.
 */
export async function putPrivacyConfig(
  tx: SystemTransaction,
  tenantId: string,
  changes: PrivacyConfigChanges,
): Promise<void> {
  const input = parseInput(Put, { tenantId, changes }, 'a change of privacy settings');
  await withTenancyErrors(
    sql`select app.put_privacy_config(${input.tenantId}, ${toColumns(input.changes)}::jsonb)`.execute(tx),
  );
}

/** As JSON that has the columns' names; what is undefined is left out. */
function toColumns(changes: z.output<typeof PrivacyConfigChanges>): string {
  return JSON.stringify({
    privacy_level: changes.privacyLevel,
    k_anonymity: changes.kAnonymity,
    epsilon: changes.epsilon,
    delta: changes.delta,
    composition: changes.composition,
    allow_cross_tenant_learning: changes.allowCrossTenantLearning,
    allowed_tenant_groups: changes.allowedTenantGroups,
  });
}
