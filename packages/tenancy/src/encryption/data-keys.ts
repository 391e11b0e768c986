import type { Tables, TenantTransaction } from '@agent-agency/db-core';
import { sql, type Kysely } from 'kysely';
import { TenancyError } from '../errors.ts';
import type { WrappedKey } from './key-encryption-keys.ts';
import type { TenantKeyRing } from './tenant-key-ring.ts';

/** A transaction, and whose rows are meant: a tenant's own, or an operator's in maintenance of that tenant. */
export interface TenantRows {
  readonly tx: Kysely<Tables>;
  readonly tenantId: string;
}

export const ownRows = (tx: TenantTransaction): TenantRows => ({ tx, tenantId: tx.tenantId });

export type DataKeyState = 'active' | 'retired' | 'destroyed';

/** A tenant's data key, without the key. */
export interface DataKeyRecord {
  readonly id: string;
  /** From 1. */
  readonly version: number;
  /** `active` seals and opens, `retired` opens, `destroyed` is gone. */
  readonly state: DataKeyState;
  readonly kekId: string;
  readonly createdAt: Date;
  readonly retiredAt: Date | undefined;
  readonly destroyedAt: Date | undefined;
}

/** A data key as it is stored. */
export interface StoredKey {
  readonly id: string;
  readonly wrapped: WrappedKey;
}

/**
 * Whether the tenant seals, and with which key, which then stays active until the transaction has ended: whoever rotates
 * waits. So nothing is sealed any more with a key that was seen retired.
 */
export async function lockSealingKey({ tx, tenantId }: TenantRows): Promise<{
  readonly isEnabled: boolean;
  readonly key: StoredKey | undefined;
}> {
  const { rows } = await sql<{
    encryption_enabled: boolean;
    id: string | null;
    wrapped_key: Buffer | null;
    kek_id: string | null;
  }>`
    select tenant.encryption_enabled, key.id, key.wrapped_key, key.kek_id
    from tenants as tenant
    left join lateral (
      select id, wrapped_key, kek_id
      from tenant_encryption_keys
      where tenant_id = tenant.id and state = 'active' and tenant.encryption_enabled
      for share
    ) as key on true
    where tenant.id = ${tenantId}
  `.execute(tx);
  const [row] = rows;
  if (row === undefined) {
    throw new TenancyError('TENANT_NOT_FOUND', `there is no tenant ${tenantId}`);
  }
  return { isEnabled: row.encryption_enabled, key: storedKeyOf(row) };
}

/** A key that can still open; undefined if the tenant has none of that id. */
export async function findOpeningKey(
  { tx, tenantId }: TenantRows,
  keyId: string,
): Promise<StoredKey | 'destroyed' | undefined> {
  const { rows } = await sql<{ id: string; wrapped_key: Buffer | null; kek_id: string }>`
    select id, wrapped_key, kek_id from tenant_encryption_keys where tenant_id = ${tenantId} and id = ${keyId}
  `.execute(tx);
  const [row] = rows;
  return row && (storedKeyOf(row) ?? 'destroyed');
}

/**
 * Makes the tenant's next key the active one, unless there is an active one: then somebody else has made it at the same
 * moment.
 */
export async function insertActiveKey({ tx, tenantId }: TenantRows, keyRing: TenantKeyRing): Promise<void> {
  const { keyId, kekId, wrapped } = await keyRing.generate(tenantId);
  await sql`
    insert into tenant_encryption_keys (tenant_id, id, version, wrapped_key, kek_id)
    select ${tenantId}, ${keyId}, coalesce(max(version), 0) + 1, ${Buffer.from(wrapped)}, ${kekId}
    from tenant_encryption_keys
    where tenant_id = ${tenantId}
    on conflict do nothing
  `.execute(tx);
}

/** Retires the active key, once nobody seals with it any more. */
export async function retireActiveKey({ tx, tenantId }: TenantRows): Promise<void> {
  await sql`
    update tenant_encryption_keys
    set state = 'retired', retired_at = now()
    where tenant_id = ${tenantId} and state = 'active'
  `.execute(tx);
}

/** All keys of the tenant, oldest first. */
export async function selectKeys({ tx, tenantId }: TenantRows): Promise<DataKeyRecord[]> {
  const { rows } = await sql<{
    id: string;
    version: number;
    state: DataKeyState;
    kek_id: string;
    created_at: Date;
    retired_at: Date | null;
    destroyed_at: Date | null;
  }>`
    select id, version, state, kek_id, created_at, retired_at, destroyed_at
    from tenant_encryption_keys
    where tenant_id = ${tenantId}
    order by version
  `.execute(tx);
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    state: row.state,
    kekId: row.kek_id,
    createdAt: row.created_at,
    retiredAt: row.retired_at ?? undefined,
    destroyedAt: row.destroyed_at ?? undefined,
  }));
}

/** Locks a key against whoever seals with it; its state, or undefined if there is none of that id. */
export async function lockKey(
  { tx, tenantId }: TenantRows,
  keyId: string,
): Promise<DataKeyState | undefined> {
  const { rows } = await sql<{ state: DataKeyState }>`
    select state from tenant_encryption_keys where tenant_id = ${tenantId} and id = ${keyId} for no key update
  `.execute(tx);
  return rows[0]?.state;
}

/** Forgets the wrapped form of one key, or of all; how many it were. */
export async function eraseWrappedKeys({ tx, tenantId }: TenantRows, keyId?: string): Promise<number> {
  const { numAffectedRows } = await sql`
    update tenant_encryption_keys
    set
      state = 'destroyed',
      wrapped_key = null,
      retired_at = coalesce(retired_at, now()),
      destroyed_at = now()
    where tenant_id = ${tenantId} and state <> 'destroyed' and id = coalesce(${keyId ?? null}::uuid, id)
  `.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

function storedKeyOf(row: {
  readonly id: string | null;
  readonly wrapped_key: Buffer | null;
  readonly kek_id: string | null;
}): StoredKey | undefined {
  const { id, wrapped_key, kek_id } = row;
  return id === null || wrapped_key === null || kek_id === null
    ? undefined
    : { id, wrapped: { kekId: kek_id, wrapped: wrapped_key } };
}
