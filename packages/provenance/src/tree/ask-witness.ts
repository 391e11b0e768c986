import type { TenantTransaction } from '@agent-agency/db-core';
import { obtainCosignature } from '../checkpoint/obtain-cosignature.ts';
import { keyHash } from '../checkpoint/verifier-key.ts';
import type { Witness, WitnessRefusal } from '../checkpoint/witness.ts';
import { ProvenanceError } from '../errors.ts';
import type { CheckpointRecord } from './checkpoint-record.ts';
import { logRewound } from './continuation.ts';
import { hasCheckpoint, keepCosignature, lastCosigned } from './cosignatures.ts';
import { proveConsistencyBetween } from './prove-consistency.ts';

/** Runs work in a transaction of its own, which has ended when the promise settles. */
export type InTenant = <T>(work: (tx: TenantTransaction) => Promise<T>) => Promise<T>;

/**
 * Asks a witness to cosign a checkpoint, and keeps what it answers. No transaction is open while it is asked.
 *
 * @returns `COSIGNATURE_MISSING`, unless it has cosigned.
 * @throws {ProvenanceError} `LOG_REWOUND` when it knows a checkpoint that this log does not have or does not continue; and what the
 *   database throws.
 */
export async function askWitness(
  inTenant: InTenant,
  witness: Witness,
  checkpoint: CheckpointRecord,
): Promise<ProvenanceError | undefined> {
  const { size, note } = checkpoint;
  const key = { name: witness.verifierKey.name, keyHash: keyHash(witness.verifierKey) };
  const hasCosigned = checkpoint.cosignedBy.some(
    (other) => other.name === key.name && other.keyHash === key.keyHash,
  );
  const request = {
    checkpoint: note,
    oldSize: hasCosigned ? size : await inTenant((tx) => lastCosigned(tx, key)),
    prove: async (oldSize: number) =>
      (await inTenant((tx) => proveConsistencyBetween(tx, oldSize, size))).proof,
  };
  const answer = await obtainCosignature(toldApart(witness), request).catch(noAnswerOf);
  if (answer instanceof ProvenanceError) return answer;
  if (answer.ok) {
    await inTenant((tx) => keepCosignature(tx, size, answer.signature));
    return undefined;
  }
  const { reason } = answer;
  if (reason === 'inconsistent') throw logRewound('does not continue', { witness: key.name, size });
  // A checkpoint is kept before any witness sees it. One that only the witness knows was lost here.
  const isLost =
    reason === 'conflict' && answer.size > 0 && !(await inTenant((tx) => hasCheckpoint(tx, answer.size)));
  if (isLost) throw logRewound('has lost', { witness: key.name, size, checkpointSize: answer.size });
  return missing(witness, reason);
}

type Reason = WitnessRefusal | 'faulty-answer' | 'no-answer';

function missing({ verifierKey }: Witness, reason: Reason, cause?: unknown): ProvenanceError {
  return new ProvenanceError(
    'COSIGNATURE_MISSING',
    `The witness ${verifierKey.name} has not cosigned: ${reason}.`,
    {
      details: { witness: verifierKey.name, reason },
      cause,
    },
  );
}

/** The same witness, whose silence is told from what goes wrong here. */
function toldApart(witness: Witness): Witness {
  return {
    verifierKey: witness.verifierKey,
    addCheckpoint: (request) =>
      witness.addCheckpoint(request).catch((cause: unknown) => {
        throw missing(witness, 'no-answer', cause);
      }),
  };
}

function noAnswerOf(error: unknown): ProvenanceError {
  if (error instanceof ProvenanceError && error.code === 'COSIGNATURE_MISSING') return error;
  throw error;
}
