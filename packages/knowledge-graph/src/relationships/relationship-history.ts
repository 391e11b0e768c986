import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import { decodePage, encodePage, InstantPlace, isBehind, microsOf, PageSize } from '../page.ts';
import type { RelationshipPage } from './read-relationships.ts';
import { RELATIONSHIP_KEY_FIELDS, resolveKey } from './relationship-key.ts';
import { RELATIONSHIP_COLUMNS, toRelationship, type RelationshipRow } from './relationship.ts';

/** A relationship, and which page of its history. */
export const RelationshipHistoryQuery = z
  .strictObject({ ...RELATIONSHIP_KEY_FIELDS, limit: PageSize, after: z.string().optional() })
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
  const after = decodePage(InstantPlace, query.after);
  const { rows } = await sql<RelationshipRow & { readonly micros: string }>`
    select ${RELATIONSHIP_COLUMNS}, ${microsOf(RECORDED_AT)} as micros
    from agent_relationship_versions as relationship
    where tenant_id = ${tx.tenantId}
      and source_agent_id = ${query.sourceAgentId}
      and target_agent_id = ${query.targetAgentId}
      and type = ${query.type}::relationship_type
      and ${isBehind(RECORDED_AT, after)}
    order by relationship.recorded_at desc, relationship.id desc
    limit ${query.limit + 1}
  `.execute(tx);
  const relationships = rows.slice(0, query.limit).map(toRelationship);
  const last = rows.length > query.limit ? rows[query.limit - 1] : undefined;
  return { relationships, ...(last && { next: encodePage([last.micros, last.id]) }) };
}
