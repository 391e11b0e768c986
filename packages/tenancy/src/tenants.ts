import { isDataLayerError, TenantContext, type SystemTransaction, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { TenancyError } from './errors.ts';
import type { IsolationLevel } from './generated/tables.ts';
import type {} from './tables.ts';

/** A tenant to create. */
export const TenantInput = z.strictObject({
  id: TenantContext.shape.tenantId,
  projectId: z.string().min(1).max(255).default('default'),
  /** Display name, unique in the project. Default: the id. */
  name: z.string().min(1).max(255).optional(),
  isolationLevel: z.enum(['strict', 'shared', 'federated']).default('strict'),
});
export type TenantInput = z.input<typeof TenantInput>;

export interface Tenant {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly isolationLevel: IsolationLevel;
  readonly createdAt: Date;
}

/**
 * Creates a tenant with default privacy settings. For operators.
 *
 * @throws {TenancyError} `INVALID_INPUT`, or `TENANT_EXISTS`.
 */
export async function createTenant(tx: SystemTransaction, input: TenantInput): Promise<Tenant> {
  const parsed = TenantInput.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new TenancyError('INVALID_INPUT', `this tenant cannot be created: ${problems.join('; ')}`);
  }
  const { id, projectId, isolationLevel, name = id } = parsed.data;
  try {
    await sql`select create_tenant(${id}, ${projectId}, ${name}, ${isolationLevel})`.execute(tx);
  } catch (error) {
    if (!isDataLayerError(error, 'UNIQUE_VIOLATION')) throw error;
    throw new TenancyError('TENANT_EXISTS', `there is a tenant ${id}, or one named so in its project: use that one`, {
      cause: error,
    });
  }
  const created = (await listTenants(tx)).find((tenant) => tenant.id === id);
  if (created === undefined) throw new TenancyError('TENANT_NOT_FOUND', `tenant ${id} was not created`);
  return created;
}

/** Every tenant, by project and id. For operators. */
export async function listTenants(tx: SystemTransaction): Promise<Tenant[]> {
  const { rows } = await sql<TenantRow>`select * from app.list_tenants()`.execute(tx);
  return rows.map(toTenant);
}

/**
 * The tenant that the transaction belongs to.
 *
 * @throws {TenancyError} `TENANT_NOT_FOUND` when nobody has created it.
 */
export async function getOwnTenant(tx: TenantTransaction): Promise<Tenant> {
  const row = await tx
    .selectFrom('tenants')
    .select(['id', 'project_id', 'name', 'isolation_level', 'created_at'])
    .where('id', '=', tx.tenantId)
    .executeTakeFirst();
  if (row !== undefined) return toTenant(row);
  const remedy = `create it with \`agency-db tenant create ${tx.tenantId}\``;
  throw new TenancyError('TENANT_NOT_FOUND', `there is no tenant ${tx.tenantId}: ${remedy}`);
}

interface TenantRow {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly isolation_level: IsolationLevel;
  readonly created_at: Date;
}

function toTenant(row: TenantRow): Tenant {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    isolationLevel: row.isolation_level,
    createdAt: row.created_at,
  };
}
