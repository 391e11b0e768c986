import { randomUUID } from 'node:crypto';
import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { z } from 'zod';
import { AgentRegistryError, parseInput } from '../errors.ts';
import type {} from '../tables.ts';
import { PerformanceEventInput } from './performance-event.ts';
import { RECORD_PERFORMANCE } from './queries/record-performance.ts';

const Events = z
  .array(PerformanceEventInput.transform((event) => ({ ...event, id: event.id ?? randomUUID() })))
  .max(10_000);

/**
 * Writes down how tasks went, and adds them to what `agent_performance_history` knows of their agents: each event once,
 * however often it is reported under its id, and none is lost, however many report at once. For the agents it is activity.
 *
 * What is added up are counts and exact sums; `success_rate`, `average_quality` and `average_latency_ms` are computed from
 * them by the database, so that no rounding adds up. Events that are deleted later stay counted.
 *
 * **Shape** at most 10,000 events. **Runs** one statement: a lock of the agents' profiles against deletion, an insert of
 * the events in the order of their ids, and an upsert of the histories in the order of the agents', so that two callers
 * cannot wait for each other. **Cost** linear.
 *
 * @returns how many were new.
 * @throws {AgentRegistryError} `INVALID_INPUT` with every problem; `AGENT_NOT_FOUND` if the tenant does not have one of the
 *   agents. Nothing is written.
 */
export async function recordPerformance(
  tx: TenantTransaction,
  events: readonly PerformanceEventInput[],
): Promise<{ readonly recorded: number }> {
  const given = parseInput(Events, [...events], 'these events');
  if (given.length === 0) return { recorded: 0 };
  const { recorded, missing } = await getOne(
    RECORD_PERFORMANCE(tx.tenantId, given).execute(tx),
    'count of events',
  );
  if (missing.length === 0) return { recorded };
  const unknown = new Set(missing);
  const places = given.flatMap((event, place) => (unknown.has(event.agentId) ? [place] : []));
  throw new AgentRegistryError(
    'AGENT_NOT_FOUND',
    `the tenant has no agent of the id in ${listed(places)}: register it first`,
  );
}

const MAX_LISTED = 10;

function listed(places: readonly number[]): string {
  const shown = places.slice(0, MAX_LISTED).join(', ');
  return places.length > MAX_LISTED ? `${shown} and ${places.length - MAX_LISTED} more` : shown;
}
