import {
  isDataLayerError,
  TenantContext,
  type SystemTransaction,
  type TenantTransaction,
} from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput, TenancyError } from '../errors.ts';
import type { IsolationLevel } from '../generated/tables.ts';
import type {} from '../tables.ts';
import { Label } from './label.ts';

const IsolationLevels = z.enum(['strict', 'shared', 'federated']);

/** A tenant to create. */
export const TenantInput = z.strictObject({
  id: TenantContext.shape.tenantId,
  projectId: Label.default('default'),
  /** Display name, unique in the project. Default: the id. */
  name: Label.optional(),
  isolationLevel: IsolationLevels.default('strict'),
});
export type TenantInput = z.input<typeof TenantInput>;

/** What to change of a tenant; what is left out stays. */
export const TenantChange = z
  .strictObject({
    projectId: Label,
    name: Label,
    isolationLevel: IsolationLevels,
  })
  .partial();
export type TenantChange = z.input<typeof TenantChange>;

export interface Tenant {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly isolationLevel: IsolationLevel;
  /** Since when nobody can act as the tenant. */
  readonly suspendedAt: Date | undefined;
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
  const { id, projectId, isolationLevel, name = id } = parseInput(TenantInput, input, 'the tenant');
  const create = sql`select create_tenant(${id}, ${projectId}, ${name}, ${isolationLevel})`;
  await create.execute(tx).catch((error: unknown) => {
    throw isNameTaken(error) ?? isTaken(error, 'tenants_pkey', `there is a tenant ${id}`) ?? error;
  });
  return getTenant(tx, id);
}

function isNameTaken(error: unknown): TenancyError | undefined {
  return isTaken(error, 'unique_tenant_name', 'the project has a tenant of that name');
}

function isTaken(error: unknown, constraint: string, problem: string): TenancyError | undefined {
  if (!isDataLayerError(error, 'UNIQUE_VIOLATION') || error.details['constraint'] !== constraint)
    return undefined;
  return new TenancyError('TENANT_EXISTS', `${problem} already: use that one`, { cause: error });
}

/**
 * A tenant. For operators.
 *
 * @throws {TenancyError} `TENANT_NOT_FOUND`.
 */
export async function getTenant(tx: SystemTransaction, tenantId: string): Promise<Tenant> {
  const { rows } = await sql<TenantRow>`select * from app.list_tenants() where id = ${tenantId}`.execute(tx);
  return toTenant(rows[0] ?? notFound(tenantId));
}

/**
 * Changes project, name or isolation level. For operators; the tenant's audit log tells who changed what.
 *
 * **Runs** `app.update_tenant()` and `update_tenant_isolation()`.
 * @throws {TenancyError} `INVALID_INPUT`, `TENANT_NOT_FOUND`, or `TENANT_EXISTS` when the project has one of that name.
 */
export async function updateTenant(
  tx: SystemTransaction,
  tenantId: string,
  change: TenantChange,
): Promise<Tenant> {
  const { projectId = null, name = null, isolationLevel } = parseInput(TenantChange, change, 'the change');
  const update = sql`select app.update_tenant(${tenantId}, ${projectId}, ${name})`;
  await update.execute(tx).catch((error: unknown) => {
    throw isNameTaken(error) ?? error;
  });
  if (isolationLevel !== undefined)
    await sql`select update_tenant_isolation(${tenantId}, ${isolationLevel})`.execute(tx);
  return getTenant(tx, tenantId);
}

/**
 * From its commit on nobody can act as the tenant: every statement of one gets `TENANT_SUSPENDED`, also of transactions
 * that are running. What it shares is not seen any more. For operators.
 *
 * @throws {TenancyError} `TENANT_NOT_FOUND`.
 */
export async function suspendTenant(tx: SystemTransaction, tenantId: string): Promise<Tenant> {
  await sql`select app.suspend_tenant(${tenantId})`.execute(tx);
  return getTenant(tx, tenantId);
}

/**
 * Lets a suspended tenant be acted as again. For operators.
 *
 * @throws {TenancyError} `TENANT_NOT_FOUND`.
 */
export async function resumeTenant(tx: SystemTransaction, tenantId: string): Promise<Tenant> {
  await sql`select app.resume_tenant(${tenantId})`.execute(tx);
  return getTenant(tx, tenantId);
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
    .select(['id', 'project_id', 'name', 'isolation_level', 'suspended_at', 'created_at'])
    .where('id', '=', tx.tenantId)
    .executeTakeFirst();
  return toTenant(row ?? notFound(tx.tenantId));
}

interface TenantRow {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly isolation_level: IsolationLevel;
  readonly suspended_at: Date | null;
  readonly created_at: Date;
}

function toTenant(row: TenantRow): Tenant {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    isolationLevel: row.isolation_level,
    suspendedAt: row.suspended_at ?? undefined,
    createdAt: row.created_at,
  };
}

function notFound(tenantId: string): never {
  const remedy = `create it with \`agency-db tenant create ${tenantId}\``;
  throw new TenancyError('TENANT_NOT_FOUND', `there is no tenant ${tenantId}: ${remedy}`);
}
