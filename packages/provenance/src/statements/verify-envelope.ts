import { type VerifyingKey, verifyEd25519 } from '../crypto/index.ts';
import { ProvenanceError } from '../errors.ts';
import { fromBase64 } from '../format/encoding.ts';
import { importPublicKeys, type PublicKeyRecord } from '../signing/public-key.ts';
import { type DssePayload, preAuthenticationEncoding } from '../signing/dsse.ts';
import { isJsonObject } from '../format/json-object.ts';

/** More in one envelope than anybody needs; verifying takes up to as many steps a key. */
const maxSignatures = 64;

/** Whom a verifier trusts. */
export interface EnvelopeTrust {
  readonly keys: readonly PublicKeyRecord[];
  /** How many different keys must have signed; 1 unless said otherwise. */
  readonly threshold?: number | undefined;
}

/** What became of an envelope. */
export type EnvelopeVerdict =
  | {
      readonly ok: true;
      readonly payload: Uint8Array;
      /** The ids of the trusted keys that signed. */
      readonly signers: readonly string[];
    }
  | { readonly ok: false; readonly reason: EnvelopeFault };

/** Why an envelope is not believed. */
export type EnvelopeFault =
  /** Not of the form of DSSE, or base64 that no encoder writes. */
  | 'malformed-envelope'
  /** Of another payload type than the one asked for. */
  | 'other-payload-type'
  /** Fewer trusted keys have signed than there must. */
  | 'too-few-signatures';

/**
 * Whether enough trusted keys signed a payload of this type. Never throws for what is in the envelope.
 *
 * As DSSE asks, both alphabets of base64 are read, a key counts once however often it signed, and the `keyid` only narrows
 * which keys are tried.
 *
 * @throws ProvenanceError `KEY_INVALID` or `KEY_ID_MISMATCH` for a trusted key, `STATEMENT_INVALID` for a threshold below 1
 * @see DSSE v1.0, protocol.md, "Multi-signature Verification"
 */
export function verifyEnvelope(
  envelope: unknown,
  payloadType: string,
  trust: EnvelopeTrust,
): EnvelopeVerdict {
  const { keys, threshold = 1 } = trust;
  if (!Number.isSafeInteger(threshold) || threshold < 1)
    throw new ProvenanceError('STATEMENT_INVALID', 'A threshold of signatures is a whole number from 1.');
  const trusted = importPublicKeys(keys);
  const read = readEnvelope(envelope);
  if (read === undefined) return { ok: false, reason: 'malformed-envelope' };
  if (read.payloadType !== payloadType) return { ok: false, reason: 'other-payload-type' };
  const signers = signersOf(read, trusted);
  if (signers.length < threshold) return { ok: false, reason: 'too-few-signatures' };
  return { ok: true, payload: read.payload, signers };
}

interface ReadEnvelope extends DssePayload {
  readonly signatures: readonly { readonly keyid: string | undefined; readonly signature: Uint8Array }[];
}

function readEnvelope(envelope: unknown): ReadEnvelope | undefined {
  if (!isJsonObject(envelope)) return undefined;
  const { payloadType, signatures } = envelope;
  const payload = fromAnyBase64(envelope['payload']);
  if (typeof payloadType !== 'string' || payload === undefined || !Array.isArray(signatures))
    return undefined;
  if (signatures.length > maxSignatures) return undefined;
  const read = signatures.map(readSignature).filter((signature) => signature !== undefined);
  return read.length === signatures.length ? { payloadType, payload, signatures: read } : undefined;
}

function readSignature(given: unknown): ReadEnvelope['signatures'][number] | undefined {
  if (!isJsonObject(given)) return undefined;
  const { keyid } = given;
  const signature = fromAnyBase64(given['sig']);
  if (signature === undefined || (keyid !== undefined && typeof keyid !== 'string')) return undefined;
  return { keyid, signature };
}

/** Base64 of either alphabet, but of one only. */
function fromAnyBase64(text: unknown): Uint8Array | undefined {
  const urlSafe = typeof text === 'string' && /^[A-Za-z0-9_-]*={0,2}$/.test(text);
  return fromBase64(urlSafe ? text.replaceAll('-', '+').replaceAll('_', '/') : text);
}

function signersOf(envelope: ReadEnvelope, trusted: ReadonlyMap<string, VerifyingKey>): string[] {
  const message = preAuthenticationEncoding(envelope);
  const signers = new Set<string>();
  for (const { keyid, signature } of envelope.signatures) {
    const named = keyid === undefined ? undefined : trusted.get(keyid);
    const candidates = keyid !== undefined && named !== undefined ? [[keyid, named] as const] : [...trusted];
    for (const [id, key] of candidates) if (verifyEd25519(key, message, signature)) signers.add(id);
  }
  return [...signers];
}
