import { ProvenanceError } from '../errors.ts';
import { parseTreeSize } from './checkpoint.ts';
import { formatSignatures, type NoteSignature, parseSignatures } from './note.ts';
import { type WitnessAnswer, type WitnessRefusal, witnessStatus } from './witness.ts';

/** What a witness answers over HTTP. */
export interface WitnessResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/**
 * The answer of a witness as HTTP: with 200 its signature lines, with 409 the size it cosigned last.
 *
 * @throws ProvenanceError `NOTE_INVALID`, `KEY_NAME_INVALID` for signatures that are none
 * @see https://c2sp.org/tlog-witness, "add-checkpoint"
 */
export function formatWitnessResponse(answer: WitnessAnswer): WitnessResponse {
  if (answer.ok)
    return {
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      body: formatSignatures(answer.signatures),
    };
  const status = witnessStatus[answer.reason];
  return answer.reason === 'conflict'
    ? { status, contentType: 'text/x.tlog.size', body: `${String(answer.size)}\n` }
    : { status, contentType: 'text/plain; charset=utf-8', body: `${answer.reason}\n` };
}

/**
 * Reads what a witness answered over HTTP. Says nothing about whether its signatures hold: `obtainCosignature` does.
 *
 * @throws ProvenanceError `WITNESS_ANSWER_INVALID` for every other status, and for a body that is not of its form
 */
export function parseWitnessResponse({
  status,
  body,
}: Pick<WitnessResponse, 'status' | 'body'>): WitnessAnswer {
  if (status === 200) return { ok: true, signatures: readSignatures(body) };
  const reason = refusals.find((refusal) => witnessStatus[refusal] === status);
  if (reason === undefined) throw invalid(status);
  return reason === 'conflict' ? { ok: false, reason, size: readSize(body) } : { ok: false, reason };
}

const refusals = Object.keys(witnessStatus) as WitnessRefusal[];

function readSignatures(body: string): NoteSignature[] {
  try {
    return parseSignatures(body);
  } catch (cause) {
    throw invalid(200, cause);
  }
}

function readSize(body: string): number {
  const size = body.endsWith('\n') ? parseTreeSize(body.slice(0, -1)) : undefined;
  if (size === undefined) throw invalid(witnessStatus.conflict);
  return size;
}

function invalid(status: number, cause?: unknown): ProvenanceError {
  const message = `The witness answered with status ${String(status)} and a body that do not belong to the protocol.`;
  return new ProvenanceError('WITNESS_ANSWER_INVALID', message, { details: { status }, cause });
}
