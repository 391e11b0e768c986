import { createHmac } from 'node:crypto';

/** What a context is signed for, with which key and until when. */
export interface Signable {
  readonly tenant: string;
  readonly user: string;
  readonly session: string;
  readonly keyId: string;
  readonly secret: Uint8Array;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** The configuration parameters of a transaction, by name. */
export type Settings = Readonly<Record<string, string>>;

/**
 * A signed context, written from the description of the format and not from the product's signer: HMAC-SHA256 over the
 * domain, key id, tenant, user, session and expiry, each after its length in four bytes, the highest first.
 */
export function signedSettings(signable: Signable): Settings {
  const { keyId, tenant, user, session, expiresAt } = signable;
  return {
    'app.current_tenant': tenant,
    'app.current_user': user,
    'app.current_session': session,
    'app.context_signature': `${keyId}.${String(expiresAt)}.${mac(signable)}`,
  };
}

function mac({ keyId, tenant, user, session, expiresAt, secret }: Signable): string {
  const hmac = createHmac('sha256', secret);
  for (const field of ['agent-agency.context.v1', keyId, tenant, user, session, String(expiresAt)]) {
    const bytes = Buffer.from(field, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hmac.update(length).update(bytes);
  }
  return hmac.digest('hex');
}
