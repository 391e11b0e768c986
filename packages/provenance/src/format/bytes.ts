import { fromHex } from './encoding.ts';

/** Raw bytes of a hash, or undefined unless it is 64 lower-case hex digits. */
export function hashBytes(hash: unknown): Uint8Array | undefined {
  const bytes = fromHex(hash);
  return bytes?.length === 32 ? bytes : undefined;
}

/** Raw bytes of a UUID, or undefined unless it is written in lower case with its four hyphens. */
export function uuidBytes(uuid: unknown): Uint8Array | undefined {
  if (typeof uuid !== 'string' || uuid.length !== 36) return undefined;
  if ([8, 13, 18, 23].some((place) => uuid.charAt(place) !== '-')) return undefined;
  const [a, b, c] = [uuid.slice(0, 8), uuid.slice(9, 13), uuid.slice(14, 18)];
  return fromHex(a + b + c + uuid.slice(19, 23) + uuid.slice(24));
}
