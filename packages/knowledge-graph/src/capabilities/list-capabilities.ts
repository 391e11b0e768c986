import type { TenantTransaction } from '@agent-agency/db-core';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { AgentId, Text } from '../column-values.ts';
import { parseInput } from '../errors.ts';
import { decodePage, encodePage, PageSize } from '../page.ts';
import {
  CAPABILITY_COLUMNS,
  CapabilityType,
  toCapability,
  ValidationStatus,
  type Capability,
  type CapabilityRow,
} from './capability.ts';
import { CapabilityName } from './capability-name.ts';

/** Which capabilities to list; what is left out is not asked for. */
export const CapabilityPage = z.strictObject({
  agentId: AgentId.optional(),
  /** In any spelling of one canonical form; of every agent, if none is named. Aliases do not count. */
  name: CapabilityName.optional(),
  type: CapabilityType.optional(),
  validationStatus: ValidationStatus.optional(),
  /** 0–1. */
  minConfidence: z.number().min(0).max(1).optional(),
  limit: PageSize,
  /** `next` of the page before. */
  after: z.string().optional(),
});
export type CapabilityPage = z.input<typeof CapabilityPage>;

/** Agent and canonical name. */
const Place = z.tuple([Text, Text]);

/**
 * A page of the tenant's capabilities, by agent and canonical name: keys that do not change, so that whoever follows the
 * pages sees each capability once, whatever is demonstrated meanwhile.
 *
 * **Runs** over `unique_agent_capability`; with a name and no agent over `idx_capabilities_canonical`. Type, status and
 * confidence are looked at row by row. **Cost** the rows that are looked at.
 *
 * @returns `next` to be handed in as `after` for the next page; undefined on the last one.
 * @throws {GraphError} `INVALID_INPUT` with every problem.
 */
export async function listCapabilities(
  tx: TenantTransaction,
  page: CapabilityPage = {},
): Promise<{ readonly capabilities: Capability[]; readonly next: string | undefined }> {
  const { name, limit, after, ...filters } = parseInput(CapabilityPage, page);
  const place = decodePage(Place, after);
  // Beside row level security a condition that calls a function of ours would not use the index: it comes as a value.
  const canonicalName = name === undefined ? undefined : await canonicalNameOf(tx, name);
  const { rows } = await sql<CapabilityRow>`
    select ${CAPABILITY_COLUMNS}
    from agent_capabilities_graph as capability
    where ${sql.join([...conditionsOf(tx.tenantId, { ...filters, canonicalName, place })], sql` and `)}
    order by capability.agent_id, capability.canonical_name
    limit ${limit + 1}
  `.execute(tx);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    capabilities: rows.slice(0, limit).map(toCapability),
    next: last && encodePage([last.agent_id, last.canonical_name]),
  };
}

interface Filters extends Omit<z.output<typeof CapabilityPage>, 'limit' | 'name' | 'after'> {
  readonly canonicalName: string | undefined;
  readonly place: z.output<typeof Place> | undefined;
}

function* conditionsOf(tenantId: string, filters: Filters): Generator<RawBuilder<unknown>> {
  const { agentId, canonicalName, type, validationStatus, minConfidence, place } = filters;
  yield sql`capability.tenant_id = ${tenantId}`;
  if (agentId !== undefined) yield sql`capability.agent_id = ${agentId}`;
  if (canonicalName !== undefined) yield sql`capability.canonical_name = ${canonicalName}`;
  if (type !== undefined) yield sql`capability.capability_type = ${type}::entity_type`;
  if (validationStatus !== undefined) yield sql`capability.validation_status = ${validationStatus}`;
  if (minConfidence !== undefined) yield sql`capability.confidence >= ${minConfidence}::numeric`;
  if (place !== undefined)
    yield sql`(capability.agent_id, capability.canonical_name) > (${place[0]}::text, ${place[1]}::text)`;
}

async function canonicalNameOf(tx: TenantTransaction, name: string): Promise<string> {
  const { rows } = await sql<{ name: string }>`select normalize_entity_name(${name}) as name`.execute(tx);
  return rows[0]?.name ?? '';
}
