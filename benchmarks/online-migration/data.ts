import type { SqlSession } from '@agent-agency/testing';
import { migrateDown } from '@agent-agency/migrations';

export interface Amount {
  readonly agents: number;
  /** In each of the two tables of events. */
  readonly events: number;
}

/** Last migration of the tables that have no tenants. */
export const BEFORE_TENANTS = 5;

/** Leads a database back to before tenants and fills it. What is in a row follows from its number. */
export async function fill(session: SqlSession, { agents, events }: Amount): Promise<void> {
  await migrateDown(session, { to: BEFORE_TENANTS });
  const eventOf = `from generate_series(1, ${events}) as n`;
  const at = `timestamptz '2025-01-01' + n * interval '1 second'`;
  for (const statement of [
    `insert into agent_profiles (id, name, model_family, registered_at, last_active_at)
     select 'agent-' || n, 'Agent ' || n, 'family-' || n % 7, ${at}, ${at} from generate_series(1, ${agents}) as n`,
    `insert into agent_capabilities (agent_id, capability_type, capability_value)
     select 'agent-' || n, 'language', 'typescript' from generate_series(1, ${agents}) as n`,
    `insert into performance_events (id, event_type, timestamp, agent_id, task_id, integrity_hash, latency_metrics)
     select md5(n::text)::uuid, 'task_execution_complete', ${at}, 'agent-' || 1 + n % ${agents}, 'task-' || n,
       md5('event ' || n), jsonb_build_object('averageMs', n % 1000) ${eventOf}`,
    `insert into agent_performance_events (id, agent_id, task_id, success, quality_score, latency_ms, recorded_at)
     select md5(n::text)::uuid, 'agent-' || 1 + n % ${agents}, 'task-' || n, n % 9 > 0, n % 100 / 100.0, n % 1000, ${at}
     ${eventOf}`,
    'vacuum analyze',
    'checkpoint',
  ]) {
    await session.query(statement);
  }
}

/** Tables that {@link fill} fills, and what tells its rows from those of the load. */
export const FILLED = {
  agent_profiles: `id like 'agent-%'`,
  agent_capabilities: `agent_id like 'agent-%'`,
  performance_events: `agent_id like 'agent-%'`,
  agent_performance_events: `agent_id like 'agent-%'`,
} as const;

/** Number and sum of hashes of the rows of {@link fill}, over every column but the tenant. */
export async function fingerprint(session: SqlSession): Promise<string> {
  const prints: string[] = [];
  for (const [table, isFilled] of Object.entries(FILLED)) {
    const { rows: columns } = await session.query(
      `select string_agg(quote_ident(attname), ', ' order by attname) as list from pg_attribute
       where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped and attname <> 'tenant_id'`,
    );
    const { rows } = await session.query(
      `select concat(count(*), ' ', sum(hashtextextended(row(${String(columns[0]?.['list'])})::text, 0))) as print
       from ${table} where ${isFilled}`,
    );
    prints.push(`${table} ${String(rows[0]?.['print'])}`);
  }
  return prints.join('\n');
}
