import { ProvenanceError } from '../errors.ts';
import { fromBase64, fromUtf8, toBase64 } from '../format/encoding.ts';
import { isTreeHash } from '../merkle/tree-hash.ts';
import { isTreeSize } from '../merkle/tree-size.ts';
import { parseTreeSize } from './checkpoint.ts';
import { parseNote } from './note.ts';
import type { AddCheckpoint } from './witness.ts';

/** What C2SP allows. Trees of up to 2^53 entries need 54 at most. */
const maxProofHashes = 63;

/** The most that stands before the empty line; one hash more would not fit, however short the size. */
const maxHeadLength = 'old 9007199254740991'.length + maxProofHashes * 45;

/**
 * The body of a request to a witness: `old <size>`, base64 of each hash of the proof, an empty line, the signed checkpoint.
 *
 * @throws ProvenanceError `WITNESS_REQUEST_INVALID`; `NOTE_INVALID` for the checkpoint
 * @see https://c2sp.org/tlog-witness, "add-checkpoint"
 */
export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  if (!isTreeSize(oldSize)) throw invalid('its old size is not a whole number from 0 to 2^53 - 1');
  if (proof.length > maxProofHashes) throw invalid('its proof is too long');
  if (!proof.every(isTreeHash)) throw invalid('a hash of its proof has not 32 bytes');
  parseNote(checkpoint);
  return [`old ${String(oldSize)}`, ...proof.map(toBase64), '', checkpoint].join('\n');
}

/**
 * Reads the body of a request to a witness; only what `formatAddCheckpoint` writes.
 *
 * @throws ProvenanceError `WITNESS_REQUEST_INVALID` with `details.reason`; `NOTE_INVALID` for the checkpoint
 */
export function parseAddCheckpoint(body: string | Uint8Array): AddCheckpoint {
  const text = typeof body === 'string' ? body : (fromUtf8(body) ?? '');
  const end = text.indexOf('\n\n');
  if (end < 0) throw invalid('it has no empty line before its checkpoint');
  if (end > maxHeadLength) throw invalid('its proof is too long');
  const [old = '', ...hashes] = text.slice(0, end).split('\n');
  const checkpoint = text.slice(end + 2);
  parseNote(checkpoint);
  return { oldSize: parseOldSize(old), proof: parseProof(hashes), checkpoint };
}

function parseOldSize(line: string): number {
  const size = line.startsWith('old ') ? parseTreeSize(line.slice('old '.length)) : undefined;
  if (size === undefined) throw invalid('its first line is not old <size>');
  return size;
}

function parseProof(lines: readonly string[]): Uint8Array[] {
  return lines.map((line) => {
    const hash = fromBase64(line);
    if (!isTreeHash(hash)) throw invalid('a line of its proof is not base64 of 32 bytes');
    return hash;
  });
}

function invalid(reason: string): ProvenanceError {
  return new ProvenanceError('WITNESS_REQUEST_INVALID', `This is no request to a witness: ${reason}.`, {
    details: { reason },
  });
}
