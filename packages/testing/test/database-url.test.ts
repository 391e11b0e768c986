import { describe, expect, it } from 'vitest';
import { describeUrl, parseDatabaseUrl, withDatabase, withLogin, withServer } from '../src/database-url.ts';

describe('parseDatabaseUrl', () => {
  it.each(['not a url', '', 'host=localhost dbname=x', 'mysql://secret@host/db', 'postgres:///db'])(
    'refuses %o and does not repeat it',
    (text) => {
      expect(() => parseDatabaseUrl(text)).toThrow(
        expect.objectContaining({
          code: 'DATABASE_URL_INVALID',
          message: expect.not.stringContaining('secret') as string,
        }),
      );
    },
  );

  it('takes both spellings of the scheme', () => {
    expect(parseDatabaseUrl('postgresql://h/d').hostname).toBe('h');
    expect(parseDatabaseUrl('postgres://h/d').hostname).toBe('h');
  });
});

describe('withDatabase', () => {
  it('changes the database and nothing else', () => {
    expect(withDatabase('postgres://me:pw@h:6/a?sslmode=disable', 'b c')).toBe(
      'postgres://me:pw@h:6/b%20c?sslmode=disable',
    );
  });
});

describe('withLogin', () => {
  it('changes the login and keeps the password', () => {
    expect(withLogin('postgres://me:pw@h:6/a', 'agent app')).toBe('postgres://agent%20app:pw@h:6/a');
    expect(withLogin('postgres://h/a', 'app')).toBe('postgres://app@h/a');
  });
});

describe('withServer', () => {
  it('keeps database and login, and leaves out how the first server is reached', () => {
    expect(withServer('postgres://me:pw@h:6/a?sslmode=require', 'postgres://you@[::1]:7/b')).toBe(
      'postgres://me:pw@[::1]:7/a',
    );
  });
});

describe('describeUrl', () => {
  it('tells the place without login and password', () => {
    expect(describeUrl('postgres://me:pw@h/a?x=y')).toBe('h:5432/a');
  });
});
