import { type KeyObject, verify } from 'node:crypto';
import { hashBytes } from '../format/bytes.ts';
import { ProvenanceError } from '../errors.ts';
import { importPublicKey, publicKeyId } from './public-key.ts';

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
  return preAuthenticationEncoding(raw);
}

/**
 * Signs a node's hash, and checks the signature before handing it on: in an append-only log a wrong one would stay.
 *
 * Shape: canonical base64, 88 characters.
 * @throws ProvenanceError `HASH_INVALID`; `KEY_ID_MISMATCH`, `KEY_INVALID` or `SIGNER_FAULTY` when the signer is not what it says
 * @example
 * const signature = await signHash(hashNode(node), signer);
 */
export async function signHash(hash: string, signer: Signer): Promise<string> {
  const message = signedMessage(hash);
  if (publicKeyId(signer.publicKey) !== signer.keyId)
    throw new ProvenanceError('KEY_ID_MISMATCH', 'The signer’s key id is not the one of its public key.');
  const signature = Buffer.from(await signer.sign(message)).toString('base64');
  if (!verifySignature(hash, signature, signer.publicKey))
    throw new ProvenanceError('SIGNER_FAULTY', 'The signer returned no valid signature of the hash.', {
      details: { keyId: signer.keyId },
    });
  return signature;
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
export function verifySignature(hash: string, signature: string, publicKey: Uint8Array | KeyObject): boolean {
  const key = publicKey instanceof Uint8Array ? importPublicKey(publicKey) : publicKey;
  if (key.asymmetricKeyType !== 'ed25519')
    throw new ProvenanceError('KEY_INVALID', 'Signatures are verified with ed25519 keys only.');
  const raw = hashBytes(hash);
  const signatureBytes = decodeSignature(signature);
  if (raw === undefined || signatureBytes === undefined) return false;
  return verify(null, preAuthenticationEncoding(raw), key, signatureBytes);
}

/** 64 bytes are 85 free characters, one that carries two bits, and padding. Node's decoder takes far more than that. */
function decodeSignature(signature: unknown): Uint8Array | undefined {
  return typeof signature === 'string' && /^[A-Za-z0-9+/]{85}[AQgw]==$/.test(signature)
    ? Buffer.from(signature, 'base64')
    : undefined;
}

function preAuthenticationEncoding(payload: Uint8Array): Uint8Array {
  const preamble = `DSSEv1 ${String(nodePayloadType.length)} ${nodePayloadType} ${String(payload.length)} `;
  return Buffer.concat([Buffer.from(preamble, 'ascii'), payload]);
}
