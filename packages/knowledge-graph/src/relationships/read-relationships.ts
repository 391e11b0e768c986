import type { TenantTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { AgentId, Hundredths } from '../column-values.ts';
import { GraphError, parseInput } from '../errors.ts';
import { GraphTime } from '../graph-time.ts';
import { decodePage, encodePage, PageSize } from '../page.ts';
import { RELATIONSHIP_KEY_FIELDS, resolveKey } from './relationship-key.ts';
import {
  RELATIONSHIP_COLUMNS,
  RelationshipType,
  toRelationship,
  type Relationship,
  type RelationshipRow,
} from './relationship.ts';

/**
 * The version of an id, as it is believed, or was at `knownAt`: whatever its period, unless `asOf` is given.
 *
 * **Runs** one lookup by the primary key.
 *
 * @throws {GraphError} `INVALID_INPUT`; `RELATIONSHIP_NOT_FOUND`.
 */
export async function getRelationship(
  tx: TenantTransaction,
  input: { readonly id: string } & GraphTime,
): Promise<Relationship> {
  const { id, asOf, knownAt } = parseInput(RelationshipById, input);
  const holds = asOf === undefined ? sql`true` : holdsAt(asOf);
  const { rows } = await sql<RelationshipRow>`
    select ${RELATIONSHIP_COLUMNS} from ${versions(knownAt)}
    where tenant_id = ${tx.tenantId} and id = ${id} and ${holds}
  `.execute(tx);
  const [row] = rows;
  if (row !== undefined) return toRelationship(row);
  throw new GraphError('RELATIONSHIP_NOT_FOUND', 'there is no relationship of that id at that time');
}

const RelationshipById = z.strictObject({ id: z.uuid(), ...GraphTime.shape });

/** A relationship, and when to look at it. */
export const RelationshipLookup = z
  .strictObject({ ...RELATIONSHIP_KEY_FIELDS, ...GraphTime.shape })
  .transform(resolveKey);
export type RelationshipLookup = z.input<typeof RelationshipLookup>;

/**
 * The version of a relationship that holds; undefined when there is none.
 *
 * **Runs** one lookup by tenant and both agents.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 */
export async function findRelationship(
  tx: TenantTransaction,
  input: RelationshipLookup,
): Promise<Relationship | undefined> {
  const { sourceAgentId, targetAgentId, type, asOf, knownAt } = parseInput(RelationshipLookup, input);
  const { rows } = await sql<RelationshipRow>`
    select ${RELATIONSHIP_COLUMNS} from ${versions(knownAt)}
    where tenant_id = ${tx.tenantId}
      and source_agent_id = ${sourceAgentId}
      and target_agent_id = ${targetAgentId}
      and type = ${type}::relationship_type
      and ${holdsAt(asOf)}
  `.execute(tx);
  return rows[0] && toRelationship(rows[0]);
}

const Filter = z.strictObject({
  /** Relationships of this agent only. */
  agentId: AgentId.optional(),
  /** As the agent sees it; one that holds both ways goes out and comes in. */
  direction: z.enum(['outgoing', 'incoming', 'both']).default('both'),
  types: z.array(RelationshipType).min(1).optional(),
  minConfidence: Hundredths.optional(),
  ...GraphTime.shape,
});

/** Which relationships, when, and which page of them. */
export const RelationshipQuery = Filter.extend({
  limit: PageSize,
  /** `next` of the page before. */
  after: z.string().optional(),
});
export type RelationshipQuery = z.input<typeof RelationshipQuery>;

/** A page, and what to hand in as `after` for the next one; absent on the last one. */
export interface RelationshipPage {
  readonly relationships: Relationship[];
  readonly next?: string;
}

/**
 * A page of the relationships that hold: an agent's with the most confident first, the whole tenant's by id.
 *
 * **Runs** over `idx_relationships_source` and `_target`, or the primary key. **Cost** the page; of an agent's also the
 * pages before it, in index entries. With `knownAt` also what is known of the agent from before.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 */
export async function listRelationships(
  tx: TenantTransaction,
  input: RelationshipQuery = {},
): Promise<RelationshipPage> {
  const query = parseInput(RelationshipQuery, input);
  const { agentId, limit, after } = query;
  const { rows } = await (
    agentId === undefined
      ? pageOfTenant(tx, query, decodePage(BY_ID, after))
      : pageOfAgent(tx, { ...query, agentId }, decodePage(BY_CONFIDENCE, after))
  ).execute(tx);
  const relationships = rows.slice(0, limit).map(toRelationship);
  const last = rows.length > limit ? relationships.at(-1) : undefined;
  if (last === undefined) return { relationships };
  const { sourceAgentId, targetAgentId, confidence, id } = last;
  const neighbor = sourceAgentId === agentId ? targetAgentId : sourceAgentId;
  return { relationships, next: encodePage(agentId === undefined ? [id] : [confidence, neighbor, id]) };
}

const BY_ID = z.tuple([z.uuid()]);
const BY_CONFIDENCE = z.tuple([Hundredths, AgentId, z.uuid()]);

type Filter = z.output<typeof Filter>;
type Query = z.output<typeof RelationshipQuery>;

function pageOfTenant(
  tx: TenantTransaction,
  query: Query,
  after: z.output<typeof BY_ID> | undefined,
): RawBuilder<RelationshipRow> {
  const isLater = after === undefined ? sql`true` : sql`id > ${after[0]}::uuid`;
  return sql`
    select ${RELATIONSHIP_COLUMNS} from ${versions(query.knownAt)}
    where tenant_id = ${tx.tenantId} and ${fits(query)} and ${isLater}
    order by relationship.id
    limit ${query.limit + 1}
  `;
}

/** Both ends in the order of their index, so that a page of a hub does not read the hub. */
function pageOfAgent(
  tx: TenantTransaction,
  query: Query & { readonly agentId: string },
  after: z.output<typeof BY_CONFIDENCE> | undefined,
): RawBuilder<RelationshipRow> {
  const { agentId, direction, limit } = query;
  const page = (own: 'source' | 'target', open: 'outgoing' | 'incoming') => {
    const neighbor = sql.ref(own === 'source' ? 'target_agent_id' : 'source_agent_id');
    const isSeen = direction === open || direction === 'both' ? sql`true` : sql`not is_directional`;
    const isLater =
      after === undefined
        ? sql`true`
        : sql`(confidence < ${after[0]} or confidence = ${after[0]} and (${neighbor}, id) > (${after[1]}, ${after[2]}::uuid))`;
    return sql`(
      select relationship.*, ${neighbor} as neighbor
      from ${versions(query.knownAt)}
      where tenant_id = ${tx.tenantId} and ${sql.ref(`${own}_agent_id`)} = ${agentId}
        and ${fits(query)} and ${isSeen} and ${isLater}
      order by confidence desc, ${neighbor}, id
      limit ${limit + 1}
    )`;
  };
  return sql`
    select ${RELATIONSHIP_COLUMNS}
    from (${page('source', 'outgoing')} union all ${page('target', 'incoming')}) as relationship
    order by relationship.confidence desc, neighbor, relationship.id
    limit ${limit + 1}
  `;
}

/**
 * How many relationships hold, of the whole tenant or as filtered.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 */
export async function countRelationships(
  tx: TenantTransaction,
  input: z.input<typeof Filter> = {},
): Promise<number> {
  const query = parseInput(Filter, input);
  const { rows } = await sql<{ count: string }>`
    select count(*) as count from ${versions(query.knownAt)}
    where tenant_id = ${tx.tenantId} and ${fits(query)} and ${concerns(query)}
  `.execute(tx);
  return Number(rows[0]?.count);
}

/** What is believed, or what was known at a moment. */
function versions(knownAt: Date | undefined): RawBuilder<unknown> {
  return knownAt === undefined
    ? sql`(
        select *, null::timestamptz as superseded_at, null::text as superseded_reason from agent_relationships
      ) as relationship`
    : sql`(
        select * from agent_relationship_versions
        where recorded_at <= ${knownAt} and (superseded_at is null or superseded_at > ${knownAt})
      ) as relationship`;
}

function holdsAt(asOf: Date | undefined): RawBuilder<unknown> {
  const moment = asOf === undefined ? sql`now()` : sql`${asOf}::timestamptz`;
  return sql`(valid_from <= ${moment} and valid_to > ${moment})`;
}

function fits({ types, minConfidence, asOf }: Filter): RawBuilder<unknown> {
  const isOfType = types === undefined ? sql`true` : sql`type = any(${types}::relationship_type[])`;
  const isSure = minConfidence === undefined ? sql`true` : sql`confidence >= ${minConfidence}::numeric`;
  return sql`${holdsAt(asOf)} and ${isOfType} and ${isSure}`;
}

function concerns({ agentId, direction }: Filter): RawBuilder<unknown> {
  if (agentId === undefined) return sql`true`;
  const isSource = sql`source_agent_id = ${agentId}`;
  const isTarget = sql`target_agent_id = ${agentId}`;
  if (direction === 'outgoing') return sql`(${isSource} or ${isTarget} and not is_directional)`;
  if (direction === 'incoming') return sql`(${isTarget} or ${isSource} and not is_directional)`;
  return sql`(${isSource} or ${isTarget})`;
}
