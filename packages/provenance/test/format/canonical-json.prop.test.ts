import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize, type JsonValue, parseCanonical } from '../../src/verify.ts';

const name = fc.string({ unit: 'binary', maxLength: 8 });
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

/** The same value, its members in the opposite order and every zero a plain one. */
function reversed(value: JsonValue): JsonValue {
  if (value === 0) return 0;
  if (value === null || typeof value !== 'object') return value;
  if (isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

/** Array.isArray does not narrow a readonly array. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** RFC 8785 as naively as can be: JSON.stringify over sorted entries. */
function naive(value: JsonValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(naive).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${naive(member)}`).join(',')}}`;
}

describe('canonicalize', () => {
  it('round-trips every JSON value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(parseCanonical(canonicalize(value))).toEqual(reversed(value));
      }),
    );
  });

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalize(reversed(value))).toEqual(canonicalize(value));
      }),
    );
  });

  it('agrees with a naive writer', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(new TextDecoder().decode(canonicalize(value))).toBe(naive(value));
      }),
    );
  });
});

describe('parseCanonical', () => {
  const bytesAndPlace = fc.tuple(json.map(canonicalize), fc.nat()).map(([bytes, place]) => ({
    bytes,
    place: place % bytes.length,
  }));

  it('never reads the same value from other bytes', () => {
    fc.assert(
      fc.property(bytesAndPlace, fc.integer({ min: 1, max: 255 }), ({ bytes, place }, flip) => {
        const changed = Uint8Array.from(bytes, (byte, index) => (index === place ? byte ^ flip : byte));
        expect(valueOf(changed)).not.toEqual({ value: parseCanonical(bytes) });
      }),
      { numRuns: 500 },
    );
  });

  it('takes white space nowhere but inside a string, where it is content', () => {
    fc.assert(
      fc.property(bytesAndPlace, fc.constantFrom(0x20, 0x09, 0x0a, 0x0d), ({ bytes, place }, space) => {
        const widened = Uint8Array.of(...bytes.subarray(0, place), space, ...bytes.subarray(place));
        expect(valueOf(widened)).not.toEqual({ value: parseCanonical(bytes) });
      }),
      { numRuns: 500 },
    );
  });
});

/** The value in an envelope, so that a refusal differs from every value. */
function valueOf(bytes: Uint8Array): unknown {
  try {
    return { value: parseCanonical(bytes) };
  } catch (error) {
    expect(error).toHaveProperty('code', 'JSON_NOT_CANONICAL');
    return 'refused';
  }
}
