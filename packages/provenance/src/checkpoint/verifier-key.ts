import { importVerifyingKey, sha256 } from '../crypto/index.ts';
import { ProvenanceError } from '../errors.ts';
import { concat, fromBase64, toBase64, toHex, utf8 } from '../format/encoding.ts';
import { isKeyName } from './note-text.ts';

/** The byte that stands for each type, in key hashes and verifier keys (signed-note, "Signature types"). */
const typeBytes = { ed25519: 0x01, 'cosignature/v1': 0x04 } as const;

/** What a key signs: notes as they are (`ed25519`), or checkpoints with the time of signing (`cosignature/v1`). */
export type VerifierKeyType = keyof typeof typeBytes;

const types: readonly VerifierKeyType[] = ['ed25519', 'cosignature/v1'];

/** A public key and the name under which it signs notes. */
export interface VerifierKey {
  /** Shape: not empty, no white space, no plus sign; best a URL without its scheme. A log's is its origin. */
  readonly name: string;
  readonly type: VerifierKeyType;
  /** Shape: the 32 raw bytes of RFC 8032. */
  readonly publicKey: Uint8Array;
}

/**
 * By what a signature line names its key, beside the name: 8 lower-case hex digits, the first four bytes of
 * SHA-256(name ‖ newline ‖ type ‖ public key). C2SP calls it key ID; in this package that is `publicKeyId`.
 *
 * Four bytes tell keys apart, they do not authenticate one: the signature does.
 *
 * @see https://c2sp.org/signed-note, "Signatures"
 */
export function keyHash(key: VerifierKey): string {
  return hashOf(key.name, materialOf(key));
}

/**
 * A verifier key (vkey) as text: `<name>+<key hash>+<base64 of type ‖ public key>`.
 *
 * @throws ProvenanceError `KEY_NAME_INVALID`, `KEY_INVALID`
 * @see https://c2sp.org/signed-note, "Verifier keys"
 * @example
 * formatVerifierKey({ name: 'example.com/log', type: 'ed25519', publicKey: signer.publicKey });
 */
export function formatVerifierKey(key: VerifierKey): string {
  requireVerifierKey(key);
  return `${key.name}+${keyHash(key)}+${toBase64(materialOf(key))}`;
}

/**
 * Reads a verifier key; only what `formatVerifierKey` writes.
 *
 * @throws ProvenanceError `KEY_INVALID` when malformed, of another type or unfit, `KEY_NAME_INVALID`,
 *   `KEY_ID_MISMATCH` when the hash is not that of the key
 */
export function parseVerifierKey(text: string): VerifierKey {
  // A name has no plus sign, base64 may.
  const [name = '', hash = '', ...base64] = text.split('+');
  const material = fromBase64(base64.join('+'));
  if (material === undefined || material.length === 0)
    throw new ProvenanceError('KEY_INVALID', 'A verifier key is <name>+<8 hex digits>+<base64>.');
  if (hash !== hashOf(name, material))
    throw new ProvenanceError(
      'KEY_ID_MISMATCH',
      'The hash of a verifier key is not that of its name and key.',
    );
  const key: VerifierKey = { name, type: typeOf(material), publicKey: material.slice(1) };
  requireVerifierKey(key);
  return key;
}

/**
 * @throws ProvenanceError `KEY_NAME_INVALID`, or `KEY_INVALID` for a key that verifies nothing or too much
 */
export function requireVerifierKey(key: VerifierKey): void {
  requireKeyName(key.name);
  importVerifyingKey(key.publicKey);
}

/** @throws ProvenanceError `KEY_NAME_INVALID` */
export function requireKeyName(name: string): void {
  if (!isKeyName(name))
    throw new ProvenanceError(
      'KEY_NAME_INVALID',
      'A key name is not empty, without white space and plus signs.',
    );
}

function typeOf(material: Uint8Array): VerifierKeyType {
  const type = types.find((candidate) => typeBytes[candidate] === material[0]);
  if (type === undefined)
    throw new ProvenanceError('KEY_INVALID', `A verifier key is of type ${types.join(' or ')}.`, {
      details: { type: material[0] ?? null },
    });
  return type;
}

function materialOf({ type, publicKey }: VerifierKey): Uint8Array {
  return concat(Uint8Array.of(typeBytes[type]), publicKey);
}

function hashOf(name: string, material: Uint8Array): string {
  return toHex(sha256(utf8(`${name}\n`), material).subarray(0, 4));
}
