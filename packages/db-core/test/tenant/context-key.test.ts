import { describe, expect, it } from 'vitest';
import { configFromEnv, formatContextKey, generateContextKey } from '../../src/index.ts';

describe('generateContextKey', () => {
  it('makes different keys under different names, which the environment can carry', () => {
    const keys = Array.from({ length: 20 }, generateContextKey);
    expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(20);
    expect(new Set(keys.map(({ secret }) => Buffer.from(secret).toString('hex'))).size).toBe(20);
    for (const key of keys) {
      expect(key.secret).toHaveLength(32);
      expect(configFromEnv({ DB_CONTEXT_KEY: formatContextKey(key) }).contextKey).toStrictEqual(key);
    }
  });

  it('gives a name that says nothing of the secret', () => {
    const { keyId, secret } = generateContextKey();
    expect(Buffer.from(secret).toString('hex')).not.toContain(keyId);
  });
});
