import { generateKeyPairSync, sign } from 'node:crypto';
import { documentKeyId, type DocumentSigner } from '../../../src/transfer/signed-document.ts';

/** A signer with a key of its own. */
export function makeSigner(): DocumentSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { keyId: documentKeyId(raw), publicKey: raw, sign: (payload) => sign(null, payload, privateKey) };
}
