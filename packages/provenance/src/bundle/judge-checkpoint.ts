import type { CheckpointTrust } from '../checkpoint/checkpoint-trust.ts';
import { parseCheckpoint } from '../checkpoint/checkpoint.ts';
import { parseNote } from '../checkpoint/note.ts';
import type { VerifierKey } from '../checkpoint/verifier-key.ts';
import { type CheckpointVerdict, verifyCheckpoint } from '../checkpoint/verify-checkpoint.ts';
import { equalBytes } from '../format/encoding.ts';
import type { PublicKeyRecord } from '../signing/public-key.ts';
import type { BundleTrust } from './bundle-trust.ts';
import { attempt } from './check-node.ts';
import type { Inspection } from './inspection.ts';

/** The bundle's checkpoint under the keys that may sign it: those the verifier names, or those that its nodes leave. Ask when all were read. */
export function judgeCheckpoint({ bundle, trust, history }: Inspection): CheckpointVerdict {
  const size = attempt(() => parseCheckpoint(parseNote(bundle.checkpoint).text).size);
  // Of what is no checkpoint, reading it again says why.
  const keys = typeof size === 'number' ? history.keysForCheckpoint(size) : trust.keys;
  const held = checkpointTrust(trust, keys.filter(isNoneOf(trust.witnesses)));
  if (held.logKeys.length === 0) return { ok: false, reason: 'unsigned' };
  return verifyCheckpoint(bundle.checkpoint, held);
}

/** A witness that the log has admitted as its own is no key of the log: it would vouch for itself. */
function isNoneOf(witnesses: readonly VerifierKey[] = []): (key: PublicKeyRecord) => boolean {
  return ({ publicKey }) => !witnesses.some((witness) => equalBytes(witness.publicKey, publicKey));
}

/** What the checkpoint is held against when these are the log's keys that may sign it. */
export function checkpointTrust(
  { origin, logKeys, witnesses, quorum }: BundleTrust,
  keys: readonly PublicKeyRecord[],
): CheckpointTrust {
  const named = keys.map(({ publicKey }): VerifierKey => ({ name: origin, type: 'ed25519', publicKey }));
  return { origin, logKeys: logKeys ?? named, witnesses, quorum };
}
