/**
 * Fields one after the other, each behind its length: no two lists of fields have the same bytes.
 *
 * **Shape** for each field its UTF-8 bytes, and before them their number, four bytes, big-endian.
 */
export function associatedData(domain: string, ...fields: readonly string[]): Buffer {
  return Buffer.concat(
    [domain, ...fields].flatMap((field) => {
      const bytes = Buffer.from(field);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
