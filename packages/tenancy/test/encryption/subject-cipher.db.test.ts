import type { TenantTransaction } from '@agent-agency/db-core';
import { explainStatements, useApplication } from '@agent-agency/db-core/testing';
import { matching, testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLocalFileKeys, type LocalFileKeys } from '../../src/encryption/local-file-keys.ts';
import {
  createSubjectCipher,
  type OpenedForSubject,
  type SubjectCipher,
  type SubjectValue,
} from '../../src/encryption/subject-cipher.ts';
import {
  destroySubjectKey,
  eraseSubjectKeys,
  findSubjectKey,
  lockSubjectKey,
} from '../../src/encryption/subject-keys.ts';
import type { SealedForSubject } from '../../src/encryption/subject-value.ts';
import { TenantKeyRing } from '../../src/encryption/tenant-key-ring.ts';
import { createTenantCipher } from '../../src/encryption/tenant-cipher.ts';
import { destroyTenantKey, rewrapDataKeys } from '../../src/encryption/tenant-keys.ts';
import { hashSubject } from '../../src/erasure/hash-subject.ts';
import {
  asAdministrator,
  newEncryptedTenant,
  untilSomebodyWaits,
  useFolders,
} from './support/encrypted-tenants.ts';

const app = useApplication(testDatabase());
const folders = useFolders();
let keys: LocalFileKeys;
let keyRing: TenantKeyRing;

beforeAll(async () => {
  keys = createLocalFileKeys(await folders.newFolder());
  keyRing = new TenantKeyRing(keys);
});

const PLACE = { table: 'caws_provenance_graph', column: 'content', row: '1' };
const REMARK = { name: 'Ada Lovelace', remark: 'Too costly.' };
const forSubject = (subjectId: string, value: SubjectValue['value'] = REMARK): SubjectValue => ({
  subjectId,
  place: PLACE,
  value,
});

const withCipher = <T>(
  tenantId: string,
  work: (cipher: SubjectCipher, tx: TenantTransaction) => Promise<T>,
  ring = keyRing,
): Promise<T> => app.inTenant(tenantId, (tx) => work(createSubjectCipher(tx, ring), tx));
const sealFor = (tenantId: string, subjectId: string, value?: SubjectValue['value']) =>
  withCipher(tenantId, (cipher) => cipher.seal(forSubject(subjectId, value)));
const open = (tenantId: string, sealed: unknown, place = PLACE): Promise<OpenedForSubject> =>
  withCipher(tenantId, (cipher) => cipher.open(place, sealed));
const destroyKeyOf = (tenantId: string, subjectId: string): Promise<boolean> =>
  app.inTenant(tenantId, (tx) => destroySubjectKey(tx, hashSubject(tenantId, subjectId)));

interface KeyRow {
  readonly id: string;
  readonly subject_sha256: string | null;
  readonly wrapped_key: Buffer | null;
  readonly kek_id: string;
  readonly destroyed_at: Date | null;
}
const keysOf = (tenantId: string): Promise<KeyRow[]> =>
  app.inTenant(tenantId, async (tx) => {
    const { rows } = await sql<KeyRow>`
      select id, subject_sha256, wrapped_key, kek_id, destroyed_at from subject_keys
      where tenant_id = ${tx.tenantId} order by created_at
    `.execute(tx);
    return rows;
  });
/** The key that a value names. */
const keyIn = ({ sealed }: SealedForSubject): string =>
  Buffer.from(sealed.slice('seal:'.length), 'base64url').toString('hex', 5, 21);
const idOf = (key: KeyRow | undefined): string => (key?.id ?? '').replaceAll('-', '');

const OPEN = { state: 'open', value: REMARK };
const DESTROYED = { state: 'destroyed' };

describe.skipIf(app.database.kind === 'pglite')('createSubjectCipher', () => {
  it('seals with a key for each subject, whether the tenant has encryption or not', async () => {
    for (const tenant of [await app.newTenant(), await newEncryptedTenant(app)]) {
      const [ada, again, grace] = [
        await sealFor(tenant, 'ada'),
        await sealFor(tenant, 'ada'),
        await sealFor(tenant, 'grace'),
      ];
      expect(JSON.stringify(ada)).not.toMatch(/ada|Lovelace|costly/i);
      expect(Object.keys(ada)).toEqual(['sealed', 'commitment']);
      expect(keyIn(again)).toBe(keyIn(ada));
      expect(again).not.toEqual(ada);
      const stored = await keysOf(tenant);
      expect(stored.map(({ subject_sha256 }) => subject_sha256)).toEqual([
        hashSubject(tenant, 'ada'),
        hashSubject(tenant, 'grace'),
      ]);
      expect([ada, grace].map(keyIn)).toEqual(stored.map(idOf));
      for (const sealed of [ada, again, grace]) expect(await open(tenant, sealed)).toEqual(OPEN);
    }
  });

  it('opens as another process, and after the form has been through jsonb', async () => {
    const tenant = await app.newTenant();
    const sealed = await sealFor(tenant, 'ada', [1.5, null, { 'ключ\0': 'ü' }]);
    const { rows } = await app.inTenant(tenant, (tx) =>
      sql<{ form: unknown }>`select ${JSON.stringify(sealed)}::jsonb as form`.execute(tx),
    );
    const elsewhere = new TenantKeyRing(keys);
    const opened = await withCipher(tenant, (cipher) => cipher.open(PLACE, rows[0]?.form), elsewhere);
    expect(opened).toEqual({ state: 'open', value: [1.5, null, { 'ключ\0': 'ü' }] });
  });

  it('asks for a key once in a transaction', async () => {
    const tenant = await app.newTenant();
    const asked = await withCipher(tenant, async (cipher, tx) => {
      await cipher.seal(forSubject('ada'));
      const plans = await explainStatements(tx, async () => {
        const sealed = await Promise.all([1, 2, 3].map((n) => cipher.seal(forSubject('ada', n))));
        for (const it of sealed) await cipher.open(PLACE, it);
      });
      return plans.length;
    });
    expect(asked).toBe(1);
  });

  it('finds keys by their index, and asks nothing of another subject', async () => {
    const tenant = await app.newTenant();
    await app.inTenant(tenant, (tx) =>
      sql`
        insert into subject_keys (tenant_id, subject_sha256, wrapped_key, kek_id)
        select ${tenant}, encode(sha256(n::text::bytea), 'hex'), '\\x00', 'file:1' from generate_series(1, 1000) as n
      `.execute(tx),
    );
    await asAdministrator(app, (session) => session.query('analyze subject_keys'));
    const [found, locked] = await app.inTenant(tenant, (tx) =>
      explainStatements(tx, async () => {
        await findSubjectKey({ tx, tenantId: tenant }, crypto.randomUUID());
        await lockSubjectKey({ tx, tenantId: tenant }, hashSubject(tenant, 'ada'));
      }),
    );
    expect(found).toContainEqual(
      expect.objectContaining({ 'Index Name': 'subject_keys_pkey', 'Index Cond': matching(/\bid = /) }),
    );
    expect(locked).toContainEqual(
      expect.objectContaining({
        'Index Name': 'subject_keys_subject_sha256_key',
        'Index Cond': matching(/subject_sha256\)?::text = /),
      }),
    );
  });

  it('makes one key for two who seal for a subject first at the same moment', async () => {
    const tenant = await app.newTenant();
    const sealed = await Promise.all(Array.from({ length: 6 }, () => sealFor(tenant, 'ada')));
    expect(await keysOf(tenant)).toHaveLength(1);
    expect(new Set(sealed.map(keyIn)).size).toBe(1);
    for (const it of sealed) expect(await open(tenant, it)).toEqual(OPEN);
  });

  it.each([{ table: 'other' }, { column: 'description' }, { row: '2' }])(
    'refuses a value that was moved to %j',
    async (elsewhere) => {
      const tenant = await app.newTenant();
      const moved = open(tenant, await sealFor(tenant, 'ada'), { ...PLACE, ...elsewhere });
      await expect(moved).rejects.toMatchObject({
        code: 'VALUE_UNREADABLE',
        message: matching(/was changed, or was sealed for another place/),
      });
    },
  );

  it('refuses what another tenant sealed, and what the tenant sealed for nobody', async () => {
    const [tenant, other] = [await newEncryptedTenant(app), await app.newTenant()];
    await expect(open(tenant, await sealFor(other, 'ada'))).rejects.toMatchObject({
      code: 'VALUE_UNREADABLE',
      message: matching(/no subject of the tenant has a key/),
    });
    const sealed = await app.inTenant(tenant, (tx) => createTenantCipher(tx, keyRing).sealText(PLACE, '1'));
    await expect(open(tenant, { sealed, commitment: 'ab'.repeat(32) })).rejects.toMatchObject({
      code: 'VALUE_UNREADABLE',
    });
  });

  it('refuses a value that is not what was committed to', async () => {
    const tenant = await app.newTenant();
    const [one, other] = [await sealFor(tenant, 'ada', 'yes'), await sealFor(tenant, 'ada', 'no')];
    await expect(open(tenant, { ...one, commitment: other.commitment })).rejects.toMatchObject({
      code: 'VALUE_UNREADABLE',
      message: matching(/it is not what was committed to/),
    });
    expect(await open(tenant, one)).toEqual({ state: 'open', value: 'yes' });
  });

  it.each([
    undefined,
    null,
    'seal:',
    {},
    { sealed: 'seal:' },
    { sealed: 'open:1', commitment: 'ab'.repeat(32) },
    { sealed: 'seal:', commitment: 'AB'.repeat(32) },
    { sealed: 'seal:', commitment: 'ab'.repeat(32) },
    { sealed: 'seal:U0VBTAI', commitment: 'ab'.repeat(32) },
    { sealed: 'seal:T1BFTg', commitment: 'ab'.repeat(32) },
    { sealed: 'seal:', commitment: 'ab'.repeat(32), more: 1 },
  ])('refuses the form %j', async (form) => {
    await expect(open('tenant-1', form)).rejects.toMatchObject({
      code: 'VALUE_UNREADABLE',
      details: PLACE,
    });
  });

  it('lists everything that is wrong with what is to be sealed, and makes no key', async () => {
    const tenant = await app.newTenant();
    const input = { subjectId: '', place: { ...PLACE, row: 1 }, value: undefined };
    const sealing = withCipher(tenant, (cipher) => cipher.seal(input as never));
    await expect(sealing).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: matching(/subjectId .+; place\.row .+; value must be a value that JSON gives back/),
    });
    expect(await keysOf(tenant)).toEqual([]);
  });
});

describe.skipIf(app.database.kind === 'pglite')('destroySubjectKey', () => {
  it('makes unreadable what was sealed for a subject, and nothing else', async () => {
    const [tenant, other] = [await app.newTenant(), await app.newTenant()];
    const [ada, grace, elsewhere] = [
      await sealFor(tenant, 'ada'),
      await sealFor(tenant, 'grace'),
      await sealFor(other, 'ada'),
    ];
    expect(await destroyKeyOf(tenant, 'ada')).toBe(true);
    expect(await open(tenant, ada)).toEqual(DESTROYED);
    expect(await open(tenant, grace)).toEqual(OPEN);
    expect(await open(other, elsewhere)).toEqual(OPEN);
    expect(await destroyKeyOf(tenant, 'ada')).toBe(false);
  });

  it('leaves a row that does not say whose key it was', async () => {
    const tenant = await app.newTenant();
    const sealed = await sealFor(tenant, 'ada');
    await destroyKeyOf(tenant, 'ada');
    const [key, ...others] = await keysOf(tenant);
    expect(others).toEqual([]);
    expect(idOf(key)).toBe(keyIn(sealed));
    expect(key).toMatchObject({
      ...{ subject_sha256: null, wrapped_key: null, destroyed_at: expect.any(Date) as Date },
    });
  });

  it('gives a subject that comes back a new key', async () => {
    const tenant = await app.newTenant();
    const before = await sealFor(tenant, 'ada');
    await destroyKeyOf(tenant, 'ada');
    const after = await sealFor(tenant, 'ada');
    expect(keyIn(after)).not.toBe(keyIn(before));
    expect(await open(tenant, after)).toEqual(OPEN);
    expect(await open(tenant, before)).toEqual(DESTROYED);
  });

  it('waits for who seals, and destroys what they sealed as well', async () => {
    const tenant = await app.newTenant();
    const first = await sealFor(tenant, 'ada');
    const [sealed, proceed] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const events: string[] = [];
    const sealing = withCipher(tenant, async (cipher) => {
      const second = await cipher.seal(forSubject('ada'));
      sealed.resolve(undefined);
      await proceed.promise;
      events.push('sealed');
      return second;
    });
    await sealed.promise;
    const destroying = destroyKeyOf(tenant, 'ada').then(() => events.push('destroyed'));
    await untilSomebodyWaits(app);
    proceed.resolve(undefined);
    const [second] = await Promise.all([sealing, destroying]);
    expect(events).toEqual(['sealed', 'destroyed']);
    expect([await open(tenant, first), await open(tenant, second)]).toEqual([DESTROYED, DESTROYED]);
  });

  it('makes who seals meanwhile wait, and then seal with a new key', async () => {
    const tenant = await app.newTenant();
    const before = await sealFor(tenant, 'ada');
    const [destroyed, proceed] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const destroying = app.inTenant(tenant, async (tx) => {
      await destroySubjectKey(tx, hashSubject(tenant, 'ada'));
      destroyed.resolve(undefined);
      await proceed.promise;
    });
    await destroyed.promise;
    const sealing = sealFor(tenant, 'ada');
    await untilSomebodyWaits(app);
    proceed.resolve(undefined);
    const [after] = await Promise.all([sealing, destroying]);
    expect(keyIn(after)).not.toBe(keyIn(before));
    expect(await open(tenant, after)).toEqual(OPEN);
  });

  it.each(['repeatable read', 'serializable'] as const)(
    'makes a transaction that is %s, and began before it, begin again',
    async (isolationLevel) => {
      const tenant = await app.newTenant();
      await sealFor(tenant, 'ada');
      const [begun, proceed] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
      const sealing = app.manager.withTenant(
        { tenantId: tenant },
        async (tx) => {
          await sql`select from subject_keys`.execute(tx);
          begun.resolve(undefined);
          await proceed.promise;
          return createSubjectCipher(tx, keyRing).seal(forSubject('ada'));
        },
        { isolationLevel },
      );
      await begun.promise;
      await destroyKeyOf(tenant, 'ada');
      proceed.resolve(undefined);
      await expect(sealing).rejects.toMatchObject({ code: 'SERIALIZATION_FAILURE', retryable: true });
    },
  );

  it('is known at once to a process that has the key unwrapped', async () => {
    const tenant = await app.newTenant();
    const sealed = await sealFor(tenant, 'ada');
    const elsewhere = new TenantKeyRing(keys);
    await withCipher(tenant, (cipher) => cipher.open(PLACE, sealed), elsewhere);
    await destroyKeyOf(tenant, 'ada');
    expect(elsewhere.size).toBe(1);
    expect(await withCipher(tenant, (cipher) => cipher.open(PLACE, sealed), elsewhere)).toEqual(DESTROYED);
  });
});

describe.skipIf(app.database.kind === 'pglite')('the tenant’s own keys', () => {
  it('wrap those of its subjects again when they are rotated', async () => {
    const tenant = await newEncryptedTenant(app);
    // More than are wrapped at once.
    const subjects = Array.from({ length: 40 }, (_, at) => `subject ${String(at)}`);
    const kept = await withCipher(tenant, (cipher) =>
      Promise.all(subjects.map((subject) => cipher.seal(forSubject(subject, subject)))),
    );
    const gone = await sealFor(tenant, 'gone');
    await app.inTenant(tenant, (tx) => createTenantCipher(tx, keyRing).sealText(PLACE, 'its own'));
    await destroyKeyOf(tenant, 'gone');
    await keys.rotate(tenant);
    const rewrapped = app.inTenant(tenant, (tx) => rewrapDataKeys(tx, { from: keys, to: keys }));
    expect(await rewrapped).toBe(subjects.length + 1);
    await keys.destroyOlder(tenant);
    const later = new TenantKeyRing(keys);
    const values = withCipher(
      tenant,
      (cipher) => Promise.all(kept.map((sealed) => cipher.open(PLACE, sealed))),
      later,
    );
    expect(await values).toEqual(subjects.map((value) => ({ state: 'open', value })));
    expect(await open(tenant, gone)).toEqual(DESTROYED);
  });

  it('take those of its subjects with them when they are destroyed', async () => {
    const tenant = await app.newTenant();
    const sealed = await sealFor(tenant, 'ada');
    await destroyTenantKey((work) => app.inTenant(tenant, work), keyRing);
    expect(await open(tenant, sealed)).toEqual(DESTROYED);
  });
});

describe.skipIf(app.database.kind === 'pglite')('subject_keys', () => {
  const attempt = (tenantId: string, statement: string): Promise<unknown> =>
    app.inTenant(tenantId, (tx) => sql.raw(statement).execute(tx));
  const refusal = (sqlState: string): unknown =>
    expect.objectContaining({ details: expect.objectContaining({ sqlState }) as unknown });

  it('keeps a destroyed key destroyed, and a key its subject’s', async () => {
    const tenant = await app.newTenant();
    await sealFor(tenant, 'ada');
    await app.inTenant(tenant, (tx) => eraseSubjectKeys({ tx, tenantId: tenant }));
    await sealFor(tenant, 'grace');
    for (const [statement, state] of [
      [`update subject_keys set wrapped_key = '\\x00' where destroyed_at is not null`, 'AAKEY'],
      [`update subject_keys set subject_sha256 = repeat('a', 64) where destroyed_at is not null`, 'AAKEY'],
      [`update subject_keys set kek_id = 'another' where destroyed_at is not null`, 'AAKEY'],
      [`update subject_keys set subject_sha256 = repeat('a', 64) where destroyed_at is null`, 'AAKEY'],
      [`update subject_keys set wrapped_key = null where destroyed_at is null`, '23514'],
      [`update subject_keys set subject_sha256 = null where destroyed_at is null`, '23514'],
      [`update subject_keys set destroyed_at = now() where destroyed_at is null`, '23514'],
      [`update subject_keys set id = gen_random_uuid()`, '42501'],
      [`delete from subject_keys`, '42501'],
    ] as const)
      await expect(attempt(tenant, statement), statement).rejects.toEqual(refusal(state));
    expect(await keysOf(tenant)).toHaveLength(2);
  });
});
