import { describe, expect, it } from 'vitest';
import { configurationOf, usersOf } from '../src/pgbouncer-configuration.ts';

const server = 'postgres://me:p%22w@db:6000/main';

function linesOf(version: string, settings: Record<string, string> = {}): string[] {
  return configurationOf({ server, version, port: 7000, settings }, '/f/users.txt').split('\n');
}

describe('configurationOf', () => {
  it('leads every database to the server, on loopback only', () => {
    expect(linesOf('1.24.1')).toEqual(
      expect.arrayContaining([
        "* = host='db' port='6000' auth_user='me'",
        'listen_addr = 127.0.0.1',
        'listen_port = 7000',
        'unix_socket_dir = ',
        'pool_mode = transaction',
        'server_reset_query = ',
        'max_prepared_statements = 100',
        'auth_dbname = main',
      ]),
    );
  });

  it('writes the default port, and an IPv6 address without its brackets', () => {
    const text = configurationOf(
      { server: 'postgres://me@[::1]/d', version: '1.24.1', port: 1, settings: {} },
      '/f',
    );
    expect(text).toContain("host='::1' port='5432'");
  });

  it('leaves out what an older one does not know', () => {
    expect(linesOf('1.20.1').join('\n')).not.toContain('max_prepared_statements');
    expect(linesOf('1.20.1')).toContain('auth_dbname = main');
    expect(linesOf('1.18.0').join('\n')).not.toMatch(/max_prepared_statements|auth_dbname/);
  });

  it("lets the caller's settings win, but not over the way in", () => {
    const lines = linesOf('1.24.1', { pool_mode: 'session', listen_addr: '*' });
    expect(lines).toContain('pool_mode = session');
    expect(lines).not.toContain('pool_mode = transaction');
    expect(lines).not.toContain('listen_addr = *');
  });
});

describe('usersOf', () => {
  it("quotes the administrator's name and password", () => {
    expect(usersOf(server)).toBe('"me" "p""w"\n');
  });
});
