import { verifyConsistency } from '../merkle/consistency.ts';
import { emptyRoot } from '../merkle/tree-hash.ts';
import type { Signer } from '../signing/signature.ts';
import { type Checkpoint, formatCheckpoint } from './checkpoint.ts';
import { prepareTrust } from './checkpoint-trust.ts';
import { cosignCheckpoint } from './cosign-checkpoint.ts';
import { requireVerifierKey, type VerifierKey } from './verifier-key.ts';
import { type CheckpointFault, verifyCheckpoint } from './verify-checkpoint.ts';
import type { AddCheckpoint, Witness, WitnessAnswer, WitnessRefusal } from './witness.ts';

/** Who the witness is and what it witnesses. */
export interface MemoryWitnessOptions {
  readonly name: string;
  /** A key for cosigning only. */
  readonly signer: Signer;
  /** The keys of each log, by origin; it knows no other log. */
  readonly logs: ReadonlyMap<string, readonly VerifierKey[]>;
  /** Tells the time. Units: whole seconds of POSIX time. */
  readonly clock: () => number;
}

/**
 * A witness that keeps the checkpoint it cosigned last of each log in memory: it cosigns one history of each and refuses every
 * other, however many requests come at once. One that is to outlive its process needs to store them.
 *
 * @throws ProvenanceError `TRUST_INVALID`, `KEY_INVALID`, `KEY_NAME_INVALID` for what is wrong with the options
 * @see https://c2sp.org/tlog-witness
 * @example
 * const witness = createMemoryWitness({ name, signer, logs: new Map([[origin, [logKey]]]), clock });
 * const answer = await witness.addCheckpoint({ oldSize: 0, proof: [], checkpoint: note });
 */
export function createMemoryWitness(options: MemoryWitnessOptions): Witness {
  const { name, signer, logs, clock } = options;
  const verifierKey: VerifierKey = { name, type: 'cosignature/v1', publicKey: signer.publicKey };
  requireVerifierKey(verifierKey);
  for (const [origin, logKeys] of logs) prepareTrust({ origin, logKeys, witnesses: [verifierKey] });
  const latest = new Map<string, Checkpoint>();

  const addCheckpoint = async (request: AddCheckpoint): Promise<WitnessAnswer> => {
    const checkpoint = readCheckpoint(request.checkpoint, logs);
    if (typeof checkpoint === 'string') return { ok: false, reason: checkpoint };
    const { origin } = checkpoint;
    const refusal = judgeGrowth(request, checkpoint, latest.get(origin) ?? emptyLog(origin));
    if (refusal !== undefined) return refusal;
    // Recorded before anything is awaited: no other request comes in between. And before it is signed: should signing fail,
    // the log asks again from this size.
    latest.set(origin, checkpoint);
    const signature = await cosignCheckpoint(formatCheckpoint(checkpoint), {
      name,
      signer,
      seconds: clock(),
    });
    return { ok: true, signatures: [signature] };
  };
  return { verifierKey, addCheckpoint };
}

type Refusal = Exclude<WitnessRefusal, 'conflict'>;

/** What each fault of a checkpoint is to a witness. It trusts no other witness, so those faults do not come. */
const refusals: Readonly<Record<CheckpointFault, Refusal>> = {
  'malformed-note': 'malformed',
  'malformed-checkpoint': 'malformed',
  'wrong-origin': 'unknown-log',
  'bad-signature': 'unsigned',
  unsigned: 'unsigned',
  'impossible-root': 'inconsistent',
  'bad-cosignature': 'malformed',
  'quorum-missed': 'malformed',
};

function readCheckpoint(note: string, logs: MemoryWitnessOptions['logs']): Checkpoint | Refusal {
  const [origin = ''] = note.split('\n', 1);
  const logKeys = logs.get(origin);
  if (logKeys === undefined) return 'unknown-log';
  const verdict = verifyCheckpoint(note, { origin, logKeys });
  return verdict.ok ? verdict.checkpoint : refusals[verdict.reason];
}

/** Why a checkpoint is not cosigned after the one that was cosigned last; undefined when it is. */
function judgeGrowth(
  { oldSize, proof }: AddCheckpoint,
  { size: newSize, root: newRoot }: Checkpoint,
  { size: knownSize, root: oldRoot }: Checkpoint,
): WitnessAnswer | undefined {
  if (oldSize > newSize) return { ok: false, reason: 'malformed' };
  if (oldSize !== knownSize) return { ok: false, reason: 'conflict', size: knownSize };
  const { ok } = verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof });
  return ok ? undefined : { ok: false, reason: 'inconsistent' };
}

/** Every log has been empty once. */
function emptyLog(origin: string): Checkpoint {
  return { origin, size: 0, root: emptyRoot() };
}
