import { formatAddCheckpoint } from '../checkpoint/add-checkpoint.ts';
import type { VerifierKey } from '../checkpoint/verifier-key.ts';
import { parseWitnessResponse } from '../checkpoint/witness-response.ts';
import type { Witness } from '../checkpoint/witness.ts';
import { ProvenanceError } from '../errors.ts';

/** Where a witness is, and who it is. */
export interface HttpWitnessOptions {
  /** Its submission prefix: `add-checkpoint` comes behind it. */
  readonly url: string;
  /** Of type `cosignature/v1`. */
  readonly verifierKey: VerifierKey;
  /** How long an answer may take in all. Default: 10 seconds. */
  readonly timeoutMs?: number | undefined;
  /** Default: that of the platform. */
  readonly fetch?: typeof fetch | undefined;
}

/** More than any witness has to say. **Units** bytes. */
const maxAnswerBytes = 65_536;

/**
 * A witness that is asked over HTTP, as C2SP tlog-witness says. Follows no redirection.
 *
 * @throws {ProvenanceError} `INVALID_INPUT` for a URL that is none. Asking it rejects with `WITNESS_ANSWER_INVALID`, or as `fetch` does.
 * @see https://c2sp.org/tlog-witness
 * @example
 * const witness = createHttpWitness({ url: 'https://witness.example.com/w1', verifierKey: parseVerifierKey(vkey) });
 */
export function createHttpWitness(options: HttpWitnessOptions): Witness {
  const { verifierKey, timeoutMs = 10_000, fetch: send = fetch } = options;
  const url = addressOf(options.url);
  return {
    verifierKey,
    addCheckpoint: async (request) => {
      const response = await send(url, {
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: formatAddCheckpoint(request),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return parseWitnessResponse({ status: response.status, body: await readAnswer(response) });
    },
  };
}

function addressOf(prefix: string): URL {
  const url = URL.parse(`${prefix.replace(/\/+$/, '')}/add-checkpoint`);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new ProvenanceError('INVALID_INPUT', 'the URL of a witness must begin with https:// or http://', {
    details: { field: 'url' },
  });
}

/** Up to its limit, however much comes. */
async function readAnswer({ status, body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    parts.push(part);
    length += part.length;
    if (length > maxAnswerBytes)
      throw new ProvenanceError(
        'WITNESS_ANSWER_INVALID',
        'The witness answered more than the protocol needs.',
        {
          details: { status },
        },
      );
  }
  return Buffer.concat(parts).toString();
}
