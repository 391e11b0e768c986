import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concat,
  concatAll,
  equalBytes,
  fromBase64,
  fromHex,
  fromUtf8,
  toBase64,
  toHex,
  utf8,
} from '../../src/format/encoding.ts';

/** Independent of the code under test. */
const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const bytesOf = fc.uint8Array({ maxLength: 100 });
const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('A', 'a', '0', 'f', 'F', 'Q', 'g', '+', '/', '-', '_', '=', '\n', ' ') }),
);

describe('toHex and fromHex', () => {
  it('write and read what Node does', () => {
    expect(toHex(everyByte)).toBe(buffer(everyByte).toString('hex'));
    fc.assert(fc.property(bytesOf, (bytes) => toHex(bytes) === buffer(bytes).toString('hex')));
    fc.assert(fc.property(bytesOf, (bytes) => equalBytes(fromHex(toHex(bytes)) ?? everyByte, bytes)));
  });

  it.each([
    ['capitals', 'AB'],
    ['half a byte', 'abc'],
    ['a prefix', '0xab'],
    ['white space', ' ab '],
    ['a line feed at the end', 'abab\n\n'],
    ['other digits', '٠١'],
    ['a character beyond the table', 'a\u0161'],
    ['no text', Uint8Array.of(1)],
    ['nothing', undefined],
  ])('refuse %s', (_, text) => {
    expect(fromHex(text)).toBeUndefined();
  });

  it('read one spelling only', () => {
    fc.assert(
      fc.property(hostileText, (text) => toHexOf(fromHex(text)) === (isHex(text) ? text : undefined)),
    );
  });
});

const toHexOf = (bytes: Uint8Array | undefined): string | undefined => bytes && toHex(bytes);
const isHex = (text: string): boolean => /^(?:[0-9a-f]{2})*$/.test(text);

describe('toBase64 and fromBase64', () => {
  // RFC 4648 section 10
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('write %j as %j and read it', (plain, encoded) => {
    expect(toBase64(utf8(plain))).toBe(encoded);
    expect(fromBase64(encoded)).toEqual(utf8(plain));
  });

  it('write and read what Node does', () => {
    expect(toBase64(everyByte)).toBe(buffer(everyByte).toString('base64'));
    fc.assert(fc.property(bytesOf, (bytes) => toBase64(bytes) === buffer(bytes).toString('base64')));
    fc.assert(fc.property(bytesOf, (bytes) => equalBytes(fromBase64(toBase64(bytes)) ?? everyByte, bytes)));
  });

  it.each([
    ['unused bits of one byte', 'Zh=='],
    ['unused bits of two bytes', 'Zm9='],
    ['missing padding', 'Zg'],
    ['too little padding', 'Zg='],
    ['too much padding', 'Zg==='],
    ['padding alone', '===='],
    ['padding of three', 'Z==='],
    ['padding within', 'Zg==Zg=='],
    ['the URL-safe alphabet', '-_-_'],
    ['white space', 'Zm9v Zm9'],
    ['a line feed', 'Zm9v\nZm9vZm9'],
    ['a line feed at the end', 'Zm9vZm9\n'],
    ['a character beyond the table', 'Zm9\u0161'],
    ['no text', 7],
    ['nothing', undefined],
  ])('refuse %s', (_, text) => {
    expect(fromBase64(text)).toBeUndefined();
  });

  it('read one spelling only: that which Node writes for what it reads', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const canonical = Buffer.from(text, 'base64').toString('base64') === text;
        const read = fromBase64(text);
        return canonical ? read !== undefined && toBase64(read) === text : read === undefined;
      }),
    );
  });
});

describe('utf8 and fromUtf8', () => {
  it('write and read any well-formed text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => fromUtf8(utf8(text)) === text));
  });

  it('keep a byte-order mark', () => {
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
  });

  it.each([
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a cut character', [0xe2, 0x82]],
    ['a stray continuation', [0x80]],
    ['a code point beyond the last', [0xf4, 0x90, 0x80, 0x80]],
  ])('refuse %s, and read on afterwards', (_, bytes) => {
    expect(fromUtf8(Uint8Array.from(bytes))).toBeUndefined();
    expect(fromUtf8(utf8('€'))).toBe('€');
  });
});

describe('concat', () => {
  it('puts the parts one after the other', () => {
    expect(concat(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3));
    expect(concat()).toEqual(new Uint8Array());
  });

  it('copies', () => {
    const part = Uint8Array.of(1);
    const whole = concat(part);
    part[0] = 2;
    expect(whole).toEqual(Uint8Array.of(1));
  });

  it('as concatAll takes more parts than an argument list', () => {
    const parts = Array.from({ length: 200_000 }, () => Uint8Array.of(1));
    expect(concatAll(parts)).toHaveLength(parts.length);
  });
});

describe('equalBytes', () => {
  it('compares length and every byte', () => {
    expect(equalBytes(Uint8Array.of(1, 2), Buffer.from([1, 2]))).toBe(true);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false);
  });
});
