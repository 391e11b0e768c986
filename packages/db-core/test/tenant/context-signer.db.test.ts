import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContextSigner, keyBlocks } from '../../src/tenant/context-signer.ts';
import { parseTenantContext, type TenantContextInput } from '../../src/tenant/tenant-context.ts';
import { TEST_CONTEXT_KEY } from '../../src/testing.ts';
import { lookWith, signedContext } from '../support/signed-context.ts';

const database = testDatabase();
const signer = createContextSigner(keyBlocks(TEST_CONTEXT_KEY));
let session: SqlSession;

beforeAll(async () => {
  session = await connect(database.urlFor('agent_agency_app'));
});
afterAll(() => session.close());

function sign(input: TenantContextInput, now = new Date()): string {
  return signer.sign(parseTenantContext(input), now);
}

async function tenantOf(input: TenantContextInput, signature = sign(input)): Promise<unknown> {
  const { tenantId: tenant, userId: user = '', sessionId = '' } = input;
  return (await lookWith(session, { tenant, user, session: sessionId, signature })).tenant;
}

describe('createContextSigner', () => {
  it('signs what the database verifies', async () => {
    expect(await tenantOf({ tenantId: 'acme' })).toBe('acme');
    expect(await tenantOf({ tenantId: 'acme', userId: 'ann', sessionId: 's-1' })).toBe('acme');
  });

  it('signs as HMAC-SHA256 does, with an expiry five minutes ahead', () => {
    const now = new Date(1_700_000_000_999);
    const context = { tenant: 'acme', user: 'ann', session: 's-1' };
    expect(sign({ tenantId: 'acme', userId: 'ann', sessionId: 's-1' }, now)).toBe(
      signedContext(context, '1700000300').signature,
    );
  });

  it.each([32, 33, 63, 64])('agrees with HMAC on a key of %i bytes', (size) => {
    const key = { keyId: 'k', secret: Uint8Array.from({ length: size }, (_, at) => (at * 37 + size) & 0xff) };
    const now = new Date(1_700_000_000_000);
    expect(createContextSigner(keyBlocks(key)).sign(parseTenantContext({ tenantId: 'a' }), now)).toBe(
      signedContext({ tenant: 'a' }, '1700000300', key).signature,
    );
  });

  it.each(['Zoë', '李雷', '🙂🙂', 'e\u0301', '\ud800', "o'hara; drop table tenants --", '%s\\x00'])(
    'agrees with the database on user %s',
    async (userId) => {
      expect(await tenantOf({ tenantId: 'acme', userId, sessionId: userId })).toBe('acme');
    },
  );

  it('takes an absent user or session for an empty one, as the database does', async () => {
    const now = new Date();
    expect(sign({ tenantId: 'acme' }, now)).toBe(sign({ tenantId: 'acme', userId: '', sessionId: '' }, now));
    const { signature } = signedContext({ tenant: 'acme' });
    expect((await lookWith(session, { tenant: 'acme', signature })).tenant).toBe('acme');
  });

  it('lets no field run into the next', async () => {
    const signature = sign({ tenantId: 'a', userId: 'bc', sessionId: 'd' });
    for (const other of [
      { tenantId: 'ab', userId: 'c', sessionId: 'd' },
      { tenantId: 'a', userId: 'b', sessionId: 'cd' },
      { tenantId: 'a', userId: 'bcd' },
      { tenantId: 'a', userId: '', sessionId: 'bcd' },
      { tenantId: 'abc', sessionId: 'd' },
    ]) {
      expect(await tenantOf(other, signature)).toBeNull();
    }
    expect(await tenantOf({ tenantId: 'a', userId: 'bc', sessionId: 'd' }, signature)).toBe('a');
  });

  it('agrees with the database on 200 random contexts, and with no neighbour of theirs', async () => {
    const random = randomNumbers(42);
    for (let round = 0; round < 200; round += 1) {
      const context = {
        tenantId: `t${text(random, 'aB9_.:-', 12)}`,
        userId: text(random, 'aé李🙂 .\'"\\', 12),
        sessionId: text(random, 'aé李🙂 .\'"\\', 12),
      };
      const signature = sign(context);
      expect(await tenantOf(context, signature), JSON.stringify(context)).toBe(context.tenantId);
      const swapped = { ...context, userId: context.sessionId, sessionId: context.userId };
      if (swapped.userId !== context.userId) expect(await tenantOf(swapped, signature)).toBeNull();
      expect(await tenantOf({ ...context, tenantId: `${context.tenantId}a` }, signature)).toBeNull();
    }
  });
});

/** Numbers below 1, always the same ones (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function text(random: () => number, alphabet: string, most: number): string {
  const letters = Array.from(alphabet);
  const size = Math.floor(random() * (most + 1));
  return Array.from({ length: size }, () => letters[Math.floor(random() * letters.length)]).join('');
}
