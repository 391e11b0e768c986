import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from './errors.ts';
import type { EntityType } from './generated/tables.ts';
import type {} from './tables.ts';

export const EMBEDDING_DIMENSIONS = 768;

const Hundredths = z.number().refine((value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-9, {
  message: 'must have at most two decimals: the column would round it',
});

/** That an agent showed a capability, some number of times. */
export const Demonstration = z.strictObject({
  agentId: z.string().min(1).max(255),
  type: z.enum(['CAPABILITY', 'AGENT', 'TASK', 'VERDICT', 'TECHNOLOGY', 'CONCEPT', 'WAIVER', 'GATE']),
  name: z.string().max(500).regex(/\S/, 'must not be blank'),
  count: z.int().min(1),
  firstAt: z.date(),
  lastAt: z.date(),
  /** How sure the extraction was, 0–1, at most two decimals. */
  extractionConfidence: Hundredths.min(0).max(1),
  /** Words that go with the capability; replaces the stored ones. */
  topics: z.array(z.string().max(100)).max(100),
  /** **Shape** [768], finite, not all zero. Replaces the stored one. */
  embedding: z
    .instanceof(Float32Array)
    .refine((vector) => vector.length === EMBEDDING_DIMENSIONS, `must have ${EMBEDDING_DIMENSIONS} dimensions`)
    .refine((vector) => vector.every(Number.isFinite), 'must be finite')
    .refine((vector) => vector.some((value) => value !== 0), 'must not be all zero'),
});
export type Demonstration = z.infer<typeof Demonstration>;

const Demonstrations = z.array(Demonstration);

/** A capability's key within its tenant. */
export interface CapabilityKey {
  readonly agentId: string;
  readonly canonicalName: string;
}

export interface StoredCapability extends CapabilityKey {
  readonly id: string;
}

/**
 * Adds demonstrations to capabilities, which come into being with their first one.
 *
 * Counts add up, the time span widens, and confidence is 0.70 + 0.30 · n / (n + 4) for n demonstrations: the floor of
 * the column for something seen hardly ever, 0.85 after four times, 1.00 never quite.
 *
 * **Shape** no (agent, canonical name) twice. **Runs** one upsert from `unnest`. **Cost** linear.
 *
 * @returns the capabilities in no particular order; match them by key.
 * @throws {GraphError} `INVALID_INPUT` with every problem; nothing is written.
 * @throws {DatabaseError} `FOREIGN_KEY_VIOLATION` when an agent is not registered.
 */
export async function demonstrateCapabilities(
  tx: TenantTransaction,
  input: readonly Demonstration[],
): Promise<StoredCapability[]> {
  const given = parseInput(Demonstrations, [...input]);
  if (given.length === 0) return [];
  const { rows } = await sql<{ id: string; agent_id: string; canonical_name: string }>`
    insert into agent_capabilities_graph as capability (
      tenant_id, agent_id, capability_type, capability_name, canonical_name, demonstration_count,
      first_observed, last_demonstrated, extraction_confidence, confidence, metadata, embedding
    )
    select
      ${tx.tenantId}, agent_id, type::entity_type, name, normalize_entity_name(name), count,
      first_at, last_at, extraction_confidence, ${confidenceOf('given.count')},
      jsonb_build_object('topics', topics::jsonb), embedding::vector
    from unnest(
      ${given.map((row) => row.agentId)}::text[],
      ${given.map((row) => row.type)}::text[],
      ${given.map((row) => row.name)}::text[],
      ${given.map((row) => row.count)}::integer[],
      ${given.map((row) => row.firstAt)}::timestamptz[],
      ${given.map((row) => row.lastAt)}::timestamptz[],
      ${given.map((row) => row.extractionConfidence)}::numeric[],
      ${given.map((row) => JSON.stringify(row.topics))}::text[],
      ${given.map((row) => `[${row.embedding.join(',')}]`)}::text[]
    ) as given (agent_id, type, name, count, first_at, last_at, extraction_confidence, topics, embedding)
    on conflict (tenant_id, agent_id, canonical_name) do update
    set
      demonstration_count = capability.demonstration_count + excluded.demonstration_count,
      confidence = ${confidenceOf('capability.demonstration_count + excluded.demonstration_count')},
      first_observed = least(capability.first_observed, excluded.first_observed),
      last_demonstrated = greatest(capability.last_demonstrated, excluded.last_demonstrated),
      metadata = capability.metadata || excluded.metadata,
      embedding = excluded.embedding
    returning capability.id, capability.agent_id, capability.canonical_name
  `.execute(tx);
  return rows.map((row) => ({ id: row.id, agentId: row.agent_id, canonicalName: row.canonical_name }));
}

function confidenceOf(count: 'given.count' | 'capability.demonstration_count + excluded.demonstration_count') {
  const n = sql.raw<number>(`(${count})`);
  return sql`round(0.70 + 0.30 * ${n} / (${n} + 4.0), 2)`;
}

/** Topics of capabilities that are there already; those that are not are left out. */
export async function listTopics(
  tx: TenantTransaction,
  keys: readonly CapabilityKey[],
): Promise<(CapabilityKey & { topics: string[] })[]> {
  const { rows } = await sql<{ agent_id: string; canonical_name: string; topics: string[] }>`
    select capability.agent_id, capability.canonical_name, coalesce(capability.metadata -> 'topics', '[]') as topics
    from unnest(
      ${keys.map((key) => key.agentId)}::text[], ${keys.map((key) => key.canonicalName)}::text[]
    ) as key (agent_id, canonical_name)
    join agent_capabilities_graph as capability
      on capability.tenant_id = ${tx.tenantId}
      and capability.agent_id = key.agent_id
      and capability.canonical_name = key.canonical_name
  `.execute(tx);
  return rows.map((row) => ({ agentId: row.agent_id, canonicalName: row.canonical_name, topics: row.topics }));
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
