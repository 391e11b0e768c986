import { describe, expect, it } from 'vitest';
import { isDataLayerError, parseConfig, type DatabaseConfigInput } from '../src/index.ts';
import { redactConfig } from '../src/config.ts';
import { CERTIFICATE } from './config/server-certificate.ts';

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
      maxPerTenant: 15,
      idleTimeoutMs: 30_000,
      connectionTimeoutMs: 10_000,
      statementTimeoutMs: 30_000,
      lockTimeoutMs: 10_000,
      idleInTransactionTimeoutMs: 60_000,
      maxLifetimeMs: 3_600_000,
      maxUses: 0,
      leakReportMs: 60_000,
      shutdownTimeoutMs: 30_000,
      applicationName: 'v2-arbiter',
      allowPrivilegedRole: false,
      replicas: [],
      replicaMaxLagMs: 10_000,
    });
  });

  it('takes its own answer, and answers the same', () => {
    const config = parseConfig({ contextKey, max: 1, replicas: [{ host: 'replica' }] });
    expect(parseConfig(config)).toStrictEqual(config);
  });

  it('keeps no more connections open than there may be', () => {
    expect(parseConfig({ max: 1 })).toMatchObject({ min: 1, max: 1 });
  });

  it.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 3],
    [19, 15],
    [20, 15],
    [1000, 750],
  ])('of %i connections leaves one tenant %i', (max, maxPerTenant) => {
    expect(parseConfig({ max }).maxPerTenant).toBe(maxPerTenant);
  });

  it('refuses a minimum above the maximum', () => {
    expect(problemsOf({ min: 3, max: 2 })).toContain('min must not be greater than max');
    expect(parseConfig({ min: 2, max: 2 })).toMatchObject({ min: 2, max: 2 });
  });

  it('compares the sizes only when both are right', () => {
    expect(problemsOf({ min: 30, max: 0 })).not.toContain('min');
    expect(problemsOf({ min: -1, max: 0 })).not.toContain('greater');
  });

  it('takes queryTimeoutMs for statementTimeoutMs, and answers only the new name', () => {
    const parse = (input: object) => parseConfig(input);
    const config = parse({ queryTimeoutMs: 5 });
    expect(config.statementTimeoutMs).toBe(5);
    expect(config).not.toHaveProperty('queryTimeoutMs');
    expect(parse({ queryTimeoutMs: 5, statementTimeoutMs: 5 }).statementTimeoutMs).toBe(5);
    expect(problemsOf({ queryTimeoutMs: 5, statementTimeoutMs: 6 })).toContain(
      'queryTimeoutMs differs from statementTimeoutMs',
    );
  });

  it('takes for a replica what it leaves out from the primary', () => {
    const primary = {
      port: 6432,
      database: 'd',
      user: 'u',
      password: 'p',
      ssl: { rejectUnauthorized: true },
    };
    const other = { host: 'b', port: 1, database: 'x', user: 'y', password: '', ssl: false } as const;
    const { replicas } = parseConfig({ ...primary, replicas: [{ host: 'a', port: undefined }, other] });
    expect(replicas).toEqual([{ host: 'a', ...primary }, other]);
  });

  it('refuses TLS on a UNIX socket, where a replica does not inherit it', () => {
    const ssl = { rejectUnauthorized: true };
    expect(problemsOf({ host: '/run/pg', ssl })).toContain('wrong: ssl must be false where host is a UNIX');
    expect(problemsOf({ replicas: [{ host: '/run/pg', ssl }] })).toContain('wrong: replicas.0.ssl must be');
    expect(parseConfig({ ssl, replicas: [{ host: '/run/pg' }] }).replicas[0]?.ssl).toBe(false);
  });

  it('reports every problem at once', () => {
    const message = problemsOf({
      host: '',
      port: 0,
      min: 9,
      max: 3,
      applicationName: 'x'.repeat(64),
      replicas: [{ host: 'r' }, { port: -1 }],
      colour: 'red',
    });
    const expected = ['host ', 'port ', 'min must not', 'applicationName ', '"colour"'];
    for (const part of [...expected, 'replicas.1.host ', 'replicas.1.port ']) expect(message).toContain(part);
  });

  it.each<[string, unknown]>([
    ['host', 'two,hosts'],
    ['host', 'host:5432'],
    ['host', '[::1]'],
    ['host', 'postgres://host/d'],
    ['host', 'a b'],
    ['port', 65_536],
    ['port', '5432'],
    ['max', 0],
    ['max', 1001],
    ['min', -1],
    ['min', 1.5],
    ['maxPerTenant', 0],
    ['maxUses', -1],
    ['idleTimeoutMs', -1],
    ['connectionTimeoutMs', 86_400_001],
    ['statementTimeoutMs', Number.NaN],
    ['database', 'd'.repeat(64)],
    ['database', 'é'.repeat(32)],
    ['database', 'd\0user\0postgres'],
    ['user', ''],
    ['password', 'p\0'],
    ['applicationName', 'a\0'],
    ['ssl', true],
    ['ssl', { rejectUnauthorized: 'no' }],
    ['ssl', { rejectUnauthorized: true, ca: 'no certificate' }],
    ['ssl', { rejectUnauthorized: true, ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }],
    ['ssl', { rejectUnauthorized: true, servername: '' }],
    ['allowPrivilegedRole', 'true'],
    ['replicas', 'postgres://h'],
  ])('refuses %s %j, with one problem', (name, value) => {
    expect(problemsOf({ [name]: value })).toMatch(new RegExp(`wrong: ${name}(\\.\\w+)? must[^;]*$`));
  });

  it.each(['db.example', 'db-1_x', '10.0.0.1', '::1', 'fe80::1%eth0', '/run/my pg'])(
    'takes host %s',
    (host) => {
      expect(parseConfig({ host }).host).toBe(host);
    },
  );

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
      replicas: [{ host: 'r', password: 'hunter2\0' }],
    });
    expect(message).not.toMatch(/hunter2|bad\.id/);
  });
});

describe('redactConfig', () => {
  it('leaves the passwords and the key out, and names the key', () => {
    const replicas = [{ host: 'r', password: 'hunter3' }];
    const redacted = redactConfig(parseConfig({ password: 'hunter2', contextKey, replicas }));
    expect(redacted).toMatchObject({ host: 'localhost', contextKeyId: 'k1', replicas: [{ host: 'r' }] });
    expect(Object.keys(redacted)).not.toContain('contextKey');
    expect(JSON.stringify(redacted)).not.toMatch(/hunter|password/);
  });

  it('says of certificates only that there are some', () => {
    const ssl = { rejectUnauthorized: true, ca: CERTIFICATE, servername: 'db.internal' };
    const redacted = redactConfig(parseConfig({ ssl, replicas: [{ host: 'r', ssl: false }] }));
    expect(redacted.ssl).toEqual({ rejectUnauthorized: true, hasOwnCa: true, servername: 'db.internal' });
    expect(redacted.replicas[0]?.ssl).toBe(false);
    expect(redactConfig(parseConfig({ ssl: { rejectUnauthorized: false } })).ssl).toEqual({
      rejectUnauthorized: false,
      hasOwnCa: false,
    });
  });
});
