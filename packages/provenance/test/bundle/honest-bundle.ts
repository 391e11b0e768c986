import type { BundledNode } from '../../src/bundle/bundle.ts';
import type { BundleTrust } from '../../src/bundle/bundle-trust.ts';
import type { BundleFaultReason } from '../../src/bundle/bundle-verdict.ts';
import { formatBundle } from '../../src/bundle/format-bundle.ts';
import type { Signer } from '../../src/signing/signature.ts';
import { at, seededSigner } from '../fixtures/chain.ts';
import { buildLog, bundleOf, cosignedCheckpoint, type Log } from './bundled-log.ts';

/** What is wrong, the bundle, what it is held against, and what must be found: each reason with the node's place in the bundle. */
export type BundleCase = readonly [
  what: string,
  bundle: string,
  trust: BundleTrust,
  faults: readonly (readonly [reason: BundleFaultReason, index?: number])[],
];

export const log = await buildLog();
export const checkpoint = await cosignedCheckpoint(log);

/** Nodes 1 to 9, so that a node's place in it is its number less one. */
export const honest = await bundleOf(log, [1, 3, 4, 6, 7, 9], checkpoint);
export const ids = honest.nodes.map(({ id }) => id);

/** Somebody whom the log does not know. */
export const stranger = seededSigner(Buffer.alloc(32, 12));
export const tenantId = 'acme';

/** With a node changed. */
export function changed(seq: number, change: Partial<BundledNode>): string {
  return formatBundle({
    ...honest,
    nodes: honest.nodes.map((node) => (node.seq === seq ? { ...node, ...change } : node)),
  });
}

/** With nodes left out. */
export function without(...seqs: readonly number[]): string {
  return formatBundle({ ...honest, nodes: honest.nodes.filter(({ seq }) => !seqs.includes(seq)) });
}

/** With the nodes of these numbers, in this order. */
export function ordered(...seqs: readonly number[]): string {
  return formatBundle({ ...honest, nodes: seqs.map((seq) => at(honest.nodes, seq) as BundledNode) });
}

/** Under another checkpoint. */
export function under(note: string): string {
  return formatBundle({ ...honest, checkpoint: note });
}

/** An honest bundle of a log that goes on as an honest writer would not. */
export async function ofLog(bad: Log, seqs: readonly number[], signer?: Signer): Promise<string> {
  return formatBundle(await bundleOf(bad, seqs, await cosignedCheckpoint(bad, signer)));
}

/** The log up to a number, to go on from. */
export function upTo(seq: number): Log {
  return log.slice(0, seq);
}
