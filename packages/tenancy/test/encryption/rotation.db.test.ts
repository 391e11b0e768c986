import { useApplication } from '@agent-agency/db-core/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKmsKeys } from '../../src/encryption/kms-keys.ts';
import { createLocalFileKeys, type LocalFileKeys } from '../../src/encryption/local-file-keys.ts';
import { countSealedWith, resealBatch, resealTenant, type InTenant } from '../../src/encryption/reseal.ts';
import { createTenantCipher } from '../../src/encryption/tenant-cipher.ts';
import { TenantKeyRing } from '../../src/encryption/tenant-key-ring.ts';
import {
  destroyDataKey,
  destroyTenantKey,
  listDataKeys,
  rewrapDataKeys,
  rotateDataKey,
} from '../../src/encryption/tenant-keys.ts';
import {
  COLUMNS,
  createDecisions,
  insertDecision,
  MINUTES,
  placeOf,
  RATIONALE,
  readDecisions,
  storedDecisions,
} from './support/decisions.ts';
import {
  newEncryptedTenant,
  switchEncryption,
  untilSomebodyWaits,
  useFolders,
} from './support/encrypted-tenants.ts';
import { InProcessKms } from './support/in-process-kms.ts';

const app = useApplication(testDatabase());
const folders = useFolders();
let keys: LocalFileKeys;
let keyRing: TenantKeyRing;

beforeAll(async () => {
  keys = createLocalFileKeys(await folders.newFolder());
  keyRing = new TenantKeyRing(keys);
  await createDecisions(app);
});

const inTenant =
  (tenantId: string): InTenant =>
  (work) =>
    app.inTenant(tenantId, work);
const put = (tenantId: string, ...ids: number[]): Promise<void> =>
  app.inTenant(tenantId, async (tx) => {
    const cipher = createTenantCipher(tx, keyRing);
    for (const id of ids) await insertDecision(tx, cipher, { id, text: `decision ${id}` });
  });
const read = (tenantId: string, ring = keyRing): Promise<string[]> =>
  app.inTenant(tenantId, (tx) => readDecisions(tx, createTenantCipher(tx, ring)));
const rotate = (tenantId: string) => app.inTenant(tenantId, (tx) => rotateDataKey(tx, keyRing));
const reseal = (tenantId: string, batchSize = 3) =>
  resealTenant(inTenant(tenantId), keyRing, { columns: COLUMNS, batchSize });
const destroyKey = (tenantId: string, keyId: string) =>
  app.inTenant(tenantId, (tx) => destroyDataKey(tx, keyId, COLUMNS));
const keysOf = (tenantId: string) => app.inTenant(tenantId, listDataKeys);
const countWith = (tenantId: string, keyId: string): Promise<number[]> =>
  app.inTenant(tenantId, async (tx) => [
    await countSealedWith(tx, RATIONALE, keyId),
    await countSealedWith(tx, MINUTES, keyId),
  ]);
const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);
const texts = (count: number): string[] => range(count).map((id) => `decision ${id}`);

/** An encrypted tenant with some decisions, and the key that they are sealed with. */
async function newTenant(decisions: number): Promise<{ tenant: string; keyId: string }> {
  const tenant = await newEncryptedTenant(app);
  await put(tenant, ...range(decisions));
  const [key] = await keysOf(tenant);
  return { tenant, keyId: key?.id ?? '' };
}

describe.skipIf(app.database.kind === 'pglite')('rotateDataKey', () => {
  it('seals with a new key from now on, and still opens with the old', async () => {
    const { tenant, keyId } = await newTenant(2);
    const active = await rotate(tenant);
    expect(active).toMatchObject({ version: 2, state: 'active', retiredAt: undefined });
    await put(tenant, 3);
    expect(await read(tenant)).toEqual(texts(3));
    expect(await keysOf(tenant)).toMatchObject([
      { id: keyId, version: 1, state: 'retired', retiredAt: expect.any(Date) as Date },
      { id: active.id, version: 2, state: 'active' },
    ]);
    expect(await countWith(tenant, keyId)).toEqual([2, 2]);
    expect(await countWith(tenant, active.id)).toEqual([1, 1]);
  });

  it('makes the first key of a tenant that has none', async () => {
    const tenant = await app.newTenant();
    expect(await rotate(tenant)).toMatchObject({ version: 1, state: 'active' });
  });

  it('rotates once for two at the same moment', async () => {
    const { tenant } = await newTenant(1);
    const [one, other] = await Promise.all([rotate(tenant), rotate(tenant)]);
    const states = (await keysOf(tenant)).map(({ state }) => state);
    // Either may have begun after the other had ended.
    expect(states.filter((state) => state === 'active')).toHaveLength(1);
    expect(one.id === other.id ? 2 : 3).toBe(states.length);
    expect(await read(tenant)).toEqual(texts(1));
  });

  it('waits for who seals: nothing is sealed with a key after it was retired', async () => {
    const { tenant, keyId } = await newTenant(1);
    const [sealed, proceed] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const events: string[] = [];
    const writer = app.inTenant(tenant, async (tx) => {
      await insertDecision(tx, createTenantCipher(tx, keyRing), { id: 2, text: 'decision 2' });
      sealed.resolve(undefined);
      await proceed.promise;
      events.push('written');
    });
    await sealed.promise;
    const rotation = rotate(tenant).then(() => events.push('rotated'));
    await untilSomebodyWaits(app);
    proceed.resolve(undefined);
    await Promise.all([writer, rotation]);
    expect(events).toEqual(['written', 'rotated']);
    expect(await countWith(tenant, keyId)).toEqual([2, 2]);
  });

  it.each(['repeatable read', 'serializable'] as const)(
    'makes a transaction that is %s, and began before it, begin again',
    async (isolationLevel) => {
      const { tenant } = await newTenant(1);
      const [begun, proceed] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      const late = app.manager.withTenant(
        { tenantId: tenant },
        async (tx) => {
          await storedDecisions(tx);
          begun.resolve(undefined);
          await proceed.promise;
          await insertDecision(tx, createTenantCipher(tx, keyRing), { id: 2, text: 'decision 2' });
        },
        { isolationLevel },
      );
      await begun.promise;
      await rotate(tenant);
      proceed.resolve(undefined);
      await expect(late).rejects.toMatchObject({ code: 'SERIALIZATION_FAILURE', retryable: true });
      expect(await read(tenant)).toEqual(texts(1));
    },
  );
});

describe.skipIf(app.database.kind === 'pglite')('resealTenant', () => {
  it('brings everything to the new key, in batches, and then has nothing to do', async () => {
    const { tenant, keyId } = await newTenant(7);
    const active = await rotate(tenant);
    await put(tenant, 8);
    expect(await reseal(tenant)).toEqual([
      { table: 'decisions', column: 'rationale', resealed: 7 },
      { table: 'decisions', column: 'minutes', resealed: 7 },
    ]);
    expect(await countWith(tenant, keyId)).toEqual([0, 0]);
    expect(await countWith(tenant, active.id)).toEqual([8, 8]);
    expect(await read(tenant, new TenantKeyRing(keys))).toEqual(texts(8));
    expect(await reseal(tenant)).toMatchObject([{ resealed: 0 }, { resealed: 0 }]);
  });

  it('goes on where it was interrupted', async () => {
    const { tenant } = await newTenant(7);
    await rotate(tenant);
    let transactions = 0;
    const breaking: InTenant = (work) => {
      transactions += 1;
      if (transactions === 3) return Promise.reject(new Error('killed'));
      return app.inTenant(tenant, work);
    };
    const options = { columns: COLUMNS, batchSize: 2 };
    await expect(resealTenant(breaking, keyRing, options)).rejects.toThrow('killed');
    expect(await read(tenant)).toEqual(texts(7));
    expect(await resealTenant(inTenant(tenant), keyRing, options)).toMatchObject([
      { column: 'rationale', resealed: 3 },
      { column: 'minutes', resealed: 7 },
    ]);
    expect(await read(tenant)).toEqual(texts(7));
  });

  it('writes nothing of a batch that fails', async () => {
    const { tenant, keyId } = await newTenant(3);
    await rotate(tenant);
    await app.inTenant(tenant, (tx) =>
      sql`update decisions set rationale = rationale || 'x' where id = 3`.execute(tx),
    );
    await expect(reseal(tenant)).rejects.toMatchObject({
      code: 'VALUE_UNREADABLE',
      details: { table: 'decisions', column: 'rationale', row: '3' },
    });
    expect(await countWith(tenant, keyId)).toEqual([3, 3]);
  });

  it('seals what was open when encryption is switched on, and opens it when it is switched off', async () => {
    const tenant = await app.newTenant();
    await put(tenant, 1, 2);
    await switchEncryption(app, tenant, true);
    expect(await reseal(tenant)).toMatchObject([{ resealed: 2 }, { resealed: 2 }]);
    const marks = async () =>
      (await app.inTenant(tenant, storedDecisions)).map(({ rationale }) => rationale.slice(0, 5));
    expect(await marks()).toEqual(['seal:', 'seal:']);
    const strict = app.inTenant(tenant, (tx) =>
      readDecisions(tx, createTenantCipher(tx, keyRing, { openValues: 'refuse' })),
    );
    expect(await strict).toEqual(texts(2));
    await switchEncryption(app, tenant, false);
    expect(await reseal(tenant)).toMatchObject([{ resealed: 2 }, { resealed: 2 }]);
    expect(await marks()).toEqual(['open:', 'open:']);
    expect(await read(tenant)).toEqual(texts(2));
  });

  it('leaves the rows of other tenants, and empty columns, as they are', async () => {
    const [{ tenant }, other] = [await newTenant(1), await newTenant(1)];
    await app.inTenant(tenant, (tx) => sql`insert into decisions (id) values (9)`.execute(tx));
    await rotate(tenant);
    expect(await reseal(tenant)).toMatchObject([{ resealed: 1 }, { resealed: 1 }]);
    expect(await countWith(other.tenant, other.keyId)).toEqual([1, 1]);
  });
});

describe.skipIf(app.database.kind === 'pglite')('resealBatch', () => {
  it('does not write over what others change between its reading and its writing', async () => {
    const { tenant } = await newTenant(1);
    await rotate(tenant);
    const [asked, proceed] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const slow = new TenantKeyRing({
      ...keys,
      async unwrap(...request) {
        asked.resolve(undefined);
        await proceed.promise;
        return keys.unwrap(...request);
      },
    });
    const batch = app.inTenant(tenant, (tx) => resealBatch(tx, slow, { column: MINUTES, limit: 10 }));
    await asked.promise;
    const change = app.inTenant(tenant, async (tx) => {
      const cipher = createTenantCipher(tx, keyRing);
      const minutes = await cipher.sealBytes(placeOf(MINUTES, 1), Buffer.from('changed'));
      await sql`update decisions set minutes = ${minutes} where id = 1`.execute(tx);
    });
    await Promise.race([change, untilSomebodyWaits(app)]);
    proceed.resolve(undefined);
    await Promise.all([batch, change]);
    const opened = app.inTenant(tenant, async (tx) => {
      const [row] = await storedDecisions(tx);
      return createTenantCipher(tx, keyRing).openBytes(placeOf(MINUTES, 1), row?.minutes ?? Buffer.alloc(0));
    });
    expect((await opened).toString()).toBe('changed');
  });
});

describe.skipIf(app.database.kind === 'pglite')('destroyDataKey', () => {
  it('destroys a key that nothing is sealed with any more', async () => {
    const { tenant, keyId } = await newTenant(2);
    await rotate(tenant);
    await expect(destroyKey(tenant, keyId)).rejects.toMatchObject({
      code: 'KEY_IN_USE',
      details: { keyId, values: 4 },
    });
    const kept = await app.inTenant(tenant, storedDecisions);
    await reseal(tenant);
    await destroyKey(tenant, keyId);
    expect(await keysOf(tenant)).toMatchObject([
      { id: keyId, state: 'destroyed', destroyedAt: expect.any(Date) as Date },
      { state: 'active' },
    ]);
    expect(await read(tenant)).toEqual(texts(2));
    // As an old copy of the row would have it.
    await app.inTenant(tenant, (tx) =>
      sql`update decisions set rationale = ${kept[0]?.rationale} where id = 1`.execute(tx),
    );
    await expect(read(tenant)).rejects.toMatchObject({
      code: 'KEY_DESTROYED',
      details: { table: 'decisions', column: 'rationale', row: '1', keyId },
    });
  });

  it('refuses the active key, and one that the tenant does not have', async () => {
    const [{ tenant, keyId }, other] = [await newTenant(1), await newTenant(1)];
    await expect(destroyKey(tenant, keyId)).rejects.toMatchObject({
      code: 'KEY_IN_USE',
      message: matching(/is active: rotate it first/),
    });
    await expect(destroyKey(tenant, other.keyId)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe.skipIf(app.database.kind === 'pglite')('rewrapDataKeys', () => {
  const rewrap = (tenantId: string, keepers: Parameters<typeof rewrapDataKeys>[1]) =>
    app.inTenant(tenantId, (tx) => rewrapDataKeys(tx, keepers));

  it('wraps with a rotated key-encryption-key, and touches no row', async () => {
    const { tenant } = await newTenant(2);
    await rotate(tenant);
    await put(tenant, 3);
    const before = await app.inTenant(tenant, storedDecisions);
    await keys.rotate(tenant);
    expect(await rewrap(tenant, { from: keys, to: keys })).toBe(2);
    await keys.destroyOlder(tenant);
    expect((await keysOf(tenant)).map(({ kekId }) => kekId.slice(0, 7))).toEqual(['file:2:', 'file:2:']);
    expect(await app.inTenant(tenant, storedDecisions)).toEqual(before);
    expect(await read(tenant, new TenantKeyRing(keys))).toEqual(texts(3));
  });

  it('moves the keys from files to a key management service', async () => {
    const { tenant } = await newTenant(1);
    const kms = createKmsKeys(new InProcessKms(), { keyNameOf: (tenantId) => `alias/${tenantId}` });
    await rewrap(tenant, { from: keys, to: kms });
    await keys.destroy(tenant);
    expect(await read(tenant, new TenantKeyRing(kms))).toEqual(texts(1));
  });

  it('changes nothing when a key cannot be wrapped', async () => {
    const { tenant } = await newTenant(1);
    await rotate(tenant);
    const kms = new InProcessKms();
    const to = createKmsKeys(kms, { keyNameOf: (tenantId) => tenantId });
    kms.failNext('throttled');
    await expect(rewrap(tenant, { from: keys, to })).rejects.toMatchObject({
      code: 'KEY_UNAVAILABLE',
      retryable: true,
    });
    expect(await read(tenant, new TenantKeyRing(keys))).toEqual(texts(1));
  });
});

describe.skipIf(app.database.kind === 'pglite')('destroyTenantKey', () => {
  it('makes everything unreadable, in a backup of the database as well', async () => {
    const { tenant, keyId } = await newTenant(1);
    const { rows: backup } = await app.inTenant(tenant, (tx) =>
      sql<{
        wrapped_key: Buffer;
        kek_id: string;
      }>`select wrapped_key, kek_id from tenant_encryption_keys`.execute(tx),
    );
    await destroyTenantKey(inTenant(tenant), keyRing);
    await expect(read(tenant)).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
    const [{ wrapped_key: wrapped, kek_id: kekId } = { wrapped_key: Buffer.alloc(0), kek_id: '' }] = backup;
    await expect(keys.unwrap({ tenantId: tenant, keyId }, { kekId, wrapped })).rejects.toMatchObject({
      code: 'KEY_DESTROYED',
    });
    await destroyTenantKey(inTenant(tenant), keyRing);
  });

  it('is known at once to a process that has the key unwrapped', async () => {
    const { tenant } = await newTenant(1);
    const elsewhere = new TenantKeyRing(keys);
    expect(await read(tenant, elsewhere)).toEqual(texts(1));
    await destroyTenantKey(inTenant(tenant), keyRing);
    expect(elsewhere.size).toBe(1);
    await expect(read(tenant, elsewhere)).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
  });

  it('touches no other tenant', async () => {
    const [{ tenant }, other] = [await newTenant(1), await newTenant(1)];
    await destroyTenantKey(inTenant(tenant), keyRing);
    expect(await read(other.tenant, new TenantKeyRing(keys))).toEqual(texts(1));
  });
});
