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
  | 'RELEASE_NOT_COMMITTED'
  /** There is no such federated session, or the tenant may not know of it. */
  | 'FEDERATED_SESSION_NOT_FOUND'
  /** The federated session is at another point: it only goes forward. */
  | 'FEDERATED_SESSION_STATUS'
  /** Tenants in a federated session do not, or not any more, consent to learn from each other. */
  | 'NO_FEDERATED_CONSENT'
  /** A federated session is of another privacy level than the tenant's: none is taken for another. */
  | 'PRIVACY_LEVEL_MISMATCH'
  /** Fewer tenants than the k-anonymity of any of them demands, or than a secure sum needs. */
  | 'TOO_FEW_TENANTS'
  /** The tenant has done so in this round or session already. */
  | 'ALREADY_CONTRIBUTED'
  /** A secure sum needs all parties, and one has not answered, or has left. */
  | 'PARTIES_MISSING'
  /** What a party sent was changed on its way, or is not what it has to be. */
  | 'SHARE_TAMPERED'
  /** A party's key is not trusted, or not the one that joined. */
  | 'SEALING_KEY_UNTRUSTED'
  /** A stored value is damaged or cut off, lies where it was not written, or is of a version that is not known. */
  | 'VALUE_UNREADABLE'
  /** The key of a value was destroyed: nobody can read it any more. */
  | 'KEY_DESTROYED'
  /** The keeper of key-encryption-keys gives none: it cannot be reached, refuses, or is not set up. */
  | 'KEY_UNAVAILABLE'
  /** A data key still seals, or something is still sealed with it. */
  | 'KEY_IN_USE'
  /** There is no such offloaded context, or it has expired. */
  | 'CONTEXT_NOT_FOUND'
  /** What is stored of an offloaded context is not what was put aside. */
  | 'CONTEXT_CORRUPTED'
  /** The tenant is in use: it is suspended before it is erased. */
  | 'TENANT_ACTIVE'
  /** Something is left of what was to be erased, so nothing was. */
  | 'ERASURE_INCOMPLETE'
  /** A tenant's export was changed or cut off; `details.line` says where. */
  | 'TRANSFER_DAMAGED'
  /** A tenant's export is of another schema than this database's. */
  | 'SCHEMA_DIFFERS'
  /** The database does not take the rows of an export, or would not keep them as they are. */
  | 'IMPORT_REFUSED'
  /** A document is not signed by the key that is trusted. */
  | 'SIGNATURE_INVALID'
  /** A signer's signature is not the one of the key that it names. */
  | 'SIGNER_FAULTY'
  /** Tables refer to each other in a circle, so that their rows have no order. */
  | 'TABLES_CYCLIC';

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
