import { equalBytes, fromBase64, toBase64 } from '../format/encoding.ts';
import { canonicalize, type JsonValue } from '../format/canonical-json.ts';
import { isJsonObject } from '../format/json-object.ts';
import type { PublicKeyRecord } from '../signing/public-key.ts';
import { type KeyPurpose, keyPurposes } from './key-terms.ts';

/** Says that a key may sign from this number of the log on: the node that says so, too. */
export interface KeyAdmission {
  readonly kind: 'admit';
  readonly tenantId: string;
  readonly key: PublicKeyRecord;
  /** The id of a key that is valid for nothing from the next number on: a rotation. */
  readonly replaces?: string | undefined;
}

/** Says that what a key signed is not to be believed, whatever stands between. */
export interface KeyRevocation {
  readonly kind: 'revoke';
  readonly tenantId: string;
  readonly keyId: string;
  /** From this number of the log on; it may be one of the past. */
  readonly fromSeq: number;
  /** For people. */
  readonly reason: string;
}

export type KeyStatement = KeyAdmission | KeyRevocation;

/** A statement in the form that is signed: a JSON object, whose canonical bytes are the payload. */
export function writeKeyStatement(statement: KeyStatement): JsonValue {
  return statement.kind === 'admit' ? writeAdmission(statement) : writeRevocation(statement);
}

function writeAdmission({ tenantId, key, replaces }: KeyAdmission): JsonValue {
  const { keyId, publicKey, purposes = keyPurposes, validFromMicros, validUntilMicros } = key;
  return {
    statement: 'admit',
    tenant: tenantId,
    key: { id: keyId, public_key: toBase64(publicKey) },
    purposes: keyPurposes.filter((purpose) => purposes.includes(purpose)),
    ...(validFromMicros === undefined ? {} : { valid_from: String(validFromMicros) }),
    ...(validUntilMicros === undefined ? {} : { valid_until: String(validUntilMicros) }),
    ...(replaces === undefined ? {} : { replaces }),
  };
}

function writeRevocation({ tenantId, keyId, fromSeq, reason }: KeyRevocation): JsonValue {
  return { statement: 'revoke', tenant: tenantId, key_id: keyId, from_seq: fromSeq, reason };
}

/**
 * What a payload says, or undefined unless it is exactly what `writeKeyStatement` writes: members that are not known may mean
 * something to others, and a statement about keys means the same to everybody.
 */
export function readKeyStatement(payload: JsonValue): KeyStatement | undefined {
  if (!isJsonObject(payload)) return undefined;
  const read = payload['statement'] === 'admit' ? readAdmission(payload) : readRevocation(payload);
  if (read === undefined) return undefined;
  return equalBytes(canonicalize(writeKeyStatement(read)), canonicalize(payload)) ? read : undefined;
}

type Members = Readonly<Record<string, unknown>>;

function readAdmission({ tenant, key, purposes, replaces, ...rest }: Members): KeyAdmission | undefined {
  if (typeof tenant !== 'string' || !isJsonObject(key) || !isPurposes(purposes)) return undefined;
  const publicKey = fromBase64(key['public_key']);
  const [keyId, validFromMicros, validUntilMicros] = [key['id'], rest['valid_from'], rest['valid_until']];
  if (typeof keyId !== 'string' || publicKey === undefined) return undefined;
  if (!isOptionalMicros(validFromMicros) || !isOptionalMicros(validUntilMicros)) return undefined;
  if (replaces !== undefined && typeof replaces !== 'string') return undefined;
  return {
    kind: 'admit',
    tenantId: tenant,
    key: {
      keyId,
      publicKey,
      purposes,
      validFromMicros: toMicros(validFromMicros),
      validUntilMicros: toMicros(validUntilMicros),
    },
    replaces,
  };
}

function readRevocation({ tenant, key_id, from_seq, reason }: Members): KeyRevocation | undefined {
  if (typeof tenant !== 'string' || typeof key_id !== 'string' || typeof reason !== 'string')
    return undefined;
  if (typeof from_seq !== 'number' || !Number.isSafeInteger(from_seq) || from_seq < 1) return undefined;
  return { kind: 'revoke', tenantId: tenant, keyId: key_id, fromSeq: from_seq, reason };
}

function isPurposes(value: unknown): value is readonly KeyPurpose[] {
  const known: readonly unknown[] = keyPurposes;
  return Array.isArray(value) && value.length > 0 && value.every((purpose) => known.includes(purpose));
}

/** Of few digits: reading a number takes more than linear time. */
function isOptionalMicros(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && /^-?\d{1,19}$/.test(value));
}

function toMicros(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : BigInt(text);
}
