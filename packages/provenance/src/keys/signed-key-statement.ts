import { ProvenanceError } from '../errors.ts';
import { canonicalize, type JsonValue, parseCanonical } from '../format/canonical-json.ts';
import { fromBase64 } from '../format/encoding.ts';
import { isJsonObject } from '../format/json-object.ts';
import { preAuthenticationEncoding } from '../signing/dsse.ts';
import { type KeyStatement, readKeyStatement } from './key-statement.ts';

/** The DSSE payload type of statements about keys. */
export const keyStatementPayloadType = 'application/vnd.agent-agency.key-statement.v1+json';

/** More than anybody needs; each costs a verification. */
export const maxKeyStatementSignatures = 16;

/** A statement as the content of a node of type `key` has it. Nothing is verified yet. */
export interface SignedKeyStatement {
  readonly statement: KeyStatement;
  /** What the signatures are of. */
  readonly message: Uint8Array;
  /** By the ids of their keys. */
  readonly signatures: ReadonlyMap<string, Uint8Array>;
}

/** The message that is signed for a statement in its JSON form. */
export function keyStatementMessage(payload: JsonValue): Uint8Array {
  return preAuthenticationEncoding({
    payloadType: keyStatementPayloadType,
    payload: canonicalize(payload),
  });
}

/** The statement in a node's content, or undefined for anything else. */
export function readSignedKeyStatement(content: Uint8Array): SignedKeyStatement | undefined {
  const value = parse(content);
  if (!isJsonObject(value) || Object.keys(value).length !== 2) return undefined;
  const payload = value['payload'];
  const signatures = readSignatures(value['signatures']);
  const statement = payload === undefined ? undefined : readKeyStatement(payload);
  if (payload === undefined || statement === undefined || signatures === undefined) return undefined;
  return { statement, message: keyStatementMessage(payload), signatures };
}

/** A node's content may be anything, of any type even. */
function parse(content: unknown): JsonValue | undefined {
  if (!(content instanceof Uint8Array)) return undefined;
  try {
    return parseCanonical(content);
  } catch (error) {
    if (error instanceof ProvenanceError) return undefined;
    throw error;
  }
}

/** Each key signs once. */
function readSignatures(given: unknown): ReadonlyMap<string, Uint8Array> | undefined {
  if (!Array.isArray(given) || given.length === 0 || given.length > maxKeyStatementSignatures)
    return undefined;
  const read = given.map(readSignature).filter((entry) => entry !== undefined);
  const signatures = new Map(read);
  return signatures.size === given.length ? signatures : undefined;
}

function readSignature(given: unknown): [keyId: string, signature: Uint8Array] | undefined {
  if (!isJsonObject(given) || Object.keys(given).length !== 2) return undefined;
  const { keyid, sig } = given;
  const signature = fromBase64(sig);
  return typeof keyid === 'string' && signature !== undefined ? [keyid, signature] : undefined;
}
