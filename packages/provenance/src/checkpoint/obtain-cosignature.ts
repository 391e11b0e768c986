import { importVerifyingKey } from '../crypto/index.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { keyName } from './checkpoint-trust.ts';
import { verifyCosignature } from './cosignature.ts';
import { type NoteSignature, parseNote } from './note.ts';
import { keyHash } from './verifier-key.ts';
import type { Witness, WitnessAnswer, WitnessRefusal } from './witness.ts';

/** A checkpoint that is to be cosigned. */
export interface CosignatureRequest {
  /** The note, signed by the log. */
  readonly checkpoint: string;
  /** The size that the witness cosigned last, 0 if that is not known: then the witness says it. */
  readonly oldSize: number;
  /** Proves that the checkpoint continues the tree of a size: `proveConsistency` of this package. */
  readonly prove: (oldSize: number) => Promise<readonly Uint8Array[]>;
}

/** A cosignature, or why there is none. */
export type ObtainedCosignature =
  | {
      readonly ok: true;
      /** For `addSignatures`. */
      readonly signature: NoteSignature;
      /** Units: seconds of POSIX time, of the witness's clock. */
      readonly seconds: number;
    }
  | { readonly ok: false; readonly reason: Exclude<WitnessRefusal, 'conflict'> | 'faulty-answer' }
  | {
      readonly ok: false;
      /** The witness knows a larger log than the checkpoint: this one was rewound, or the checkpoint is an old one. */
      readonly reason: 'conflict';
      readonly size: number;
    };

/**
 * Asks a witness to cosign a checkpoint, and checks what it answers. When it last cosigned another size than the caller
 * believes, it is asked once more, from that size.
 *
 * @throws ProvenanceError `NOTE_INVALID`, `CHECKPOINT_INVALID` for the checkpoint, `KEY_INVALID` for the witness; what `prove`
 *   and the witness throw passes through
 * @example
 * const obtained = await obtainCosignature(witness, { checkpoint: note, oldSize: 0, prove });
 * if (obtained.ok) note = addSignatures(note, [obtained.signature]);
 */
export async function obtainCosignature(
  witness: Witness,
  request: CosignatureRequest,
): Promise<ObtainedCosignature> {
  const { text } = parseNote(request.checkpoint);
  const { size } = parseCheckpoint(text);
  let answer = await ask(witness, request, request.oldSize);
  if (!answer.ok && answer.reason === 'conflict' && answer.size <= size)
    answer = await ask(witness, request, answer.size);
  return answer.ok ? readAnswer(witness, text, answer.signatures) : answer;
}

async function ask(witness: Witness, request: CosignatureRequest, oldSize: number): Promise<WitnessAnswer> {
  const { checkpoint, prove } = request;
  return witness.addCheckpoint({ oldSize, proof: await prove(oldSize), checkpoint });
}

/** A witness may sign with several keys; the others are passed over. */
function readAnswer(
  { verifierKey }: Witness,
  text: string,
  signatures: readonly NoteSignature[],
): ObtainedCosignature {
  const wanted = keyName({ name: verifierKey.name, keyHash: keyHash(verifierKey) });
  const signature = signatures.find((line) => keyName(line) === wanted);
  if (signature === undefined) return { ok: false, reason: 'faulty-answer' };
  const seconds = verifyCosignature(text, signature.signature, importVerifyingKey(verifierKey.publicKey));
  return seconds === undefined ? { ok: false, reason: 'faulty-answer' } : { ok: true, signature, seconds };
}
