import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { ProvenanceError } from '../errors.ts';
import { hashNode } from '../format/node-hash.ts';
import type { ProvenanceNodeRecord } from '../format/node.ts';
import { nodeNotFound } from '../lineage/node-not-found.ts';
import { readPage } from '../log/node-page.ts';
import type {} from '../tables.ts';

/**
 * The nodes of these ids that the log has, in its order. What they say is not held against their hashes.
 *
 * **Runs** a lookup by key, and a range of the log for each run of neighbours.
 */
export async function readNodes(
  tx: TenantTransaction,
  ids: readonly string[],
): Promise<ProvenanceNodeRecord[]> {
  const { rows } = await sql<{ seq: string }>`
    select seq from caws_provenance_graph
    where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[])
    order by seq
  `.execute(tx);
  const runs = runsOf(rows.map(({ seq }) => BigInt(seq)));
  return (await Promise.all(runs.map((run) => readRun(tx, run)))).flat();
}

async function readRun(tx: TenantTransaction, { first, last }: Run): Promise<ProvenanceNodeRecord[]> {
  const nodes: ProvenanceNodeRecord[] = [];
  for (let after = first - 1n; after < last;) {
    const page = await readPage(tx, { after, upTo: last, pageSize: 500 });
    nodes.push(...page.nodes);
    after = page.lastSeq ?? last;
  }
  return nodes;
}

/**
 * As {@link readNodes}; every one of the ids has its node, and every node is what its hash says.
 *
 * @throws {ProvenanceError} `NODE_NOT_FOUND` with `details.id`, `LOG_CORRUPT` with `details.seq`
 */
export async function requireNodes(
  tx: TenantTransaction,
  ids: readonly string[],
): Promise<ProvenanceNodeRecord[]> {
  const nodes = ids.length === 0 ? [] : await readNodes(tx, ids);
  const found = new Set(nodes.map(({ id }) => id));
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw nodeNotFound({ id: missing });
  const corrupt = nodes.find((node) => rehash(node) !== node.hashChain);
  if (corrupt !== undefined)
    throw new ProvenanceError('LOG_CORRUPT', 'A node is not what its hash says: verify the log.', {
      details: { seq: corrupt.seq },
    });
  return nodes;
}

/** The hash of what a node says, or undefined for what no node can say. */
export function rehash(node: ProvenanceNodeRecord): string | undefined {
  try {
    return hashNode(node);
  } catch (error) {
    if (error instanceof ProvenanceError) return undefined;
    throw error;
  }
}

interface Run {
  readonly first: bigint;
  last: bigint;
}

function runsOf(ascending: readonly bigint[]): Run[] {
  const runs: Run[] = [];
  for (const seq of ascending) {
    const run = runs.at(-1);
    if (run?.last === seq - 1n) run.last = seq;
    else runs.push({ first: seq, last: seq });
  }
  return runs;
}
