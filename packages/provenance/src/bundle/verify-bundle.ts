import { maxListed } from '../chain/chain-report.ts';
import { prepareTrust } from '../checkpoint/checkpoint-trust.ts';
import { importPublicKeys } from '../signing/public-key.ts';
import type { BundleTrust } from './bundle-trust.ts';
import type { BundleFault, BundleVerdict } from './bundle-verdict.ts';
import { inspectionOf, judgeNodes, logFaults, missingNodes, readNodes } from './inspection.ts';
import { checkpointTrust, judgeCheckpoint } from './judge-checkpoint.ts';
import { unseenParentsOf } from './neighbours.ts';
import { readBundle, type UnreadableBundle } from './parse-bundle.ts';

/**
 * Whether a bundle shows what it says: that its nodes stand in the log of `origin`, unchanged, each signed by a key that was valid
 * there, under a checkpoint that the log signed and enough witnesses saw. Needs nothing but the bundle and what is trusted.
 *
 * Says nothing about what is not in the bundle: see `ids` and `withAncestry` of {@link BundleTrust}. Whatever the bundle is, it
 * comes to a verdict.
 *
 * **Cost** linear: an ed25519 verification a node, and as many hashes as its proof is long.
 * @throws ProvenanceError `TRUST_INVALID`, `KEY_INVALID`, `KEY_ID_MISMATCH`, `KEY_NAME_INVALID` for what is wrong with `trust`
 * @see FORMAT.md section 15
 * @example
 * const verdict = verifyBundle(text, { origin: 'example.com/acme', keys, witnesses, ids: [verdictId] });
 * if (!verdict.ok) console.error(verdict.faults[0]);
 */
export function verifyBundle(bundle: string | Uint8Array, trust: BundleTrust): BundleVerdict {
  requireTrust(trust);
  const read = readBundle(bundle);
  if ('reason' in read) return { ok: false, faults: [documentFault(read)] };
  const inspection = inspectionOf(read, trust);
  // The nodes first: they say who may sign the checkpoint. A signature that does not hold is a fault, and there is an end to faults.
  const early = firstOf(readNodes(inspection), maxListed);
  if (early.length === maxListed) return { ok: false, faults: early };
  const checkpoint = judgeCheckpoint(inspection);
  const ofNodes = [...early, ...firstOf(judgeNodes(inspection, checkpoint), maxListed)].sort(byIndex);
  const faults = [...logFaults(inspection, checkpoint), ...ofNodes, ...missingNodes(inspection)];
  if (!checkpoint.ok || faults.length > 0) return { ok: false, faults: faults.slice(0, maxListed) };
  return {
    ok: true,
    tenantId: read.tenantId,
    checkpoint: checkpoint.checkpoint,
    cosignatures: checkpoint.cosignatures,
    nodes: read.nodes,
    unseenParents: unseenParentsOf(inspection.neighbours),
  };
}

function documentFault({ reason, index, message }: UnreadableBundle): BundleFault {
  return { reason, place: 'document', index, seq: undefined, id: undefined, message };
}

/** @throws ProvenanceError when nothing could be verified with it */
function requireTrust(trust: BundleTrust): void {
  importPublicKeys(trust.keys);
  prepareTrust(checkpointTrust(trust, trust.keys));
}

function firstOf<Item>(items: Iterable<Item>, most: number): Item[] {
  const first: Item[] = [];
  for (const item of items) if (first.push(item) === most) break;
  return first;
}

function byIndex(a: BundleFault, b: BundleFault): number {
  return (a.index ?? 0) - (b.index ?? 0);
}
