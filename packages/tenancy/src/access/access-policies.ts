import { TenantContext, type TenantTransaction } from '@agent-agency/db-core';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import type {} from '../tables.ts';

/** A table's name. */
const ResourceType = z.string().min(1).max(63);

/** How far a tenant opens one kind of resource, at most. It opens nothing by itself: sharing rules do, within it. */
export const AccessPolicy = z.strictObject({
  resourceType: ResourceType,
  accessLevel: z.enum(['read', 'write', 'share', 'federate']).default('read'),
  /** Tenants that sharing and federating may reach; none unless said. */
  allowedTenants: z.array(TenantContext.shape.tenantId).max(1000).default([]),
  restrictions: z.record(z.string(), z.json()).default({}),
  conditions: z.record(z.string(), z.json()).default({}),
});
export type AccessPolicy = z.output<typeof AccessPolicy>;

/**
 * States how far the tenant opens a kind of resource. Sharing rules that reach further have no effect from then on.
 *
 * @throws {TenancyError} `INVALID_INPUT`.
 */
export async function putAccessPolicy(
  tx: TenantTransaction,
  input: z.input<typeof AccessPolicy>,
): Promise<AccessPolicy> {
  const policy = parseInput(AccessPolicy, input, 'the access policy');
  const columns = {
    access_level: policy.accessLevel,
    allowed_tenants: policy.allowedTenants,
    restrictions: JSON.stringify(policy.restrictions),
    conditions: JSON.stringify(policy.conditions),
  };
  await tx
    .insertInto('tenant_access_policies')
    .values({ tenant_id: tx.tenantId, resource_type: policy.resourceType, ...columns })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'resource_type']).doUpdateSet(columns))
    .execute();
  return policy;
}

/** Every access policy of the tenant, by resource. */
export async function listAccessPolicies(tx: TenantTransaction): Promise<AccessPolicy[]> {
  const rows = await tx
    .selectFrom('tenant_access_policies')
    .selectAll()
    .where('tenant_id', '=', tx.tenantId)
    .orderBy('resource_type')
    .execute();
  return rows.map((row) =>
    AccessPolicy.parse({
      resourceType: row.resource_type,
      accessLevel: row.access_level,
      allowedTenants: row.allowed_tenants,
      restrictions: row.restrictions,
      conditions: row.conditions,
    }),
  );
}

/** Takes a policy back: sharing rules alone decide again. False when there was none. */
export async function deleteAccessPolicy(tx: TenantTransaction, resourceType: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('tenant_access_policies')
    .where('tenant_id', '=', tx.tenantId)
    .where('resource_type', '=', resourceType)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
