import { describe, expect, it } from 'vitest';
import { configFromEnv, formatContextKey, parseConfig } from '../src/index.ts';
import { problemsOf } from './config/problems-of.ts';
import { CERTIFICATE, CERTIFICATE_PATH, KEY_PATH } from './config/server-certificate.ts';

const secret = new Uint8Array(32).fill(0xfb);

describe('configFromEnv', () => {
  it('is the defaults without any variable, and an empty one counts as absent', () => {
    expect(configFromEnv({})).toEqual(parseConfig({}));
    expect(
      configFromEnv({ DATABASE_URL: '', DB_PORT: '', DB_POOL_MAX: '', DB_REPLICA_URLS: '', PATH: '/bin' }),
    ).toEqual(parseConfig({}));
  });

  it('reads every variable', () => {
    const config = configFromEnv({
      DB_HOST: 'db.example',
      DB_PORT: '6432',
      DB_NAME: 'agency',
      DB_USER: 'agent_agency_app',
      DB_PASSWORD: 'p:w ',
      DB_SSL: 'true',
      DB_SSL_ROOT_CERT: CERTIFICATE_PATH,
      DB_POOL_MIN: '1',
      DB_POOL_MAX: '7',
      DB_POOL_MAX_PER_TENANT: '3',
      DB_IDLE_TIMEOUT_MS: '1000',
      DB_CONNECTION_TIMEOUT_MS: '2000',
      DB_STATEMENT_TIMEOUT_MS: '0',
      DB_LOCK_TIMEOUT_MS: '3000',
      DB_IDLE_IN_TRANSACTION_TIMEOUT_MS: '4000',
      DB_MAX_LIFETIME_MS: '5000',
      DB_MAX_USES: '6',
      DB_LEAK_REPORT_MS: '7000',
      DB_SHUTDOWN_TIMEOUT_MS: '8000',
      DB_APPLICATION_NAME: 'arbiter',
      DB_CONTEXT_KEY: formatContextKey({ keyId: 'k1', secret }),
      DB_ALLOW_PRIVILEGED_ROLE: 'true',
      DB_REPLICA_URLS: 'postgres://replica',
      DB_REPLICA_MAX_LAG_MS: '9000',
    });
    const ssl = { rejectUnauthorized: true, ca: CERTIFICATE };
    const address = { port: 6432, database: 'agency', user: 'agent_agency_app', password: 'p:w ', ssl };
    expect(config).toEqual({
      host: 'db.example',
      ...address,
      min: 1,
      max: 7,
      maxPerTenant: 3,
      idleTimeoutMs: 1000,
      connectionTimeoutMs: 2000,
      statementTimeoutMs: 0,
      lockTimeoutMs: 3000,
      idleInTransactionTimeoutMs: 4000,
      maxLifetimeMs: 5000,
      maxUses: 6,
      leakReportMs: 7000,
      shutdownTimeoutMs: 8000,
      applicationName: 'arbiter',
      contextKey: { keyId: 'k1', secret },
      allowPrivilegedRole: true,
      replicas: [{ host: 'replica', ...address }],
      replicaMaxLagMs: 9000,
    });
  });

  it('reads the third version of the documents, with its aliases and durations', () => {
    const env = {
      DB_MAX_CONNECTIONS: '20',
      DB_MIN_CONNECTIONS: '5',
      DB_CONNECT_TIMEOUT: '30s',
      DB_IDLE_TIMEOUT: '10m',
      DB_MIGRATION_TABLE: '__migrations__',
      DB_MIGRATION_PATH: './database/migrations',
    };
    expect(configFromEnv(env)).toEqual(
      parseConfig({ max: 20, min: 5, connectionTimeoutMs: 30_000, idleTimeoutMs: 600_000 }),
    );
  });

  it('leaves the variables of other programs alone', () => {
    const env = { DB_SUPERUSER: ' ', DB_SUPERPASSWORD: '\n', DB_APP_PASSWORD: '\0', DB_POOL_MAXIMUM: 'x' };
    expect(configFromEnv(env)).toEqual(parseConfig({}));
  });

  it('takes from the second argument what the environment does not say', () => {
    const defaults = { applicationName: 'tool', max: 4, ssl: { rejectUnauthorized: true } };
    expect(configFromEnv({ DB_POOL_MAX: '8' }, defaults)).toEqual(parseConfig({ ...defaults, max: 8 }));
    expect(() => configFromEnv({ DB_POOL_MIN: '3' }, { max: 2 })).toThrow('DB_POOL_MIN must not be greater');
    expect(() => configFromEnv({ DB_PORT: 'x' }, { max: 0 })).toThrow(/DB_PORT must.*; max must/);
  });

  it('reports every problem at once, by variable', () => {
    const env = {
      DATABASE_URL: 'mysql://localhost/x',
      DB_PORT: 'five',
      DB_SSL: 'maybe',
      DB_SSL_ROOT_CERT: '/nowhere/at/all',
      DB_POOL_MIN: '21',
      DB_IDLE_TIMEOUT_MS: '-1',
      DB_LOCK_TIMEOUT: 'soon',
      DB_APPLICATION_NAME: 'x'.repeat(64),
      DB_CONTEXT_KEY: 'short',
      DB_ALLOW_PRIVILEGED_ROLE: 'yes',
      DB_REPLICA_URLS: 'postgres://h,nonsense',
    };
    const message = problemsOf(env);
    for (const name of Object.keys(env)) expect(message).toContain(name);
  });

  it.each(['abc', ' ', '5432 ', '0x10', '1e3', '1.5', '+1', '65536', '0', '-1', '-0', 'NaN', '9'.repeat(19)])(
    'refuses port %j',
    (port) => {
      expect(problemsOf({ DB_PORT: port })).toContain('wrong: DB_PORT must be a whole number');
    },
  );

  it.each([
    ['0', 0],
    ['0s', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['010m', 600_000],
    ['24h', 86_400_000],
  ])('reads duration %s', (text, milliseconds) => {
    expect(configFromEnv({ DB_MAX_LIFETIME: text }).maxLifetimeMs).toBe(milliseconds);
  });

  it.each([
    '30',
    ' ',
    '30 s',
    '30S',
    '1.5h',
    '-1s',
    '+1s',
    '1e3ms',
    '0x1s',
    '1h30m',
    '1d',
    's',
    '25h',
    '1toString',
  ])('refuses duration %j', (text) => {
    expect(problemsOf({ DB_MAX_LIFETIME: text })).toContain('wrong: DB_MAX_LIFETIME must be a whole number');
  });

  it.each(['DB_HOST', 'DB_NAME', 'DB_USER', 'DB_APPLICATION_NAME'])(
    'refuses spaces around %s, which nobody means',
    (name) => {
      for (const text of [' ', ' x', 'x\n']) {
        expect(problemsOf({ [name]: text })).toContain(`wrong: ${name} has a space or a line end`);
      }
    },
  );

  it('refuses a minimum above the maximum, also above the default one', () => {
    expect(problemsOf({ DB_POOL_MIN: '5', DB_POOL_MAX: '4' })).toContain('DB_POOL_MIN must not be greater');
    expect(problemsOf({ DB_POOL_MIN: '21' })).toContain('DB_POOL_MIN must not be greater');
    expect(configFromEnv({ DB_POOL_MAX: '1' })).toMatchObject({ min: 1, max: 1 });
  });

  it('compares nothing with a value that is wrong', () => {
    expect(problemsOf({ DB_POOL_MIN: '21', DB_POOL_MAX: 'x' })).not.toContain('DB_POOL_MIN');
    expect(problemsOf({ DB_POOL_MAX: 'x', DB_MAX_CONNECTIONS: '4' })).not.toContain('different');
    expect(problemsOf({ DB_HOST: '/run/pg', DB_SSL: 'yes' })).not.toContain('socket');
  });
});

describe('configFromEnv with two sources of one setting', () => {
  it('takes what both say', () => {
    const env = {
      DATABASE_URL: 'postgres://u:p@h:1/d?sslmode=require&connect_timeout=3',
      DB_HOST: 'h',
      DB_PORT: '1',
      DB_PASSWORD: 'p',
      DB_SSL: 'true',
      DB_CONNECTION_TIMEOUT_MS: '3000',
      DB_CONNECTION_TIMEOUT: '3s',
      DB_CONNECT_TIMEOUT: '3000ms',
    };
    expect(configFromEnv(env)).toMatchObject({ host: 'h', port: 1, connectionTimeoutMs: 3000 });
  });

  it.each([
    ['DB_POOL_MAX', '5', 'DB_MAX_CONNECTIONS', '6'],
    ['DB_IDLE_TIMEOUT_MS', '30', 'DB_IDLE_TIMEOUT', '30s'],
    ['DATABASE_URL (host)', 'postgres://a', 'DB_HOST', 'b'],
    ['DATABASE_URL (password)', 'postgres://u:hunter2@a', 'DB_PASSWORD', 'hunter3'],
    ['DATABASE_URL (ssl)', 'postgres://a?sslmode=require', 'DB_SSL', 'no-verify'],
    ['DATABASE_URL (applicationName)', 'postgres://a?application_name=x', 'DB_APPLICATION_NAME', 'y'],
    ['DATABASE_URL (connectionTimeoutMs)', 'postgres://a?connect_timeout=30', 'DB_CONNECT_TIMEOUT', '31s'],
  ])('refuses %s=%s beside %s=%s, naming both and quoting neither', (one, value, other, otherValue) => {
    const [name = ''] = one.split(' ');
    const message = problemsOf({ [name]: value, [other]: otherValue });
    expect(message).toMatch(/wrong: [^;]+$/);
    expect(message).toContain(`${one} and ${other} say different things`);
    expect(message).not.toContain('hunter');
  });

  it('takes from the parts what the URL leaves out', () => {
    const env = { DATABASE_URL: 'postgresql://db.example', DB_NAME: 'other', DB_PASSWORD: 'secret' };
    expect(configFromEnv(env)).toMatchObject({
      host: 'db.example',
      port: 5432,
      database: 'other',
      user: 'postgres',
      password: 'secret',
    });
  });
});

describe('configFromEnv with TLS', () => {
  it.each([
    ['true', { rejectUnauthorized: true }],
    ['no-verify', { rejectUnauthorized: false }],
    ['false', false],
  ])('reads DB_SSL=%s', (value, ssl) => {
    expect(configFromEnv({ DB_SSL: value }).ssl).toEqual(ssl);
  });

  it('verifies with a root certificate, which asks for TLS by itself', () => {
    const ssl = { rejectUnauthorized: true, ca: CERTIFICATE };
    expect(configFromEnv({ DB_SSL_ROOT_CERT: CERTIFICATE_PATH }).ssl).toEqual(ssl);
    const url = `postgres://h/d?sslrootcert=${CERTIFICATE_PATH}`;
    expect(configFromEnv({ DATABASE_URL: url }).ssl).toEqual(ssl);
    expect(configFromEnv({ DATABASE_URL: url, DB_SSL: 'true' }).ssl).toEqual(ssl);
    expect(configFromEnv({ DB_SSL_ROOT_CERT: 'system' }).ssl).toEqual({ rejectUnauthorized: true });
  });

  it('refuses a root certificate without TLS', () => {
    expect(problemsOf({ DB_SSL: 'false', DB_SSL_ROOT_CERT: 'system' })).toContain(
      'wrong: DB_SSL_ROOT_CERT is given, but TLS is switched off',
    );
  });

  it('refuses a file that cannot be read or holds no certificate', () => {
    expect(problemsOf({ DB_SSL_ROOT_CERT: '/nowhere/hunter2' })).toMatch(/cannot be read \(ENOENT\): check/);
    expect(problemsOf({ DB_SSL_ROOT_CERT: '/nowhere/hunter2' })).not.toContain('hunter2');
    expect(problemsOf({ DB_SSL_ROOT_CERT: KEY_PATH })).toContain('without a PEM certificate');
  });
});

describe('configFromEnv with DB_REPLICA_URLS', () => {
  it('reads several, each with what it does not leave out', () => {
    const env = {
      DATABASE_URL: 'postgres://u:p@primary:1/d?sslmode=verify-full',
      DB_REPLICA_URLS: 'postgres://a, postgres://v:q%2C1@b:2/e?sslmode=disable,postgres:///?host=/run/pg',
    };
    const primary = { port: 1, database: 'd', user: 'u', password: 'p', ssl: { rejectUnauthorized: true } };
    expect(configFromEnv(env).replicas).toEqual([
      { host: 'a', ...primary },
      { host: 'b', port: 2, database: 'e', user: 'v', password: 'q,1', ssl: false },
      { host: '/run/pg', ...primary, ssl: false },
    ]);
  });

  it('reports every problem of every URL, by its place', () => {
    const urls = [
      'mysql://u:hunter2@h',
      'postgres:///nohost',
      'postgres://fine',
      'postgres://u:hunter2@h:0/d?sslmode=hunter2',
      'postgres://h?application_name=hunter2',
      `postgres://h/${'d'.repeat(64)}`,
      'postgres://h?sslmode=disable&sslrootcert=system',
      '',
    ];
    const message = problemsOf({ DB_REPLICA_URLS: urls.join(','), DB_PORT: 'x' });
    for (const place of [1, 2, 4, 5, 6, 7, 8]) expect(message).toContain(`DB_REPLICA_URLS (URL ${place}) `);
    expect(message).toContain('(URL 5) has application_name or connect_timeout, which every server shares');
    expect(message).not.toContain('(URL 3)');
    expect(message).toContain('DB_PORT must');
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
