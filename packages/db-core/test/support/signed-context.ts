import { createHmac } from 'node:crypto';
import type { SqlSession } from '@agent-agency/testing';
import { TEST_CONTEXT_KEY } from '../../src/testing.ts';

/** The four settings of a context, as SQL sees them. */
export interface ContextSettings {
  readonly tenant?: string;
  readonly user?: string;
  readonly session?: string;
  readonly signature?: string;
}

/** Half an hour from now, as signatures say it. */
export function laterOn(): string {
  return String(Math.floor(Date.now() / 1000) + 1800);
}

/**
 * A context signed by node's own HMAC, and not by the code under test. `expiry` may be any text.
 */
export function signedContext(
  context: Omit<ContextSettings, 'signature'>,
  expiry = laterOn(),
  { keyId, secret } = TEST_CONTEXT_KEY,
): Required<ContextSettings> {
  const { tenant = '', user = '', session = '' } = context;
  const mac = createHmac('sha256', secret);
  for (const field of ['agent-agency.context.v1', keyId, tenant, user, session, expiry]) {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(Buffer.byteLength(field));
    mac.update(size).update(field);
  }
  return { tenant, user, session, signature: `${keyId}.${expiry}.${mac.digest('hex')}` };
}

/** Sets a context for the session's transaction, as any SQL could. */
export async function setContext(session: SqlSession, settings: ContextSettings): Promise<void> {
  const given = {
    'app.current_tenant': settings.tenant,
    'app.current_user': settings.user,
    'app.current_session': settings.session,
    'app.context_signature': settings.signature,
  };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) await session.query('select set_config($1, $2, true)', [name, value]);
  }
}

/** What a context lets a session see. Leaves nothing behind. */
export async function lookWith(
  session: SqlSession,
  settings: ContextSettings,
): Promise<{ tenant: unknown; agents: unknown }> {
  await session.query('begin');
  try {
    await setContext(session, settings);
    const { rows } = await session.query(
      'select app.current_tenant_id() as tenant, (select count(*)::int from agent_profiles) as agents',
    );
    return { tenant: rows[0]?.['tenant'], agents: rows[0]?.['agents'] };
  } finally {
    await session.query('rollback');
  }
}
