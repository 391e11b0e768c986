import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createKmsKeys } from '../../src/encryption/kms-keys.ts';
import { TenantKeyRing, type KeyRingOptions } from '../../src/encryption/tenant-key-ring.ts';
import { InProcessKms } from './support/in-process-kms.ts';

function newRing(options?: KeyRingOptions) {
  const kms = new InProcessKms();
  const ring = new TenantKeyRing(createKmsKeys(kms, { keyNameOf: (tenantId) => tenantId }), options);
  const asked = (): string[] =>
    kms.requests.filter(({ what }) => what === 'decrypt').map(({ keyName }) => keyName);
  /** A data key of a tenant; `use` lends it and gives its bytes, which show when they are zeroed. */
  const newKey = async (tenantId: string) => {
    const { keyId, ...wrapped } = await ring.generate(tenantId);
    const use = (): Promise<Uint8Array> =>
      ring.withKey({ tenantId, keyId }, wrapped, (key) => key.use((bytes) => bytes));
    const copy = (): Promise<Uint8Array> => ring.withKey({ tenantId, keyId }, wrapped, (key) => key.copy());
    return { use, copy };
  };
  return { kms, ring, asked, newKey };
}

const zeros = Buffer.alloc(32);
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

afterEach(() => {
  vi.useRealTimers();
});

describe('withKey', () => {
  it('asks once, also for those who wait at the same moment', async () => {
    const { asked, newKey } = newRing();
    const key = await newKey('acme');
    const lent = await Promise.all([key.use(), key.use(), key.use()]);
    expect(new Set(lent).size).toBe(1);
    expect(lent[0]).not.toEqual(zeros);
    await key.use();
    expect(asked()).toEqual(['acme']);
  });

  it('never lends the key of a tenant to another, even of the same id', async () => {
    const { kms, ring } = newRing();
    const { keyId, ...wrapped } = await ring.generate('acme');
    await ring.withKey({ tenantId: 'acme', keyId }, wrapped, () => undefined);
    await ring.generate('globex');
    await expect(ring.withKey({ tenantId: 'globex', keyId }, wrapped, () => 'lent')).rejects.toMatchObject({
      code: 'VALUE_UNREADABLE',
    });
    expect(kms.requests.at(-1)).toEqual({ what: 'decrypt', keyName: 'acme' });
  });

  it('does not remember a failure', async () => {
    const { kms, ring, newKey } = newRing();
    const key = await newKey('acme');
    kms.failNext('throttled');
    await expect(key.use()).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: true });
    expect(ring.size).toBe(0);
    expect(await key.use()).toHaveLength(32);
  });

  it('holds so many keys at most, and zeroes the one that was not used for longest', async () => {
    const { ring, asked, newKey } = newRing({ maxKeys: 2 });
    const [one, two, three] = [await newKey('1'), await newKey('2'), await newKey('3')];
    const [first, second] = [await one.use(), await two.use()];
    await one.use();
    const third = await three.use();
    await settled();
    expect(ring.size).toBe(2);
    expect(second).toEqual(zeros);
    expect(first).not.toEqual(zeros);
    expect(third).not.toEqual(zeros);
    await two.use();
    expect(asked()).toEqual(['1', '2', '3', '2']);
  });

  it('gives those who wait their key, although it is gone already', async () => {
    const { ring, newKey } = newRing({ maxKeys: 1 });
    const keys = await Promise.all(['1', '2', '3', '4'].map((tenantId) => newKey(tenantId)));
    const copies = await Promise.all(keys.flatMap((key) => [key.copy(), key.copy()]));
    expect(copies.every((copy) => !zeros.equals(copy))).toBe(true);
    expect(ring.size).toBe(1);
  });

  it('zeroes a key when its time is over, used or not', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { ring, asked, newKey } = newRing({ maxAgeMs: 1000 });
    const key = await newKey('acme');
    const bytes = await key.use();
    vi.advanceTimersByTime(999);
    await key.use();
    expect(bytes).not.toEqual(zeros);
    vi.advanceTimersByTime(1);
    await settled();
    expect(ring.size).toBe(0);
    expect(bytes).toEqual(zeros);
    await key.use();
    expect(asked()).toEqual(['acme', 'acme']);
  });
});

describe('forget', () => {
  it('zeroes the keys of one tenant', async () => {
    const { ring, newKey } = newRing();
    const [mine, theirs] = [await newKey('acme'), await newKey('globex')];
    const [bytes, others] = [await mine.use(), await theirs.use()];
    ring.forget('acme');
    await settled();
    expect(bytes).toEqual(zeros);
    expect(others).not.toEqual(zeros);
    ring.clear();
    await settled();
    expect(others).toEqual(zeros);
    expect(ring.size).toBe(0);
  });
});

describe('destroy', () => {
  it('zeroes the keys of the tenant, and has its key-encryption-key destroyed', async () => {
    const { ring, newKey } = newRing();
    const [mine, theirs] = [await newKey('acme'), await newKey('globex')];
    const bytes = await mine.use();
    await ring.destroy('acme');
    await settled();
    expect(bytes).toEqual(zeros);
    await expect(mine.use()).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
    expect(await theirs.use()).toHaveLength(32);
  });
});

describe('generate', () => {
  it('leaves no copy of the key with the one who wraps', async () => {
    const seen: Uint8Array[] = [];
    const ring = new TenantKeyRing({
      wrap: (_name, dataKey) => {
        seen.push(dataKey);
        return Promise.resolve({ kekId: 'x', wrapped: randomBytes(32) });
      },
      unwrap: () => Promise.reject(new Error('not asked')),
      destroy: () => Promise.resolve(),
    });
    const [one, other] = [await ring.generate('acme'), await ring.generate('acme')];
    expect(one.keyId).not.toBe(other.keyId);
    expect(seen).toEqual([new Uint8Array(32), new Uint8Array(32)]);
  });
});

describe('new TenantKeyRing', () => {
  it.each([
    { maxKeys: 0 },
    { maxKeys: 1.5 },
    { maxAgeMs: 0 },
    { maxAgeMs: 2 ** 31 },
    { maxAgeMs: Number.NaN },
  ])('refuses %j', (options) => {
    expect(() => newRing(options)).toThrow(/whole numbers above zero/);
  });
});
