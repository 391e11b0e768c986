import { TestingError } from './errors.ts';

/**
 * Reads the URL of a database.
 *
 * @throws TestingError `DATABASE_URL_INVALID`; the message never repeats the text, which may hold a password.
 */
export function parseDatabaseUrl(text: string): URL {
  if (!URL.canParse(text)) {
    throw new TestingError(
      'DATABASE_URL_INVALID',
      'the database URL is not a URL: postgres://login:password@host:port/database',
    );
  }
  const url = new URL(text);
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    const found = `the database URL begins with ${url.protocol}// and not with postgres:// or postgresql://`;
    throw new TestingError('DATABASE_URL_INVALID', found);
  }
  if (url.hostname === '') {
    throw new TestingError('DATABASE_URL_INVALID', 'the database URL names no host');
  }
  return url;
}

/** The same server and login, another database. */
export function withDatabase(text: string, database: string): string {
  const url = parseDatabaseUrl(text);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

/**
 * The same database, another login; the password stays, for servers that ask for one (see `allowLogin`).
 */
export function withLogin(text: string, role: string): string {
  const url = parseDatabaseUrl(text);
  url.username = encodeURIComponent(role);
  return url.href;
}

/**
 * The same database and login on another server. What follows the `?` says how to reach the first server (TLS, …) and is
 * left out.
 */
export function withServer(text: string, serverUrl: string): string {
  const url = parseDatabaseUrl(text);
  const { hostname, port } = parseDatabaseUrl(serverUrl);
  url.hostname = hostname;
  url.port = port;
  url.search = '';
  return url.href;
}

/** Where a URL leads, in words that may be printed: `host:port/database`. */
export function describeUrl(text: string): string {
  const { hostname, port, pathname } = parseDatabaseUrl(text);
  return `${hostname}:${port === '' ? '5432' : port}${pathname}`;
}
