import type { SystemTransaction, TenantTransaction } from '@agent-agency/db-core';
import { TenancyError } from '../errors.ts';
import {
  findOpeningKey,
  insertActiveKey,
  lockSealingKey,
  ownRows,
  type StoredKey,
  type TenantRows,
} from './data-keys.ts';
import { remembered } from './remembered.ts';
import { openText, parseStoredText, sealedText } from './stored-text.ts';
import {
  leaveOpen,
  parseStored,
  seal,
  unreadable,
  unseal,
  type Place,
  type SealedValue,
  type StoredValue,
} from './stored-value.ts';
import type { TenantKeyRing } from './tenant-key-ring.ts';

export interface CipherOptions {
  /**
   * Whether a value that is not encrypted may be read. Such a value has no seal that would show who wrote it, so refuse it
   * where everything is sealed. Default: `accept`.
   */
  readonly openValues?: 'accept' | 'refuse';
}

/**
 * Encrypts and decrypts the sensitive values of one tenant, in one transaction. What a tenant without encryption writes is
 * marked as open; both forms are read whatever the tenant's setting is now.
 *
 * A service that has no `keyRing` can still read and write for tenants without encryption.
 *
 * **Runs** one statement before the first value is sealed, which locks the active key against rotation, and one for each key
 * that opens. A tenant's first key is made then; of two transactions that make it, one waits for the other.
 *
 * @throws what the methods reject with: {@link TenancyError} `VALUE_UNREADABLE`, `KEY_DESTROYED`, `KEY_UNAVAILABLE`.
 * @example
 * const cipher = createTenantCipher(tx, keyRing);
 * const rationale = await cipher.sealText({ table: 'decisions', column: 'rationale', row: id }, 'Too costly.');
 */
export function createTenantCipher(
  tx: TenantTransaction,
  keyRing: TenantKeyRing | undefined,
  options?: CipherOptions,
): TenantCipher {
  return new TenantCipher(ownRows(tx), keyRing, options);
}

/** The same for an operator who maintains the tenant in this transaction. */
export function createMaintenanceCipher(
  tx: SystemTransaction,
  keyRing: TenantKeyRing | undefined,
  options: CipherOptions & { readonly tenantId: string },
): TenantCipher {
  return new TenantCipher({ tx, tenantId: options.tenantId }, keyRing, options);
}

export class TenantCipher {
  readonly #rows: TenantRows;
  readonly #keyRing: TenantKeyRing | undefined;
  readonly #refusesOpen: boolean;
  #sealing: Promise<StoredKey | undefined> | undefined;
  readonly #opening = new Map<string, Promise<StoredKey>>();

  constructor(rows: TenantRows, keyRing: TenantKeyRing | undefined, options: CipherOptions = {}) {
    this.#rows = rows;
    this.#keyRing = keyRing;
    this.#refusesOpen = options.openValues === 'refuse';
  }

  /** What to store in a `bytea` column. */
  async sealBytes(place: Place, plaintext: Uint8Array): Promise<Buffer> {
    return (await this.#seal(place, plaintext)) ?? leaveOpen(plaintext);
  }

  /** What to store in a `text` column. */
  async sealText(place: Place, text: string): Promise<string> {
    // The one cannot be stored without a seal, the other not at all.
    if (text.includes('\0') || !text.isWellFormed()) {
      const problem = 'must not contain NUL or unpaired surrogates';
      throw new TenancyError('INVALID_INPUT', `${place.table}.${place.column} ${problem}`);
    }
    const sealed = await this.#seal(place, Buffer.from(text));
    return sealed === undefined ? openText(text) : sealedText(sealed);
  }

  /** What {@link sealBytes} was given. */
  openBytes(place: Place, stored: Uint8Array): Promise<Buffer> {
    return this.#open(place, () => parseStored(stored, place));
  }

  /** What {@link sealText} was given. */
  async openText(place: Place, stored: string): Promise<string> {
    return (await this.#open(place, () => parseStoredText(stored, place))).toString();
  }

  /** The key that seals what is written now; undefined for a tenant without encryption. */
  async sealingKeyId(): Promise<string | undefined> {
    return (await this.#sealingKey())?.id;
  }

  async #seal(place: Place, plaintext: Uint8Array): Promise<Buffer | undefined> {
    const key = await this.#sealingKey();
    return key && this.#withKey(key, (dataKey) => seal(dataKey, plaintext, this.#whole(place)));
  }

  async #open(place: Place, parse: () => StoredValue): Promise<Buffer> {
    const value = parse();
    if (value.kind === 'sealed') return this.#unseal(place, value);
    if (this.#refusesOpen) throw unreadable(place, 'it is not sealed');
    return value.plaintext;
  }

  async #unseal(place: Place, value: SealedValue): Promise<Buffer> {
    const key = await remembered(this.#opening, value.keyId, () => this.#openingKey(place, value.keyId));
    return this.#withKey(key, (dataKey) => unseal(dataKey, value, this.#whole(place)));
  }

  /** Asked once: the answer holds for the whole transaction, in which the key is locked. */
  #sealingKey(): Promise<StoredKey | undefined> {
    this.#sealing ??= this.#findSealingKey().catch((error: unknown) => {
      this.#sealing = undefined;
      throw error;
    });
    return this.#sealing;
  }

  async #findSealingKey(): Promise<StoredKey | undefined> {
    const found = await lockSealingKey(this.#rows);
    if (!found.isEnabled || found.key !== undefined) return found.key;
    await insertActiveKey(this.#rows, this.#requiredRing());
    const { key } = await lockSealingKey(this.#rows);
    if (key !== undefined) return key;
    throw new TenancyError('KEY_UNAVAILABLE', `the first key of ${this.#rows.tenantId} went at once: again`, {
      retryable: true,
    });
  }

  async #openingKey(place: Place, keyId: string): Promise<StoredKey> {
    const key = await findOpeningKey(this.#rows, keyId);
    if (key === undefined) throw unreadable(place, `the tenant has no key ${keyId}`);
    if (key !== 'destroyed') return key;
    const { table, column, row } = place;
    throw new TenancyError(
      'KEY_DESTROYED',
      `${table}.${column} of ${row} cannot be read any more: the key ${keyId} was destroyed`,
      { details: { table, column, row, keyId } },
    );
  }

  #withKey<T>(key: StoredKey, work: Parameters<typeof TenantKeyRing.prototype.withKey<T>>[2]): Promise<T> {
    const name = { tenantId: this.#rows.tenantId, keyId: key.id };
    return this.#requiredRing().withKey(name, key.wrapped, work);
  }

  #requiredRing(): TenantKeyRing {
    if (this.#keyRing !== undefined) return this.#keyRing;
    const problem = `${this.#rows.tenantId} has encryption, and this service was given no key ring`;
    throw new TenancyError('KEY_UNAVAILABLE', problem);
  }

  #whole(place: Place): Place & { readonly tenantId: string } {
    return { ...place, tenantId: this.#rows.tenantId };
  }
}
