import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { maxBundleBytes } from '../bundle/bundle.ts';
import { formatBundle } from '../bundle/format-bundle.ts';
import { ProvenanceError } from '../errors.ts';
import type { ProvenanceNodeRecord } from '../format/node.ts';
import { parseInput, Uuid } from '../input.ts';
import { requireNodes } from '../records/read-nodes.ts';
import type {} from '../tables.ts';
import type { CheckpointRecord } from './checkpoint-record.ts';
import { listCheckpoints } from './list-checkpoints.ts';
import { proveInclusionsOf } from './prove-inclusion.ts';

/** What a bundle is to hold. */
export const BundleRequest = z.strictObject({
  ids: z.array(Uuid).min(1).max(1000),
  /** Everything that they derive from as well, at any depth. Default: false. */
  withAncestry: z.boolean().default(false),
  /** The checkpoint must have cosignatures of so many keys: the last one may be too young to have any. Default: 0. */
  cosignatures: z.int().min(0).default(0),
});
export type BundleRequest = z.input<typeof BundleRequest>;

/** Nodes that are read, and proved, by one statement. */
const batchSize = 1000;

/** What a node takes at least, beside its content. */
const leastNodeBytes = 700;

/**
 * A bundle: these nodes with proofs that they are in the log, for somebody who has its keys and no database. Write it to a file as it
 * is; `verifyBundle` reads it.
 *
 * It holds the largest checkpoint that has the cosignatures asked for, and all that the log says of its keys up to there.
 *
 * **Runs** for every 1,000 nodes, and every step of ancestry, those of reading nodes and of `proveInclusionsOf`.
 * **Cost** linear in the nodes; memory for several times the bundle, which has at most 64 MiB.
 * @throws {ProvenanceError} `NODE_NOT_FOUND`; `CHECKPOINT_MISSING` when none covers all of the nodes: make one, or wait for witnesses;
 *   `LOG_CORRUPT` or `TREE_CORRUPT` when nothing that is handed out would verify; `BUNDLE_INVALID` when it would be too large;
 *   `INVALID_INPUT`.
 * @example
 * await writeFile('verdict.bundle.json', await exportBundle(tx, { ids: [verdictId], withAncestry: true }));
 */
export async function exportBundle(tx: TenantTransaction, request: BundleRequest): Promise<string> {
  const { ids, withAncestry, cosignatures } = parseInput(BundleRequest, request);
  const collection = new Map<string, ProvenanceNodeRecord>();
  await collect(tx, { ids, withAncestry }, collection);
  const lastSeq = [...collection.values()].reduce((last, { seq }) => Math.max(last, seq), 0);
  const checkpoint = await findCheckpoint(tx, { lastSeq, cosignatures });
  // A statement about a key goes with what it derives from.
  await collect(tx, { ids: await readKeyNodes(tx, checkpoint.size), withAncestry: true }, collection);
  const nodes = [...collection.values()].sort((a, b) => a.seq - b.seq);
  const proofs = await proveAll(tx, nodes, checkpoint.size);
  return formatBundle({
    tenantId: tx.tenantId,
    checkpoint: checkpoint.note,
    nodes: nodes.map((node) => ({ ...node, inclusionProof: proofs.get(node.id) ?? [] })),
  });
}

interface Wanted {
  readonly ids: readonly string[];
  readonly withAncestry: boolean;
}

/** Breadth first: each node once, however many ways lead to it. */
async function collect(
  tx: TenantTransaction,
  { ids, withAncestry }: Wanted,
  collection: Map<string, ProvenanceNodeRecord>,
): Promise<void> {
  let wanted = new Set(ids);
  while (wanted.size > 0) {
    const parents = new Set<string>();
    for (const batch of batchesOf([...wanted].filter((id) => !collection.has(id)))) {
      await requireRoom(tx, batch, collection);
      for (const node of await requireNodes(tx, batch)) {
        collection.set(node.id, node);
        if (withAncestry) for (const { id } of node.parents) parents.add(id);
      }
    }
    wanted = parents;
  }
}

/** What cannot be written is not read either. */
async function requireRoom(
  tx: TenantTransaction,
  ids: readonly string[],
  collection: ReadonlyMap<string, ProvenanceNodeRecord>,
): Promise<void> {
  const { bytes } = await getOne(
    sql<{ bytes: string | null }>`
      select sum(octet_length(content)) as bytes
      from caws_provenance_graph
      where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[])
    `.execute(tx),
    'size of the nodes',
  );
  let total = Number(bytes) + leastNodeBytes * ids.length;
  for (const { content } of collection.values()) total += leastNodeBytes + content.length;
  if (total <= maxBundleBytes) return;
  const reason = `it is larger than ${maxBundleBytes} bytes.`;
  throw new ProvenanceError('BUNDLE_INVALID', `This cannot be a bundle: ${reason}`, {
    details: { reason, nodes: ids.length + collection.size },
  });
}

async function findCheckpoint(
  tx: TenantTransaction,
  { lastSeq, cosignatures }: { readonly lastSeq: number; readonly cosignatures: number },
): Promise<CheckpointRecord> {
  let after: number | undefined;
  do {
    const { checkpoints, next } = await listCheckpoints(tx, { after });
    const covering = checkpoints.filter(({ size }) => size >= lastSeq);
    const found = covering.find(({ cosignedBy }) => cosignedBy.length >= cosignatures);
    if (found !== undefined) return found;
    after = covering.length < checkpoints.length ? undefined : next;
  } while (after !== undefined);
  throw new ProvenanceError(
    'CHECKPOINT_MISSING',
    'No checkpoint of the log covers all of the nodes with as many cosignatures.',
    { details: { seq: lastSeq, cosignatures } },
  );
}

async function readKeyNodes(tx: TenantTransaction, size: number): Promise<string[]> {
  const rows = await tx
    .selectFrom('caws_provenance_graph')
    .select('id')
    .where('tenant_id', '=', tx.tenantId)
    .where('entity_type', '=', 'key')
    .where('seq', '<=', String(size))
    .execute();
  return rows.map(({ id }) => id);
}

async function proveAll(
  tx: TenantTransaction,
  nodes: readonly ProvenanceNodeRecord[],
  size: number,
): Promise<ReadonlyMap<string, readonly Uint8Array[]>> {
  const proofs = new Map<string, readonly Uint8Array[]>();
  for (const ids of batchesOf(nodes.map(({ id }) => id)))
    for (const { id, proof } of await proveInclusionsOf(tx, { ids, size })) proofs.set(id, proof);
  return proofs;
}

function* batchesOf(ids: readonly string[]): Generator<string[]> {
  for (let first = 0; first < ids.length; first += batchSize) yield ids.slice(first, first + batchSize);
}
