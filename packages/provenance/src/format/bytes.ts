import { fromHex } from './encoding.ts';

/** Raw bytes of a hash, or undefined unless it is 64 lower-case hex digits. */
export function hashBytes(hash: unknown): Uint8Array | undefined {
  const bytes = fromHex(hash);
  return bytes?.length === 32 ? bytes : undefined;
}

/** Raw bytes of a UUID, or undefined unless it is written in lower case with its four hyphens. */
export function uuidBytes(uuid: unknown): Uint8Array | undefined {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
  return typeof uuid === 'string' && form.test(uuid) ? fromHex(uuid.replaceAll('-', '')) : undefined;
}

/** Two bytes, big-endian: PostgreSQL's int2send. */
export function int16(value: number): Uint8Array {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setInt16(0, value);
  return bytes;
}

/** Four bytes, big-endian: PostgreSQL's int4send. */
export function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
}

/** Eight bytes, big-endian, two's complement: PostgreSQL's int8send. */
export function int64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value);
  return bytes;
}
