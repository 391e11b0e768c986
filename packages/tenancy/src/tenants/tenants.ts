import {
  getOne,
  isDataLayerError,
  TenantContext,
  type SystemTransaction,
  type TenantTransaction,
} from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { TenancyError } from './errors.ts';
import type { IsolationLevel } from './generated/tables.ts';
import type {} from './tables.ts';

/** What PostgreSQL stores unchanged and a terminal shows: no control characters, no half of a surrogate pair. */
const Label = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters or unpaired surrogates');

/** A tenant to create. */
export const TenantInput = z.strictObject({
  id: TenantContext.shape.tenantId,
  projectId: Label.default('default'),
  /** Display name, unique in the project. Default: the id. */
  name: Label.optional(),
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
 * **Runs** `create_tenant()`. A refused tenant leaves the transaction failed: nothing of it can be committed.
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem, or `TENANT_EXISTS`.
 */
export async function createTenant(tx: SystemTransaction, input: TenantInput): Promise<Tenant> {
  const { id, projectId, isolationLevel, name = id } = parseTenant(input);
  try {
    await sql`select create_tenant(${id}, ${projectId}, ${name}, ${isolationLevel})`.execute(tx);
  } catch (error) {
    if (!isDataLayerError(error, 'UNIQUE_VIOLATION')) throw error;
    const isNameTaken = error.details['constraint'] === 'unique_tenant_name';
    const problem = isNameTaken
      ? `project ${projectId} has a tenant of that name`
      : `there is a tenant ${id}`;
    throw new TenancyError('TENANT_EXISTS', `${problem} already: use that one`, { cause: error });
  }
  const created = sql<TenantRow>`select * from app.list_tenants() where id = ${id}`.execute(tx);
  return toTenant(await getOne(created, 'tenant of that id'));
}

function parseTenant(input: TenantInput): z.output<typeof TenantInput> {
  const parsed = TenantInput.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  throw new TenancyError('INVALID_INPUT', `this tenant cannot be created: ${problems.join('; ')}`);
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
