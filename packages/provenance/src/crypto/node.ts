import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { concatAll } from '../format/encoding.ts';
import type { Ed25519 } from './ed25519.ts';

/** SHA-256 of the parts, one after the other; 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  // A character is a byte here. Of objects that hash, and of Buffers, so many are made and collected that it takes four times as long.
  const characters = hash('sha256', concatAll(parts), 'binary');
  const digest = new Uint8Array(32);
  for (let index = 0; index < digest.length; index += 1) digest[index] = characters.charCodeAt(index);
  return digest;
}

/** As `sha256` of one part, as 64 lower-case hex digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** OpenSSL's: without cofactor, and it compares R byte for byte. */
export const ed25519: Ed25519<KeyObject> = {
  importKey: (publicKey) => {
    const x = Buffer.from(publicKey).toString('base64url');
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  },
  verify: (key, message, signature) => verify(null, message, key, signature),
  verifyAsync: (key, message, signature) =>
    new Promise((resolve, reject) => {
      verify(null, message, key, signature, (error, valid) => {
        if (error === null) resolve(valid);
        else reject(error);
      });
    }),
};
