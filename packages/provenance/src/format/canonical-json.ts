import { ProvenanceError } from '../errors.ts';
import { fromUtf8, utf8 } from './encoding.ts';

/** A value that JSON can express. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** How deep arrays and objects may nest: enough for any record, too little to exhaust a stack. */
export const maxJsonDepth = 128;

/**
 * The canonical JSON of a value, as UTF-8 bytes (RFC 8785, JCS). Equal values give equal bytes, whatever the order of their members.
 *
 * Takes plain objects and arrays of this realm only, because anything else would lose something silently on the way.
 *
 * Cost: linear in the size, plus sorting the members of each object.
 * @throws ProvenanceError `JSON_INVALID_VALUE` with `details.path` for undefined, NaN, ±Infinity, bigint, functions, symbols,
 *   lone surrogates, objects with a prototype or `toJSON`, symbol keys, accessors, holes in arrays, cycles and nesting deeper than 128.
 * @see RFC 8785 sections 3.2.2 and 3.2.3
 * @example
 * new TextDecoder().decode(canonicalize({ b: 1e21, a: [-0] })); // '{"a":[0],"b":1e+21}'
 */
export function canonicalize(value: JsonValue): Uint8Array {
  return utf8(write(value, '$', []));
}

/**
 * The value of canonical JSON bytes, refusing bytes that `canonicalize` would not have written: white space, duplicate names,
 * other escapes, unsorted members, numbers beyond double precision.
 *
 * @throws ProvenanceError `JSON_NOT_CANONICAL`
 * @example
 * parseCanonical(new TextEncoder().encode('{"a":1}')); // { a: 1 }
 */
export function parseCanonical(bytes: Uint8Array): JsonValue {
  const { text, value } = parse(bytes);
  if (canonicalText(value) !== text) throw notCanonical('is JSON, but not in canonical form');
  return value;
}

function parse(bytes: Uint8Array): { text: string; value: JsonValue } {
  try {
    // A byte-order mark stays in the text, where JSON.parse refuses it; and the empty text is no JSON either.
    const text = fromUtf8(bytes) ?? '';
    return { text, value: JSON.parse(text) as JsonValue };
  } catch {
    // The parser's message quotes the text, which may be confidential: it goes no further.
    throw notCanonical('is not JSON in UTF-8');
  }
}

/** JSON text may hold what has no canonical form: 1e400, "\ud800", 129 brackets. */
function canonicalText(value: JsonValue): string {
  try {
    return write(value, '$', []);
  } catch (cause) {
    throw notCanonical('holds a value that has no canonical form', cause);
  }
}

function write(value: unknown, path: string, ancestors: object[]): string {
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false';
    case 'number':
      return writeNumber(value, path);
    case 'string':
      return writeString(value, path);
    case 'object':
      return value === null ? 'null' : writeContainer(value, path, ancestors);
    default:
      throw invalid(path, `${typeof value} has no JSON form`);
  }
}

/** ECMAScript's own number formatting is the one RFC 8785 prescribes; it writes -0 as 0. */
function writeNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) throw invalid(path, 'a number that is not finite has no JSON form');
  return String(value);
}

/** JSON.stringify escapes as RFC 8785 does, except that it lets lone surrogates pass as escapes. */
function writeString(value: string, path: string): string {
  if (!value.isWellFormed()) throw invalid(path, 'a string with a lone surrogate has no UTF-8 form');
  return JSON.stringify(value);
}

function writeContainer(value: object, path: string, ancestors: object[]): string {
  if (ancestors.includes(value)) throw invalid(path, 'the value contains itself');
  if (ancestors.length === maxJsonDepth)
    throw invalid(path, `nested deeper than ${String(maxJsonDepth)} levels`);
  if ('toJSON' in value && typeof value.toJSON === 'function')
    throw invalid(path, 'an object with toJSON would not be written as it is');
  ancestors.push(value);
  const text = Array.isArray(value)
    ? writeArray(value, path, ancestors)
    : writeObject(value, path, ancestors);
  ancestors.pop();
  return text;
}

function writeArray(array: readonly unknown[], path: string, ancestors: object[]): string {
  if (Object.getPrototypeOf(array) !== Array.prototype) throw invalid(path, 'not a plain array');
  const items: string[] = [];
  for (let index = 0; index < array.length; index += 1) {
    const itemPath = `${path}[${String(index)}]`;
    items.push(write(readProperty(array, String(index), itemPath), itemPath, ancestors));
  }
  // `length` is an own key too.
  if (Reflect.ownKeys(array).length !== array.length + 1)
    throw invalid(path, 'an array with named properties would lose them');
  return `[${items.join(',')}]`;
}

function writeObject(object: object, path: string, ancestors: object[]): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) throw invalid(path, 'not a plain object');
  const names: string[] = [];
  for (const key of Reflect.ownKeys(object)) {
    if (typeof key === 'symbol') throw invalid(path, 'a property named by a symbol would be lost');
    names.push(key);
  }
  names.sort(); // without a comparator: by UTF-16 code units, as RFC 8785 section 3.2.3 wants
  const members = names.map((name) => {
    const memberPath = `${path}${pathStep(name)}`;
    const value = write(readProperty(object, name, memberPath), memberPath, ancestors);
    return `${writeString(name, memberPath)}:${value}`;
  });
  return `{${members.join(',')}}`;
}

/** Reads without running code: an accessor may answer differently each time. */
function readProperty(container: object, name: string, path: string): unknown {
  const property = Reflect.getOwnPropertyDescriptor(container, name);
  if (property === undefined) throw invalid(path, 'a hole in an array has no JSON form');
  if (!('value' in property) || property.enumerable !== true)
    throw invalid(path, 'an accessor or hidden property is not data');
  return property.value;
}

function pathStep(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function invalid(path: string, reason: string): ProvenanceError {
  return new ProvenanceError('JSON_INVALID_VALUE', `Not canonical JSON at ${path}: ${reason}.`, {
    details: { path, reason },
  });
}

function notCanonical(reason: string, cause?: unknown): ProvenanceError {
  return new ProvenanceError('JSON_NOT_CANONICAL', `The content ${reason}.`, { details: { reason }, cause });
}
