import { utf8 } from '../format/encoding.ts';
import type { Signer } from '../signing/signature.ts';
import { type Checkpoint, formatCheckpoint } from './checkpoint.ts';
import { formatNote } from './note.ts';
import { signBytes } from '../signing/sign-bytes.ts';
import { keyHash, requireVerifierKey, type VerifierKey } from './verifier-key.ts';

/**
 * The signed note of a checkpoint. The key signs under the name of the log, its origin, which therefore has neither white
 * space nor plus signs.
 *
 * Signing is a promise never to sign another root for this size, nor a tree that this one is no beginning of: that is for
 * the caller to keep.
 *
 * @throws ProvenanceError `CHECKPOINT_INVALID`, `KEY_NAME_INVALID` for the origin; `KEY_INVALID`, `KEY_ID_MISMATCH` or
 *   `SIGNER_FAULTY` when the signer is not what it says
 * @see https://c2sp.org/tlog-checkpoint, "Signatures"
 * @example
 * const note = await signCheckpoint({ origin: 'example.com/acme', size, root }, signer);
 */
export async function signCheckpoint(checkpoint: Checkpoint, signer: Signer): Promise<string> {
  const text = formatCheckpoint(checkpoint);
  const key: VerifierKey = { name: checkpoint.origin, type: 'ed25519', publicKey: signer.publicKey };
  requireVerifierKey(key);
  const signature = await signBytes(utf8(text), signer);
  return formatNote({ text, signatures: [{ name: key.name, keyHash: keyHash(key), signature }] });
}
