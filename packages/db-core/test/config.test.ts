import { describe, expect, it } from 'vitest';
import { isDataLayerError, parseConfig, type DatabaseConfigInput } from '../src/index.ts';
import { redactConfig } from '../src/config.ts';

const contextKey = { keyId: 'k1', secret: new Uint8Array(32).fill(9) };

function problemsOf(input: unknown): string {
  try {
    parseConfig(input as DatabaseConfigInput);
  } catch (error) {
    if (isDataLayerError(error, 'INVALID_CONFIG')) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('parseConfig', () => {
  it('has a default for everything but the key', () => {
    expect(parseConfig({})).toEqual({
      host: 'localhost',
      port: 5432,
      database: 'agent_agency_v2',
      user: 'postgres',
      password: '',
      ssl: false,
      min: 2,
      max: 20,
      idleTimeoutMs: 30_000,
      connectionTimeoutMs: 10_000,
      statementTimeoutMs: 30_000,
      applicationName: 'v2-arbiter',
      allowPrivilegedRole: false,
    });
  });

  it('keeps no more connections open than there may be', () => {
    expect(parseConfig({ max: 1 })).toMatchObject({ min: 1, max: 1 });
  });

  it('refuses a minimum above the maximum', () => {
    expect(problemsOf({ min: 3, max: 2 })).toContain('min must not be greater than max');
    expect(parseConfig({ min: 2, max: 2 })).toMatchObject({ min: 2, max: 2 });
  });

  it('reports every problem at once', () => {
    const message = problemsOf({
      host: '',
      port: 0,
      min: 9,
      max: 3,
      applicationName: 'x'.repeat(64),
      colour: 'red',
    });
    for (const part of ['host ', 'port ', 'min must not', 'applicationName ', '"colour"']) {
      expect(message).toContain(part);
    }
  });

  it.each<[string, unknown]>([
    ['port', 65_536],
    ['port', '5432'],
    ['max', 0],
    ['max', 1001],
    ['min', -1],
    ['min', 1.5],
    ['idleTimeoutMs', -1],
    ['connectionTimeoutMs', 86_400_001],
    ['statementTimeoutMs', Number.NaN],
    ['database', 'd'.repeat(64)],
    ['user', ''],
    ['ssl', true],
    ['ssl', { rejectUnauthorized: 'no' }],
    ['allowPrivilegedRole', 'true'],
  ])('refuses %s %j', (name, value) => {
    expect(problemsOf({ [name]: value })).toContain(`wrong: ${name}`);
  });

  it.each([
    ['a short secret', { keyId: 'k', secret: new Uint8Array(31) }],
    ['a long secret', { keyId: 'k', secret: new Uint8Array(65) }],
    [
      'a key id with a dot, which separates the parts of a signature',
      { keyId: 'a.b', secret: new Uint8Array(32) },
    ],
    ['no key id', { keyId: '', secret: new Uint8Array(32) }],
  ])('refuses a context key with %s', (_, key) => {
    expect(problemsOf({ contextKey: key })).toContain('contextKey.');
  });

  it('takes a copy of the secret, so that a Buffer equals the same bytes and the caller may clear its own', () => {
    const secret = Buffer.alloc(32, 9);
    const config = parseConfig({ contextKey: { keyId: 'k1', secret } });
    secret.fill(0);
    expect(config).toStrictEqual(parseConfig({ contextKey }));
  });

  it('never repeats a secret', () => {
    const message = problemsOf({
      password: 5,
      port: 0,
      contextKey: { keyId: 'bad.id', secret: Buffer.from('hunter2') },
    });
    expect(message).not.toMatch(/hunter2|bad\.id/);
  });
});

describe('redactConfig', () => {
  it('leaves the password and the key out, and names the key', () => {
    const redacted = redactConfig(parseConfig({ password: 'hunter2', contextKey }));
    expect(redacted).toMatchObject({ host: 'localhost', contextKeyId: 'k1' });
    expect(Object.keys(redacted)).not.toContain('password');
    expect(Object.keys(redacted)).not.toContain('contextKey');
    expect(JSON.stringify(redacted)).not.toContain('hunter2');
  });
});
