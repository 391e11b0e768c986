import { readFile } from 'node:fs/promises';
import {
  type Checkpoint,
  type CheckpointFault,
  type Cosignature,
  maxNoteBytes,
  verifyCheckpoint,
} from '@agent-agency/provenance';
import { UsageError } from '../failure.ts';
import { readTrust, type TrustOptions } from './trust.ts';

/** A checkpoint that was kept outside of the database, and that somebody trusted has signed. */
export interface KeptCheckpoint {
  readonly file: string;
  readonly checkpoint: Checkpoint;
  readonly cosignatures: readonly Cosignature[];
}

/** Which checkpoints, and whom to believe about them. */
export interface KeptOptions extends Partial<TrustOptions> {
  readonly tenant: string;
  readonly checkpoint?: readonly string[];
}

/**
 * The checkpoints of files, verified. What a log is held against has to hold itself.
 *
 * @throws {UsageError} for one that is not this log's, or not signed as it has to be; and without a key.
 */
export async function readKeptCheckpoints(options: KeptOptions): Promise<KeptCheckpoint[]> {
  const { checkpoint: files = [], key, origin, witness, quorum } = options;
  if (files.length > 0 && key === undefined)
    throw new UsageError('a checkpoint counts when a key has signed it that you trust: name that with --key');
  if (files.length === 0 && [origin, witness, quorum].some((it) => it !== undefined))
    throw new UsageError(
      '--origin, --witness and --quorum are about a checkpoint: name it with --checkpoint',
    );
  const kept: KeptCheckpoint[] = [];
  for (const file of files) kept.push(await readKept(file, { ...options, key: key ?? [] }));
  return kept;
}

async function readKept(file: string, options: KeptOptions & TrustOptions): Promise<KeptCheckpoint> {
  const note = await readFile(file, 'utf8');
  const trust = await readTrust(options, () => note);
  const verdict = verifyCheckpoint(note, trust);
  if (!verdict.ok) throw new UsageError(`${file} is no checkpoint to trust: ${EXPLANATIONS[verdict.reason]}`);
  const { checkpoint, cosignatures } = verdict;
  if (checkpoint.origin.endsWith(`/${options.tenant}`)) return { file, checkpoint, cosignatures };
  throw new UsageError(
    `${file} is a checkpoint of ${checkpoint.origin}, not of a log of tenant ${options.tenant}`,
  );
}

const EXPLANATIONS: Readonly<Record<CheckpointFault, string>> = {
  'malformed-note': `it is no signed note of at most ${String(maxNoteBytes)} bytes`,
  'malformed-checkpoint': 'its text is none',
  'wrong-origin': 'it is of another log than --origin and --key say',
  'bad-signature': 'its signature does not hold: it was changed',
  unsigned: 'none of the keys that --key names has signed it',
  'impossible-root': 'the root of an empty log is another',
  'bad-cosignature': 'a line in the name of a witness is not its cosignature',
  'quorum-missed': 'too few of the witnesses that --witness names have cosigned',
};
