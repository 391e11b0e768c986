import type { TenantTransaction } from '@agent-agency/db-core';
import { z } from 'zod';
import { Instant, MAX_INTEGER, refuseRepetitions } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { explainCollision } from './explain-collision.ts';
import { lockRelationships } from './lock-relationships.ts';
import type { StoredRelationship } from './put-relationships.ts';
import { STRENGTHEN_RELATIONSHIPS } from './queries/strengthen-relationships.ts';
import { RelationshipProperties } from './relationship-input.ts';
import { keyParts, RELATIONSHIP_KEY_FIELDS, resolveKey } from './relationship-key.ts';
import { requireAgents } from './require-agents.ts';

/** That two agents were seen together, so many times more. */
export const RelationshipSighting = z
  .strictObject({
    ...RELATIONSHIP_KEY_FIELDS,
    count: z.int().min(1).max(MAX_INTEGER).default(1),
    /** Default: now. */
    observedAt: Instant.optional(),
    /** Tasks that show it: they join those that are known. */
    supportingTasks: RelationshipProperties.shape.supportingTasks,
  })
  .transform(resolveKey);
export type RelationshipSighting = z.input<typeof RelationshipSighting>;

const RelationshipSightings = z.array(RelationshipSighting).superRefine(refuseRepetitions(keyParts));

/**
 * Strengthens the versions that hold when two agents were seen together. With n sightings so far and now:
 * - `cooccurrenceCount` = n;
 * - `confidence` = 0.50 + 0.50 · n / (n + 3), or as it was if that is more;
 * - `strength` = n / (n + 3), or as it was if that is more.
 *
 * Both are rounded to two decimals. So what somebody stated is never weakened. If none holds at that moment, the next one
 * begins with it, or, if there is none, a new one: the order of sightings does not matter.
 *
 * **Shape** no relationship twice. **Runs** as `putRelationships`: concurrent sightings are all counted. **Cost** linear.
 *
 * @returns the versions; match them by key.
 * @throws {GraphError} `INVALID_INPUT` with every problem; `AGENT_NOT_FOUND`. Nothing is written.
 */
export async function strengthenRelationships(
  tx: TenantTransaction,
  input: readonly RelationshipSighting[],
): Promise<StoredRelationship[]> {
  const given = parseInput(RelationshipSightings, [...input]);
  if (given.length === 0) return [];
  const { now } = await requireAgents(tx, given);
  await lockRelationships(tx, given);
  const sightings = given.map((row) => ({ ...row, observedAt: row.observedAt ?? now }));
  const strengthened = STRENGTHEN_RELATIONSHIPS(tx.tenantId, sightings).execute(tx);
  const { rows } = await strengthened.catch(explainCollision);
  return rows.flatMap(({ place, id, is_new: isNew }) => {
    const row = given[place];
    if (row === undefined) return [];
    const { sourceAgentId, targetAgentId, type } = row;
    return [{ id, sourceAgentId, targetAgentId, type, isNew }];
  });
}
