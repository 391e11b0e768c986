import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** Secret that tenant contexts are signed with: 32 to 64 bytes, under a name that is part of every signature. */
export const ContextKey = z.strictObject({
  keyId: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'must be 1 to 40 letters, digits, _ or -'),
  secret: z
    .instanceof(Uint8Array)
    .refine(({ length }) => length >= 32 && length <= 64, { message: 'must have 32 to 64 bytes' })
    // A copy: the caller may clear its own, and a Buffer is a different value from the same bytes in a Uint8Array.
    .transform((secret) => Uint8Array.from(secret)),
});
export type ContextKey = z.infer<typeof ContextKey>;

/** A new random key, 32 bytes. Its name comes from the key, so two keys cannot share one by accident. */
export function generateContextKey(): ContextKey {
  const secret = Uint8Array.from(randomBytes(32));
  return {
    keyId: createHash('sha256').update('context-key-id').update(secret).digest('hex').slice(0, 12),
    secret,
  };
}

/** `<key id>:<secret in base64url>`, the form of `DB_CONTEXT_KEY`. */
export function formatContextKey(key: ContextKey): string {
  return `${key.keyId}:${Buffer.from(key.secret).toString('base64url')}`;
}

/** Reads `DB_CONTEXT_KEY`. What is wrong with it is said without it. */
export function parseContextKey(text: string, context: z.core.$RefinementCtx): ContextKey {
  const colon = text.indexOf(':');
  const secret = Buffer.from(text.slice(colon + 1), 'base64url');
  const parsed = ContextKey.safeParse({ keyId: text.slice(0, Math.max(colon, 0)), secret });
  // Decoding skips what is not base64url, so a mistyped key would pass as another one.
  if (parsed.success && formatContextKey(parsed.data) === text) return parsed.data;
  context.addIssue({
    code: 'custom',
    message: 'is not <key id>:<32 to 64 bytes in base64url>; `agency-db context-key create` makes one',
    input: undefined,
  });
  return z.NEVER;
}
