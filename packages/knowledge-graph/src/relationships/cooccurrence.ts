import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { AgentId, Instant, refuseRepetitions } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { decodePage, encodePage, PageSize } from '../page.ts';
import type {} from '../tables.ts';

/** That an agent was seen in a context: a file within a time window, a task, a meeting. */
export const Cooccurrence = z.strictObject({
  contextId: z.uuid(),
  agentId: AgentId,
  observedAt: Instant,
});
export type Cooccurrence = z.infer<typeof Cooccurrence>;

// A UUID is the same in either case.
const Cooccurrences = z
  .array(Cooccurrence)
  .superRefine(refuseRepetitions(({ contextId, agentId }) => [contextId.toLowerCase(), agentId]));

/**
 * Notes who was seen where; the same again only moves the time forward.
 *
 * **Shape** no (context, agent) twice. **Runs** one insert from `unnest`, in the order of the keys. **Cost** linear.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem; nothing is written.
 * @throws {DatabaseError} `FOREIGN_KEY_VIOLATION` when an agent is not registered.
 */
export async function observeCooccurrences(
  tx: TenantTransaction,
  input: readonly Cooccurrence[],
): Promise<void> {
  const given = parseInput(Cooccurrences, [...input]);
  if (given.length === 0) return;
  await sql`
    insert into agent_cooccurrences as seen (tenant_id, context_id, agent_id, observed_at)
    select ${tx.tenantId}, context_id, agent_id, observed_at
    from unnest(
      ${given.map((row) => row.contextId)}::uuid[],
      ${given.map((row) => row.agentId)}::text[],
      ${given.map((row) => row.observedAt)}::timestamptz[]
    ) as given (context_id, agent_id, observed_at)
    order by context_id, agent_id
    on conflict (tenant_id, context_id, agent_id) do update
    set observed_at = excluded.observed_at
    where seen.observed_at < excluded.observed_at
  `.execute(tx);
}

/** Of which agent, or in which context. */
export const CooccurrenceQuery = z.strictObject({
  agentId: AgentId.optional(),
  contextId: z.uuid().optional(),
  limit: PageSize,
  /** `next` of the page before. */
  after: z.string().optional(),
});
export type CooccurrenceQuery = z.input<typeof CooccurrenceQuery>;

const END = z.tuple([z.uuid(), AgentId]);

/**
 * A page of who was seen where, by context and agent.
 *
 * **Runs** over the primary key, or `idx_cooccurrences_agent`. **Cost** the page.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 */
export async function listCooccurrences(
  tx: TenantTransaction,
  input: CooccurrenceQuery = {},
): Promise<{ readonly cooccurrences: Cooccurrence[]; readonly next?: string }> {
  const { agentId, contextId, limit, after } = parseInput(CooccurrenceQuery, input);
  const end = decodePage(END, after);
  const { rows } = await sql<{ context_id: string; agent_id: string; observed_at: Date }>`
    select context_id, agent_id, observed_at
    from agent_cooccurrences
    where tenant_id = ${tx.tenantId}
      and ${agentId === undefined ? sql`true` : sql`agent_id = ${agentId}`}
      and ${contextId === undefined ? sql`true` : sql`context_id = ${contextId}`}
      and ${end === undefined ? sql`true` : sql`(context_id, agent_id) > (${end[0]}::uuid, ${end[1]})`}
    order by context_id, agent_id
    limit ${limit + 1}
  `.execute(tx);
  const cooccurrences = rows.slice(0, limit).map((row) => ({
    ...{ contextId: row.context_id, agentId: row.agent_id, observedAt: row.observed_at },
  }));
  const last = rows.length > limit ? cooccurrences.at(-1) : undefined;
  return { cooccurrences, ...(last && { next: encodePage([last.contextId, last.agentId]) }) };
}

/** An agent that was seen together with another one. */
export interface CooccurringAgent {
  readonly agentId: string;
  /** Contexts that they share. */
  readonly contexts: number;
  readonly lastObserved: Date;
}

const CooccurringAgentsQuery = z.strictObject({ agentId: AgentId, limit: PageSize });

/**
 * Who was seen together with an agent, those with the most shared contexts first.
 *
 * **Runs** over `idx_cooccurrences_agent`, then the primary key for each context. **Cost** the agent's contexts and who else
 * is in them.
 *
 * @throws {GraphError} `INVALID_INPUT`.
 */
export async function listCooccurringAgents(
  tx: TenantTransaction,
  input: z.input<typeof CooccurringAgentsQuery>,
): Promise<CooccurringAgent[]> {
  const { agentId, limit } = parseInput(CooccurringAgentsQuery, input);
  const { rows } = await sql<{ agent_id: string; contexts: number; last_observed: Date }>`
    select other.agent_id, count(*)::integer as contexts, max(greatest(own.observed_at, other.observed_at)) as last_observed
    from agent_cooccurrences as own
    cross join lateral (
      select agent_id, observed_at
      from agent_cooccurrences as seen
      where seen.tenant_id = ${tx.tenantId} and seen.context_id = own.context_id and seen.agent_id <> own.agent_id
      offset 0
    ) as other
    where own.tenant_id = ${tx.tenantId} and own.agent_id = ${agentId}
    group by other.agent_id
    order by contexts desc, other.agent_id
    limit ${limit}
  `.execute(tx);
  return rows.map((row) => ({
    ...{ agentId: row.agent_id, contexts: row.contexts, lastObserved: row.last_observed },
  }));
}
