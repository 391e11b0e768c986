import type { TenantTransaction } from '@agent-agency/db-core';
import { z } from 'zod';
import { parseInput, Uuid } from '../input.ts';
import { type ProvDocument, toProvJson } from '../statements/prov-json.ts';
import { requireNodes } from './read-nodes.ts';

const NodeSelection = z.strictObject({
  /** Nodes of the log, in any order. **Shape** 1 to 10,000. */
  ids: z.array(Uuid).min(1).max(10_000).readonly(),
});

/**
 * Nodes of the tenant's log as W3C PROV-JSON. Every one is held against its hash; parents that are not asked for stand in it with
 * their hashes alone.
 *
 * **Runs** a lookup, and a range of the log for each run of neighbours.
 * @throws {ProvenanceError} `INVALID_INPUT`, `NODE_NOT_FOUND`, `LOG_CORRUPT`
 * @example
 * JSON.stringify(await exportProvJson(tx, { ids: [verdict.id, ...verdict.parents.map(({ id }) => id)] }));
 */
export async function exportProvJson(
  tx: TenantTransaction,
  selection: z.input<typeof NodeSelection>,
): Promise<ProvDocument> {
  const { ids } = parseInput(NodeSelection, selection);
  return toProvJson(await requireNodes(tx, ids));
}
