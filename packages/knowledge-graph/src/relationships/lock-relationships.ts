import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { keyParts, type RelationshipKey } from './relationship-key.ts';

/** More are locked as a whole: the server's table of locks has room for 64 a connection, by default. */
const FEW = 64;

/**
 * Lets nobody else write versions of these relationships until the transaction ends.
 *
 * A few are locked one by one, in one order, beside a shared lock of all the tenant's; many by that lock alone. So two
 * calls never wait for each other in a circle. Two transactions can, if each makes several calls: see `attempts` of
 * `withTenant`.
 */
export async function lockRelationships(
  tx: TenantTransaction,
  keys: readonly RelationshipKey[],
): Promise<void> {
  if (keys.length > FEW) return lockAllRelationships(tx);
  const names = keys.map((key) => JSON.stringify([tx.tenantId, ...keyParts(key)]));
  await sql`
    with every as materialized (
      select pg_advisory_xact_lock_shared(hashtextextended(${nameOfAll(tx)}, 0))
    ),
    one as materialized (
      select distinct hashtextextended(name, 0) as lock from unnest(${names}::text[]) as given (name) order by lock
    )
    select pg_advisory_xact_lock(one.lock) from every cross join one
  `.execute(tx);
}

/** Lets nobody else write a relationship of the tenant until the transaction ends. */
export async function lockAllRelationships(tx: TenantTransaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${nameOfAll(tx)}, 0))`.execute(tx);
}

function nameOfAll({ tenantId }: TenantTransaction): string {
  return `knowledge-graph/relationships/${tenantId}`;
}
