import { importVerifyingKey, verifyEd25519 } from '../crypto/index.ts';
import { ProvenanceError } from '../errors.ts';
import { publicKeyId } from './public-key.ts';
import type { Signer } from './signature.ts';
import { isLocalSigner } from './signer.ts';

/**
 * What the signer makes of the message. What comes from elsewhere is checked before it is handed on: in a log that only
 * grows a wrong one would stay.
 *
 * Shape: 64 bytes.
 * @throws ProvenanceError `KEY_ID_MISMATCH`, `KEY_INVALID` or `SIGNER_FAULTY` when the signer is not what it says
 */
export async function signBytes(message: Uint8Array, signer: Signer): Promise<Uint8Array> {
  if (isLocalSigner(signer)) return signer.sign(message);
  if (publicKeyId(signer.publicKey) !== signer.keyId)
    throw new ProvenanceError('KEY_ID_MISMATCH', 'The signer’s key id is not the one of its public key.');
  const key = importVerifyingKey(signer.publicKey);
  const signature = await signer.sign(message);
  if (!verifyEd25519(key, message, signature))
    throw new ProvenanceError('SIGNER_FAULTY', 'The signer returned no valid signature of the message.', {
      details: { keyId: signer.keyId },
    });
  return signature;
}
