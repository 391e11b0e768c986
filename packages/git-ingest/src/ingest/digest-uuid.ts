import { createHash } from 'node:crypto';

/**
 * A UUID that names its parts: the first 122 bits of their SHA-256, each preceded by its length.
 *
 * @see RFC 9562, §5.8 (version 8)
 */
export function digestUuid(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(part, 'utf8'));
    hash.update(length).update(part, 'utf8');
  }
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
