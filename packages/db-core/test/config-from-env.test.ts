import { describe, expect, it } from 'vitest';
import { configFromEnv, formatContextKey, isDataLayerError, parseConfig } from '../src/index.ts';

function problemsOf(env: Record<string, string>): string {
  try {
    configFromEnv(env);
  } catch (error) {
    if (isDataLayerError(error, 'INVALID_CONFIG')) return error.message;
    throw error;
  }
  throw new Error('the environment was accepted');
}

const secret = new Uint8Array(32).fill(0xfb);

describe('configFromEnv', () => {
  it('is the defaults without any variable, and an empty one counts as absent', () => {
    expect(configFromEnv({})).toEqual(parseConfig({}));
    expect(configFromEnv({ DATABASE_URL: '', DB_PORT: '', DB_POOL_MAX: '', PATH: '/bin' })).toEqual(
      parseConfig({}),
    );
  });

  it('reads every variable', () => {
    const config = configFromEnv({
      DB_HOST: 'db.example',
      DB_PORT: '6432',
      DB_NAME: 'agency',
      DB_USER: 'agent_agency_app',
      DB_PASSWORD: 'p:w',
      DB_SSL: 'true',
      DB_POOL_MIN: '1',
      DB_POOL_MAX: '7',
      DB_IDLE_TIMEOUT_MS: '1000',
      DB_CONNECTION_TIMEOUT_MS: '2000',
      DB_STATEMENT_TIMEOUT_MS: '0',
      DB_APPLICATION_NAME: 'arbiter',
      DB_CONTEXT_KEY: formatContextKey({ keyId: 'k1', secret }),
      DB_ALLOW_PRIVILEGED_ROLE: 'true',
    });
    expect(config).toEqual({
      host: 'db.example',
      port: 6432,
      database: 'agency',
      user: 'agent_agency_app',
      password: 'p:w',
      ssl: { rejectUnauthorized: true },
      min: 1,
      max: 7,
      idleTimeoutMs: 1000,
      connectionTimeoutMs: 2000,
      statementTimeoutMs: 0,
      applicationName: 'arbiter',
      contextKey: { keyId: 'k1', secret },
      allowPrivilegedRole: true,
    });
  });

  it('reports every problem at once, by variable', () => {
    const env = {
      DATABASE_URL: 'mysql://localhost/x',
      DB_PORT: 'five',
      DB_SSL: 'maybe',
      DB_POOL_MIN: '21',
      DB_IDLE_TIMEOUT_MS: '-1',
      DB_APPLICATION_NAME: 'x'.repeat(64),
      DB_CONTEXT_KEY: 'short',
      DB_ALLOW_PRIVILEGED_ROLE: 'yes',
    };
    const message = problemsOf(env);
    for (const name of Object.keys(env)) expect(message).toContain(name);
  });

  it.each(['', 'abc', ' ', '0x10', '1e3', '1.5', '65536', '0', '-1', '9999999999999999999'])(
    'refuses port %j, unless it is empty',
    (port) => {
      if (port === '') expect(configFromEnv({ DB_PORT: port }).port).toBe(5432);
      else expect(problemsOf({ DB_PORT: port })).toContain('DB_PORT');
    },
  );

  it('refuses a minimum above the maximum, also above the default one', () => {
    expect(problemsOf({ DB_POOL_MIN: '5', DB_POOL_MAX: '4' })).toContain('DB_POOL_MIN must not be greater');
    expect(problemsOf({ DB_POOL_MIN: '21' })).toContain('DB_POOL_MIN must not be greater');
    expect(configFromEnv({ DB_POOL_MAX: '1' })).toMatchObject({ min: 1, max: 1 });
  });

  it.each([
    ['true', { rejectUnauthorized: true }],
    ['no-verify', { rejectUnauthorized: false }],
    ['false', false],
  ])('reads DB_SSL=%s', (value, ssl) => {
    expect(configFromEnv({ DB_SSL: value }).ssl).toEqual(ssl);
  });
});

describe('configFromEnv with DATABASE_URL', () => {
  it('takes the address from it, and from nowhere else', () => {
    const config = configFromEnv({
      DATABASE_URL: 'postgres://me:secret@db.example:6432/agency',
      DB_HOST: 'other',
      DB_PASSWORD: 'other',
    });
    expect(config).toMatchObject({
      host: 'db.example',
      port: 6432,
      database: 'agency',
      user: 'me',
      password: 'secret',
      ssl: false,
    });
    expect(configFromEnv({ DATABASE_URL: 'postgresql://db.example', DB_NAME: 'other' })).toMatchObject({
      port: 5432,
      database: 'agent_agency_v2',
      user: 'postgres',
      password: '',
    });
  });

  it('decodes what is escaped', () => {
    const url = 'postgres://us%40er:p%2Fw%3A%23%3F%25%20%C3%A9@h/d%2Fb%40';
    expect(configFromEnv({ DATABASE_URL: url })).toMatchObject({
      user: 'us@er',
      password: 'p/w:#?% é',
      database: 'd/b@',
    });
  });

  it('reads an IPv6 address and a socket folder', () => {
    expect(configFromEnv({ DATABASE_URL: 'postgres://[::1]:6432/x' })).toMatchObject({
      host: '::1',
      port: 6432,
    });
    expect(configFromEnv({ DATABASE_URL: 'postgres://%2Frun%2Fpg/x' }).host).toBe('/run/pg');
  });

  it.each([
    ['disable', false],
    ['require', { rejectUnauthorized: true }],
    ['verify-ca', { rejectUnauthorized: true }],
    ['verify-full', { rejectUnauthorized: true }],
  ])('reads sslmode=%s', (mode, ssl) => {
    expect(configFromEnv({ DATABASE_URL: `postgres://h/d?sslmode=${mode}` }).ssl).toEqual(ssl);
  });

  it('lets DB_SSL decide over sslmode', () => {
    const env = { DATABASE_URL: 'postgres://h/d?sslmode=require', DB_SSL: 'false' };
    expect(configFromEnv(env).ssl).toBe(false);
  });

  it.each([
    ['no URL', 'hunter2'],
    ['another protocol', 'mysql://u:hunter2@h/d'],
    ['an unknown sslmode', 'postgres://u:hunter2@h/d?sslmode=prefer'],
    ['an sslmode that every object has', 'postgres://u:hunter2@h/d?sslmode=toString'],
    ['two of them', 'postgres://u:hunter2@h/d?sslmode=require&sslmode=disable'],
    ['an unknown parameter', 'postgres://u:hunter2@h/d?options=x'],
    ['a % that escapes nothing', 'postgres://u:hunter2%@h/d'],
    ['port 0', 'postgres://u:hunter2@h:0/d'],
    ['a ? in the password', 'postgres://u:12?hunter2@h/d'],
    ['a / in the password', 'postgres://u:12/hunter2@h/d'],
    ['a # in the password', 'postgres://u:12#hunter2@h/d'],
    ['a second path segment', 'postgres://u:hunter2@h/d/e'],
  ])('refuses %s without repeating any of it', (_, url) => {
    const message = problemsOf({ DATABASE_URL: url });
    expect(message).toContain('DATABASE_URL');
    expect(message).not.toContain('hunter2');
  });
});

describe('configFromEnv with DB_CONTEXT_KEY', () => {
  const good = Buffer.from(secret).toString('base64url');

  it('reads secrets of 32 to 64 bytes', () => {
    for (const size of [32, 33, 64]) {
      const key = { keyId: 'A-z_9', secret: new Uint8Array(size).fill(size) };
      expect(configFromEnv({ DB_CONTEXT_KEY: formatContextKey(key) }).contextKey).toEqual(key);
    }
  });

  it.each([
    ['no colon', good],
    ['no key id', `:${good}`],
    ['a bad key id', `a.b:${good}`],
    ['a long key id', `${'k'.repeat(41)}:${good}`],
    ['no secret', 'k1:'],
    ['31 bytes', `k1:${Buffer.alloc(31, 7).toString('base64url')}`],
    ['65 bytes', `k1:${Buffer.alloc(65, 7).toString('base64url')}`],
    ['something after the secret', `k1:${good}:x`],
    ['a character that decoding would skip', `k1:${good}!`],
    ['a space', `k1: ${good}`],
    ['a line end', `k1:${good}\n`],
  ])('refuses %s without repeating the key', (_, key) => {
    const message = problemsOf({ DB_CONTEXT_KEY: key });
    expect(message).toContain('DB_CONTEXT_KEY');
    expect(message).not.toContain(good.slice(0, 8));
  });
});
