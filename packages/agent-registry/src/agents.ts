import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentRegistryError } from './errors.ts';
import type {} from './tables.ts';

/** An agent to store. Names are unique in a tenant; a second agent of the same name gets a suffix from its id. */
export const AgentInput = z.strictObject({
  id: z.string().min(1).max(255),
  name: z.string().min(1).max(246),
  /** Family of the model behind it; `human` for people. */
  modelFamily: z.string().min(1).max(50),
  lastActiveAt: z.date(),
});
export type AgentInput = z.infer<typeof AgentInput>;

export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly modelFamily: string;
  readonly lastActiveAt: Date;
}

/**
 * Stores agents that are new, and moves `lastActiveAt` of known ones forward. Returns how many were new.
 *
 * **Shape** no id twice. **Runs** one insert from `unnest`. **Cost** linear.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem; nothing is written.
 */
export async function putAgents(tx: TenantTransaction, agents: readonly AgentInput[]): Promise<{ created: number }> {
  assertAgents(agents);
  if (agents.length === 0) return { created: 0 };
  const { rows } = await sql<{ is_new: boolean }>`
    with given as (
      select id, name, model_family, last_active_at, ordinal
      from unnest(
        ${agents.map((agent) => agent.id)}::text[],
        ${agents.map((agent) => agent.name)}::text[],
        ${agents.map((agent) => agent.modelFamily)}::text[],
        ${agents.map((agent) => agent.lastActiveAt)}::timestamptz[]
      ) with ordinality as given (id, name, model_family, last_active_at, ordinal)
    ),
    named as (
      select
        given.*,
        known.id is not null as is_known,
        row_number() over (partition by given.name, known.id is null order by given.ordinal) > 1
          or exists (
            select from agent_profiles as other
            where other.tenant_id = ${tx.tenantId} and other.name = given.name and other.id <> given.id
          ) as is_taken
      from given
      left join agent_profiles as known on known.tenant_id = ${tx.tenantId} and known.id = given.id
    )
    insert into agent_profiles as agent (tenant_id, id, name, model_family, registered_at, last_active_at)
    select
      ${tx.tenantId},
      id,
      case when is_taken then format('%s (%s)', name, right(id, 6)) else name end,
      model_family,
      now(),
      last_active_at
    from named
    on conflict (tenant_id, id) do update
    set last_active_at = excluded.last_active_at
    where agent.last_active_at < excluded.last_active_at
    returning agent.xmax = 0 as is_new
  `.execute(tx);
  return { created: rows.filter((row) => row.is_new).length };
}

/**
 * The agent with this id or, failing that, this name in any case.
 *
 * @throws {AgentRegistryError} `AGENT_NOT_FOUND` or `AGENT_AMBIGUOUS`.
 */
export async function getAgent(tx: TenantTransaction, idOrName: string): Promise<Agent> {
  const found = await tx
    .selectFrom('agent_profiles')
    .select(['id', 'name', 'model_family', 'last_active_at'])
    .where('tenant_id', '=', tx.tenantId)
    .where((where) => where.or([where('id', '=', idOrName), where(sql`lower(name)`, '=', idOrName.toLowerCase())]))
    .limit(50)
    .execute();
  const exact = found.find((row) => row.id === idOrName) ?? found.find((row) => row.name === idOrName);
  const row = exact ?? found[0];
  if (row === undefined) {
    throw new AgentRegistryError('AGENT_NOT_FOUND', 'the tenant has no agent of that id or name: list or search first');
  }
  if (exact === undefined && found.length > 1) {
    throw new AgentRegistryError('AGENT_AMBIGUOUS', `${found.length} agents have that name: use an id`);
  }
  return { id: row.id, name: row.name, modelFamily: row.model_family, lastActiveAt: row.last_active_at };
}

/** How many agents the tenant has. */
export async function countAgents(tx: TenantTransaction): Promise<number> {
  const row = await tx
    .selectFrom('agent_profiles')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('tenant_id', '=', tx.tenantId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

const Agents = z.array(AgentInput);

function assertAgents(agents: readonly AgentInput[]): void {
  const parsed = Agents.safeParse(agents);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  if (new Set(agents.map((agent) => agent.id)).size < agents.length) problems.push('an id occurs twice');
  if (problems.length > 0) {
    throw new AgentRegistryError('INVALID_INPUT', `these agents cannot be stored: ${problems.join('; ')}`);
  }
}
