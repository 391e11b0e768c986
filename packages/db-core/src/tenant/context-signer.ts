import { createHash } from 'node:crypto';
import type { ContextKey } from './context-key.ts';
import type { TenantContext } from './tenant-context.ts';

/** Signs tenant contexts so that the database can tell them from ones that SQL made up. */
export interface ContextSigner {
  /** The value of `app.context_signature`: key id, expiry in seconds since 1970, and MAC, joined by dots. */
  sign(context: TenantContext, now: Date): string;
}

/** The two blocks that HMAC derives from a key (RFC 2104, §2): key ⊕ ipad and key ⊕ opad, 64 bytes each. */
export interface KeyBlocks {
  readonly keyId: string;
  readonly innerBlock: Uint8Array;
  readonly outerBlock: Uint8Array;
}

/** How long a signature can begin a transaction: long enough for clocks that differ and checkouts that wait. */
const VALID_FOR_SECONDS = 300;

const DOMAIN = 'agent-agency.context.v1';

/**
 * HMAC-SHA256 over the length-prefixed domain, key id, tenant, user, session and expiry: the bytes that
 * `app.current_tenant_id()` computes in the database.
 */
export function createContextSigner(blocks: KeyBlocks): ContextSigner {
  return {
    sign(context, now) {
      const expiry = String(Math.floor(now.getTime() / 1000) + VALID_FOR_SECONDS);
      const inner = createHash('sha256').update(blocks.innerBlock);
      const fields = [
        DOMAIN,
        blocks.keyId,
        context.tenantId,
        context.userId ?? '',
        context.sessionId ?? '',
        expiry,
      ];
      for (const field of fields) inner.update(lengthPrefixed(field));
      const mac = createHash('sha256').update(blocks.outerBlock).update(inner.digest()).digest('hex');
      return `${blocks.keyId}.${expiry}.${mac}`;
    },
  };
}

export function keyBlocks(key: ContextKey): KeyBlocks {
  const innerBlock = new Uint8Array(64).fill(0x36);
  const outerBlock = new Uint8Array(64).fill(0x5c);
  for (const [at, byte] of key.secret.entries()) {
    innerBlock[at] = 0x36 ^ byte;
    outerBlock[at] = 0x5c ^ byte;
  }
  return { keyId: key.keyId, innerBlock, outerBlock };
}

function lengthPrefixed(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  const prefixed = Buffer.allocUnsafe(4 + bytes.length);
  prefixed.writeUInt32BE(bytes.length);
  bytes.copy(prefixed, 4);
  return prefixed;
}
