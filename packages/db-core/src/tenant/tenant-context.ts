import { z } from 'zod';
import { DatabaseError } from '../errors/database-error.ts';

/** Identifier of a tenant: a letter or digit, then up to 254 letters, digits, `_ . : -`. */
export type TenantId = string & { readonly __brand: 'TenantId' };

const TENANT_ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,254}$/;
// No control characters: the values travel as settings and end up in logs.
const Name = z
  .string()
  .max(255)
  .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters');

export const TenantContext = z.strictObject({
  tenantId: z
    .string()
    .regex(TENANT_ID, 'must be a letter or digit, then up to 254 letters, digits, _ . : -')
    .transform((value) => value as TenantId),
  /** Who acts, for the audit trail. */
  userId: Name.optional(),
  /** In which session of theirs. */
  sessionId: Name.optional(),
});
/** On whose behalf a transaction runs. */
export type TenantContext = z.infer<typeof TenantContext>;
export type TenantContextInput = z.input<typeof TenantContext>;

/** @throws {DatabaseError} `INVALID_INPUT` with every problem. */
export function parseTenantContext(input: TenantContextInput): TenantContext {
  const parsed = TenantContext.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  throw new DatabaseError('INVALID_INPUT', `the tenant context is wrong: ${problems.join('; ')}`);
}
