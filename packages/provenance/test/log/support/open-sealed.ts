import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

/** Where a value was sealed, and for whom. */
export interface SealedAt {
  readonly tenantId: string;
  readonly table: string;
  readonly column: string;
  readonly row: string;
}

/**
 * What was sealed for a subject, opened as somebody would who has nothing but a key and ENCRYPTION.md of the package
 * `tenancy`: undefined when the key is another.
 */
export function openSealed(
  key: Uint8Array,
  { sealed, commitment }: { readonly sealed: string; readonly commitment: string },
  { tenantId, table, column, row }: SealedAt,
): unknown {
  const bytes = Buffer.from(sealed.slice('seal:'.length), 'base64url');
  const keyId = bytes.toString('hex', 5, 21).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const fields = ['agent-agency.sealed-value.v1', tenantId, table, column, row, keyId].map((it) =>
    Buffer.from(it),
  );
  const nonce = bytes.subarray(21, 45);
  const decipher = createDecipheriv('aes-256-gcm', messageKey(key, nonce), nonce.subarray(12));
  decipher.setAAD(Buffer.concat(fields.flatMap((field) => [uint32(field.length), field])));
  decipher.setAuthTag(bytes.subarray(-16));
  const plaintext = decipher.update(bytes.subarray(45, -16));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  const digest = createHash('sha256').update('agent-agency.subject-value.v1\0').update(plaintext);
  return digest.digest('hex') === commitment ? JSON.parse(plaintext.toString('utf8', 32)) : undefined;
}

/** XAES-256-GCM's key for one message: https://c2sp.org/XAES-256-GCM */
function messageKey(key: Uint8Array, nonce: Buffer): Buffer {
  const block = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const doubled = BigInt(`0x${block.update(Buffer.alloc(16)).toString('hex')}`) << 1n;
  const mask = doubled >> 128n === 0n ? doubled : doubled ^ (1n << 128n) ^ 0x87n;
  return Buffer.concat(
    [1, 2].map((part) => {
      const message = Buffer.concat([Buffer.of(0, part, 0x58, 0), nonce.subarray(0, 12)]).toString('hex');
      return block.update(Buffer.from((BigInt(`0x${message}`) ^ mask).toString(16).padStart(32, '0'), 'hex'));
    }),
  );
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
