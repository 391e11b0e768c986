import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  KmsFailure,
  type EncryptionContext,
  type KmsClient,
  type KmsFailureReason,
} from '../../../src/encryption/kms-keys.ts';

interface ServiceKey {
  readonly bytes: Buffer;
  state: 'enabled' | 'disabled' | 'destroyed';
}

/** Behaves like a key management service: keys stay inside, contexts are authenticated, and it may be out of order. */
export class InProcessKms implements KmsClient {
  readonly requests: { readonly what: 'encrypt' | 'decrypt' | 'delete'; readonly keyName: string }[] = [];
  readonly #keys = new Map<string, ServiceKey>();
  #failures: KmsFailureReason[] = [];

  /** The next requests fail, one after the other. */
  failNext(...reasons: KmsFailureReason[]): void {
    this.#failures = reasons;
  }

  disable(keyName: string): void {
    this.#key(keyName).state = 'disabled';
  }

  enable(keyName: string): void {
    this.#key(keyName).state = 'enabled';
  }

  async encrypt({ keyName, plaintext, context }: Parameters<KmsClient['encrypt']>[0]): Promise<Uint8Array> {
    const key = await this.#usable('encrypt', keyName);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    cipher.setAAD(canonical(context));
    return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  async decrypt({ keyName, ciphertext, context }: Parameters<KmsClient['decrypt']>[0]): Promise<Uint8Array> {
    const key = await this.#usable('decrypt', keyName);
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(0, 12), {
        authTagLength: 16,
      });
      decipher.setAAD(canonical(context));
      decipher.setAuthTag(ciphertext.subarray(-16));
      return Buffer.concat([decipher.update(ciphertext.subarray(12, -16)), decipher.final()]);
    } catch (error) {
      throw new KmsFailure('refused', { cause: error });
    }
  }

  async scheduleKeyDeletion({ keyName }: { keyName: string }): Promise<void> {
    await this.#usable('delete', keyName);
    this.#key(keyName).state = 'destroyed';
  }

  async #usable(what: 'encrypt' | 'decrypt' | 'delete', keyName: string): Promise<Buffer> {
    this.requests.push({ what, keyName });
    await Promise.resolve();
    const failure = this.#failures.shift();
    if (failure !== undefined) throw new KmsFailure(failure);
    if (what !== 'encrypt' && !this.#keys.has(keyName)) throw new KmsFailure('destroyed');
    const { bytes, state } = this.#key(keyName);
    if (state === 'destroyed' || (state === 'disabled' && what !== 'delete')) throw new KmsFailure(state);
    return bytes;
  }

  #key(keyName: string): ServiceKey {
    const known = this.#keys.get(keyName);
    if (known !== undefined) return known;
    const key: ServiceKey = { bytes: randomBytes(32), state: 'enabled' };
    this.#keys.set(keyName, key);
    return key;
  }
}

const canonical = (context: EncryptionContext): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1))));
