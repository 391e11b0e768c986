import { createHmac } from 'node:crypto';
import type { SqlSession } from '@agent-agency/testing';

/** What a context is signed for. */
export interface SignedContext {
  readonly tenant: string;
  readonly user?: string;
  readonly session?: string;
  readonly keyId?: string;
  readonly secret?: Uint8Array;
  /** Seconds since 1970; default: five minutes from now. */
  readonly expiresAt?: number;
}

/** The configuration parameters of a transaction, by name. */
export type ContextSettings = Record<
  'app.current_tenant' | 'app.current_user' | 'app.current_session' | 'app.context_signature',
  string
>;

/** Signs a context with the key that test databases have, written from its description and not from the product's code. */
export function signContext(context: SignedContext): ContextSettings {
  const { tenant, user = '', session = '', keyId = 'test', secret = new Uint8Array(32).fill(7) } = context;
  const expiry = String(context.expiresAt ?? Math.floor(Date.now() / 1000) + 300);
  const mac = createHmac('sha256', secret);
  for (const field of ['agent-agency.context.v1', keyId, tenant, user, session, expiry]) {
    const bytes = Buffer.from(field, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    mac.update(length).update(bytes);
  }
  return {
    'app.current_tenant': tenant,
    'app.current_user': user,
    'app.current_session': session,
    'app.context_signature': `${keyId}.${expiry}.${mac.digest('hex')}`,
  };
}

/** Sets a transaction's parameters. */
export async function applyContext(session: SqlSession, settings: Partial<ContextSettings>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await session.query('select set_config($1, $2, true)', [name, value]);
  }
}

/** Runs `work` in a transaction, with a tenant's context or, for `undefined`, without any. */
export async function asTenant<T>(
  session: SqlSession,
  tenant: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  await session.query('begin');
  let result: T;
  try {
    if (tenant !== undefined) await applyContext(session, signContext({ tenant }));
    result = await work();
  } catch (error) {
    await session.query('rollback');
    throw error;
  }
  await session.query('commit');
  return result;
}
