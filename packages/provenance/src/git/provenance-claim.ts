import { hashBytes, uuidBytes } from '../format/bytes.ts';
import { fromBase64 } from '../format/encoding.ts';
import { parseTrailers, type Trailer } from './trailer.ts';

/** The keys of the three trailers. */
export const provenanceKeys = {
  node: 'Provenance-Node',
  hash: 'Provenance-Hash',
  signature: 'Provenance-Signature',
} as const;

/** What the provenance trailers of a message say. Nothing of it is verified. */
export interface TrailerClaim {
  /** The node of the log that the commit rests on. */
  readonly nodeId: string;
  /** The hash that the node has, as hex. */
  readonly hashChain: string;
  readonly keyId: string;
  /** Shape: 64 bytes. */
  readonly signature: Uint8Array;
}

/** Why a message makes no claim. */
export type ClaimProblem = 'no-trailer' | 'incomplete-trailer' | 'repeated-trailer' | 'malformed-trailer';

/**
 * What the provenance trailers of a message claim. A commit rests on one node; what that one rests on, the log says.
 *
 * @example
 * const read = readProvenanceTrailers(message);
 * if (read.ok) console.log(read.claim.nodeId);
 */
export function readProvenanceTrailers(
  message: string,
):
  | { readonly ok: true; readonly claim: TrailerClaim }
  | { readonly ok: false; readonly reason: ClaimProblem } {
  const trailers = parseTrailers(message);
  const [nodes, hashes, signatures] = [
    valuesOf(trailers, provenanceKeys.node),
    valuesOf(trailers, provenanceKeys.hash),
    valuesOf(trailers, provenanceKeys.signature),
  ];
  const counts = [nodes.length, hashes.length, signatures.length];
  if (counts.every((count) => count === 0)) return { ok: false, reason: 'no-trailer' };
  if (counts.some((count) => count > 1)) return { ok: false, reason: 'repeated-trailer' };
  if (counts.includes(0)) return { ok: false, reason: 'incomplete-trailer' };
  const claim = parseClaim(nodes[0], hashes[0], signatures[0]);
  return claim === undefined ? { ok: false, reason: 'malformed-trailer' } : { ok: true, claim };
}

function valuesOf(trailers: readonly Trailer[], key: string): readonly string[] {
  return trailers
    .filter((trailer) => trailer.key.toLowerCase() === key.toLowerCase())
    .map(({ value }) => value);
}

/** Each value has one spelling. */
function parseClaim(nodeId = '', hashChain = '', signed = ''): TrailerClaim | undefined {
  const [, keyId, base64] = /^(ed25519:[0-9a-f]{32})\/(.{88})$/.exec(signed) ?? [];
  const signature = fromBase64(base64);
  if (keyId === undefined || signature?.length !== 64) return undefined;
  if (uuidBytes(nodeId) === undefined || hashBytes(hashChain) === undefined) return undefined;
  return { nodeId, hashChain, keyId, signature };
}
