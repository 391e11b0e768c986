import type { SqlSession } from '@agent-agency/testing';

/** A relationship as it was believed for some time to hold for some time. Times are days after {@link DAY_0}. */
export interface Version {
  readonly source: string;
  readonly target: string;
  readonly type: 'COLLABORATES_WITH' | 'DEPENDS_ON' | 'VALIDATES';
  readonly isDirectional: boolean;
  readonly hundredths: number;
  readonly validFrom: number;
  /** Absent: for ever. */
  readonly validTo?: number;
  readonly recordedAt: number;
  /** Absent: still believed. */
  readonly supersededAt?: number;
}

const DAY_0 = Date.UTC(2020, 0, 1);
const DAY_MS = 86_400_000;

export function dayOf(day: number): Date {
  return new Date(DAY_0 + day * DAY_MS);
}

/** Registers agents and stores versions as if they had been written at their times, past the triggers that set them. */
export async function storeVersions(
  administrator: SqlSession,
  tenantId: string,
  { agentIds, versions }: { readonly agentIds: readonly string[]; readonly versions: readonly Version[] },
): Promise<void> {
  await administrator.query(
    `set session_replication_role = replica;
     set timezone = 'UTC'`,
  );
  await administrator.query(
    `insert into agent_profiles (tenant_id, id, name, model_family)
     select $1, id, 'Name of ' || id, 'test' from jsonb_array_elements_text($2::text::jsonb) as id`,
    [tenantId, JSON.stringify(agentIds)],
  );
  for (const [table, rows] of [
    ['agent_relationships', versions.filter((version) => version.supersededAt === undefined)],
    ['agent_relationship_history', versions.filter((version) => version.supersededAt !== undefined)],
  ] as const) {
    await administrator.query(INSERT_INTO[table], [tenantId, JSON.stringify(rows.map(rowOf))]);
  }
  await administrator.query('reset session_replication_role');
}

function rowOf(version: Version): Record<string, unknown> {
  return {
    source_agent_id: version.source,
    target_agent_id: version.target,
    type: version.type,
    is_directional: version.isDirectional,
    confidence: version.hundredths / 100,
    valid_from: dayOf(version.validFrom),
    valid_to: version.validTo === undefined ? 'infinity' : dayOf(version.validTo),
    recorded_at: dayOf(version.recordedAt),
    superseded_at: version.supersededAt === undefined ? null : dayOf(version.supersededAt),
  };
}

const INSERT_INTO = {
  agent_relationships: `
    insert into agent_relationships (
      tenant_id, source_agent_id, target_agent_id, type, is_directional, confidence, valid_from, valid_to, recorded_at
    )
    select $1, source_agent_id, target_agent_id, type, is_directional, confidence, valid_from, valid_to, recorded_at
    from jsonb_populate_recordset(null::agent_relationships, $2::text::jsonb)`,
  agent_relationship_history: `
    insert into agent_relationship_history (
      tenant_id, id, source_agent_id, target_agent_id, type, is_directional, confidence, strength, cooccurrence_count,
      supporting_tasks, metadata, created_at, updated_at, last_observed, valid_from, valid_to, recorded_at, superseded_at
    )
    select
      $1, gen_random_uuid(), source_agent_id, target_agent_id, type, is_directional, confidence, 1, 1,
      '{}', '{}', recorded_at, recorded_at, recorded_at, valid_from, valid_to, recorded_at, superseded_at
    from jsonb_populate_recordset(null::agent_relationship_history, $2::text::jsonb)`,
} as const;
