import { verifyEd25519 } from '../crypto/index.ts';
import { ProvenanceError } from '../errors.ts';
import { utf8 } from '../format/encoding.ts';
import { type Checkpoint, hasPossibleRoot, parseCheckpoint } from './checkpoint.ts';
import { type CheckpointTrust, keyName, type KnownKeys, prepareTrust } from './checkpoint-trust.ts';
import { verifyCosignature } from './cosignature.ts';
import { type Note, parseNote } from './note.ts';

/** Why a checkpoint is not to be believed. */
export type CheckpointFault =
  /** Not a signed note. */
  | 'malformed-note'
  /** A signed note whose text is no checkpoint. */
  | 'malformed-checkpoint'
  /** A checkpoint of another log. */
  | 'wrong-origin'
  /** A line in the name of one of the log's keys is not its signature. */
  | 'bad-signature'
  /** None of the log's keys has signed. */
  | 'unsigned'
  /** Signed, and yet the root of size 0 is not that of an empty log: the log lies. */
  | 'impossible-root'
  /** A line in the name of a witness is not its cosignature. */
  | 'bad-cosignature'
  /** Fewer witnesses have cosigned than must. */
  | 'quorum-missed';

/** That a witness saw the checkpoint, and when. */
export interface Cosignature {
  readonly name: string;
  /** Shape: 8 lower-case hex digits. */
  readonly keyHash: string;
  /** Units: seconds of POSIX time, of the witness's clock; its latest when it signed more than once. */
  readonly seconds: number;
}

/** What a checkpoint is worth. */
export type CheckpointVerdict =
  | {
      readonly ok: true;
      readonly checkpoint: Checkpoint;
      /** Of the trusted witnesses that signed, each once. */
      readonly cosignatures: readonly Cosignature[];
    }
  | { readonly ok: false; readonly reason: CheckpointFault };

/**
 * Whether a signed note is a checkpoint of the log, signed by it and by enough witnesses.
 *
 * Lines of unknown keys are passed over; a line in the name of a known key that does not hold spoils the whole note. Whether
 * the log still goes on from a checkpoint known earlier is for `verifyConsistency` to say, and whether the cosignatures are
 * recent enough for the caller, who has a clock.
 *
 * **Cost** one ed25519 verification for each line of a known key, at most 100; a wrong note never throws.
 * @throws ProvenanceError `TRUST_INVALID`, `KEY_INVALID`, `KEY_NAME_INVALID` for what is wrong with `trust`
 * @see https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint and https://c2sp.org/tlog-cosignature
 * @example
 * const verdict = verifyCheckpoint(note, { origin, logKeys: [parseVerifierKey(vkey)] });
 * if (verdict.ok) verifyInclusion({ leafHash, index, proof, ...verdict.checkpoint });
 */
export function verifyCheckpoint(note: string | Uint8Array, trust: CheckpointTrust): CheckpointVerdict {
  const { logKeys, witnesses, quorum } = prepareTrust(trust);
  const signed = attempt(() => parseNote(note));
  if (signed === undefined) return refuse('malformed-note');
  const checkpoint = attempt(() => parseCheckpoint(signed.text));
  if (checkpoint === undefined) return refuse('malformed-checkpoint');
  if (checkpoint.origin !== trust.origin) return refuse('wrong-origin');

  const fault = logFault(signed, logKeys);
  if (fault !== undefined) return refuse(fault);
  if (!hasPossibleRoot(checkpoint)) return refuse('impossible-root');

  const cosignatures = readCosignatures(signed, witnesses);
  if (cosignatures === undefined) return refuse('bad-cosignature');
  if (cosignatures.length < quorum) return refuse('quorum-missed');
  return { ok: true, checkpoint, cosignatures };
}

function refuse(reason: CheckpointFault): CheckpointVerdict {
  return { ok: false, reason };
}

function logFault({ text, signatures }: Note, keys: KnownKeys): CheckpointFault | undefined {
  const message = utf8(text);
  let isSigned = false;
  for (const line of signatures) {
    const key = keys.get(keyName(line));
    if (key === undefined) continue;
    if (!verifyEd25519(key, message, line.signature)) return 'bad-signature';
    isSigned = true;
  }
  return isSigned ? undefined : 'unsigned';
}

/** Each witness's latest, or undefined when a line in a witness's name is not its cosignature. */
function readCosignatures({ text, signatures }: Note, keys: KnownKeys): Cosignature[] | undefined {
  const latest = new Map<string, Cosignature>();
  for (const line of signatures) {
    const key = keys.get(keyName(line));
    if (key === undefined) continue;
    const seconds = verifyCosignature(text, line.signature, key);
    if (seconds === undefined) return undefined;
    const before = latest.get(keyName(line))?.seconds ?? 0;
    if (seconds > before) latest.set(keyName(line), { name: line.name, keyHash: line.keyHash, seconds });
  }
  return [...latest.values()];
}

/** The value, or undefined when what was read is not of its form. */
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProvenanceError) return undefined;
    throw error;
  }
}
