import { createReadStream } from 'node:fs';
import {
  type BundledNode,
  type BundleFault,
  type BundleVerdict,
  maxBundleBytes,
  verifyBundle,
} from '@agent-agency/provenance';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../counted.ts';
import { ExitCode } from '../exit-codes.ts';
import { requireNodeId } from '../provenance/commit-message.ts';
import { isoOfMicros, isoOfSeconds } from '../provenance/instants.ts';
import { readTrust, type TrustOptions } from '../provenance/trust.ts';

export interface VerifyBundleOptions extends TrustOptions {
  readonly node?: readonly string[];
  readonly withAncestry?: true;
}

/** `agency-db provenance verify-bundle <file> --key <key…>`: needs no database, no network and no configuration. */
export async function provenanceVerifyBundleCommand(
  { terminal }: CommandContext,
  file: string,
  options: VerifyBundleOptions,
): Promise<ExitCode> {
  const ids = options.node?.map(requireNodeId);
  const bundle = await readUpTo(file, maxBundleBytes);
  const { keys, origin, isOriginGiven, witnesses, quorum } = await readTrust(options, () => noteIn(bundle));
  const verdict = verifyBundle(bundle, {
    ...{ origin, keys, witnesses, quorum, ids },
    withAncestry: options.withAncestry ?? false,
  });
  const lines = verdict.ok ? describeVerified(verdict, { origin, isOriginGiven }) : describeFaults(verdict);
  for (const line of lines) terminal.print(line);
  terminal.printJson(verdict.ok ? jsonOf(verdict, { origin, isOriginGiven }) : verdict);
  return verdict.ok ? ExitCode.ok : ExitCode.checkFailed;
}

/** A file of any size; one byte more than the limit tells that there is more. */
async function readUpTo(file: string, limit: number): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  for await (const piece of createReadStream(file, { end: limit }) as AsyncIterable<Buffer>)
    pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The checkpoint in what may be a bundle; what is wrong with it is the verdict's to say. */
function noteIn(bundle: Uint8Array): string {
  try {
    const { checkpoint } = JSON.parse(new TextDecoder().decode(bundle)) as { checkpoint?: unknown };
    return typeof checkpoint === 'string' ? checkpoint : '';
  } catch {
    return '';
  }
}

type Verified = Extract<BundleVerdict, { readonly ok: true }>;

interface AskedOrigin {
  readonly origin: string;
  readonly isOriginGiven: boolean;
}

function describeVerified(verdict: Verified, { origin, isOriginGiven }: AskedOrigin): string[] {
  const { checkpoint, nodes, unseenParents } = verdict;
  const named = isOriginGiven ? '' : ' (as the bundle itself says; name it with --origin)';
  return [
    `verified: ${counted(nodes.length, 'node')} of the log ${origin}${named}`,
    ...nodes.map(describeNode),
    `checkpoint: of the first ${counted(checkpoint.size, 'node')} of the log, root ${base64(checkpoint.root)}`,
    describeWitnesses(verdict),
    ...unseenParents.map(
      ({ id, child }) => `not seen: node ${id}, from which node ${child.id} derives: only its hash is known`,
    ),
    'not shown: that nothing was left out (name what must be in it with --node), and what the log has behind the checkpoint',
  ];
}

function describeNode({ seq, entityType, entityId, id, createdAtMicros, signingKeyId }: BundledNode): string {
  return `  ${String(seq)}  ${entityType} ${entityId}  ${id}  ${isoOfMicros(createdAtMicros)}, signed by ${signingKeyId}`;
}

function describeWitnesses({ cosignatures }: Verified): string {
  if (cosignatures.length === 0)
    return 'witnesses: none of those named; nobody but the log says that others see the same one, and when it was signed';
  return `witnesses: ${cosignatures.map(({ name, seconds }) => `${name} at ${isoOfSeconds(seconds)}`).join(', ')}`;
}

function describeFaults({ faults }: Extract<BundleVerdict, { readonly ok: false }>): string[] {
  return [`not verified: ${counted(faults.length, 'fault')}`, ...faults.map(describeFault)];
}

function describeFault({ reason, place, index, seq, id, message }: BundleFault): string {
  const at = [
    ...(index === undefined ? [] : [`nodes[${String(index)}]`]),
    ...(seq === undefined ? [] : [`number ${String(seq)}`]),
    ...(id === undefined ? [] : [id]),
  ].join(', ');
  return `  ${place}${at === '' ? '' : ` (${at})`}: ${reason}: ${message}`;
}

function jsonOf(verdict: Verified, { origin, isOriginGiven }: AskedOrigin): unknown {
  const { tenantId, checkpoint, cosignatures, nodes, unseenParents } = verdict;
  return {
    ...{ ok: true, origin, isOriginGiven, tenantId },
    checkpoint: { size: checkpoint.size, root: base64(checkpoint.root) },
    cosignatures: cosignatures.map((it) => ({ ...it, at: isoOfSeconds(it.seconds) })),
    nodes: nodes.map(({ seq, id, entityType, entityId, hashChain, createdAtMicros, signingKeyId }) => ({
      ...{ seq, id, entityType, entityId, hash: hashChain, signingKeyId },
      createdAt: isoOfMicros(createdAtMicros),
    })),
    unseenParents: unseenParents.map(({ id, hash, child }) => ({ id, hash, childId: child.id })),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
