import { isDataLayerError, type TenantTransaction } from '@agent-agency/db-core';
import { useApplication } from '@agent-agency/db-core/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLocalFileKeys } from '../../src/encryption/local-file-keys.ts';
import {
  createTenantCipher,
  type CipherOptions,
  type TenantCipher,
} from '../../src/encryption/tenant-cipher.ts';
import { TenantKeyRing } from '../../src/encryption/tenant-key-ring.ts';
import { listDataKeys } from '../../src/encryption/tenant-keys.ts';
import {
  createDecisions,
  insertDecision,
  placeOf,
  RATIONALE,
  MINUTES,
  readDecisions,
  storedDecisions,
} from './support/decisions.ts';
import {
  asAdministrator,
  newEncryptedTenant,
  switchEncryption,
  untilSomebodyWaits,
  useFolders,
} from './support/encrypted-tenants.ts';

const app = useApplication(testDatabase());
const folders = useFolders();
let folder: string;
let keyRing: TenantKeyRing;

/** As another process would have it. */
const newKeyRing = (): TenantKeyRing => new TenantKeyRing(createLocalFileKeys(folder));

beforeAll(async () => {
  folder = await folders.newFolder();
  keyRing = newKeyRing();
  await createDecisions(app);
});

const withCipher = <T>(
  tenantId: string,
  work: (cipher: TenantCipher, tx: TenantTransaction) => Promise<T>,
  { ring = keyRing, ...options }: CipherOptions & { ring?: TenantKeyRing | 'none' } = {},
): Promise<T> =>
  app.inTenant(tenantId, (tx) =>
    work(createTenantCipher(tx, ring === 'none' ? undefined : ring, options), tx),
  );
const put = (tenantId: string, id: number, text: string): Promise<void> =>
  withCipher(tenantId, (cipher, tx) => insertDecision(tx, cipher, { id, text }));
const read = (tenantId: string, options?: CipherOptions & { ring?: TenantKeyRing }): Promise<string[]> =>
  withCipher(tenantId, (cipher, tx) => readDecisions(tx, cipher), options);
const stored = (tenantId: string) => app.inTenant(tenantId, storedDecisions);
const keysOf = (tenantId: string) => app.inTenant(tenantId, listDataKeys);

describe.skipIf(app.database.kind === 'pglite')('createTenantCipher', () => {
  it('stores nothing legible for a tenant with encryption, and reads it in another process', async () => {
    const tenant = await newEncryptedTenant(app);
    await put(tenant, 1, 'Too costly.');
    const [row] = await stored(tenant);
    expect(row?.rationale).toMatch(/^seal:U0VBTA/);
    expect(row?.minutes.subarray(0, 5).toString('latin1')).toBe('SEAL\u0001');
    expect(JSON.stringify(row)).not.toContain('costly');
    expect(row?.minutes.includes('costly')).toBe(false);
    expect(await read(tenant, { ring: newKeyRing() })).toEqual(['Too costly.']);
    expect(await keysOf(tenant)).toMatchObject([
      { version: 1, state: 'active', kekId: matching(/^file:1:/) },
    ]);
  });

  it('marks what a tenant without encryption writes, and makes no key', async () => {
    const tenant = await app.newTenant();
    await put(tenant, 1, 'Too costly.');
    expect(await stored(tenant)).toMatchObject([
      { rationale: 'open:Too costly.', minutes: Buffer.from('OPENToo costly.') },
    ]);
    expect(await withCipher(tenant, (cipher, tx) => readDecisions(tx, cipher), { ring: 'none' })).toEqual([
      'Too costly.',
    ]);
    expect(await keysOf(tenant)).toEqual([]);
  });

  it('gives back every text and all bytes, whether encryption is on or off', async () => {
    const tenants = [await app.newTenant(), await newEncryptedTenant(app)];
    for (const tenant of tenants) {
      await withCipher(tenant, async (cipher) => {
        const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
        await fc.assert(
          fc.asyncProperty(text, fc.uint8Array(), async (given, bytes) => {
            const [here, there] = [placeOf(RATIONALE, 1), placeOf(MINUTES, 1)];
            const plain = given.replaceAll('\0', '').toWellFormed();
            expect(await cipher.openText(here, await cipher.sealText(here, plain))).toBe(plain);
            expect((await cipher.openBytes(there, await cipher.sealBytes(there, bytes))).equals(bytes)).toBe(
              true,
            );
          }),
        );
      });
    }
  });

  it('does not take a plaintext for a ciphertext that looks like one', async () => {
    const sealing = await newEncryptedTenant(app);
    await put(sealing, 1, 'secret');
    const [row] = await stored(sealing);
    const lookalike = row?.rationale ?? '';
    const tenant = await app.newTenant();
    await put(tenant, 1, lookalike);
    await put(tenant, 2, 'open:x');
    expect(await read(tenant)).toEqual([lookalike, 'open:x']);
    await switchEncryption(app, tenant, true);
    expect(await read(tenant)).toEqual([lookalike, 'open:x']);
  });

  it('reads both forms when encryption is switched on and off again', async () => {
    const tenant = await app.newTenant();
    await put(tenant, 1, 'before');
    await switchEncryption(app, tenant, true);
    await put(tenant, 2, 'during');
    expect(await read(tenant)).toEqual(['before', 'during']);
    await switchEncryption(app, tenant, false);
    await put(tenant, 3, 'after');
    expect(await read(tenant)).toEqual(['before', 'during', 'after']);
    const marks = (await stored(tenant)).map(({ rationale }) => rationale.slice(0, 5));
    expect(marks).toEqual(['open:', 'seal:', 'open:']);
  });

  it('refuses open values where it is asked to', async () => {
    const tenant = await app.newTenant();
    await put(tenant, 1, 'before');
    await expect(read(tenant, { openValues: 'refuse' })).rejects.toMatchObject({
      code: 'VALUE_UNREADABLE',
      message: 'decisions.rationale of 1 cannot be read: it is not sealed',
    });
  });

  it.each(['a\0b', 'half \ud83e'])('refuses the text %j, sealed or not', async (text) => {
    for (const tenant of [await app.newTenant(), await newEncryptedTenant(app)]) {
      await expect(put(tenant, 1, text)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      expect(await stored(tenant)).toEqual([]);
    }
  });

  it('needs a key ring for tenants with encryption only', async () => {
    const tenant = await newEncryptedTenant(app);
    const refused = withCipher(tenant, (cipher) => cipher.sealText(placeOf(RATIONALE, 1), 'x'), {
      ring: 'none',
    });
    await expect(refused).rejects.toMatchObject({
      code: 'KEY_UNAVAILABLE',
      message: matching(/no key ring/),
    });
  });

  it('says when there is no such tenant', async () => {
    const refused = withCipher('nobody', (cipher) => cipher.sealText(placeOf(RATIONALE, 1), 'x'));
    await expect(refused).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' });
  });

  describe('of a value that is not where it was written', () => {
    it.each([
      [
        'another row',
        `update decisions set rationale = (select rationale from decisions where id = 1) where id = 2`,
      ],
      [
        'another column',
        `update decisions set minutes = decode(translate(substr(rationale, 6), '-_', '+/') || repeat('=', -(length(rationale) - 5) & 3), 'base64') where id = 2`,
      ],
    ])('refuses it in %s', async (_what, move) => {
      const tenant = await newEncryptedTenant(app);
      await put(tenant, 1, 'one');
      await put(tenant, 2, 'two');
      await app.inTenant(tenant, (tx) => sql.raw(move).execute(tx));
      await expect(read(tenant)).rejects.toMatchObject({
        code: 'VALUE_UNREADABLE',
        message: matching(
          /^decisions\.\w+ of 2 cannot be read: it was changed, or was sealed for another place$/,
        ),
      });
    });

    it('refuses it in another tenant, with and without its key', async () => {
      const [mine, theirs] = [await newEncryptedTenant(app), await newEncryptedTenant(app)];
      await put(mine, 1, 'mine');
      await put(theirs, 2, 'theirs');
      await asAdministrator(app, (session) =>
        session.query(
          'insert into decisions select $1, id, rationale, minutes from decisions where tenant_id = $2',
          [theirs, mine],
        ),
      );
      await expect(read(theirs)).rejects.toMatchObject({
        code: 'VALUE_UNREADABLE',
        message: matching(/decisions\.rationale of 1 .* the tenant has no key/),
      });
      // The row of the key as well: wrapped for the other tenant.
      await asAdministrator(app, (session) =>
        session.query(
          `insert into tenant_encryption_keys (tenant_id, id, version, state, wrapped_key, kek_id, retired_at)
           select $1, id, 7, 'retired', wrapped_key, kek_id, now() from tenant_encryption_keys where tenant_id = $2`,
          [theirs, mine],
        ),
      );
      await expect(read(theirs)).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
      expect(await read(mine)).toEqual(['mine']);
    });

    it('refuses a value with a byte changed, and a wrapped key with one', async () => {
      const tenant = await newEncryptedTenant(app);
      await put(tenant, 1, 'one');
      const damage = `update decisions set minutes = set_byte(minutes, 50, get_byte(minutes, 50) # 1)`;
      await app.inTenant(tenant, (tx) => sql.raw(damage).execute(tx));
      await expect(read(tenant)).rejects.toMatchObject({ code: 'VALUE_UNREADABLE' });
      await app.inTenant(tenant, (tx) => sql.raw(damage).execute(tx));
      expect(await read(tenant)).toEqual(['one']);
      await app.inTenant(tenant, (tx) =>
        sql`update tenant_encryption_keys set wrapped_key = set_byte(wrapped_key, 30, get_byte(wrapped_key, 30) # 1)`.execute(
          tx,
        ),
      );
      await expect(read(tenant, { ring: newKeyRing() })).rejects.toMatchObject({
        code: 'VALUE_UNREADABLE',
        message: matching(/wrapped key/),
      });
    });
  });
});

describe.skipIf(app.database.kind === 'pglite')('the first key of a tenant', () => {
  /** Two transactions of two processes that both seal; the second begins while the first is open. */
  async function race(tenant: string, end: 'commit' | 'roll back') {
    const [inserted, proceed] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const first = withCipher(
      tenant,
      async (cipher, tx) => {
        await insertDecision(tx, cipher, { id: 1, text: 'first' });
        inserted.resolve(undefined);
        await proceed.promise;
        if (end === 'roll back') throw new Error('changed my mind');
      },
      { ring: newKeyRing() },
    );
    await inserted.promise;
    const second = withCipher(tenant, (cipher, tx) => insertDecision(tx, cipher, { id: 2, text: 'second' }), {
      ring: newKeyRing(),
    });
    await untilSomebodyWaits(app);
    proceed.resolve(undefined);
    return Promise.allSettled([first, second]);
  }

  it('is one, when two make it at the same moment', async () => {
    const tenant = await newEncryptedTenant(app);
    const outcomes = await race(tenant, 'commit');
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await keysOf(tenant)).toHaveLength(1);
    expect(await read(tenant, { ring: newKeyRing() })).toEqual(['first', 'second']);
  });

  it("is the second one's, when the first rolls back", async () => {
    const tenant = await newEncryptedTenant(app);
    const outcomes = await race(tenant, 'roll back');
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await keysOf(tenant)).toMatchObject([{ version: 1, state: 'active' }]);
    expect(await read(tenant, { ring: newKeyRing() })).toEqual(['second']);
  });

  it('is one for many at once', async () => {
    const tenant = await newEncryptedTenant(app);
    await Promise.all(Array.from({ length: 8 }, (_, id) => put(tenant, id, `decision ${id}`)));
    expect(await keysOf(tenant)).toHaveLength(1);
    expect(await read(tenant, { ring: newKeyRing() })).toHaveLength(8);
  });

  it('is not made when the keeper of keys fails, and nothing is written', async () => {
    const tenant = await newEncryptedTenant(app);
    const ring = new TenantKeyRing({
      ...createLocalFileKeys(folder),
      wrap: () => Promise.reject(new Error('out of order')),
    });
    const refused = withCipher(tenant, (cipher, tx) => insertDecision(tx, cipher, { id: 1, text: 'x' }), {
      ring,
    });
    await expect(refused).rejects.toThrow('out of order');
    expect(await keysOf(tenant)).toEqual([]);
    expect(await stored(tenant)).toEqual([]);
  });
});

describe.skipIf(app.database.kind === 'pglite')('tenant_encryption_keys', () => {
  const attempt = (tenant: string, statement: string): Promise<unknown> =>
    app.inTenant(tenant, (tx) => sql.raw(statement).execute(tx));

  it('shows a tenant its own keys only', async () => {
    const [mine, theirs] = [await newEncryptedTenant(app), await newEncryptedTenant(app)];
    await put(mine, 1, 'mine');
    expect(await keysOf(mine)).toHaveLength(1);
    expect(await keysOf(theirs)).toEqual([]);
    const refused = attempt(
      theirs,
      `insert into tenant_encryption_keys (tenant_id, version, wrapped_key, kek_id) values ('${mine}', 9, 'x', 'x')`,
    );
    await expect(refused).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it.each([
    ['delete from tenant_encryption_keys', 'PERMISSION_DENIED'],
    [`update tenant_encryption_keys set id = gen_random_uuid()`, 'PERMISSION_DENIED'],
    [`update tenant_encryption_keys set version = 2`, 'PERMISSION_DENIED'],
    [
      `insert into tenant_encryption_keys (version, wrapped_key, kek_id) values (2, 'x', 'x')`,
      'UNIQUE_VIOLATION',
    ],
    [`update tenant_encryption_keys set wrapped_key = null`, 'CHECK_VIOLATION'],
    [`update tenant_encryption_keys set wrapped_key = ''`, 'CHECK_VIOLATION'],
    [`update tenant_encryption_keys set kek_id = ''`, 'CHECK_VIOLATION'],
    [`update tenant_encryption_keys set state = 'lost'`, 'CHECK_VIOLATION'],
    [`update tenant_encryption_keys set state = 'retired'`, 'CHECK_VIOLATION'],
    [`update tenant_encryption_keys set retired_at = now()`, 'CHECK_VIOLATION'],
    [
      `update tenant_encryption_keys set state = 'destroyed', retired_at = now(), destroyed_at = now()`,
      'CHECK_VIOLATION',
    ],
  ])('refuses %s', async (statement, code) => {
    const tenant = await newEncryptedTenant(app);
    await put(tenant, 1, 'one');
    await expect(attempt(tenant, statement)).rejects.toMatchObject({ code });
    expect(await read(tenant)).toEqual(['one']);
  });

  it.each([
    [`state = 'retired', retired_at = now()`, `state = 'active', retired_at = null`],
    [
      `state = 'destroyed', retired_at = now(), destroyed_at = now(), wrapped_key = null`,
      `state = 'retired', destroyed_at = null, wrapped_key = 'x'`,
    ],
  ])('does not let a key with %s come back', async (change, back) => {
    const tenant = await newEncryptedTenant(app);
    await put(tenant, 1, 'one');
    await attempt(tenant, `update tenant_encryption_keys set ${change}`);
    await expect(attempt(tenant, `update tenant_encryption_keys set ${back}`)).rejects.toMatchObject({
      code: 'QUERY_FAILED',
      details: { sqlState: 'AAKEY' },
    });
  });
});

describe.skipIf(app.database.kind === 'pglite')('setTenantEncryption', () => {
  it('is not for the application', async () => {
    const tenant = await app.newTenant();
    for (const statement of [
      `select app.set_tenant_encryption('${tenant}', true)`,
      `update tenants set encryption_enabled = true`,
    ]) {
      await expect(app.inTenant(tenant, (tx) => sql.raw(statement).execute(tx))).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
      });
    }
  });
  it('says when there is no such tenant', async () => {
    const refused = switchEncryption(app, 'nobody', true);
    await expect(refused).rejects.toSatisfy((error) => isDataLayerError(error, 'TENANT_NOT_FOUND'));
  });
});
