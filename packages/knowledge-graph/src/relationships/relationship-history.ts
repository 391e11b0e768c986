import {
  cutPage,
  isBehind,
  LatestFirstPlace,
  placeOf,
  type PlacedRow,
  type TenantTransaction,
} from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import { PageSize } from '../page.ts';
import type { RelationshipPage } from './read-relationships.ts';
import { RELATIONSHIP_KEY_FIELDS, resolveKey } from './relationship-key.ts';
import { RELATIONSHIP_COLUMNS, toRelationship, type RelationshipRow } from './relationship.ts';

/** A relationship, and which page of its history. */
export const RelationshipHistoryQuery = z
  .strictObject({ ...RELATIONSHIP_KEY_FIELDS, limit: PageSize, after: LatestFirstPlace.optional() })
  .transform(resolveKey);
export type RelationshipHistoryQuery = z.input<typeof RelationshipHistoryQuery>;

const RECORDED_AT = sql`relationship.recorded_at`;

/**
 * Every version of a relationship, believed or superseded, of every period: what was recorded last comes first.
 *
 * **Runs** over `unique_relationship`'s neighbours: tenant and both agents, or the source in the history.
 * **Cost** the versions of this relationship and what was superseded of its source.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 */
export async function listRelationshipHistory(
  tx: TenantTransaction,
  input: RelationshipHistoryQuery,
): Promise<RelationshipPage> {
  const query = parseInput(RelationshipHistoryQuery, input);
  const { rows } = await sql<RelationshipRow & PlacedRow>`
    select ${RELATIONSHIP_COLUMNS}, ${placeOf(RECORDED_AT)}
    from agent_relationship_versions as relationship
    where tenant_id = ${tx.tenantId}
      and source_agent_id = ${query.sourceAgentId}
      and target_agent_id = ${query.targetAgentId}
      and type = ${query.type}::relationship_type
      and ${isBehind(RECORDED_AT, query.after)}
    order by relationship.recorded_at desc, relationship.id desc
    limit ${query.limit + 1}
  `.execute(tx);
  const page = cutPage(rows, query.limit);
  return { relationships: page.rows.map(toRelationship), ...(page.next && { next: page.next }) };
}
