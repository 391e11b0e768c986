import type { SystemTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { TenancyError } from '../errors.ts';
import { become, beginMaintenance, type MaintenanceInput } from '../transfer/maintenance.ts';
import { listTenantTables, type TenantTable } from '../transfer/tenant-tables.ts';
import { countRows } from './count-rows.ts';
import { KEPT_NAMES, mayNameTenant } from './kept.ts';
import { lockTenant } from './lock-tenant.ts';
import { namingColumns } from './queries/naming-columns.ts';
import { readFacts } from './receipt-facts.ts';
import { PHYSICAL_REMAINS, type Receipt, type Retained } from './receipt.ts';
import { refreshSearch } from './refresh-search.ts';
import { survey, type Survey } from './survey.ts';
import { patternOf } from './text-pattern.ts';

export interface EraseTenantInput extends MaintenanceInput {
  /** Erase it although it is in use. */
  readonly force?: boolean | undefined;
  /** Words of the tenant's that must not be found anywhere afterwards; every row is searched for them. */
  readonly markers?: readonly string[] | undefined;
}

/** What was deleted, before anybody has committed it: `concludeErasure()` makes a receipt of it. */
export type Erasure = Omit<Receipt, 'key'>;

/**
 * Deletes everything that a tenant has, its row of `tenants` included, and what others' rows say of it where they exist
 * for its sake; then looks through the whole database for what is left. Its key goes in `concludeErasure()`, once this
 * is committed: a key that is destroyed does not come back with a rollback.
 *
 * Whoever writes as the tenant meanwhile is waited for, and what they wrote is deleted; who comes later finds no tenant.
 *
 * **Runs** a deletion a table, those that refer to others first; `refresh_hybrid_search_index()` where it is in use.
 * Use it with `read committed`, which sees what the others wrote.
 * @throws {TenancyError} `TENANT_NOT_FOUND`; `TENANT_ACTIVE` unless it is suspended or `force` is set;
 *   `ERASURE_INCOMPLETE` when rows are left, or a marker is found: nothing is erased; `INVALID_INPUT`
 * @example
 * const erasure = await manager.withSystem('contract ended', (tx) =>
 *   eraseTenant(tx, { tenantId: 'acme', reason: 'contract ended' }),
 * );
 * const receipt = await concludeErasure(erasure, { keys, signer });
 */
export async function eraseTenant(
  tx: SystemTransaction,
  { force = false, markers = [], ...input }: EraseTenantInput,
): Promise<Erasure> {
  const { tenantId, reason } = input;
  if (markers.includes('')) throw new TenancyError('INVALID_INPUT', 'an empty marker is everywhere');
  const tables = await listTenantTables(tx);
  const maintenanceId = await beginMaintenance(tx, 'erasure', input);
  const isSuspended = await lockTenant(tx, tenantId);
  if (!isSuspended && !force) {
    const remedy = `suspend it first (\`agency-db tenant suspend ${tenantId}\`), or say force`;
    throw new TenancyError('TENANT_ACTIVE', `tenant ${tenantId} is in use: ${remedy}`);
  }
  const before = await countRows(tx, tables, tenantId);
  const ofOthers = await deleteNamings(tx, tenantId);
  await deleteRows(tx, tables, tenantId);
  await refreshSearch(tx);
  const left = await survey(tx, {
    ...{ tenantId, rows: 'all', pattern: patternOf(tenantId) },
    isWanted: mayNameTenant,
  });
  requireGone(left);
  for (const marker of markers) await requireUnknown(tx, tenantId, marker);
  return {
    format: 'agent-agency.erasure-receipt',
    version: 1,
    ...{ kind: 'tenant', tenantId, subjectSha256: null, reason, maintenanceId },
    ...(await readFacts(tx)),
    tables: left.relations
      .filter(({ name }) => before.has(name))
      .map(({ name, own }) => ({ table: name, deleted: before.get(name) ?? 0, remaining: own })),
    ofOthers,
    redacted: [],
    subjectKeys: 0,
    searched: left.searched,
    retained: retainedOf(left),
    physical: PHYSICAL_REMAINS,
    complete: true,
  };
}

async function deleteNamings(tx: SystemTransaction, tenantId: string): Promise<Receipt['ofOthers']> {
  const { rows: columns } = await namingColumns.execute(tx);
  const deleted: { where: string; deleted: number }[] = [];
  for (const { table, sql_name, tenant_column, column, role } of columns) {
    await become(tx, role);
    const { numAffectedRows = 0n } = await sql`
      delete from ${sql.raw(sql_name)}
      where ${sql.id(column)} = ${tenantId} and ${sql.id(tenant_column)} <> ${tenantId}`.execute(tx);
    deleted.push({ where: `${table}.${column}`, deleted: Number(numAffectedRows) });
  }
  await become(tx, 'agent_agency_maintenance');
  return deleted;
}

async function deleteRows(
  tx: SystemTransaction,
  tables: readonly TenantTable[],
  tenantId: string,
): Promise<void> {
  for (const { sqlName, tenantColumn } of tables.toReversed())
    await sql`delete from ${sql.raw(sqlName)} where ${sql.id(tenantColumn)} = ${tenantId}`.execute(tx);
}

function requireGone({ relations }: Survey): void {
  const left = relations.flatMap(({ name, own, found }) => [
    ...(own > 0 ? [name] : []),
    ...foundIn(name, found).filter((column) => !(column in KEPT_NAMES)),
  ]);
  if (left.length === 0) return;
  throw new TenancyError(
    'ERASURE_INCOMPLETE',
    `something of the tenant is left in ${left.join(', ')}: nothing was erased`,
  );
}

function foundIn(name: string, found: ReadonlyMap<string, number | null>): string[] {
  return [...found].filter(([, rows]) => rows !== null && rows > 0).map(([column]) => `${name}.${column}`);
}

async function requireUnknown(tx: SystemTransaction, tenantId: string, marker: string): Promise<void> {
  const { relations } = await survey(tx, {
    ...{ tenantId, rows: 'all', pattern: patternOf(marker), isWanted: () => true },
  });
  const places = relations.flatMap(({ name, found }) => foundIn(name, found));
  if (places.length === 0) return;
  throw new TenancyError(
    'ERASURE_INCOMPLETE',
    `a marker is found in ${places.join(', ')}: nothing was erased`,
  );
}

function retainedOf({ relations }: Survey): Retained[] {
  return relations.flatMap(({ name, found }) =>
    [...found]
      .filter(([column, rows]) => rows !== 0 && `${name}.${column}` in KEPT_NAMES)
      .map(([column, rows]) => {
        const where = `${name}.${column}`;
        return { where, rows, reason: KEPT_NAMES[where] ?? '' };
      }),
  );
}
