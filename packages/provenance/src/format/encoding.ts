/*
 * Bytes as text and text as bytes, in plain ECMAScript. Each encoded form has one spelling, and what reads one answers undefined
 * for every other: two texts that differ never give the same bytes.
 */

const hexDigits = '0123456789abcdef';
const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const hexValues = valuesOf(hexDigits);
const base64Values = valuesOf(base64Digits);
const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const encoder = new TextEncoder();
// With ignoreBOM a byte-order mark stays in the text: without it, two sequences of bytes would be read alike.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += hexPairs[byte] ?? '';
  return text;
}

/** The bytes of lower-case hex, or undefined for anything else. */
export function fromHex(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    const high = hexValues[text.charCodeAt(2 * index)] ?? -1;
    const low = hexValues[text.charCodeAt(2 * index + 1)] ?? -1;
    if (high < 0 || low < 0) return undefined;
    bytes[index] = 16 * high + low;
  }
  return bytes;
}

/** Base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b, c] = [bytes[index], bytes[index + 1], bytes[index + 2]];
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += base64Digits.charAt(group >> 18) + base64Digits.charAt((group >> 12) & 63);
    text += b === undefined ? '=' : base64Digits.charAt((group >> 6) & 63);
    text += c === undefined ? '=' : base64Digits.charAt(group & 63);
  }
  return text;
}

/** The bytes of base64 as `toBase64` writes it, or undefined: padding is there, white space is not, unused bits are zero. */
export function fromBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let [pending, bits, length] = [0, 0, 0];
  for (let index = 0; index < text.length - padding; index += 1) {
    const value = base64Values[text.charCodeAt(index)] ?? -1;
    if (value < 0) return undefined;
    pending = pending * 64 + value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[length] = pending >> bits;
    length += 1;
    pending %= 1 << bits;
  }
  return pending === 0 ? bytes : undefined;
}

/** UTF-8. A lone surrogate becomes U+FFFD: ask `isWellFormed()` first where text comes from outside. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** As `utf8`, into memory that has room from `offset` on; answers how many bytes it took. */
export function utf8Into(text: string, target: Uint8Array, offset: number): number {
  // Most texts are short and of ASCII, and for those the loop takes a third of the time of the encoder.
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f)
      return index + encoder.encodeInto(text.slice(index), target.subarray(offset + index)).written;
    target[offset + index] = code;
  }
  return text.length;
}

/** The text of UTF-8 bytes, or undefined when they are none. A byte-order mark is kept as U+FEFF. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The parts, one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return concatAll(parts);
}

/** As `concat`, for any number of parts: an argument list has a limit, which hostile input would find. */
export function concatAll(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Whether both hold the same bytes. Takes less time the earlier they differ, so not for secrets; here are none. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** The value of each digit by its character code, −1 for other ASCII characters. */
function valuesOf(digits: string): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (let value = 0; value < digits.length; value += 1) values[digits.charCodeAt(value)] = value;
  return values;
}
