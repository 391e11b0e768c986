import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseContextKey, type ContextKey } from '../tenant/context-key.ts';
import { isPem } from './address.ts';
import { Unacceptable } from './problems.ts';

/** How a text becomes a value. */
export interface Form {
  /** What may be written, for people. */
  readonly takes: string;
  /** @throws {Unacceptable} */
  readonly read: (text: string) => unknown;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

const VERIFIED = { rejectUnauthorized: true };
const UNVERIFIED = { rejectUnauthorized: false };

// Not `Number`: it takes ' ' for 0, '0x10' for 16 and '1e3' for 1000.
function readWholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Unacceptable('must be a whole number in decimal digits');
}

function readDuration(text: string): number {
  if (text === '0') return 0;
  const { amount = '', unit = '' } = /^(?<amount>\d{1,9})(?<unit>ms|s|m|h)$/.exec(text)?.groups ?? {};
  const unitMs = UNIT_MS[unit];
  if (unitMs === undefined) throw new Unacceptable('must be a whole number and ms, s, m or h, such as 30s');
  return Number(amount) * unitMs;
}

function readText(text: string): string {
  if (text === text.trim()) return text;
  throw new Unacceptable('has a space or a line end before or after it: take it away');
}

/** One of a few words. Own entries only: every object has a `toString`. */
function choice<T>(choices: ReadonlyMap<string, T>): (text: string) => T {
  return (text) => {
    const value = choices.get(text);
    if (value !== undefined) return value;
    throw new Unacceptable(`must be one of ${[...choices.keys()].join(', ')}`);
  };
}

/** The certificates in a PEM file; '' for those that Node.js trusts anyway. */
function readCertificates(path: string): string {
  if (path === 'system') return '';
  const pem = contentOf(path);
  if (isPem(pem)) return pem;
  throw new Unacceptable('names a file without a PEM certificate (-----BEGIN CERTIFICATE-----)');
}

/** `ssl` of the two settings that it is stated in; a root certificate asks for TLS by itself. */
export function sslFrom(mode: unknown, ca: unknown): unknown {
  if (ca === undefined) return mode;
  if (mode === false) throw new Unacceptable('is given, but TLS is switched off: leave one of them out');
  return { ...VERIFIED, ...(mode as typeof VERIFIED | undefined), ...(ca === '' ? {} : { ca }) };
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Unacceptable(`names a file that cannot be read (${code}): check path and permissions`);
  }
}

const ContextKeyText = z.string().transform(parseContextKey);

function readContextKey(text: string): ContextKey {
  const parsed = ContextKeyText.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new Unacceptable(parsed.error.issues.map(({ message }) => message).join(', '));
}

const SSL = new Map<string, false | typeof VERIFIED>([
  ['true', VERIFIED],
  ['no-verify', UNVERIFIED],
  ['false', false],
]);

/** libpq's, but whoever asks for TLS gets certificate and name verified; `no-verify` is node-postgres's word. */
const SSL_MODES = new Map<string, false | typeof VERIFIED>([
  ['disable', false],
  ['require', VERIFIED],
  ['verify-ca', VERIFIED],
  ['verify-full', VERIFIED],
  ['no-verify', UNVERIFIED],
]);

function readSslMode(text: string): unknown {
  if (text !== 'prefer' && text !== 'allow') return choice(SSL_MODES)(text);
  throw new Unacceptable(
    `is ${text}, with which whoever sits in between can have everything sent in plain text: ` +
      'use verify-full, or disable where plain text is meant',
  );
}

const words = (choices: ReadonlyMap<string, unknown>): string =>
  [...choices.keys()].map((word) => `\`${word}\``).join(', ');
const FLAGS = new Map([
  ['true', true],
  ['false', false],
]);

export const TEXT: Form = { takes: 'text', read: readText };
export const SECRET: Form = { takes: 'text, taken as it is', read: (text) => text };
export const WHOLE_NUMBER: Form = { takes: 'whole number', read: readWholeNumber };
export const MILLISECONDS: Form = { takes: 'milliseconds', read: readWholeNumber };
export const SECONDS: Form = { takes: 'seconds', read: (text) => readWholeNumber(text) * 1000 };
export const DURATION: Form = { takes: 'duration', read: readDuration };
export const FLAG: Form = { takes: words(FLAGS), read: choice(FLAGS) };
export const SSL_SWITCH: Form = { takes: words(SSL), read: choice(SSL) };
export const SSL_MODE: Form = { takes: words(SSL_MODES), read: readSslMode };
export const PEM_FILE: Form = { takes: 'path of a PEM file, or `system`', read: readCertificates };
export const CONTEXT_KEY: Form = {
  takes: '`<key id>:<base64url>`',
  read: readContextKey,
};
