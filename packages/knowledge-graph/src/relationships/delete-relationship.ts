import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import { lockRelationships } from './lock-relationships.ts';
import type { RelationshipKey } from './relationship-key.ts';
import { Reason, withReason } from './superseded-reason.ts';

const Ids = z.array(z.uuid());

/** See {@link deleteRelationships}. False when there was nothing of that id. */
export async function deleteRelationship(
  tx: TenantTransaction,
  { id, reason }: { readonly id: string; readonly reason?: string },
): Promise<boolean> {
  const { deleted } = await deleteRelationships(tx, [id], { ...(reason !== undefined && { reason }) });
  return deleted > 0;
}

/**
 * Withdraws what is believed in versions: that they hold, or ever held. The history keeps that it was believed, until when,
 * and the reason. What has ended in the world is superseded and not deleted.
 *
 * **Runs** a lookup, the locks of the relationships, and one deletion by primary key. **Cost** linear.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 */
export async function deleteRelationships(
  tx: TenantTransaction,
  input: readonly string[],
  options: { readonly reason?: string } = {},
): Promise<{ readonly deleted: number }> {
  const ids = parseInput(Ids, [...input]);
  const reason = parseInput(Reason, options.reason);
  const keys = await tx
    .selectFrom('agent_relationships')
    .select(['source_agent_id as sourceAgentId', 'target_agent_id as targetAgentId', 'type'])
    .where('tenant_id', '=', tx.tenantId)
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  if (keys.length === 0) return { deleted: 0 };
  await lockRelationships(tx, keys satisfies readonly RelationshipKey[]);
  const { numDeletedRows } = await withReason(tx, reason, () =>
    tx
      .deleteFrom('agent_relationships')
      .where('tenant_id', '=', tx.tenantId)
      .where(sql<boolean>`id = any(${ids}::uuid[])`)
      .executeTakeFirstOrThrow(),
  );
  return { deleted: Number(numDeletedRows) };
}
