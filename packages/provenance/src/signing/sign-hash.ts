import { toBase64 } from '../format/encoding.ts';
import { signBytes } from './sign-bytes.ts';
import { type Signer, signedMessage } from './signature.ts';

/**
 * Signs a node's hash.
 *
 * Shape: canonical base64, 88 characters.
 * @throws ProvenanceError `HASH_INVALID`; `KEY_ID_MISMATCH`, `KEY_INVALID` or `SIGNER_FAULTY` when the signer is not what it says
 * @example
 * const signature = await signHash(hashNode(node), signer);
 */
export async function signHash(hash: string, signer: Signer): Promise<string> {
  return toBase64(await signBytes(signedMessage(hash), signer));
}
