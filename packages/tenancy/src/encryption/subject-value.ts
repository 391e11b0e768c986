import { createHash, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';

// What is sealed of a value, and what stands in its place. ENCRYPTION.md of this package describes it for other languages.

const DOMAIN = 'agent-agency.subject-value.v1\0';
const SALT_BYTES = 32;

/** A value that JSON can express. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

export const JsonValue = z.custom<JsonValue>(
  comesBack,
  'must be a value that JSON gives back as it was, and not nested too deep',
);

/** What stands in the place of a value that is sealed for a subject: JSON, for good. */
export const SealedForSubject = z.strictObject({
  /** The text form of a sealed value, which names its key. */
  sealed: z.string().startsWith('seal:'),
  /** SHA-256 of what was sealed, its salt included, hex. */
  commitment: z.string().regex(/^[0-9a-f]{64}$/),
});
export type SealedForSubject = Readonly<z.infer<typeof SealedForSubject>>;

/** What is sealed of a value: a random salt, so that nobody guesses it from the commitment, then the value as JSON. */
export function salted(value: JsonValue): Buffer {
  return Buffer.concat([randomBytes(SALT_BYTES), Buffer.from(JSON.stringify(value))]);
}

/** The value that was {@link salted}. */
export function unsalted(plaintext: Buffer): JsonValue {
  return JSON.parse(plaintext.toString('utf8', SALT_BYTES)) as JsonValue;
}

/**
 * What a signature is to hold on to: for AES-GCM there are ciphertexts that open to one text with one key and to another
 * with another, for this digest there are none. Without the salt it tells nothing.
 */
export function commitmentTo(plaintext: Uint8Array): string {
  return createHash('sha256').update(DOMAIN).update(plaintext).digest('hex');
}

function comesBack(value: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
  } catch {
    // Nothing to parse, a bigint, a circle, or deeper than the stack.
    return false;
  }
}
