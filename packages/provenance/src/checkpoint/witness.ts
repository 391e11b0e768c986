import type { NoteSignature } from './note.ts';
import type { VerifierKey } from './verifier-key.ts';

/** What a log asks a witness: to cosign a checkpoint that continues the one it cosigned last. */
export interface AddCheckpoint {
  /** The size that the witness cosigned last for this log, 0 if none. */
  readonly oldSize: number;
  /** That the tree of the checkpoint continues the one of `oldSize` (RFC 6962 section 2.1.2). Shape: at most 63 of 32 bytes. */
  readonly proof: readonly Uint8Array[];
  /** The signed note. */
  readonly checkpoint: string;
}

/** Why a witness does not cosign. */
export type WitnessRefusal =
  /** The request is none, or its old size is larger than its checkpoint's. */
  | 'malformed'
  /** The witness does not know the log. */
  | 'unknown-log'
  /** No key of the log that the witness knows has signed, or a line in the name of one is not its signature. */
  | 'unsigned'
  /** The witness last cosigned another size than `oldSize`: ask again from that one. */
  | 'conflict'
  /** The tree is not proven to continue the one cosigned last. */
  | 'inconsistent';

/** What a witness answers. */
export type WitnessAnswer =
  | {
      readonly ok: true;
      /** Its cosignature, or one for each of its keys. */
      readonly signatures: readonly NoteSignature[];
    }
  | {
      readonly ok: false;
      readonly reason: 'conflict';
      /** The size it cosigned last. */
      readonly size: number;
    }
  | { readonly ok: false; readonly reason: Exclude<WitnessRefusal, 'conflict'> };

/**
 * A port: somebody else who cosigns checkpoints, and only such as continue what it cosigned before. Whoever wants to show one
 * log to some and another to others would need it to help.
 *
 * Over HTTP the request is a POST of `formatAddCheckpoint(request)`, the answer `parseWitnessResponse` of what comes back.
 *
 * @see https://c2sp.org/tlog-witness, "add-checkpoint"
 */
export interface Witness {
  /** Of type `cosignature/v1`. */
  readonly verifierKey: VerifierKey;
  /** Rejects only when there was no answer. */
  addCheckpoint(request: AddCheckpoint): Promise<WitnessAnswer>;
}

/** The HTTP status of each refusal; a cosignature comes with 200. */
export const witnessStatus = {
  malformed: 400,
  unsigned: 403,
  'unknown-log': 404,
  conflict: 409,
  inconsistent: 422,
} as const satisfies Record<WitnessRefusal, number>;
