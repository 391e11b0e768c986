import { createCipheriv, createDecipheriv } from 'node:crypto';

export const KEY_BYTES = 32;
export const NONCE_BYTES = 24;
export const TAG_BYTES = 16;

const BLOCK_BYTES = 16;

/** What is encrypted under, and bound to, besides the key. */
export interface Surroundings {
  /** **Shape** [24], random, never used twice. */
  readonly nonce: Uint8Array;
  /** Not stored with the ciphertext; whoever decrypts has to say the same. */
  readonly associatedData: Uint8Array;
}

/**
 * XAES-256-GCM: AES-256-GCM with a key of its own for every message, derived from the key and half of a 192-bit nonce.
 * Nonces may be random for 2^80 messages; those of AES-GCM itself for 2^32, which somebody would have to count.
 *
 * **Cost** three AES blocks more than AES-256-GCM.
 * @returns the ciphertext, then the tag of 128 bits.
 * @see https://c2sp.org/XAES-256-GCM
 */
export function encrypt(key: Uint8Array, plaintext: Uint8Array, surroundings: Surroundings): Buffer {
  const messageKey = deriveMessageKey(key, surroundings.nonce);
  try {
    const cipher = createCipheriv('aes-256-gcm', messageKey, surroundings.nonce.subarray(12), {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(surroundings.associatedData);
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  } finally {
    messageKey.fill(0);
  }
}

/** The plaintext, or undefined when the key, the surroundings or a bit of the ciphertext is another. */
export function decrypt(
  key: Uint8Array,
  ciphertext: Uint8Array,
  surroundings: Surroundings,
): Buffer | undefined {
  if (ciphertext.length < TAG_BYTES) return undefined;
  const messageKey = deriveMessageKey(key, surroundings.nonce);
  try {
    const decipher = createDecipheriv('aes-256-gcm', messageKey, surroundings.nonce.subarray(12), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(surroundings.associatedData);
    decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
    const plaintext = decipher.update(ciphertext.subarray(0, -TAG_BYTES));
    return isAuthentic(decipher) ? plaintext : undefined;
  } finally {
    messageKey.fill(0);
  }
}

/** GCM's last step gives no plaintext any more; it throws when the tag is another. */
function isAuthentic(decipher: { final(): Buffer }): boolean {
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  }
}

/**
 * Two blocks of CMAC-AES256 over (counter, 'X', 0, first half of the nonce).
 *
 * @see NIST SP 800-108r1, 4.1 and SP 800-38B, 6.1
 */
export function deriveMessageKey(key: Uint8Array, nonce: Uint8Array): Buffer {
  const block = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const mask = double(block.update(Buffer.alloc(BLOCK_BYTES)));
  const messages = Buffer.alloc(2 * BLOCK_BYTES);
  for (const counter of [1, 2]) {
    const message = messages.subarray((counter - 1) * BLOCK_BYTES);
    message.set([0, counter, 0x58, 0]);
    message.set(nonce.subarray(0, 12), 4);
    for (let at = 0; at < BLOCK_BYTES; at += 1) message[at] = (message[at] ?? 0) ^ (mask[at] ?? 0);
  }
  return block.update(messages);
}

/** Multiplies by x in GF(2^128). */
function double(block: Buffer): Buffer {
  const carry = (block[0] ?? 0) >> 7;
  return Buffer.from(
    block.map((byte, at) => {
      const shifted = (byte << 1) | ((block[at + 1] ?? 0) >> 7);
      return at === BLOCK_BYTES - 1 ? shifted ^ (carry * 0x87) : shifted;
    }),
  );
}
