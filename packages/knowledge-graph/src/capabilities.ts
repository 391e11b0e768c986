import { encodeVectors, isDataLayerError, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { canonicalName } from './canonical-name.ts';
import { AgentId, Hundredths, Instant, MAX_INTEGER, refuseRepetitions, Text } from './column-values.ts';
import { GraphError, parseInput } from './errors.ts';
import type { EntityType } from './generated/tables.ts';
import type {} from './tables.ts';

export const EMBEDDING_DIMENSIONS = 768;
const MAX_NAME_LENGTH = 500;

/** That an agent showed a capability, some number of times. */
export const Demonstration = z
  .strictObject({
    agentId: AgentId,
    type: z.enum(['CAPABILITY', 'AGENT', 'TASK', 'VERDICT', 'TECHNOLOGY', 'CONCEPT', 'WAIVER', 'GATE']),
    name: Text.max(MAX_NAME_LENGTH)
      .refine((name) => canonicalName(name) !== '', 'must not be blank')
      // NFKC makes up to 18 letters of one.
      .refine((name) => canonicalName(name).length <= MAX_NAME_LENGTH, 'is too long in canonical form'),
    count: z.int().min(1).max(MAX_INTEGER),
    firstAt: Instant,
    lastAt: Instant,
    /** How sure the extraction was, 0–1, at most two decimals. */
    extractionConfidence: Hundredths,
    /** Words that go with the capability; replaces the stored ones. */
    topics: z.array(Text.max(100)).max(100),
    /** **Shape** [768], finite, not all zero. Replaces the stored one. */
    embedding: z
      .custom<Float32Array>((value) => value instanceof Float32Array, 'must be a Float32Array')
      .refine(
        (vector) => vector.length === EMBEDDING_DIMENSIONS,
        `must have ${EMBEDDING_DIMENSIONS} dimensions`,
      )
      .refine((vector) => vector.every(Number.isFinite), 'must be finite')
      .refine((vector) => vector.some((value) => value !== 0), 'must not be all zero'),
  })
  .refine(({ firstAt, lastAt }) => firstAt <= lastAt, {
    path: ['lastAt'],
    message: 'must not be before firstAt',
  });
export type Demonstration = z.infer<typeof Demonstration>;

const Demonstrations = z
  .array(Demonstration)
  .superRefine(refuseRepetitions(({ agentId, name }) => [agentId, canonicalName(name)]));

/** A capability's key within its tenant. */
export interface CapabilityKey {
  readonly agentId: string;
  /** As `canonicalName()` computes it. */
  readonly canonicalName: string;
}

export interface StoredCapability extends CapabilityKey {
  readonly id: string;
}

/**
 * Adds demonstrations to capabilities, which come into being with their first one.
 *
 * Counts add up, the time span widens, and confidence is 0.70 + 0.30 · n / (n + 4) for n demonstrations, rounded to
 * two decimals: near the floor of the column for something seen hardly ever, 0.85 after four times, 1.00 from 236 on.
 * Type, name as it was first given, and extraction confidence stay those of the first.
 *
 * **Shape** no (agent, canonical name) twice. **Runs** one upsert from `unnest`, in the order of the keys, so that two
 * callers do not wait for each other. **Cost** linear.
 *
 * @returns one capability for each demonstration, in no particular order; match them by key.
 * @throws {GraphError} `INVALID_INPUT` with every problem; nothing is written.
 * @throws {DatabaseError} `FOREIGN_KEY_VIOLATION` when an agent is not registered.
 */
export async function demonstrateCapabilities(
  tx: TenantTransaction,
  input: readonly Demonstration[],
): Promise<StoredCapability[]> {
  const given = parseInput(Demonstrations, [...input]);
  if (given.length === 0) return [];
  const stored = await upsertDemonstrations(tx, given).catch(explainRepetition);
  return given.flatMap(({ agentId, name }, place) => {
    const id = stored.get(place);
    return id === undefined ? [] : [{ id, agentId, canonicalName: canonicalName(name) }];
  });
}

/** Ids of the capabilities, by the place of their demonstration. */
async function upsertDemonstrations(
  tx: TenantTransaction,
  given: readonly Demonstration[],
): Promise<Map<number, string>> {
  const { rows } = await sql<{ id: string; place: number }>`
    with given as materialized (
      select row.*, normalize_entity_name(row.name) as canonical_name
      from unnest(
        ${given.map((row) => row.agentId)}::text[],
        ${given.map((row) => row.type)}::text[],
        ${given.map((row) => row.name)}::text[],
        ${given.map((row) => row.count)}::integer[],
        ${given.map((row) => row.firstAt)}::timestamptz[],
        ${given.map((row) => row.lastAt)}::timestamptz[],
        ${given.map((row) => row.extractionConfidence)}::numeric[],
        ${given.map((row) => JSON.stringify(row.topics))}::text[],
        ${encodeVectors(given.map((row) => row.embedding))}::vector[]
      ) with ordinality as row (
        agent_id, type, name, count, first_at, last_at, extraction_confidence, topics, embedding, ordinal
      )
    ),
    stored as (
      insert into agent_capabilities_graph as capability (
        tenant_id, agent_id, capability_type, capability_name, canonical_name, demonstration_count,
        first_observed, last_demonstrated, extraction_confidence, confidence, metadata, embedding
      )
      select
        ${tx.tenantId}, agent_id, type::entity_type, name, canonical_name, count,
        first_at, last_at, extraction_confidence, ${confidenceOf('given.count')},
        jsonb_build_object('topics', topics::jsonb), embedding
      from given
      order by agent_id, canonical_name
      on conflict (tenant_id, agent_id, canonical_name) do update
      set
        demonstration_count = capability.demonstration_count + excluded.demonstration_count,
        confidence = ${confidenceOf('capability.demonstration_count + excluded.demonstration_count')},
        first_observed = least(capability.first_observed, excluded.first_observed),
        last_demonstrated = greatest(capability.last_demonstrated, excluded.last_demonstrated),
        metadata = capability.metadata || excluded.metadata,
        embedding = excluded.embedding
      returning capability.id, capability.agent_id, capability.canonical_name
    )
    select stored.id, given.ordinal::integer - 1 as place
    from stored
    join given using (agent_id, canonical_name)
  `.execute(tx);
  return new Map(rows.map((row) => [row.place, row.id]));
}

function confidenceOf(
  count: 'given.count' | 'capability.demonstration_count + excluded.demonstration_count',
) {
  const n = sql.raw<number>(`(${count})`);
  return sql`round(0.70 + 0.30 * ${n} / (${n} + 4.0), 2)`;
}

/** SQLSTATE 21000: the database's own canonical form, the authority, makes two names one that differ for us. */
function explainRepetition(error: unknown): never {
  if (!isDataLayerError(error) || error.details['sqlState'] !== '21000') throw error;
  throw new GraphError('INVALID_INPUT', 'the input is wrong: two names have one canonical form: merge them', {
    cause: error,
  });
}

const CapabilityKeys = z.array(z.object({ agentId: Text, canonicalName: Text }));

/**
 * Topics of capabilities that are there already; those that are not are left out.
 *
 * **Runs** one index lookup for each key. **Cost** linear.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem.
 */
export async function listTopics(
  tx: TenantTransaction,
  keys: readonly CapabilityKey[],
): Promise<(CapabilityKey & { topics: string[] })[]> {
  const given = parseInput(CapabilityKeys, [...keys]);
  if (given.length === 0) return [];
  // Materialized: beside row level security, a condition that calls a function of ours would not use the index.
  const { rows } = await sql<{ agent_id: string; canonical_name: string; topics: string[] }>`
    with key as materialized (
      select distinct agent_id, given_name, normalize_entity_name(given_name) as canonical_name
      from unnest(
        ${given.map((key) => key.agentId)}::text[], ${given.map((key) => key.canonicalName)}::text[]
      ) as given (agent_id, given_name)
    )
    select key.agent_id, key.given_name as canonical_name, coalesce(capability.metadata -> 'topics', '[]') as topics
    from key
    join agent_capabilities_graph as capability
      on capability.tenant_id = ${tx.tenantId}
      and capability.agent_id = key.agent_id
      and capability.canonical_name = key.canonical_name
  `.execute(tx);
  return rows.map((row) => ({
    agentId: row.agent_id,
    canonicalName: row.canonical_name,
    topics: row.topics,
  }));
}

/** How many capabilities the tenant has, by type. */
export async function countCapabilities(tx: TenantTransaction): Promise<Partial<Record<EntityType, number>>> {
  const rows = await tx
    .selectFrom('agent_capabilities_graph')
    .select((select) => ['capability_type', select.fn.countAll<string>().as('count')])
    .where('tenant_id', '=', tx.tenantId)
    .groupBy('capability_type')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.capability_type, Number(row.count)]));
}
