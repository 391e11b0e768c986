import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';

/** One rule and one message, whatever is wrong: a wrong type, a wrong format, out of range. */
export function wholeNumber(least: number, most: number, unit = ''): z.ZodInt {
  const error = `must be a whole number${unit} from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

export function text(error: string, isFine: (value: string) => boolean): z.ZodString {
  return z.string({ error }).refine(isFine, { error });
}

/** A null character would end the text in PostgreSQL's start-up message, and what follows would be a parameter. */
export function fits(value: string, mostBytes: number): boolean {
  return !value.includes('\0') && Buffer.byteLength(value) <= mostBytes;
}

const Name = text('must have 1 to 63 bytes', (value) => value !== '' && fits(value, 63));

/** How to verify the server. `false`: no TLS. */
const Ssl = z.union(
  [
    z.literal(false),
    z.strictObject({
      rejectUnauthorized: z.boolean(),
      /** Certificates to trust, PEM. Default: those that Node.js trusts. */
      ca: text('must be certificates in PEM', isPem).optional(),
      /** The name that the certificate has to have. Default: `host`. */
      servername: text('must not be empty', (value) => value !== '').optional(),
    }),
  ],
  { error: 'must be false or { rejectUnauthorized, ca?, servername? }' },
);

/** Where one server is, and who logs in. */
export const ADDRESS = {
  host: text('must be one host name, one IP address, or the absolute folder of a UNIX socket', isHost),
  port: wholeNumber(1, 65_535),
  database: Name,
  user: Name,
  password: text('must be text without null characters', (value) => !value.includes('\0')),
  ssl: Ssl,
};

/** PostgreSQL's socket is `<folder>/.s.PGSQL.<port>`. */
export function isSocket(host: string): boolean {
  return host.startsWith('/');
}

export function isPem(value: string): boolean {
  if (!value.includes('-----BEGIN CERTIFICATE-----')) return false;
  try {
    new X509Certificate(value);
    return true;
  } catch {
    return false;
  }
}

function isHost(value: string): boolean {
  if (isSocket(value)) return !value.includes('\0');
  return isIP(value) !== 0 || /^[^\s,:/@[\]\0]+$/.test(value);
}
