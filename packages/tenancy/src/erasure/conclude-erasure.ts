import { signDocument, type DocumentSigner } from '../transfer/signed-document.ts';
import type { Erasure } from './erase-tenant.ts';
import { RECEIPT_KIND, type KeyDestruction, type Receipt, type SignedReceipt } from './receipt.ts';

/** Whoever keeps tenants' keys. */
export interface KeyDestroyer {
  /** Destroys all keys of a tenant for good. Has to be the same, done twice. */
  destroy(tenantId: string): Promise<void>;
}

export interface Conclusion {
  /** Without it no key is destroyed, and the receipt says so. */
  readonly keys?: KeyDestroyer | undefined;
  /** Without one the receipt is not signed. */
  readonly signer?: DocumentSigner | undefined;
}

/**
 * Destroys the tenant's key and makes the receipt. For after the commit; a key that could not be destroyed does not
 * bring the rows back, so the receipt says it, is not `complete`, and this can be called again.
 *
 * @throws {TenancyError} `SIGNER_FAULTY`
 */
export async function concludeErasure(
  erasure: Erasure,
  { keys, signer }: Conclusion = {},
): Promise<SignedReceipt> {
  const key = erasure.kind === 'tenant' ? await destroyKey(erasure, keys) : NONE;
  const receipt: Receipt = { ...erasure, key, complete: erasure.complete && key.state !== 'failed' };
  return signDocument(RECEIPT_KIND, receipt, signer);
}

const NONE: KeyDestruction = { state: 'none' };

const KEPT: KeyDestruction = {
  state: 'failed',
  problem: 'nobody who keeps its keys was asked',
  remedy: 'destroy the key where it is kept: backups of the database have what it opens',
};

/** Tables of keys that the tenant's key-encryption-key wraps. */
const KEY_TABLES: readonly string[] = ['tenant_encryption_keys', 'subject_keys'];

function hadKeys({ tables }: Erasure): boolean {
  return tables.some(({ table, deleted }) => KEY_TABLES.includes(table) && deleted > 0);
}

async function destroyKey(erasure: Erasure, keys: KeyDestroyer | undefined): Promise<KeyDestruction> {
  if (keys === undefined) return hadKeys(erasure) ? KEPT : NONE;
  try {
    await keys.destroy(erasure.tenantId);
    return { state: 'destroyed', at: new Date().toISOString() };
  } catch (error) {
    return {
      state: 'failed',
      // Whoever keeps keys may say anything in a message.
      problem:
        error instanceof Error && 'code' in error ? String(error.code) : 'the keeper of the keys refused',
      remedy: 'destroy the key again, until it succeeds: twice is the same as once',
    };
  }
}
