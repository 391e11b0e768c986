import type { z } from 'zod';
import type { DatabaseConfig } from './config.ts';

/** What a database URL says; the rest is the configuration's business. */
export type DatabaseAddress = {
  readonly [Key in 'host' | 'port' | 'database' | 'user' | 'password' | 'ssl']:
    DatabaseConfig[Key] | undefined;
};

/** libpq's `sslmode`. Whoever asks for TLS gets the certificate verified. */
const SSL_MODES: ReadonlyMap<string, DatabaseConfig['ssl']> = new Map<string, DatabaseConfig['ssl']>([
  ['disable', false],
  ['require', { rejectUnauthorized: true }],
  ['verify-ca', { rejectUnauthorized: true }],
  ['verify-full', { rejectUnauthorized: true }],
]);

const NOTHING: DatabaseAddress = {
  host: undefined,
  port: undefined,
  database: undefined,
  user: undefined,
  password: undefined,
  ssl: undefined,
};

/**
 * Reads `DATABASE_URL`. What is wrong with it is said without any part of it: where a password has characters that it
 * should not have, any part may be the password's.
 */
export function parseDatabaseUrl(text: string, context: z.core.$RefinementCtx): DatabaseAddress {
  try {
    return addressOf(text);
  } catch (error) {
    if (!(error instanceof UrlProblem)) throw error;
    context.addIssue({ code: 'custom', message: error.message, input: undefined });
    return NOTHING;
  }
}

class UrlProblem extends Error {}

const ESCAPES = 'in user and password write / as %2F, @ as %40, : as %3A, # as %23, ? as %3F and % as %25';

function addressOf(text: string): DatabaseAddress {
  if (!URL.canParse(text)) {
    throw new UrlProblem(`is not a URL: write postgres://user:password@host:5432/database, and ${ESCAPES}`);
  }
  const url = new URL(text);
  if (!['postgres:', 'postgresql:'].includes(url.protocol))
    throw new UrlProblem('has to begin with postgres://');
  const database = url.pathname.slice(1);
  if (url.hash !== '' || /[/@]/.test(database))
    throw new UrlProblem(`has no single database name: ${ESCAPES}`);
  return {
    host: decode(url.hostname).replace(/^\[(?<address>.*)\]$/, '$<address>') || undefined,
    port: url.port === '' ? undefined : validPort(Number(url.port)),
    database: decode(database) || undefined,
    user: decode(url.username) || undefined,
    password: decode(url.password) || undefined,
    ssl: sslOf(url.searchParams),
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) throw new UrlProblem(`has a % that escapes nothing: ${ESCAPES}`);
    throw error;
  }
}

function validPort(port: number): number {
  if (port === 0) throw new UrlProblem('has port 0');
  return port;
}

function sslOf(parameters: URLSearchParams): DatabaseConfig['ssl'] | undefined {
  const modes = parameters.getAll('sslmode');
  if (parameters.size > modes.length || modes.length > 1) {
    throw new UrlProblem(`has parameters other than one sslmode: ${ESCAPES}`);
  }
  const [mode] = modes;
  if (mode === undefined) return undefined;
  const ssl = SSL_MODES.get(mode);
  if (ssl === undefined)
    throw new UrlProblem(`has an unknown sslmode: use ${[...SSL_MODES.keys()].join(', ')}`);
  return ssl;
}
