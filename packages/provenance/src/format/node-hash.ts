import { sha256Hex } from '../crypto/index.ts';
import { ProvenanceError } from '../errors.ts';
import { ByteWriter } from './byte-writer.ts';
import { hashBytes, uuidBytes } from './bytes.ts';
import { utf8 } from './encoding.ts';
import { isJsonObject } from './json-object.ts';
import { entityTypes, type ProvenanceNode } from './node.ts';

const domainTag = utf8('agent-agency.provenance.node.v1\0');

/** Writes the value of one field. Takes what it is given: records come from outside. */
type FieldEncoder = (out: ByteWriter, value: unknown, field: string) => void;

interface Field {
  readonly encode: FieldEncoder;
  readonly optional: boolean;
}

/** FORMAT.md section 3, in its order. `satisfies` makes a field that is in the type and not here a compile error. */
const layout = {
  tenantId: required(text),
  seq: required(sequenceNumber),
  previousHash: optional(hash),
  id: required(uuid),
  entityType: required(entityType),
  entityId: required(text),
  parents: required(parentList),
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
} as const satisfies Record<keyof ProvenanceNode, Field>;

const fields = Object.entries(layout) as [keyof ProvenanceNode, Field][];

/** One for all nodes: putting it together from parts of its own takes five times as long. */
const writer = new ByteWriter();

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
  return writeNode(node).slice();
}

/**
 * The hash of a node's immutable fields: 64 lower-case hex digits, what `hashChain` must hold.
 *
 * @throws ProvenanceError `NODE_INVALID`, as `encodeNode`
 * @example
 * record.hashChain === hashNode(record); // false when a column was changed
 */
export function hashNode(node: ProvenanceNode): string {
  return sha256Hex(writeNode(node));
}

/** The encoding, in memory that the next node is written to. */
function writeNode(node: ProvenanceNode): Uint8Array {
  writer.clear();
  writer.bytes(domainTag);
  for (const [field, { encode, optional }] of fields) {
    const value: unknown = node[field];
    if (value !== undefined) {
      writer.int8(1);
      const begin = writer.beginSized();
      encode(writer, value, field);
      writer.endSized(begin);
    } else if (optional) writer.int8(0);
    else throw invalid(field, 'is missing');
  }
  return writer.written;
}

function required(encode: FieldEncoder): Field {
  return { encode, optional: false };
}

function optional(encode: FieldEncoder): Field {
  return { encode, optional: true };
}

function text(out: ByteWriter, value: unknown, field: string): void {
  if (typeof value !== 'string' || !value.isWellFormed() || value.includes('\0'))
    throw invalid(field, 'is not text of Unicode characters other than U+0000');
  out.text(value);
}

function entityType(out: ByteWriter, value: unknown, field: string): void {
  const known: readonly unknown[] = entityTypes;
  if (!known.includes(value)) throw invalid(field, `is not one of ${entityTypes.join(', ')}`);
  text(out, value, field);
}

function textList(out: ByteWriter, value: unknown, field: string): void {
  if (!Array.isArray(value)) throw invalid(field, 'is not a list');
  out.int32(value.length);
  for (const item of value as readonly unknown[]) {
    const begin = out.beginSized();
    text(out, item, field);
    out.endSized(begin);
  }
}

function parentList(out: ByteWriter, value: unknown, field: string): void {
  if (!Array.isArray(value)) throw invalid(field, 'is not a list');
  out.int32(value.length);
  const ids = new Set<unknown>();
  for (const parent of value as readonly unknown[]) {
    if (!isJsonObject(parent)) throw invalid(field, 'is not a list of nodes with their hashes');
    uuid(out, parent['id'], field);
    hash(out, parent['hash'], field);
    ids.add(parent['id']);
  }
  if (ids.size < value.length) throw invalid(field, 'names a node twice');
}

function bytes(out: ByteWriter, value: unknown, field: string): void {
  if (!(value instanceof Uint8Array)) throw invalid(field, 'is not bytes');
  out.bytes(value);
}

function hash(out: ByteWriter, value: unknown, field: string): void {
  const raw = hashBytes(value);
  if (raw === undefined) throw invalid(field, 'is not 64 lower-case hex digits');
  out.bytes(raw);
}

function uuid(out: ByteWriter, value: unknown, field: string): void {
  const raw = uuidBytes(value);
  if (raw === undefined) throw invalid(field, 'is not a UUID in lower case');
  out.bytes(raw);
}

function sequenceNumber(out: ByteWriter, value: unknown, field: string): void {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    throw invalid(field, 'is not a whole number from 1 to 2^53 - 1');
  out.int64(BigInt(value));
}

function hundredths(out: ByteWriter, value: unknown, field: string): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 100)
    throw invalid(field, 'is not a whole number of hundredths from 0 to 100');
  out.int16(value);
}

function micros(out: ByteWriter, value: unknown, field: string): void {
  if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value)
    throw invalid(field, 'is not a bigint of 64 bits');
  out.int64(value);
}

function invalid(field: string, reason: string): ProvenanceError {
  return new ProvenanceError('NODE_INVALID', `${field} ${reason}.`, { details: { field, reason } });
}
