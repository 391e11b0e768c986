import { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';
import type { TenantContext, TenantId } from '../tenant/tenant-context.ts';
import { boundDialect, type BoundConnection } from './bound-dialect.ts';

/**
 * A transaction in which the database shows one tenant's rows: a Kysely over it, and whose it is.
 *
 * Only `withTenant` makes one, so a function that takes it cannot be called without a tenant.
 */
export class TenantTransaction extends Kysely<Tables> {
  /** Add it as a condition beside the policy: it lets the planner estimate how many rows the tenant has. */
  readonly tenantId: TenantId;
  readonly context: TenantContext;
  // Makes the type nominal: no other Kysely fits.
  readonly #isTenantTransaction = true;

  constructor(connection: BoundConnection, context: TenantContext) {
    super({ dialect: boundDialect(connection) });
    this.tenantId = context.tenantId;
    this.context = context;
  }

  static isOne(value: unknown): value is TenantTransaction {
    return typeof value === 'object' && value !== null && #isTenantTransaction in value;
  }
}

/** A transaction with the owner's rights and no tenant: for operators' work only. */
export class SystemTransaction extends Kysely<Tables> {
  /** Why it was opened. */
  readonly reason: string;
  readonly #isSystemTransaction = true;

  constructor(connection: BoundConnection, reason: string) {
    super({ dialect: boundDialect(connection) });
    this.reason = reason;
  }

  static isOne(value: unknown): value is SystemTransaction {
    return typeof value === 'object' && value !== null && #isSystemTransaction in value;
  }
}
