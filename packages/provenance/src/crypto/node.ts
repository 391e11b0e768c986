import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Ed25519 } from './ed25519.ts';

/** SHA-256 of the parts, one after the other; 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  // A Buffer would not do: its slice shares memory, where that of a Uint8Array copies.
  const { buffer, byteOffset, byteLength } = hash.digest();
  return new Uint8Array(buffer, byteOffset, byteLength);
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
