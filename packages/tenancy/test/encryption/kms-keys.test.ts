import { matching } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { createKmsKeys, type KmsClient } from '../../src/encryption/kms-keys.ts';
import { InProcessKms } from './support/in-process-kms.ts';

const dataKey = Buffer.alloc(32, 7);
const name = { tenantId: 'acme', keyId: 'one' };

function newKeys() {
  const kms = new InProcessKms();
  return { kms, keys: createKmsKeys(kms, { keyNameOf: (tenantId) => `alias/${tenantId}` }) };
}

describe('createKmsKeys', () => {
  it('unwraps what it wrapped, with the key of the tenant', async () => {
    const { kms, keys } = newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    expect(wrapped.kekId).toBe('alias/acme');
    expect(await keys.unwrap(name, wrapped)).toEqual(dataKey);
    expect(kms.requests.map(({ keyName }) => keyName)).toEqual(['alias/acme', 'alias/acme']);
  });

  it('unwraps with the key that wrapped when tenants have got other ones', async () => {
    const { kms, keys } = newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    const renamed = createKmsKeys(kms, { keyNameOf: (tenantId) => `alias/new-${tenantId}` });
    expect(await renamed.unwrap(name, wrapped)).toEqual(dataKey);
  });

  it.each([
    ['another tenant', { tenantId: 'globex', keyId: 'one' }],
    ['another data key', { tenantId: 'acme', keyId: 'two' }],
  ])('refuses a wrapped key as that of %s', async (_what, other) => {
    const { keys } = newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    await expect(keys.unwrap(other, wrapped)).rejects.toMatchObject({
      code: 'VALUE_UNREADABLE',
      message: matching(/wrapped key was changed, or is of another key/),
    });
  });

  it.each([
    ['throttled', 'KEY_UNAVAILABLE', true],
    ['unreachable', 'KEY_UNAVAILABLE', true],
    ['denied', 'KEY_UNAVAILABLE', false],
    ['destroyed', 'KEY_DESTROYED', false],
  ] as const)('says of a service that is %s: %s, retryable %s', async (reason, code, retryable) => {
    const { kms, keys } = newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    for (const request of [() => keys.wrap(name, dataKey), () => keys.unwrap(name, wrapped)]) {
      kms.failNext(reason);
      await expect(request()).rejects.toMatchObject({ code, retryable, cause: { reason } });
    }
    expect(await keys.unwrap(name, wrapped)).toEqual(dataKey);
  });

  it('waits for nobody to enable a disabled key, and works again when somebody has', async () => {
    const { kms, keys } = newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    kms.disable('alias/acme');
    await expect(keys.unwrap(name, wrapped)).rejects.toMatchObject({
      code: 'KEY_UNAVAILABLE',
      retryable: false,
      message: matching(/acme: .* disabled: enable it$/),
    });
    kms.enable('alias/acme');
    expect(await keys.unwrap(name, wrapped)).toEqual(dataKey);
  });

  it('says that an error it does not know is a failure, and passes it on', async () => {
    const cause = new Error('socket hang up');
    const broken = { encrypt: () => Promise.reject(cause) } as unknown as KmsClient;
    const keys = createKmsKeys(broken, { keyNameOf: (tenantId) => tenantId });
    await expect(keys.wrap(name, dataKey)).rejects.toMatchObject({
      code: 'KEY_UNAVAILABLE',
      retryable: false,
      cause,
    });
  });

  it('destroys the key of a tenant for good, and takes it when it is destroyed already', async () => {
    const { keys } = newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    await keys.destroy('acme');
    await keys.destroy('acme');
    await keys.destroy('nobody');
    await expect(keys.unwrap(name, wrapped)).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
    await expect(keys.wrap(name, dataKey)).rejects.toMatchObject({ code: 'KEY_DESTROYED' });
  });

  it('does not take a destruction for done that the service has refused', async () => {
    const { kms, keys } = newKeys();
    const wrapped = await keys.wrap(name, dataKey);
    kms.failNext('throttled');
    await expect(keys.destroy('acme')).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE', retryable: true });
    expect(await keys.unwrap(name, wrapped)).toEqual(dataKey);
  });
});
