import type { Signer } from '../signing/signature.ts';
import type { DsseEnvelope } from './dsse.ts';
import { signEnvelope } from './sign-envelope.ts';
import { inTotoPayloadType, type Statement, writeStatement } from './statement.ts';

/**
 * A statement in canonical JSON, signed, in a DSSE envelope.
 *
 * @throws ProvenanceError as `signEnvelope`, and `STATEMENT_INVALID` for what is no statement
 * @example
 * const envelope = await signStatement(describeVerdict({ verdict, subjects }), signer);
 */
export async function signStatement(
  statement: Statement,
  ...signers: readonly Signer[]
): Promise<DsseEnvelope> {
  return signEnvelope({ payloadType: inTotoPayloadType, payload: writeStatement(statement) }, ...signers);
}
