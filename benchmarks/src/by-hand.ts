import { createHmac } from 'node:crypto';
import { TEST_CONTEXT_KEY } from '@agent-agency/db-core/testing';

/** What services write that set a tenant by hand; parameters are {@link signedContext}'s. */
export const SET_CONTEXT = `select set_config('app.current_tenant', $1, true), set_config('app.context_signature', $2, true)`;

const DAY_SECONDS = 86_400;

/** A tenant and the signature that makes the database believe it, by node's own HMAC and not by the code under test. */
export function signedContext(tenantId: string): [tenantId: string, signature: string] {
  const { keyId, secret } = TEST_CONTEXT_KEY;
  const expiry = String(Math.floor(Date.now() / 1000) + DAY_SECONDS);
  const mac = createHmac('sha256', secret);
  for (const field of ['agent-agency.context.v1', keyId, tenantId, '', '', expiry]) {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(Buffer.byteLength(field));
    mac.update(size).update(field);
  }
  return [tenantId, `${keyId}.${expiry}.${mac.digest('hex')}`];
}
