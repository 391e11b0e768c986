import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentRegistryError } from './errors.ts';
import { assignNames, candidateNames } from './names.ts';
import type {} from './tables.ts';

/** What PostgreSQL refuses (NUL) or would change (half of a surrogate pair). */
const UNSTORABLE = /[\0\p{Cs}]/u;

const Text = z
  .string()
  .min(1)
  .refine((text) => !UNSTORABLE.test(text), 'must not contain NUL or unpaired surrogates');

/** PostgreSQL's calendar begins in 4714 BC, JavaScript's earlier. */
const EARLIEST = new Date('-004712-01-01T00:00:00Z');

/** An agent to store. Names are unique in a tenant; a second agent of the same name gets a suffix from its id. */
export const AgentInput = z.strictObject({
  id: Text.max(255),
  name: Text.max(246),
  /** Family of the model behind it; `human` for people. */
  modelFamily: Text.max(50),
  lastActiveAt: z.date().min(EARLIEST),
});
export type AgentInput = z.infer<typeof AgentInput>;

export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly modelFamily: string;
  readonly lastActiveAt: Date;
}

/**
 * Stores agents that are new, and moves `lastActiveAt` of known ones forward; their name and model family stay.
 * Returns how many were new.
 *
 * **Shape** no id twice. **Runs** a lookup, an insert from `unnest` and, if there are new agents, between them a lock
 * on the giving of names in the tenant, which ends with the transaction. **Cost** linear.
 *
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem; nothing is written.
 */
export async function putAgents(
  tx: TenantTransaction,
  agents: readonly AgentInput[],
): Promise<{ created: number }> {
  const given = parseAgents(agents);
  if (given.length === 0) return { created: 0 };
  const names = await nameNewAgents(tx, given);
  // In the order of the ids, so that two callers cannot wait for each other's rows.
  const { rows } = await sql<{ is_new: boolean }>`
    insert into agent_profiles as agent (tenant_id, id, name, model_family, registered_at, last_active_at)
    select ${tx.tenantId}, id, name, model_family, now(), last_active_at
    from unnest(
      ${given.map((agent) => agent.id)}::text[],
      ${given.map((agent) => names.get(agent.id) ?? agent.name)}::text[],
      ${given.map((agent) => agent.modelFamily)}::text[],
      ${given.map((agent) => agent.lastActiveAt)}::timestamptz[]
    ) as given (id, name, model_family, last_active_at)
    order by id
    on conflict (tenant_id, id) do update
    set last_active_at = excluded.last_active_at
    where agent.last_active_at < excluded.last_active_at
    returning agent.xmax = 0 as is_new
  `.execute(tx);
  return { created: rows.filter((row) => row.is_new).length };
}

/** Names for the agents that are not stored yet, by id. */
async function nameNewAgents(
  tx: TenantTransaction,
  given: readonly AgentInput[],
): Promise<Map<string, string>> {
  const ids = given.map((agent) => agent.id);
  const known = await sql<{ id: string }>`
    select id from agent_profiles where tenant_id = ${tx.tenantId} and id = any(${ids}::text[])
  `.execute(tx);
  const knownIds = new Set(known.rows.map((row) => row.id));
  const fresh = given.filter((agent) => !knownIds.has(agent.id));
  if (fresh.length === 0) return new Map();
  // Before the names are looked up: a caller that gives one at the same moment would not be seen.
  const lock = `agent-registry/names/${tx.tenantId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(tx);
  const taken = await sql<{ name: string }>`
    select name
    from agent_profiles
    where tenant_id = ${tx.tenantId} and name = any(${fresh.flatMap(candidateNames)}::text[])
  `.execute(tx);
  return assignNames(fresh, new Set(taken.rows.map((row) => row.name)));
}

/**
 * The agent with this id or, failing that, this name or, failing that, this name in any case.
 *
 * **Runs** an index lookup; then, for a name in another case, a scan of the tenant's agents.
 *
 * @throws {AgentRegistryError} `AGENT_NOT_FOUND` or `AGENT_AMBIGUOUS`.
 */
export async function getAgent(tx: TenantTransaction, idOrName: string): Promise<Agent> {
  // Text that cannot be stored is no agent's; sent as a parameter it would be an error, or turn into other text.
  const found = UNSTORABLE.test(idOrName) ? [] : await findAgents(tx, idOrName);
  const [agent] = found;
  if (agent === undefined) {
    throw new AgentRegistryError(
      'AGENT_NOT_FOUND',
      'the tenant has no agent of that id or name: list or search first',
    );
  }
  if (found.length > 1) {
    throw new AgentRegistryError('AGENT_AMBIGUOUS', `${found.length} agents have that name: use an id`);
  }
  return agent;
}

async function findAgents(tx: TenantTransaction, idOrName: string): Promise<Agent[]> {
  const agents = tx
    .selectFrom('agent_profiles')
    .select(['id', 'name', 'model_family as modelFamily', 'last_active_at as lastActiveAt'])
    .where('tenant_id', '=', tx.tenantId);
  const exact = await agents
    .where((where) => where.or([where('id', '=', idOrName), where('name', '=', idOrName)]))
    .execute();
  // At most two: one agent's id may be another's name.
  if (exact.length > 1) return exact.filter((agent) => agent.id === idOrName);
  if (exact.length === 1) return exact;
  // Both sides in the database: JavaScript has other rules for letters such as İ and Σ.
  return agents.where(sql<boolean>`lower(name) = lower(${idOrName})`).execute();
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

const Agents = z.array(AgentInput).superRefine((agents, context) => {
  const places = new Map<string, number>();
  for (const [place, { id }] of agents.entries()) {
    const first = places.get(id);
    if (first === undefined) places.set(id, place);
    else context.addIssue({ code: 'custom', path: [place, 'id'], message: `is the id of ${first} as well` });
  }
});

function parseAgents(agents: readonly AgentInput[]): AgentInput[] {
  const parsed = Agents.safeParse(agents);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  throw new AgentRegistryError('INVALID_INPUT', `these agents cannot be stored: ${problems.join('; ')}`);
}
