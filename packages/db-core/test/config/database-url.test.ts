import { describe, expect, it } from 'vitest';
import { configFromEnv } from '../../src/index.ts';
import { problemsOf } from './problems-of.ts';

describe('configFromEnv with DATABASE_URL', () => {
  it('takes the address from it', () => {
    expect(configFromEnv({ DATABASE_URL: 'postgres://me:secret@db.example:6432/agency' })).toMatchObject({
      host: 'db.example',
      port: 6432,
      database: 'agency',
      user: 'me',
      password: 'secret',
      ssl: false,
    });
  });

  it('decodes what is escaped', () => {
    const url = 'postgres://us%40er:p%2Fw%3A%23%3F%25%20%C3%A9@h/d%2Fb%40?application_name=a+b%26c%3Dd%20%40';
    expect(configFromEnv({ DATABASE_URL: url })).toMatchObject({
      user: 'us@er',
      password: 'p/w:#?% é',
      database: 'd/b@',
      applicationName: 'a+b&c=d @',
    });
  });

  it('reads an IPv6 address', () => {
    expect(configFromEnv({ DATABASE_URL: 'postgres://[::1]:6432/x' })).toMatchObject({
      host: '::1',
      port: 6432,
    });
  });

  it.each([
    'postgres://%2Frun%2Fpg:6432/x',
    'postgres:///x?host=/run/pg&port=6432',
    'postgres:///x?host=%2Frun%2Fpg&port=6432',
    'postgres:///?host=/run/pg&port=6432&dbname=x',
  ])('reads the folder of a UNIX socket in %s', (url) => {
    expect(configFromEnv({ DATABASE_URL: url })).toMatchObject({
      host: '/run/pg',
      port: 6432,
      database: 'x',
    });
  });

  it('reads a user without a host, as libpq does', () => {
    const url = 'postgres://me:secret@/x?host=/run/pg';
    expect(configFromEnv({ DATABASE_URL: url })).toMatchObject({
      host: '/run/pg',
      user: 'me',
      password: 'secret',
      database: 'x',
    });
    expect(configFromEnv({ DATABASE_URL: 'postgres://me@/x' })).toMatchObject({
      host: 'localhost',
      user: 'me',
    });
  });

  it('reads parameters of which each stands for itself', () => {
    const url = 'postgres://h?user=u&password=p%20&application_name=svc&connect_timeout=5&sslmode=';
    expect(configFromEnv({ DATABASE_URL: url })).toMatchObject({
      user: 'u',
      password: 'p ',
      applicationName: 'svc',
      connectionTimeoutMs: 5000,
      ssl: false,
    });
  });

  it.each([
    ['disable', false],
    ['require', { rejectUnauthorized: true }],
    ['verify-ca', { rejectUnauthorized: true }],
    ['verify-full', { rejectUnauthorized: true }],
    ['no-verify', { rejectUnauthorized: false }],
  ])('reads sslmode=%s', (mode, ssl) => {
    expect(configFromEnv({ DATABASE_URL: `postgres://h/d?sslmode=${mode}` }).ssl).toEqual(ssl);
  });

  it.each(['prefer', 'allow'])('refuses sslmode=%s, and says why', (mode) => {
    expect(problemsOf({ DATABASE_URL: `postgres://h/d?sslmode=${mode}` })).toMatch(
      new RegExp(`DATABASE_URL \\(sslmode\\) is ${mode}, .*plain text: use verify-full`),
    );
  });

  it.each([
    ['options', '(options) is not taken: use DB_STATEMENT_TIMEOUT_MS'],
    ['channel_binding', '(channel_binding) is not taken: leave it out'],
    ['target_session_attrs', '(target_session_attrs) is not taken: leave it out'],
    ['hunter2', 'has a parameter other than host, port,'],
    ['toString', 'has a parameter other than host, port,'],
  ])('refuses the parameter %s, with what to do', (name, expected) => {
    const message = problemsOf({ DATABASE_URL: `postgres://h/d?${name}=hunter2` });
    expect(message).toContain(`wrong: DATABASE_URL ${expected}`);
    expect(message).not.toContain('hunter2');
  });

  it('reports every problem of its parts', () => {
    const url =
      'postgres://h/d?port=0&sslmode=prefer&connect_timeout=1s&options=x&host=i&sslrootcert=/nowhere';
    const message = problemsOf({ DATABASE_URL: url });
    for (const part of ['sslmode', 'connect_timeout', 'options', 'host', 'sslrootcert']) {
      expect(message).toContain(`DATABASE_URL (${part}) `);
    }
    expect(problemsOf({ DATABASE_URL: 'postgres://h:0/d' })).toContain('DATABASE_URL (port) must be');
  });

  it.each([
    ['no URL', 'hunter2'],
    ['another protocol', 'mysql://u:hunter2@h/d'],
    ['several hosts', 'postgres://u:hunter2@h,i/d'],
    ['several hosts with ports', 'postgres://u:hunter2@h:1,i:2/d'],
    ['an unknown sslmode', 'postgres://u:hunter2@h/d?sslmode=hunter2'],
    ['an sslmode that every object has', 'postgres://u:hunter2@h/d?sslmode=toString'],
    ['two of them', 'postgres://u:hunter2@h/d?sslmode=require&sslmode=disable'],
    ['two hosts', 'postgres://u:hunter2@h/d?host=i'],
    ['a parameter without a name', 'postgres://u:hunter2@h/d?=hunter2'],
    ['a null character', 'postgres://u%00:hunter2@h/d'],
    ['a % that escapes nothing', 'postgres://u:hunter2%@h/d'],
    ['a % that escapes nothing in a parameter', 'postgres://u:hunter2@h/d?application_name=%'],
    ['port 0', 'postgres://u:hunter2@h:0/d'],
    ['a ? in the password', 'postgres://u:12?hunter2@h/d'],
    ['a parameter in the password', 'postgres://u:12?application_name=hunter2@h/d'],
    ['a / in the password', 'postgres://u:12/hunter2@h/d'],
    ['a # in the password', 'postgres://u:12#hunter2@h/d'],
    ['a line end in the password', 'postgres://u:hun\nter2@h/d'],
    ['a second path segment', 'postgres://u:hunter2@h/d/e'],
  ])('refuses %s without repeating any of it', (_, url) => {
    const message = problemsOf({ DATABASE_URL: url });
    expect(message).toContain('DATABASE_URL');
    expect(message).not.toContain('hunter2');
  });

  it('takes a line end after it, as a file has one', () => {
    expect(configFromEnv({ DATABASE_URL: 'postgres://h/d\n' })).toMatchObject({ host: 'h', database: 'd' });
  });
});
