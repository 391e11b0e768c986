import { DataLayerError } from '@agent-agency/db-core';
import type { z } from 'zod';

export type TenancyErrorCode =
  /** An argument is wrong; the message lists every problem. */
  | 'INVALID_INPUT'
  /** There is a tenant of that id already, or of that name in its project. */
  | 'TENANT_EXISTS'
  /** There is no such tenant. */
  | 'TENANT_NOT_FOUND'
  /** Another tenant's rows were asked for by name, and it does not share them; the attempt is in its access log. */
  | 'CROSS_TENANT_DENIED'
  /** The privacy budget does not cover it: nothing was spent. */
  | 'PRIVACY_BUDGET_EXCEEDED'
  /** A tenant's change of its own privacy settings would protect less. */
  | 'PRIVACY_LOOSENED'
  /** The tenant does not take part in learning across tenants. */
  | 'NOT_FEDERATED'
  /** The privacy level `secure` asks for computing among several parties. */
  | 'SECURE_COMPUTATION_NEEDED'
  /** The tenant has no such release. */
  | 'RELEASE_NOT_FOUND'
  /** A release is read in the transaction that asked for it, which could still roll back what it paid. */
  | 'RELEASE_NOT_COMMITTED';

/** An error of tenant administration. */
export class TenancyError extends DataLayerError<TenancyErrorCode> {
  override readonly name = 'TenancyError';
}

/** @throws {TenancyError} `INVALID_INPUT` with every problem of `what`, each with its path. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: z.input<Schema>,
  what = 'the input',
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trimStart());
  throw new TenancyError('INVALID_INPUT', `${what} is wrong: ${problems.join('; ')}`);
}
