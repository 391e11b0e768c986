import { sha256 } from '../crypto/index.ts';
import { ProvenanceError } from '../errors.ts';
import { hashBytes, int16, int32, int64, uuidBytes } from './bytes.ts';
import { concatAll, toHex, utf8 } from './encoding.ts';
import { entityTypes, type ProvenanceNode } from './node.ts';

const domainTag = utf8('agent-agency.provenance.node.v1\0');
const absent = Uint8Array.of(0);
const present = Uint8Array.of(1);

/** The bytes of one field, or undefined when it is absent. Takes what it is given: records come from outside. */
type FieldEncoder = (value: unknown, field: string) => Uint8Array | undefined;

/** FORMAT.md section 3, in its order. `satisfies` makes a field that is in the type and not here a compile error. */
const layout = {
  tenantId: required(text),
  seq: required(sequenceNumber),
  previousHash: optional(hash),
  id: required(uuid),
  entityType: required(entityType),
  entityId: required(text),
  parentEntityId: optional(uuid),
  content: required(bytes),
  constitutionalRefs: required(textList),
  specHash: optional(text),
  description: optional(text),
  evidenceCompleteness: optional(hundredths),
  budgetAdherence: optional(hundredths),
  gateIntegrity: optional(hundredths),
  provenanceClarity: optional(hundredths),
  createdAtMicros: required(micros),
  signingKeyId: required(text),
} as const satisfies Record<keyof ProvenanceNode, FieldEncoder>;

const fields = Object.entries(layout) as [keyof ProvenanceNode, FieldEncoder][];

/**
 * The bytes that a node's hash is taken over. Injective: two different nodes never encode alike.
 *
 * Does not look into `content`: whether it is canonical JSON is for `parseCanonical` to say.
 *
 * Cost: linear in the size of the node.
 * @throws ProvenanceError `NODE_INVALID` with `details.field` when a field is not of the form FORMAT.md gives it.
 * @see FORMAT.md section 3
 */
export function encodeNode(node: ProvenanceNode): Uint8Array {
  const parts: Uint8Array[] = [domainTag];
  for (const [field, encode] of fields) {
    const value = encode(node[field], field);
    if (value === undefined) parts.push(absent);
    else parts.push(present, int32(value.length), value);
  }
  return concatAll(parts);
}

/**
 * The hash of a node's immutable fields: 64 lower-case hex digits, what `hashChain` must hold.
 *
 * @throws ProvenanceError `NODE_INVALID`, as `encodeNode`
 * @example
 * record.hashChain === hashNode(record); // false when a column was changed
 */
export function hashNode(node: ProvenanceNode): string {
  return toHex(sha256(encodeNode(node)));
}

function required(encode: FieldEncoder): FieldEncoder {
  return (value, field) => {
    if (value === undefined) throw invalid(field, 'is missing');
    return encode(value, field);
  };
}

function optional(encode: FieldEncoder): FieldEncoder {
  return (value, field) => (value === undefined ? undefined : encode(value, field));
}

function text(value: unknown, field: string): Uint8Array {
  if (typeof value !== 'string' || !value.isWellFormed() || value.includes('\0'))
    throw invalid(field, 'is not text of Unicode characters other than U+0000');
  return utf8(value);
}

function entityType(value: unknown, field: string): Uint8Array {
  if (!entityTypes.some((known) => known === value))
    throw invalid(field, `is not one of ${entityTypes.join(', ')}`);
  return text(value, field);
}

function textList(value: unknown, field: string): Uint8Array {
  if (!Array.isArray(value)) throw invalid(field, 'is not a list');
  const items = Array.from(value as readonly unknown[], (item) => text(item, field));
  return concatAll([int32(items.length), ...items.flatMap((item) => [int32(item.length), item])]);
}

function bytes(value: unknown, field: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw invalid(field, 'is not bytes');
  return value;
}

function hash(value: unknown, field: string): Uint8Array {
  const raw = hashBytes(value);
  if (raw === undefined) throw invalid(field, 'is not 64 lower-case hex digits');
  return raw;
}

function uuid(value: unknown, field: string): Uint8Array {
  const raw = uuidBytes(value);
  if (raw === undefined) throw invalid(field, 'is not a UUID in lower case');
  return raw;
}

function sequenceNumber(value: unknown, field: string): Uint8Array {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    throw invalid(field, 'is not a whole number from 1 to 2^53 - 1');
  return int64(BigInt(value));
}

function hundredths(value: unknown, field: string): Uint8Array {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 100)
    throw invalid(field, 'is not a whole number of hundredths from 0 to 100');
  return int16(value);
}

function micros(value: unknown, field: string): Uint8Array {
  if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value)
    throw invalid(field, 'is not a bigint of 64 bits');
  return int64(value);
}

function invalid(field: string, reason: string): ProvenanceError {
  return new ProvenanceError('NODE_INVALID', `${field} ${reason}.`, { details: { field, reason } });
}
