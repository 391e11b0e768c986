import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';

/** Secret that tenant contexts are signed with: 32 to 64 bytes, under a name that is part of every signature. */
export const ContextKey = z.strictObject({
  keyId: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
  secret: z.instanceof(Uint8Array).refine((secret) => secret.length >= 32 && secret.length <= 64, {
    message: 'must have 32 to 64 bytes',
  }),
});
export type ContextKey = z.infer<typeof ContextKey>;

/** A new random key, 32 bytes. Its name comes from the key, so two keys cannot share one by accident. */
export function generateContextKey(): ContextKey {
  const secret = randomBytes(32);
  return { keyId: createHash('sha256').update('context-key-id').update(secret).digest('hex').slice(0, 12), secret };
}

/** `<key id>:<secret in base64url>`, the form of `DB_CONTEXT_KEY`. */
export function formatContextKey(key: ContextKey): string {
  return `${key.keyId}:${Buffer.from(key.secret).toString('base64url')}`;
}

/** Reads `DB_CONTEXT_KEY`. What is wrong with it is said without it. */
export function parseContextKey(text: string, context: z.core.$RefinementCtx): ContextKey {
  const [keyId = '', secret = ''] = text.split(':');
  const parsed = ContextKey.safeParse({ keyId, secret: new Uint8Array(Buffer.from(secret, 'base64url')) });
  if (parsed.success) return parsed.data;
  context.addIssue({
    code: 'custom',
    message: 'is not <key id>:<32 to 64 bytes in base64url>; `agency-db context-key create` makes one',
    input: undefined,
  });
  return z.NEVER;
}
