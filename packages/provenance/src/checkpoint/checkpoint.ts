import { ProvenanceError } from '../errors.ts';
import { equalBytes, fromBase64, toBase64 } from '../format/encoding.ts';
import { emptyRoot, isTreeHash } from '../merkle/tree-hash.ts';
import { isTreeSize } from '../merkle/tree-size.ts';
import { isNoteLine } from './note-text.ts';

/** The whole of a log at one size: whoever knows it can check that any entry stands in the log, and that it only grew. */
export interface Checkpoint {
  /** Which log it is. Shape: one line, not empty; in our logs also the name of the key that signs. */
  readonly origin: string;
  /** How many entries the log has, 0 … 2^53−1. */
  readonly size: number;
  /** The root of the RFC 6962 tree of that size. Shape: 32 bytes. */
  readonly root: Uint8Array;
  /** Further lines, none of them empty. They are signed, but nobody can audit them: best none. */
  readonly extensions?: readonly string[] | undefined;
}

/**
 * The text that is signed for a checkpoint: origin, size and base64 of the root, then the extensions, a line each.
 *
 * @throws ProvenanceError `CHECKPOINT_INVALID` with `details.reason`
 * @see https://c2sp.org/tlog-checkpoint, "Note text"
 * @example
 * formatCheckpoint({ origin: 'example.com/log', size: 1, root: leafHash(entry) });
 */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions = [] } = checkpoint;
  if (![origin, ...extensions].every(isNoteLine))
    throw invalid('origin and extensions are not lines of text');
  if (!isTreeSize(size)) throw invalid('its size is not a whole number from 0 to 2^53 - 1');
  if (!isTreeHash(root)) throw invalid('its root has not 32 bytes');
  if (!hasPossibleRoot(checkpoint)) throw invalid('the root of an empty log is another');
  return [origin, String(size), toBase64(root), ...extensions].map((line) => `${line}\n`).join('');
}

/**
 * Reads the text of a checkpoint, what `parseNote` gives for its note; only what `formatCheckpoint` writes, except that
 * it does not hold the root of an empty log against the one there is: `verifyCheckpoint` does.
 *
 * @throws ProvenanceError `CHECKPOINT_INVALID` with `details.reason`
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw invalid('its last line does not end in a newline');
  if (!lines.every(isNoteLine)) throw invalid('a line is empty or no text');
  const [origin = '', sizeLine = '', rootLine, ...extensions] = lines;
  const size = parseTreeSize(sizeLine);
  const root = fromBase64(rootLine);
  if (size === undefined) throw invalid('its size is not a decimal number from 0 to 2^53 - 1');
  if (!isTreeHash(root)) throw invalid('its root is not base64 of 32 bytes');
  return extensions.length === 0 ? { origin, size, root } : { origin, size, root, extensions };
}

/** A log without entries has one root, the hash of nothing (RFC 6962 section 2.1). */
export function hasPossibleRoot({ size, root }: Checkpoint): boolean {
  return size > 0 || equalBytes(root, emptyRoot());
}

/** Decimal, without sign and leading zeros, below 2^53; otherwise undefined. */
export function parseTreeSize(digits: string): number | undefined {
  const size = /^(0|[1-9][0-9]{0,15})$/.test(digits) ? Number(digits) : Number.NaN;
  return isTreeSize(size) ? size : undefined;
}

function invalid(reason: string): ProvenanceError {
  return new ProvenanceError('CHECKPOINT_INVALID', `This is no checkpoint: ${reason}.`, {
    details: { reason },
  });
}
