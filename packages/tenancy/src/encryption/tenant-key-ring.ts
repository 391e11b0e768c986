import { TenancyError } from '../errors.ts';
import { DataKey } from './data-key.ts';
import type { DataKeyName, KeyEncryptionKeys, WrappedKey } from './key-encryption-keys.ts';

export interface KeyRingOptions {
  /** Unwrapped keys at most; the one that was not used for longest goes. Default: 1000. */
  readonly maxKeys?: number;
  /** How long a key stays unwrapped, milliseconds. Default: five minutes. */
  readonly maxAgeMs?: number;
}

interface Held {
  readonly tenantId: string;
  readonly key: Promise<DataKey>;
  readonly expiry: NodeJS.Timeout;
}

/**
 * The data keys that a process has unwrapped, for a short time and a limited number: one ring for a service, shared by all
 * its transactions. A key that leaves is zeroed; copies that OpenSSL and the garbage collector made are out of reach.
 *
 * @example
 * const keyRing = new TenantKeyRing(createLocalFileKeys('/var/lib/agent-agency/keys'));
 */
export class TenantKeyRing {
  /** Who wraps and unwraps. */
  readonly keys: KeyEncryptionKeys;
  readonly #maxKeys: number;
  readonly #maxAgeMs: number;
  /** In the order of their last use. */
  readonly #held = new Map<string, Held>();

  /** @throws {TenancyError} `INVALID_INPUT` for a limit that is not a whole number above zero. */
  constructor(keys: KeyEncryptionKeys, options: KeyRingOptions = {}) {
    const { maxKeys = 1000, maxAgeMs = 300_000 } = options;
    // Longer waits than this one overflow, and end at once.
    if (![maxKeys, maxAgeMs].every((limit) => Number.isInteger(limit) && limit > 0 && limit < 2 ** 31)) {
      throw new TenancyError('INVALID_INPUT', 'maxKeys and maxAgeMs have to be whole numbers above zero');
    }
    this.keys = keys;
    this.#maxKeys = maxKeys;
    this.#maxAgeMs = maxAgeMs;
  }

  /** How many keys it holds. */
  get size(): number {
    return this.#held.size;
  }

  /**
   * Lends a tenant's data key to `work`, which must not wait nor keep it.
   *
   * **Cost** the keeper of key-encryption-keys is asked once for all who want the key, then not again for `maxAgeMs`.
   * @throws {TenancyError} as {@link KeyEncryptionKeys} says. A failure is not remembered.
   */
  async withKey<T>(name: DataKeyName, wrapped: WrappedKey, work: (key: DataKey) => T): Promise<T> {
    return work(await this.#hold(name, wrapped).key);
  }

  /** Makes a data key, wrapped for the database to keep. */
  async generate(tenantId: string): Promise<WrappedKey & { readonly keyId: string }> {
    const key = DataKey.generate();
    const copy = key.copy();
    try {
      return { keyId: key.id, ...(await this.keys.wrap({ tenantId, keyId: key.id }, copy)) };
    } finally {
      copy.fill(0);
      key.wipe();
    }
  }

  /** Zeroes the keys of a tenant. */
  forget(tenantId: string): void {
    for (const [name, held] of this.#held) if (held.tenantId === tenantId) this.#evict(name, held);
  }

  /**
   * Destroys the tenant's key-encryption-keys, for good: nothing that is sealed can be read again, in no backup either.
   * After the transaction that deletes the tenant has committed. Nothing happens when there are none.
   *
   * @throws {TenancyError} `KEY_UNAVAILABLE`: repeat it.
   */
  async destroy(tenantId: string): Promise<void> {
    this.forget(tenantId);
    await this.keys.destroy(tenantId);
    // What was unwrapped in the meantime.
    this.forget(tenantId);
  }

  /** Zeroes all keys. The ring can be used again. */
  clear(): void {
    for (const [name, held] of this.#held) this.#evict(name, held);
  }

  #hold(name: DataKeyName, wrapped: WrappedKey): Held {
    const id = `${name.tenantId}/${name.keyId}`;
    const held = this.#held.get(id) ?? this.#unwrap(id, name, wrapped);
    this.#held.delete(id);
    this.#held.set(id, held);
    for (const [oldest, other] of this.#held) {
      if (this.#held.size <= this.#maxKeys) break;
      this.#evict(oldest, other);
    }
    return held;
  }

  #unwrap(id: string, name: DataKeyName, wrapped: WrappedKey): Held {
    const held: Held = {
      tenantId: name.tenantId,
      key: this.keys.unwrap(name, wrapped).then((bytes) => new DataKey(name.keyId, bytes)),
      expiry: setTimeout(() => this.#evict(id, held), this.#maxAgeMs).unref(),
    };
    held.key.catch(() => this.#evict(id, held));
    return held;
  }

  #evict(id: string, held: Held): void {
    clearTimeout(held.expiry);
    if (this.#held.get(id) === held) this.#held.delete(id);
    // After those who wait for the key already: they asked first.
    held.key.then(
      (key) => key.wipe(),
      () => undefined,
    );
  }
}
