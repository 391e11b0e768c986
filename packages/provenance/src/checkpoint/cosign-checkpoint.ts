import { ProvenanceError } from '../errors.ts';
import type { Signer } from '../signing/signature.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { cosignedMessage, encodeCosignature, isCosigningTime } from './cosignature.ts';
import type { NoteSignature } from './note.ts';
import { signBytes } from '../signing/sign-bytes.ts';
import { keyHash, requireVerifierKey, type VerifierKey } from './verifier-key.ts';

/** Who cosigns, and when. */
export interface Cosigner {
  /** The name of the witness. */
  readonly name: string;
  /** A key for nothing else: the signed message does not name the witness. */
  readonly signer: Signer;
  /** Units: seconds of POSIX time, at least 1. */
  readonly seconds: number;
}

/**
 * A witness's signature line for a checkpoint. It says: at this time, this was the largest tree of the log I knew, and it
 * continues all that I cosigned. Whether that is so is for the caller to know; `createMemoryWitness` sees to it.
 *
 * @param text the checkpoint's, without signatures
 * @throws ProvenanceError `CHECKPOINT_INVALID`, `KEY_NAME_INVALID`; `COSIGNING_TIME_INVALID`; `KEY_INVALID`,
 *   `KEY_ID_MISMATCH` or `SIGNER_FAULTY` when the signer is not what it says
 * @see https://c2sp.org/tlog-cosignature
 */
export async function cosignCheckpoint(text: string, cosigner: Cosigner): Promise<NoteSignature> {
  const { name, signer, seconds } = cosigner;
  parseCheckpoint(text);
  const key: VerifierKey = { name, type: 'cosignature/v1', publicKey: signer.publicKey };
  requireVerifierKey(key);
  if (!isCosigningTime(seconds))
    throw new ProvenanceError(
      'COSIGNING_TIME_INVALID',
      'The time of a cosignature is whole seconds from 1 on.',
    );
  const signature = await signBytes(cosignedMessage(text, seconds), signer);
  return { name, keyHash: keyHash(key), signature: encodeCosignature(seconds, signature) };
}
