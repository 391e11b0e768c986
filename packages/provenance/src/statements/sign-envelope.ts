import { toBase64 } from '../format/encoding.ts';
import { type DssePayload, preAuthenticationEncoding } from '../signing/dsse.ts';
import { signBytes } from '../signing/sign-bytes.ts';
import type { Signer } from '../signing/signature.ts';
import type { DsseEnvelope, DsseSignature } from './dsse.ts';

/**
 * Signs a payload, and checks each signature before handing it on.
 *
 * @throws ProvenanceError `KEY_ID_MISMATCH`, `KEY_INVALID` or `SIGNER_FAULTY` for a signer that is not what it says
 * @example
 * const envelope = await signEnvelope({ payloadType: 'application/vnd.in-toto+json', payload }, signer);
 */
export async function signEnvelope(
  payload: DssePayload,
  ...signers: readonly Signer[]
): Promise<DsseEnvelope> {
  const message = preAuthenticationEncoding(payload);
  const signatures = await Promise.all(signers.map((signer) => signMessage(message, signer)));
  return { payloadType: payload.payloadType, payload: toBase64(payload.payload), signatures };
}

async function signMessage(message: Uint8Array, signer: Signer): Promise<DsseSignature> {
  return { keyid: signer.keyId, sig: toBase64(await signBytes(message, signer)) };
}
