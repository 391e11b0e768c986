import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TEST_CONTEXT_KEY, applicationManager, createTestTenants } from '../../src/testing.ts';
import { insertAgent } from '../support/agents.ts';
import {
  laterOn,
  lookWith,
  setContext,
  signedContext,
  type ContextSettings,
} from '../support/signed-context.ts';

const database = testDatabase();
const acme = { tenant: 'acme', user: 'ann', session: 's-1' };
let session: SqlSession;
let admin: SqlSession;

beforeAll(async () => {
  await createTestTenants(database, 'acme', 'globex');
  const manager = applicationManager(database);
  await manager.withTenant({ tenantId: 'acme' }, (tx) => insertAgent(tx, 'acme-agent'));
  await manager.withTenant({ tenantId: 'globex' }, (tx) => insertAgent(tx, 'globex-agent'));
  await manager.shutdown();
  session = await connect(database.urlFor('agent_agency_app'));
  admin = await connect(database.url);
});
afterAll(() => Promise.all([session.close(), admin.close()]));

const nothing = { tenant: null, agents: 0 };
const { secret } = TEST_CONTEXT_KEY;
const seconds = (fromNow: number): string => String(Math.floor(Date.now() / 1000) + fromNow);

describe('app.current_tenant_id, to the application role', () => {
  it('answers the tenant of a signed context, and shows its rows only', async () => {
    expect(await lookWith(session, signedContext(acme))).toEqual({ tenant: 'acme', agents: 1 });
    expect(await lookWith(session, signedContext({ tenant: 'globex' }))).toEqual({
      tenant: 'globex',
      agents: 1,
    });
  });

  const forged: [string, () => ContextSettings][] = [
    ['no context', () => ({})],
    ['an unsigned tenant', () => ({ tenant: 'acme' })],
    ['an empty signature', () => ({ ...acme, signature: '' })],
    ['a made-up MAC', () => ({ ...acme, signature: `test.${laterOn()}.${'0'.repeat(64)}` })],
    ['an empty MAC', () => ({ ...acme, signature: `test.${laterOn()}.` })],
    [
      'a MAC in upper case',
      () => ({ ...acme, signature: signedContext(acme).signature.replace(/[0-9a-f]{64}$/, upper) }),
    ],
    ['two parts', () => ({ ...acme, signature: 'a.b' })],
    ['one part', () => ({ ...acme, signature: 'test' })],
    ['four parts', () => ({ ...acme, signature: `${signedContext(acme).signature}.x` })],
    ['an unknown key', () => ({ ...acme, signature: 'x.9999999999.zz' })],
    ['an unknown key, well signed', () => signedContext(acme, laterOn(), { keyId: 'unknown', secret })],
    [
      'another key under a known name',
      () => signedContext(acme, laterOn(), { keyId: 'test', secret: new Uint8Array(32) }),
    ],
    [
      "another tenant's signature",
      () => ({ ...signedContext({ ...acme, tenant: 'globex' }), tenant: 'acme' }),
    ],
    ['another user', () => ({ ...signedContext(acme), user: 'bob' })],
    ['no user', () => ({ ...signedContext(acme), user: '' })],
    ['another session', () => ({ ...signedContext(acme), session: 's-2' })],
    [
      'a later expiry',
      () => ({
        ...acme,
        signature: signedContext(acme, seconds(60)).signature.replace(seconds(60), '9999999999'),
      }),
    ],
    ['an expiry that has passed', () => signedContext(acme, seconds(-1))],
    ['an expiry of 1970', () => signedContext(acme, '0')],
    ['a negative expiry', () => signedContext(acme, '-9999999999')],
    ['an empty tenant, well signed', () => signedContext({ tenant: '' })],
  ];
  it.each(forged)('answers nobody for %s', async (_, settings) => {
    expect(await lookWith(session, settings())).toEqual(nothing);
  });

  it.each(['NaN', 'soon', ''])(
    'never answers a tenant for expiry %j, even signed with the key',
    async (expiry) => {
      const seen = await lookWith(session, signedContext(acme, expiry)).catch((error: unknown) => error);
      if (!(seen instanceof Error)) expect(seen).toEqual(nothing);
    },
  );

  it('keeps the tenant of a transaction that outlives its signature', async () => {
    await session.query('begin');
    await setContext(session, signedContext(acme, seconds(1)));
    await session.query('select pg_sleep(2.1)');
    const { rows } = await session.query('select app.current_tenant_id() as tenant');
    await session.query('rollback');
    expect(rows).toEqual([{ tenant: 'acme' }]);
  });

  it('does not write without a context', async () => {
    const insert = `insert into agent_profiles (tenant_id, id, name, model_family) values ('acme', 'x', 'x', 'test')`;
    await expect(session.query(insert)).rejects.toMatchObject({ code: '42501' });
    const update = await session.query(`update agent_profiles set status = 'archived' returning id`);
    const removal = await session.query('delete from agent_profiles returning id');
    expect([update.rows, removal.rows]).toEqual([[], []]);
  });

  it('does not show the keys', async () => {
    for (const attempt of [
      'select * from app.context_keys',
      'select * from app.context_key_blocks()',
      `select app.put_context_key('mine', decode(repeat('00', 32), 'hex'))`,
    ]) {
      await expect(session.query(attempt)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('app.current_tenant_id, when keys are rotated', () => {
  const second = { keyId: 'second', secret: new Uint8Array(64).fill(3) };
  beforeEach(() =>
    admin.query(`select app.put_context_key($1, decode($2, 'hex'))`, [
      second.keyId,
      Buffer.from(second.secret).toString('hex'),
    ]),
  );
  afterEach(() => admin.query('delete from app.context_keys where key_id = $1', [second.keyId]));

  const expire = (at: string): Promise<unknown> =>
    admin.query(`update app.context_keys set expires_at = ${at} where key_id = 'second'`);

  it('takes both while both live', async () => {
    expect((await lookWith(session, signedContext(acme, laterOn(), second))).tenant).toBe('acme');
    expect((await lookWith(session, signedContext(acme))).tenant).toBe('acme');
  });

  it('takes the old key until it expires, and not a moment longer', async () => {
    await expire(`now() + interval '1 hour'`);
    expect((await lookWith(session, signedContext(acme, laterOn(), second))).tenant).toBe('acme');
    await expire('now()');
    expect(await lookWith(session, signedContext(acme, laterOn(), second))).toEqual(nothing);
  });

  it('does not take a key that was removed', async () => {
    await admin.query(`delete from app.context_keys where key_id = 'second'`);
    expect(await lookWith(session, signedContext(acme, laterOn(), second))).toEqual(nothing);
  });
});

function upper(mac: string): string {
  return mac.toUpperCase();
}
