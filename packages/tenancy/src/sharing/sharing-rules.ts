import { TenantContext, type TenantTransaction } from '@agent-agency/db-core';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import type {} from '../tables.ts';

/** Tables whose rows a tenant can let others read. */
export const SharedResource = z.enum(['agent_profiles', 'agent_capabilities', 'benchmark_datasets']);
export type SharedResource = z.output<typeof SharedResource>;

const Instant = z.union([z.date(), z.iso.datetime({ offset: true }).pipe(z.coerce.date())]);

/** What a tenant lets another one read; never write. */
export const SharingRule = z.strictObject({
  targetTenantId: TenantContext.shape.tenantId,
  resources: z
    .array(SharedResource)
    .min(1)
    .transform((resources) => [...new Set(resources)].toSorted()),
  /** `basic`: the rows as they are. Otherwise no row is shown; only aggregates are. */
  anonymizationLevel: z.enum(['basic', 'differential', 'secure']).default('basic'),
  active: z.boolean().default(true),
  /** From then on nothing is shared; undefined: until it is withdrawn. */
  expiresAt: Instant.optional(),
});
export type SharingRule = z.output<typeof SharingRule>;

/**
 * Lets another tenant read rows of this one: of effect while this tenant's isolation level is `shared`, as far as its
 * access policies allow. It replaces the rule for that tenant that there was.
 *
 * @throws {TenancyError} `INVALID_INPUT`; also for a rule that names the tenant itself.
 */
export async function putSharingRule(
  tx: TenantTransaction,
  input: z.input<typeof SharingRule>,
): Promise<SharingRule> {
  const rule = parseInput(SharingRule.refine(...notOneself(tx)), input, 'the sharing rule');
  await upsert(tx, [rule]);
  return rule;
}

/** Withdraws what another tenant may read; of effect in its next statement. False when there was nothing. */
export async function revokeSharing(tx: TenantTransaction, targetTenantId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('tenant_sharing_rules')
    .where('tenant_id', '=', tx.tenantId)
    .where('target_tenant_id', '=', targetTenantId)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

/** What the tenant lets others read, by their id: also rules that are not of effect now. */
export async function listSharingRules(tx: TenantTransaction): Promise<SharingRule[]> {
  const rows = await tx
    .selectFrom('tenant_sharing_rules')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .orderBy('target_tenant_id')
    .execute();
  return rows.map((row) => ({
    targetTenantId: row.target_tenant_id as SharingRule['targetTenantId'],
    resources: SharedResource.array().parse(row.resource_types),
    anonymizationLevel: row.anonymization_level,
    active: row.active,
    expiresAt: row.expires_at ?? undefined,
  }));
}

/**
 * The document of `tenants.sharing_rules`: an array of rules, or an object that lists the tenants that may read.
 *
 * @example
 * [{ target_tenant: 'globex', resources: ['agent_profiles'], expires_at: '2030-01-01T00:00:00Z' }]
 * @example
 * { allowed_tenants: ['globex', 'initech'], resources: ['agent_profiles'] }
 */
export const SharingDocument = z.union([
  z.array(
    z
      .strictObject({
        target_tenant: z.string(),
        resources: z.array(SharedResource).min(1),
        anonymization_level: SharingRule.shape.anonymizationLevel,
        active: SharingRule.shape.active,
        expires_at: Instant.optional(),
      })
      .transform((rule) => ({
        targetTenantId: rule.target_tenant,
        resources: rule.resources,
        anonymizationLevel: rule.anonymization_level,
        active: rule.active,
        expiresAt: rule.expires_at,
      })),
  ),
  z
    .strictObject({
      allowed_tenants: z.array(z.string()),
      resources: z.array(SharedResource).min(1).default(['agent_profiles']),
    })
    .transform((rules) =>
      rules.allowed_tenants.map((targetTenantId) => ({ targetTenantId, resources: rules.resources })),
    ),
]);
export type SharingDocument = z.input<typeof SharingDocument>;

/**
 * Makes the tenant's rules those of a document, and withdraws every other.
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem: nothing is changed then.
 */
export async function putSharingDocument(
  tx: TenantTransaction,
  document: SharingDocument,
): Promise<SharingRule[]> {
  const rules = parseInput(
    SharingRule.refine(...notOneself(tx))
      .array()
      .refine(namesEachOnce, 'names a tenant twice'),
    parseInput(SharingDocument, document, 'the sharing document'),
    'the sharing document',
  );
  await tx
    .deleteFrom('tenant_sharing_rules')
    .where('tenant_id', '=', tx.tenantId)
    .where('target_tenant_id', 'not in', ['', ...rules.map((rule) => rule.targetTenantId)])
    .execute();
  await upsert(tx, rules);
  return rules;
}

async function upsert(tx: TenantTransaction, rules: readonly SharingRule[]): Promise<void> {
  if (rules.length === 0) return;
  await tx
    .insertInto('tenant_sharing_rules')
    .values(
      rules.map((rule) => ({
        tenant_id: tx.tenantId,
        target_tenant_id: rule.targetTenantId,
        resource_types: rule.resources,
        anonymization_level: rule.anonymizationLevel,
        active: rule.active,
        expires_at: rule.expiresAt ?? null,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['tenant_id', 'target_tenant_id']).doUpdateSet((row) => ({
        resource_types: row.ref('excluded.resource_types'),
        anonymization_level: row.ref('excluded.anonymization_level'),
        active: row.ref('excluded.active'),
        expires_at: row.ref('excluded.expires_at'),
      })),
    )
    .execute();
}

function notOneself(tx: TenantTransaction): [(rule: SharingRule) => boolean, string] {
  return [(rule) => rule.targetTenantId !== tx.tenantId, 'names the tenant itself'];
}

function namesEachOnce(rules: readonly SharingRule[]): boolean {
  return new Set(rules.map((rule) => rule.targetTenantId)).size === rules.length;
}
