import { isDataLayerError, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { GraphError, parseInput } from '../errors.ts';
import type { Capability } from './capability.ts';
import { CapabilityId, capabilityNotFound, getCapability } from './find-capabilities.ts';
import { lockNames } from './names.ts';
import { ABSORB_SOURCES, MOVE_EVIDENCE } from './queries/merge-capabilities.ts';

/** Capabilities of one agent that are one. */
export const CapabilityMerge = z
  .strictObject({
    targetId: CapabilityId.toLowerCase(),
    sourceIds: z.array(CapabilityId.toLowerCase()).min(1).max(100),
  })
  .superRefine(({ targetId, sourceIds }, context) => {
    for (const [place, id] of sourceIds.entries()) {
      const problem =
        id === targetId
          ? 'is the target'
          : sourceIds.indexOf(id) < place && `repeats ${sourceIds.indexOf(id)}`;
      if (problem) context.addIssue({ code: 'custom', path: ['sourceIds', place], message: problem });
    }
  });
export type CapabilityMerge = z.input<typeof CapabilityMerge>;

export interface MergedCapability {
  readonly capability: Capability;
  /** Pieces of evidence that came over; what the target had already is not stored twice. */
  readonly evidenceMoved: number;
}

/**
 * Makes one capability of several: the target takes what the sources have, each thing once, and the sources go.
 *
 * Demonstrations and failures add up, and success rate and confidence follow from the sums; the time span widens; names
 * and aliases become aliases, so that later demonstrations under them count for the target; source tasks, topics and
 * metadata join, where the target's own come first; an embedding is taken only where the target has none, of the source
 * that was demonstrated most. Evidence moves. Type, name, extraction confidence and validation stay the target's.
 * `metadata.mergedFrom` keeps what each source was: id, name, counts, span, and when it was merged.
 *
 * Cached similarities of the sources go with them. Ids of the sources are not found any more.
 *
 * **Runs** a lock that waits for running demonstrations of the tenant, and holds later ones up until the transaction ends;
 * then five statements. **Cost** linear in the evidence of all of them.
 * @throws {GraphError} `INVALID_INPUT` with every problem; `CAPABILITY_NOT_FOUND`, also for one that somebody else merged a
 *   moment before; `MERGE_ACROSS_AGENTS`. Nothing is written.
 */
export async function mergeCapabilities(
  tx: TenantTransaction,
  merge: CapabilityMerge,
): Promise<MergedCapability> {
  const { targetId, sourceIds } = parseInput(CapabilityMerge, merge);
  await lockNames(tx, 'alone');
  await lockCapabilities(tx, [targetId, ...sourceIds]);
  await ABSORB_SOURCES(tx.tenantId, targetId, sourceIds).execute(tx).catch(explainOverflow);
  const moved = await MOVE_EVIDENCE(tx.tenantId, targetId, sourceIds).execute(tx);
  await sql`
    delete from agent_capabilities_graph where tenant_id = ${tx.tenantId} and id = any(${sourceIds}::uuid[])
  `.execute(tx);
  return { capability: await getCapability(tx, targetId), evidenceMoved: moved.rows.length };
}

async function lockCapabilities(tx: TenantTransaction, ids: readonly string[]): Promise<void> {
  const { rows } = await sql<{ id: string; agent_id: string }>`
    select id, agent_id
    from agent_capabilities_graph
    where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[])
    order by agent_id collate "C", canonical_name collate "C"
    for update
  `.execute(tx);
  const found = new Set(rows.map((row) => row.id));
  const missing = ids.flatMap((id, place) =>
    found.has(id) ? [] : [place === 0 ? 'targetId' : `sourceIds.${place - 1}`],
  );
  if (missing.length > 0) throw capabilityNotFound(` (${missing.join(', ')})`);
  if (new Set(rows.map((row) => row.agent_id)).size > 1) {
    throw new GraphError(
      'MERGE_ACROSS_AGENTS',
      'the capabilities are of several agents: each agent has its own',
    );
  }
}

function explainOverflow(error: unknown): never {
  if (!isDataLayerError(error) || error.details['sqlState'] !== '22003') throw error;
  throw new GraphError(
    'INVALID_INPUT',
    'the input is wrong: the capabilities would be counted beyond 2,147,483,647',
    { cause: error },
  );
}
