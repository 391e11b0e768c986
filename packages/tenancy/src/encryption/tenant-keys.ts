import type { TenantTransaction } from '@agent-agency/db-core';
import { TenancyError } from '../errors.ts';
import {
  eraseWrappedKeys,
  insertActiveKey,
  lockKey,
  ownRows,
  retireActiveKey,
  selectKeys,
  type DataKeyRecord,
} from './data-keys.ts';
import { countSealedWith, type InTenant } from './reseal.ts';
import { rewrapKeys, type Keepers } from './rewrap-keys.ts';
import { SENSITIVE_COLUMNS, type SensitiveColumn } from './sensitive-columns.ts';
import { eraseSubjectKeys } from './subject-keys.ts';
import type { TenantKeyRing } from './tenant-key-ring.ts';

/** The tenant's data keys, oldest first; none before the first value was sealed. */
export function listDataKeys(tx: TenantTransaction): Promise<DataKeyRecord[]> {
  return selectKeys(ownRows(tx));
}

/**
 * Gives the tenant a new data key for what is written from now on; the one before goes on to open. Afterwards
 * {@link resealTenant} and {@link destroyDataKey} get rid of the old one.
 *
 * **Runs** after the transactions that seal at this moment, and before the next ones. Of two callers at the same moment
 * one rotates, and both get its key.
 *
 * @returns the active key.
 */
export async function rotateDataKey(tx: TenantTransaction, keyRing: TenantKeyRing): Promise<DataKeyRecord> {
  await retireActiveKey(ownRows(tx));
  await insertActiveKey(ownRows(tx), keyRing);
  const active = (await selectKeys(ownRows(tx))).find(({ state }) => state === 'active');
  if (active !== undefined) return active;
  throw new TenancyError('KEY_UNAVAILABLE', `the new key of ${tx.tenantId} went at once: again`, {
    retryable: true,
  });
}

/**
 * Wraps all of the tenant's keys again, those of its subjects included: after a key-encryption-key was rotated, or on the
 * way from one keeper to another. No row but those of the keys is touched.
 *
 * **Runs** one transaction, in which nobody seals. **Cost** two requests to a keeper for each key, sixteen at a time.
 * @returns how many keys there were.
 * @throws {TenancyError} `KEY_UNAVAILABLE`, `KEY_DESTROYED`, `VALUE_UNREADABLE` of the keepers; nothing is changed.
 * @example
 * await localFileKeys.rotate('acme');
 * await manager.withTenant({ tenantId: 'acme' }, (tx) => rewrapDataKeys(tx, { from: localFileKeys, to: localFileKeys }));
 * await localFileKeys.destroyOlder('acme');
 */
export async function rewrapDataKeys(tx: TenantTransaction, keepers: Keepers): Promise<number> {
  const dataKeys = await rewrapKeys('tenant_encryption_keys', ownRows(tx), keepers);
  return dataKeys + (await rewrapKeys('subject_keys', ownRows(tx), keepers));
}

/**
 * Destroys a retired data key that nothing in the database is sealed with any more. Older backups of the database keep
 * its wrapped form.
 *
 * **Cost** one pass over the tenant's rows of each column.
 * @param columns all that may hold something it sealed. Default: those of this schema.
 * @throws {TenancyError} `KEY_IN_USE` while it is active or something is sealed with it, with the number in
 *   `details.values`; `INVALID_INPUT` when the tenant has no such key.
 */
export async function destroyDataKey(
  tx: TenantTransaction,
  keyId: string,
  columns: readonly SensitiveColumn[] = SENSITIVE_COLUMNS,
): Promise<void> {
  const state = await lockKey(ownRows(tx), keyId);
  if (state === undefined) throw new TenancyError('INVALID_INPUT', `${tx.tenantId} has no key ${keyId}`);
  if (state === 'active') throw new TenancyError('KEY_IN_USE', `the key ${keyId} is active: rotate it first`);
  let values = 0;
  for (const column of columns) values += await countSealedWith(tx, column, keyId);
  if (values > 0) {
    const problem = `the key ${keyId} has sealed ${values} values that are stored: reseal the tenant first`;
    throw new TenancyError('KEY_IN_USE', problem, { details: { keyId, values } });
  }
  await eraseWrappedKeys(ownRows(tx), keyId);
}

/**
 * Destroys all keys of a tenant, for good: everything that is sealed becomes unreadable, here and in every backup of the
 * database. Repeat it when it fails half-way. Other processes forget the keys they have unwrapped within the age limit of
 * their key rings; none of them opens a value in a transaction that begins after this.
 *
 * Who erases a tenant deletes the rows and then only needs {@link TenantKeyRing.destroy}.
 *
 * **Runs** a transaction that erases the wrapped keys, its subjects' included, and when it is committed destroys the key-encryption-keys.
 */
export async function destroyTenantKey(inTenant: InTenant, keyRing: TenantKeyRing): Promise<void> {
  const tenantId = await inTenant(async (tx) => {
    await eraseWrappedKeys(ownRows(tx));
    await eraseSubjectKeys(ownRows(tx));
    return tx.tenantId;
  });
  await keyRing.destroy(tenantId);
}
