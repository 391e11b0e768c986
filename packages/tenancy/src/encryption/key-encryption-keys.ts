/** Which data key of whom is wrapped. A wrapped key can be unwrapped as this one only. */
export interface DataKeyName {
  readonly tenantId: string;
  /** The data key's. */
  readonly keyId: string;
}

/** A data key as the database keeps it. */
export interface WrappedKey {
  /** Which key-encryption-key wrapped it, in the words of its keeper. 1 to 2048 characters. */
  readonly kekId: string;
  /** **Shape** 1 to 8192 bytes. */
  readonly wrapped: Uint8Array;
}

/**
 * Keeps the keys that data keys are wrapped with, outside of the database: one or more for each tenant, for itself alone.
 * So whoever has the database, or a backup of it, has no key; and a tenant whose key-encryption-keys are destroyed is
 * unreadable in every backup.
 *
 * Every method rejects with a {@link TenancyError}: `KEY_UNAVAILABLE`, retryable when it may work in a moment, or
 * `KEY_DESTROYED`, or `VALUE_UNREADABLE` for a wrapped key that is damaged or another's.
 */
export interface KeyEncryptionKeys {
  /** Wraps with the tenant's newest key, which it makes if there is none. Neither keeps nor changes `dataKey`. */
  wrap(name: DataKeyName, dataKey: Uint8Array): Promise<WrappedKey>;
  /** Unwraps with the key that wrapped. The caller zeroes the answer. */
  unwrap(name: DataKeyName, wrapped: WrappedKey): Promise<Uint8Array>;
  /** Destroys the tenant's keys for good; nothing happens when there are none. */
  destroy(tenantId: string): Promise<void>;
}
