import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  importPublicKey,
  parseVerifierKey,
  ProvenanceError,
  publicKeyId,
  type PublicKeyRecord,
  type VerifierKey,
} from '@agent-agency/provenance';
import { UsageError } from '../failure.ts';

/** A public key that somebody trusts and says so on the command line. */
export interface GivenKey extends PublicKeyRecord {
  /** Given as one: then it says under which name the key signs notes. */
  readonly verifierKey?: VerifierKey;
}

/** How a key may be given, for help. */
export const keyForms =
  'PEM file, verifier key (<name>+<hash>+<base64>), 64 hex digits, or a file of such lines';

const HEX = /^[0-9a-f]{64}$/i;
const VERIFIER_KEY = /^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/;
const PEM = /-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g;

/**
 * The keys that the values of an option name.
 *
 * @throws {UsageError} for one that is none, by name.
 */
export async function readPublicKeys(values: readonly string[]): Promise<GivenKey[]> {
  const keys: GivenKey[] = [];
  for (const value of values) keys.push(...(await readValue(value)));
  return keys;
}

async function readValue(value: string): Promise<GivenKey[]> {
  if (HEX.test(value) || VERIFIER_KEY.test(value)) return [readKey(value, value)];
  const text = await readFile(value, 'utf8');
  const blocks = text.match(PEM);
  // Behind the key of a witness there may be its address.
  const found = blocks ?? linesOf(text).map((line) => line.replace(/\s.*/, ''));
  if (found.length === 0) throw noKey(value);
  return found.map((each) => readKey(each, value));
}

/** The lines of a file that say something; `#` begins a comment. */
export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function readKey(text: string, source: string): GivenKey {
  try {
    if (VERIFIER_KEY.test(text)) {
      const verifierKey = parseVerifierKey(text);
      return { ...recordOf(verifierKey.publicKey), verifierKey };
    }
    return recordOf(HEX.test(text) ? Buffer.from(text, 'hex') : rawKey(text));
  } catch (error) {
    throw noKey(source, error);
  }
}

function recordOf(key: Uint8Array): PublicKeyRecord {
  const publicKey = new Uint8Array(key);
  importPublicKey(publicKey);
  return { keyId: publicKeyId(publicKey), publicKey };
}

/** The raw public half, from the PEM of either half. */
function rawKey(pem: string): Uint8Array {
  const { x, crv } = createPublicKey(pem).export({ format: 'jwk' });
  if (crv !== 'Ed25519' || x === undefined) throw new TypeError('another kind of key');
  return Buffer.from(x, 'base64url');
}

function noKey(source: string, cause?: unknown): UsageError {
  // The parser's message of a PEM would say less; ours say what is wrong with a key.
  const why = cause instanceof ProvenanceError ? ` (${cause.message})` : '';
  return new UsageError(`${source} is no ed25519 public key${why}: give a ${keyForms}`, { cause });
}
