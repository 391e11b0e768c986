import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataKey } from '../../src/encryption/data-key.ts';
import { parseStoredText } from '../../src/encryption/stored-text.ts';
import { unseal } from '../../src/encryption/stored-value.ts';
import {
  commitmentTo,
  JsonValue,
  salted,
  SealedForSubject,
  unsalted,
} from '../../src/encryption/subject-value.ts';

/** Arrays in each other. */
function nested(depth: number): unknown {
  let value: unknown = 'core';
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

function circle(): unknown {
  const value: unknown[] = [];
  value.push(value);
  return value;
}

describe('a value that is sealed for a subject', () => {
  it('is what ENCRYPTION.md gives as an example', () => {
    const example = {
      sealed:
        'seal:U0VBTAEAESIzRFVmd4iZqrvM3e7_ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7CgwUV3dLfeLk4h8c2rF217L_rOUolLg-6Gz6z1AxUwcQYdwwaixujlUJKT3knBYWIhnR9Fp97R2UZyZsB5c',
      commitment: '8f98d9967d4d2fd6b3768dff8b53077e4f0a24c958c63a23e93b29fa6655d421',
    };
    expect(SealedForSubject.safeParse(example).success).toBe(true);
    const key = new DataKey(
      '00112233-4455-6677-8899-aabbccddeeff',
      Uint8Array.from({ length: 32 }, (_, at) => at),
    );
    const place = { tenantId: 'acme', table: 'caws_provenance_graph', column: 'content', row: '42' };
    const value = parseStoredText(example.sealed, place);
    if (value.kind !== 'sealed') return expect.unreachable();
    const plaintext = unseal(key, value, place);
    expect(commitmentTo(plaintext)).toBe(example.commitment);
    expect(unsalted(plaintext)).toEqual({ name: 'Ada' });
  });

  it('comes back, whatever JSON it is, and is committed to with another salt each time', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const given = value as JsonValue;
        const [one, other] = [salted(given), salted(given)];
        expect(JSON.stringify(unsalted(one))).toBe(JSON.stringify(value));
        expect(commitmentTo(one)).not.toBe(commitmentTo(other));
      }),
    );
  });

  it.each([null, 'half \ud83e', 'a\0b', 1.5, [], JSON.parse('{"__proto__":{"x":1}}'), nested(100)])(
    'may be %j',
    (value) => {
      const given = JsonValue.parse(value);
      expect(unsalted(salted(given))).toEqual(value);
    },
  );

  it.each([
    ['undefined', undefined],
    ['a member that is undefined', { a: undefined }],
    ['NaN', [NaN]],
    ['an infinity', Infinity],
    ['minus zero', -0],
    ['a bigint', 1n],
    ['a date', { at: new Date(0) }],
    ['bytes', Buffer.from('a')],
    ['a map', new Map()],
    ['a hole', [, 1]], // eslint-disable-line no-sparse-arrays
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['what writes itself', { toJSON: () => 'other' }],
    ['10,000 levels', nested(10_000)],
    ['a circle', circle()],
  ])('may not be %s', (_name, value) => {
    expect(JsonValue.safeParse(value).success).toBe(false);
  });
});
