import { importVerifyingKey, verifyEd25519, verifyEd25519Async, type VerifyingKey } from '../crypto/index.ts';
import { ProvenanceError } from '../errors.ts';
import { hashBytes } from '../format/bytes.ts';
import { concat, fromBase64 } from '../format/encoding.ts';
import { preAuthenticationEncoding } from './dsse.ts';

/** Whoever holds a private key: a key in memory (`createSigner`), a key service, a hardware module. */
export interface Signer {
  /** `publicKeyId(publicKey)`. */
  readonly keyId: string;
  /** Shape: 32 raw bytes. */
  readonly publicKey: Uint8Array;
  /** Pure ed25519 (RFC 8032) over `payload` as it is; 64 bytes. */
  sign(payload: Uint8Array): Promise<Uint8Array>;
}

/** The DSSE payload type of a node's signature. */
export const nodePayloadType = 'application/vnd.agent-agency.provenance-node.v1';

/**
 * The message that is signed for a hash: DSSE's pre-authentication encoding of the 32 raw bytes.
 * It keeps a signature of a node from being taken for one of anything else.
 *
 * @throws ProvenanceError `HASH_INVALID`
 * @see DSSE v1.0, protocol.md, and FORMAT.md section 6
 */
export function signedMessage(hash: string): Uint8Array {
  const raw = hashBytes(hash);
  if (raw === undefined) throw new ProvenanceError('HASH_INVALID', 'A hash is 64 lower-case hex digits.');
  return messageOf(raw);
}

/**
 * Whether `signature` is the signature of `hash` by the holder of `publicKey`. Each signature has one spelling: other base64,
 * a malformed hash, another length and S ≥ L answer false.
 *
 * @param publicKey 32 raw bytes, or what `importPublicKey` made of them
 * @throws ProvenanceError `KEY_INVALID` for a public key that is none
 * @see RFC 8032 section 5.1.7
 * @example
 * verifySignature(record.hashChain, record.signature, publicKey);
 */
export function verifySignature(
  hash: string,
  signature: string,
  publicKey: Uint8Array | VerifyingKey,
): boolean {
  const key = publicKey instanceof Uint8Array ? importVerifyingKey(publicKey) : publicKey;
  const signed = readSigned(hash, signature);
  return signed !== undefined && verifyEd25519(key, ...signed);
}

/** As `verifySignature` with an imported key; in Node on other threads, so that many at once use every core. */
export async function verifySignatureAsync(
  hash: string,
  signature: string,
  key: VerifyingKey,
): Promise<boolean> {
  const signed = readSigned(hash, signature);
  return signed !== undefined && verifyEd25519Async(key, ...signed);
}

/** Undefined for a hash or a signature that is none. */
function readSigned(
  hash: string,
  signature: string,
): readonly [message: Uint8Array, signature: Uint8Array] | undefined {
  const raw = hashBytes(hash);
  const signatureBytes = fromBase64(signature);
  return raw && signatureBytes && [messageOf(raw), signatureBytes];
}

/** All of a message but the hash, whose length is always the same. */
const messageStart = preAuthenticationEncoding({
  payloadType: nodePayloadType,
  payload: new Uint8Array(32),
}).slice(0, -32);

function messageOf(hash: Uint8Array): Uint8Array {
  return concat(messageStart, hash);
}
