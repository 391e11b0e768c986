import { afterEach, describe, expect, it } from 'vitest';
import { ConnectionPoolManager, type DatabaseConfigInput } from '../src/index.ts';
import { codeOf, errorOf } from './support/errors.ts';

const contextKey = { keyId: 'k1', secret: new Uint8Array(32).fill(5) };
const manager = new ConnectionPoolManager();
afterEach(() => manager.shutdown());

const initialize = (config: DatabaseConfigInput): Promise<unknown> =>
  attempt(() => {
    manager.initialize(config);
  });

const attempt = (work: () => unknown): Promise<unknown> => Promise.resolve().then(work);

describe('ConnectionPoolManager, before initialize', () => {
  it('has nothing', async () => {
    expect(manager.isInitialized()).toBe(false);
    expect(manager.getConfig()).toBeUndefined();
    for (const use of [
      () => manager.getStats(),
      () => manager.healthCheck(),
      () => manager.withTenant({ tenantId: 'a' }, () => Promise.resolve()),
      () => manager.withSystem('test', () => Promise.resolve()),
    ]) {
      expect(await codeOf(attempt(use))).toBe('NOT_INITIALIZED');
    }
  });

  it('says what is wrong with the arguments first', async () => {
    const bad = manager.withTenant({ tenantId: '' }, () => Promise.resolve());
    expect(await codeOf(bad)).toBe('INVALID_INPUT');
    expect(await codeOf(manager.withSystem(' ', () => Promise.resolve()))).toBe('INVALID_INPUT');
  });
});

describe('ConnectionPoolManager.initialize', () => {
  it('does nothing for the same configuration, and refuses another', async () => {
    manager.initialize({ port: 1, contextKey });
    manager.initialize({ port: 1, contextKey: { ...contextKey, secret: Buffer.from(contextKey.secret) } });
    const other = { keyId: 'k1', secret: new Uint8Array(32).fill(6) };
    for (const config of [{ port: 2, contextKey }, { port: 1 }, { port: 1, contextKey: other }]) {
      expect(await codeOf(initialize(config))).toBe('ALREADY_INITIALIZED');
    }
    expect(manager.getConfig()).toMatchObject({ port: 1 });
  });

  it('changes nothing when the configuration is wrong', async () => {
    expect(await codeOf(initialize({ port: -1 }))).toBe('INVALID_CONFIG');
    expect(manager.isInitialized()).toBe(false);
  });

  it('reads the environment', () => {
    manager.initializeFromEnv({ DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/d', DB_POOL_MAX: '3' });
    expect(manager.getConfig()).toMatchObject({
      host: '127.0.0.1',
      port: 1,
      user: 'u',
      database: 'd',
      max: 3,
    });
  });
});

describe('ConnectionPoolManager, and its secrets', () => {
  it('shows none of them', async () => {
    manager.initialize({ host: '127.0.0.1', port: 1, password: 'hunter2', contextKey });
    const secret = Buffer.from(contextKey.secret).toString('base64url');
    const error = await errorOf(manager.withTenant({ tenantId: 'a' }, () => Promise.resolve()));
    const shown = JSON.stringify([manager.getConfig(), manager, error, String(error), error.details]);
    expect(shown).not.toContain('hunter2');
    expect(shown).not.toContain(secret);
    expect(manager.getConfig()).toMatchObject({ contextKeyId: 'k1' });
  });
});
