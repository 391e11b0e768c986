import { encodeVectors } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import type { Demonstration } from '../demonstration.ts';

export interface UpsertedCapability {
  readonly id: string;
  readonly place: number;
}

/** See `demonstrateCapabilities`. In the order in which they are given. */
export const UPSERT_DEMONSTRATIONS = (
  tenantId: string,
  given: readonly Demonstration[],
): RawBuilder<UpsertedCapability> => sql`
  with given as materialized (
    select row.*, normalize_entity_name(row.name) as canonical_name
    from unnest(
      ${given.map((row) => row.agentId)}::text[],
      ${given.map((row) => row.type)}::entity_type[],
      ${given.map((row) => row.name)}::text[],
      ${given.map((row) => row.count)}::integer[],
      ${given.map((row) => row.count - (row.successes ?? row.count))}::integer[],
      ${given.map((row) => row.firstAt)}::timestamptz[],
      ${given.map((row) => row.lastAt)}::timestamptz[],
      ${given.map((row) => row.extractionConfidence)}::numeric[],
      ${given.map((row) => JSON.stringify({ topics: row.topics }))}::text[],
      ${given.map((row) => `{${[...new Set(row.sourceTasks)].join()}}`)}::text[],
      ${encodeVectors(given.map((row) => row.embedding))}::vector[]
    ) with ordinality as row (
      agent_id, type, name, count, failures, first_at, last_at, extraction_confidence, topics, tasks, embedding, ordinal
    )
  ),
  stored as (
    insert into agent_capabilities_graph as capability (
      tenant_id, agent_id, capability_type, capability_name, canonical_name, demonstration_count, failure_count,
      first_observed, last_demonstrated, extraction_confidence, confidence, metadata, source_tasks, embedding
    )
    select
      ${tenantId}, agent_id, type, name, canonical_name, count, failures,
      first_at, last_at, extraction_confidence, ${confidenceOf('count', 'failures')},
      topics::jsonb, tasks::uuid[], embedding
    from given
    on conflict (tenant_id, agent_id, canonical_name) do update
    set
      demonstration_count = capability.demonstration_count + excluded.demonstration_count,
      failure_count = capability.failure_count + excluded.failure_count,
      confidence = ${confidenceOf(
        '(capability.demonstration_count + excluded.demonstration_count)',
        '(capability.failure_count + excluded.failure_count)',
      )},
      first_observed = least(capability.first_observed, excluded.first_observed),
      last_demonstrated = greatest(capability.last_demonstrated, excluded.last_demonstrated),
      metadata = capability.metadata || excluded.metadata,
      source_tasks = capability.source_tasks || array(
        select task.id from unnest(excluded.source_tasks) as task (id) where task.id <> all (capability.source_tasks)
      ),
      embedding = coalesce(excluded.embedding, capability.embedding)
    returning capability.id, capability.agent_id, capability.canonical_name
  )
  select stored.id, given.ordinal::integer - 1 as place
  from stored
  join given using (agent_id, canonical_name)
`;

/** The formula, of SQL expressions: what is counted, and not what was rounded. */
export function confidenceOf(count: string, failures: string): RawBuilder<string> {
  return sql.raw(`round(0.70 + 0.30 * (${count} - ${failures}) / (${count} + 4.0), 2)`);
}
