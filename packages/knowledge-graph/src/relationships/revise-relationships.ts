import type { TenantTransaction } from '@agent-agency/db-core';
import { explainCollision } from './explain-collision.ts';
import { ADD_VERSIONS, type RevisedVersion } from './queries/add-versions.ts';
import type { Revision } from './queries/believed-versions.ts';
import { MAKE_ROOM } from './queries/make-room.ts';

/**
 * What SQL:2011 does `for portion of` a period: of versions that say something else about it, what is left on either side
 * stays as it was; what is not believed yet is added. The caller holds the locks.
 *
 * @returns the versions that say so now.
 * @throws {DatabaseError} `SERIALIZATION_FAILURE` above `read committed`, and beside writers that take no locks.
 */
export async function reviseRelationships(
  tx: TenantTransaction,
  revisions: readonly Revision[],
): Promise<RevisedVersion[]> {
  const { rows: rests } = await MAKE_ROOM(tx.tenantId, revisions).execute(tx);
  const added = await ADD_VERSIONS(tx.tenantId, revisions, rests).execute(tx).catch(explainCollision);
  return added.rows;
}
