import { createHash, createPublicKey, verify } from 'node:crypto';
import { TenancyError } from '../errors.ts';
import { canonicalJson } from './canonical-json.ts';

/** Whoever signs for the operator; `createSigner()` of `@agent-agency/provenance` makes one from a key. */
export interface DocumentSigner {
  /** `ed25519:` and the first 32 hex digits of the SHA-256 of the public key. */
  readonly keyId: string;
  /** Shape: 32 raw bytes. */
  readonly publicKey: Uint8Array;
  /** Shape: 64 bytes (RFC 8032). */
  sign(payload: Uint8Array): Promise<Uint8Array> | Uint8Array;
}

export interface DocumentSignature {
  readonly algorithm: 'ed25519';
  readonly keyId: string;
  /** Base64, of 64 bytes. */
  readonly value: string;
}

/** A document, and who vouches for it; null: nobody does. */
export interface SignedDocument<Body> {
  readonly body: Body;
  readonly signature: DocumentSignature | null;
}

/**
 * Signs the canonical JSON of a document, its kind included: a signature of one kind of document is none of another.
 *
 * @throws {TenancyError} `SIGNER_FAULTY` for a signer whose signature is not its key's.
 */
export async function signDocument<Body>(
  kind: string,
  body: Body,
  signer: DocumentSigner | undefined,
): Promise<SignedDocument<Body>> {
  if (signer === undefined) return { body, signature: null };
  const value = Buffer.from(await signer.sign(signedMessage(kind, body))).toString('base64');
  const document = {
    body,
    signature: { algorithm: 'ed25519', keyId: signer.keyId, value },
  } as const satisfies SignedDocument<Body>;
  if (isSignedBy(kind, document, signer.publicKey)) return document;
  throw new TenancyError(
    'SIGNER_FAULTY',
    'the signer did not sign with the key that it names: nothing was signed',
  );
}

/** Whether the holder of a public key (32 raw bytes) has signed exactly this document. */
export function isSignedBy(kind: string, document: SignedDocument<unknown>, publicKey: Uint8Array): boolean {
  const { body, signature } = document;
  if (signature?.keyId !== documentKeyId(publicKey)) return false;
  const value = Buffer.from(signature.value, 'base64');
  // Node's decoder takes many spellings of the same bytes.
  if (value.length !== 64 || value.toString('base64') !== signature.value) return false;
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, signedMessage(kind, body), key, value);
}

/** The name of a public key: what `DocumentSigner.keyId` has to be. */
export function documentKeyId(publicKey: Uint8Array): string {
  return `ed25519:${createHash('sha256').update(publicKey).digest('hex').slice(0, 32)}`;
}

/** DSSE's encoding (PAE), which no other kind of document can have. */
function signedMessage(kind: string, body: unknown): Buffer {
  const payload = Buffer.from(canonicalJson(body), 'utf8');
  const type = `application/vnd.agent-agency.${kind}+json`;
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
}
