import { TenancyError, type TenancyErrorCode } from '../errors.ts';
import type { DataKeyName, KeyEncryptionKeys } from './key-encryption-keys.ts';

/** Facts that a key management service authenticates together with what it encrypts. */
export type EncryptionContext = Readonly<Record<string, string>>;

/**
 * What is asked of a key management service. AWS KMS has all of it under these names; ENCRYPTION.md of this package has the
 * few lines that make one of an AWS or a Google client. Methods reject with a {@link KmsFailure}.
 */
export interface KmsClient {
  /** Encrypts up to 4096 bytes. Makes the key if there is none of that name. */
  encrypt(input: {
    readonly keyName: string;
    readonly plaintext: Uint8Array;
    readonly context: EncryptionContext;
  }): Promise<Uint8Array>;
  /** Decrypts what {@link encrypt} made of the same name and context. */
  decrypt(input: {
    readonly keyName: string;
    readonly ciphertext: Uint8Array;
    readonly context: EncryptionContext;
  }): Promise<Uint8Array>;
  /** Destroys the key after the days that the service keeps it for those who change their minds. */
  scheduleKeyDeletion(input: { readonly keyName: string; readonly pendingDays: number }): Promise<void>;
}

export type KmsFailureReason =
  /** Too many requests. */
  | 'throttled'
  /** The service does not answer, or has a fault of its own. */
  | 'unreachable'
  /** The key is disabled: whoever administers it can enable it. */
  | 'disabled'
  /** The caller may not use the key. */
  | 'denied'
  /** The key is destroyed, waits for it, or never was. */
  | 'destroyed'
  /** The ciphertext is not of this key and context. */
  | 'refused';

/** How a {@link KmsClient} says what went wrong. */
export class KmsFailure extends Error {
  override readonly name = 'KmsFailure';
  readonly reason: KmsFailureReason;

  constructor(reason: KmsFailureReason, options?: ErrorOptions) {
    super(`key management service: ${reason}`, options);
    this.reason = reason;
  }
}

export interface KmsKeysOptions {
  /** Name of a tenant's key at the service: one for each tenant, so that one can be destroyed. */
  readonly keyNameOf: (tenantId: string) => string;
  /** Days until a key that is scheduled for deletion is gone. Default: 7, the least that AWS takes. */
  readonly pendingDays?: number;
}

/** Key-encryption-keys that never leave a key management service. It sees a tenant's id and the ids of its data keys. */
export function createKmsKeys(client: KmsClient, options: KmsKeysOptions): KeyEncryptionKeys {
  const { keyNameOf, pendingDays = 7 } = options;
  return {
    async wrap(name, dataKey) {
      const keyName = keyNameOf(name.tenantId);
      const request = { keyName, plaintext: dataKey, context: contextOf(name) };
      return { kekId: keyName, wrapped: await asked(client.encrypt(request), name) };
    },
    unwrap(name, { kekId, wrapped }) {
      // The name that wrapped, not today's: keys may have been moved to other names since.
      const request = { keyName: kekId, ciphertext: wrapped, context: contextOf(name) };
      return asked(client.decrypt(request), name);
    },
    async destroy(tenantId) {
      const deletion = client.scheduleKeyDeletion({ keyName: keyNameOf(tenantId), pendingDays });
      await asked(deletion, { tenantId }).catch((error: unknown) => {
        if (!(error instanceof TenancyError && error.code === 'KEY_DESTROYED')) throw error;
      });
    },
  };
}

const contextOf = ({ tenantId, keyId }: DataKeyName): EncryptionContext => ({
  'agent-agency:purpose': 'wrapped-key.v1',
  'agent-agency:tenant': tenantId,
  'agent-agency:data-key': keyId,
});

const MEANINGS: Readonly<
  Record<KmsFailureReason, { code: TenancyErrorCode; problem: string; retryable?: true }>
> = {
  throttled: { code: 'KEY_UNAVAILABLE', problem: 'has too many requests', retryable: true },
  unreachable: { code: 'KEY_UNAVAILABLE', problem: 'does not answer', retryable: true },
  disabled: { code: 'KEY_UNAVAILABLE', problem: 'has it disabled: enable it' },
  denied: { code: 'KEY_UNAVAILABLE', problem: 'does not let this caller use it' },
  destroyed: { code: 'KEY_DESTROYED', problem: 'has destroyed it' },
  refused: {
    code: 'VALUE_UNREADABLE',
    problem: 'says that the wrapped key was changed, or is of another key',
  },
};

async function asked<T>(answer: Promise<T>, { tenantId }: Pick<DataKeyName, 'tenantId'>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const subject = `the key-encryption-key of ${tenantId}: the key management service`;
    if (!(error instanceof KmsFailure)) {
      throw new TenancyError('KEY_UNAVAILABLE', `${subject} failed`, { cause: error });
    }
    const { code, problem, retryable = false } = MEANINGS[error.reason];
    throw new TenancyError(code, `${subject} ${problem}`, { retryable, cause: error });
  }
}
