import { describe, expect, it } from 'vitest';
import { canonicalize, type JsonValue, parseCanonical } from '../../src/verify.ts';
import { expectCode } from '../fixtures/expect-code.ts';

const textOf = (value: unknown): string => new TextDecoder().decode(canonicalize(value as JsonValue));
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `depth` arrays, each in the other. */
function nested(depth: number): JsonValue {
  let value: JsonValue = [];
  for (let level = 1; level < depth; level += 1) value = [value];
  return value;
}

describe('canonicalize', () => {
  // RFC 8785, appendix B, table 1.
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the double %s as %s (RFC 8785 appendix B)', (hex, expected) => {
    expect(textOf(Buffer.from(hex, 'hex').readDoubleBE())).toBe(expected);
  });

  it.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])(
    'refuses the double %s (RFC 8785 appendix B)',
    (hex) => {
      expectCode('JSON_INVALID_VALUE', () => textOf(Buffer.from(hex, 'hex').readDoubleBE()));
    },
  );

  it('sorts members by UTF-16 code units (RFC 8785 section 3.2.3)', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      1: 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(textOf(value).match(/(?<=:")[^"]+/g)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it('writes the sample object byte for byte (RFC 8785 sections 3.2.2 and 3.2.4)', () => {
    const value = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(Buffer.from(canonicalize(value)).toString('hex')).toBe(
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333' +
        '332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c7530' +
        '3030665c6e4127425c225c5c5c5c5c222f227d',
    );
  });

  it('escapes control characters and nothing else', () => {
    expect(textOf('\u0000\u0001\b\t\n\u000b\f\r\u001f "\\/\u007f\u2028é😀')).toBe(
      '"\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f \\"\\\\/\u007f\u2028é😀"',
    );
  });

  it('writes minus zero as 0 wherever it stands', () => {
    expect(textOf([-0, { a: -0 }])).toBe('[0,{"a":0}]');
  });

  it('takes objects without prototype, a member named __proto__, and one value in two places', () => {
    const shared = { x: 1 };
    const value: unknown = Object.assign(Object.create(null), { b: shared, a: shared });
    expect(textOf(value)).toBe('{"a":{"x":1},"b":{"x":1}}');
    expect(textOf(JSON.parse('{"__proto__":{"toJSON":1}}'))).toBe('{"__proto__":{"toJSON":1}}');
  });

  const cyclicObject: Record<string, unknown> = {};
  cyclicObject['self'] = { again: cyclicObject };
  const cyclicArray: unknown[] = [];
  cyclicArray.push([cyclicArray]);
  class Point {
    readonly x = 1;
  }
  class Items extends Array<number> {}

  it.each<[string, unknown, string]>([
    ['undefined', { a: undefined }, '$.a'],
    ['undefined at the top', undefined, '$'],
    ['undefined in an array', [1, undefined], '$[1]'],
    ['NaN', { a: { b: [0, Number.NaN] } }, '$.a.b[1]'],
    ['Infinity', [Number.POSITIVE_INFINITY], '$[0]'],
    ['-Infinity', [Number.NEGATIVE_INFINITY], '$[0]'],
    ['a bigint', { n: 1n }, '$.n'],
    ['a function', { f: () => 1 }, '$.f'],
    ['a symbol', { s: Symbol('s') }, '$.s'],
    ['a symbol key', { a: { [Symbol('s')]: 1 } }, '$.a'],
    ['a lone high surrogate', { 'a b': 'x\ud800' }, '$["a b"]'],
    ['a lone low surrogate', ['\udc00'], '$[0]'],
    ['a lone surrogate in a name', { '\ud800': 1 }, '$["\\ud800"]'],
    ['a Date', { d: new Date(0) }, '$.d'],
    ['a Map', { m: new Map() }, '$.m'],
    ['a Buffer', { b: Buffer.from('x') }, '$.b'],
    ['a boxed string', { s: Object('x') as unknown }, '$.s'],
    ['a class instance', { p: new Point() }, '$.p'],
    ['a subclass of Array', { p: Items.of(1) }, '$.p'],
    ['toJSON', { t: { toJSON: () => 1 } }, '$.t'],
    ['a hole', { a: Object.assign([1, 2, 3], { length: 4 }) }, '$.a[3]'],
    ['a huge sparse array', { a: new Array<number>(4_294_967_295) }, '$.a[0]'],
    ['an array with a named property', { a: Object.assign([1], { extra: 1 }) }, '$.a'],
    [
      'an accessor',
      {
        get a() {
          return 1;
        },
      },
      '$.a',
    ],
    ['a hidden property', Object.defineProperty({}, 'a', { value: 1 }), '$.a'],
    ['an object in itself', cyclicObject, '$.self.again'],
    ['an array in itself', cyclicArray, '$[0][0]'],
    ['129 levels', nested(129), `$${'[0]'.repeat(128)}`],
  ])('refuses %s and says where', (_, value, path) => {
    const error = expectCode('JSON_INVALID_VALUE', () => textOf(value));
    expect(error.details['path']).toBe(path);
    expect(error.message).toContain(path);
  });

  it('takes 128 levels', () => {
    expect(textOf(nested(128))).toBe('['.repeat(128) + ']'.repeat(128));
  });

  it('refuses toJSON that comes from a polluted prototype', () => {
    Object.defineProperty(Object.prototype, 'toJSON', { value: () => 'gone', configurable: true });
    try {
      expectCode('JSON_INVALID_VALUE', () => textOf({ a: 1 }));
    } finally {
      Reflect.deleteProperty(Object.prototype, 'toJSON');
    }
  });
});

describe('parseCanonical', () => {
  it('answers the value', () => {
    expect(parseCanonical(bytesOf('{"a":[1,"é",null,true],"b":{}}'))).toEqual({
      a: [1, 'é', null, true],
      b: {},
    });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['two values', '1 2'],
    ['white space before', ' {}'],
    ['white space after', '{}\n'],
    ['white space within', '{"a": 1}'],
    ['a byte-order mark', '\ufeff{}'],
    ['duplicate names', '{"a":1,"a":1}'],
    ['unsorted names', '{"b":1,"a":1}'],
    ['code point order', '{"\ufb33":1,"😀":1}'],
    ['an escaped slash', '"\\/"'],
    ['an escaped letter', '"\\u0061"'],
    ['an upper-case escape', '"\\u000B"'],
    ['a long escape for a short one', '"\\u000a"'],
    ['an escaped lone surrogate', '"\\ud800"'],
    ['minus zero', '-0'],
    ['a fraction of zero', '1.0'],
    ['an upper-case exponent', '1E+21'],
    ['an exponent where none is due', '1e3'],
    ['an integer beyond double precision', '9007199254740993'],
    ['a number beyond the doubles', '1e400'],
    ['129 levels', '['.repeat(129) + ']'.repeat(129)],
    ['a million levels', '['.repeat(1_000_000) + ']'.repeat(1_000_000)],
  ])('refuses %s', (_, text) => {
    expectCode('JSON_NOT_CANONICAL', () => parseCanonical(bytesOf(text)));
  });

  it.each([
    ['an overlong form', '22c0af22'],
    ['a cut sequence', '22c322'],
    ['an encoded surrogate', '22eda08022'],
    ['Latin-1', '22e922'],
  ])('refuses bytes that are not UTF-8: %s', (_, hex) => {
    expectCode('JSON_NOT_CANONICAL', () => parseCanonical(Buffer.from(hex, 'hex')));
  });

  it('keeps what it read out of its message', () => {
    const error = expectCode('JSON_NOT_CANONICAL', () => parseCanonical(bytesOf('{"a":secret}')));
    expect(`${error.message} ${String(error.cause)}`).not.toContain('secret');
  });
});
