import type { TenantTransaction } from '@agent-agency/db-core';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { parseInput, Uuid } from '../input.ts';
import {
  type InclusionClaim,
  inclusionSubtrees,
  proveInclusion,
  verifyInclusion,
} from '../merkle/inclusion.ts';
import { nodeNotFound } from '../lineage/node-not-found.ts';
import { logSizeOf, requireGrown, TreeSize } from './log-size.ts';
import { leafOf } from './read-leaves.ts';
import { createTreeReader, readAhead, wholeTree } from './read-tree.ts';
import { treeCorrupt } from './tree-corrupt.ts';

/** That a node is in the log: an `InclusionClaim` that holds, and whose it is. */
export interface InclusionProof extends InclusionClaim {
  readonly id: string;
  /** `index + 1` */
  readonly seq: number;
}

/** A node by its id or its number, and the tree to prove it in. */
export type NodeToProve = z.input<typeof NodeToProve>;
const NodeToProve = z
  .strictObject({
    id: Uuid.optional(),
    seq: TreeSize.min(1).optional(),
    /** Best that of a checkpoint: whoever verifies the proof needs one. Default: the whole log. */
    size: TreeSize.optional(),
  })
  .refine(({ id, seq }) => (id === undefined) !== (seq === undefined), 'must have either id or seq');

/** Nodes to prove in one tree. */
export type NodesToProve = z.input<typeof NodesToProve>;
const NodesToProve = z.strictObject({
  ids: z
    .array(Uuid)
    .max(1000)
    .refine((ids) => new Set(ids).size === ids.length, 'must not have an id twice'),
  /** As of {@link NodeToProve}. */
  size: TreeSize.optional(),
});

/**
 * Proves that a node is in the log, to somebody who has a checkpoint of that size and no database.
 *
 * **Runs** at most three statements: the node, tiles of the tree, and up to 255 leaves at its edge. **Cost** at most 14 tiles of 8 KiB.
 * What is proved is verified before it is handed out.
 * @throws {ProvenanceError} `TREE_INVALID` when the log has no such tree, or the tree no such node; `TREE_CORRUPT` when what is stored
 *   of the tree is not that of the log; `NODE_NOT_FOUND`; `INVALID_INPUT`.
 * @example
 * const proof = await proveInclusionOf(tx, { id: verdict.id, size: checkpoint.size });
 */
export async function proveInclusionOf(tx: TenantTransaction, input: NodeToProve): Promise<InclusionProof> {
  const { id, seq, size } = parseInput(NodeToProve, input);
  const isWanted = id === undefined ? sql`seq = ${seq}` : sql`id = ${id}`;
  const [proof] = await proveNodes(tx, isWanted, size);
  if (proof === undefined) throw nodeNotFound(id === undefined ? { seq: seq ?? 0 } : { id });
  return proof;
}

/**
 * {@link proveInclusionOf} for many, in their order: as many statements as for one, and each tile once.
 *
 * **Cost** up to 8 KiB a node, and less where they stand close together.
 * @throws {ProvenanceError} as {@link proveInclusionOf}, also when one of many is not there.
 */
export async function proveInclusionsOf(
  tx: TenantTransaction,
  input: NodesToProve,
): Promise<InclusionProof[]> {
  const { ids, size } = parseInput(NodesToProve, input);
  if (ids.length === 0) return [];
  const proofs = await proveNodes(tx, sql`id = any(${ids}::uuid[])`, size);
  const byId = new Map(proofs.map((proof) => [proof.id, proof]));
  return ids.map((id) => {
    const proof = byId.get(id);
    if (proof === undefined) throw nodeNotFound({ id });
    return proof;
  });
}

async function proveNodes(
  tx: TenantTransaction,
  isWanted: RawBuilder<unknown>,
  wantedSize: number | undefined,
): Promise<InclusionProof[]> {
  const nodes = await readNodes(tx, isWanted);
  const [first] = nodes;
  if (first === undefined) return [];
  const size = wantedSize ?? first.logSize;
  requireGrown(size, first.logSize);
  const tree = await readAhead(createTreeReader(tx, size), [
    ...nodes.flatMap(({ seq }) => inclusionSubtrees(seq - 1, size)),
    ...wholeTree(size),
  ]);
  const root = tree.rootAt(size);
  return Promise.all(
    nodes.map(async ({ id, seq, leafHash }) => {
      const index = seq - 1;
      const proof = await proveInclusion(index, size, tree.read);
      return holding({ id, seq, index, size, leafHash, proof, root });
    }),
  );
}

interface FoundNode {
  readonly id: string;
  readonly seq: number;
  readonly leafHash: Uint8Array;
  readonly logSize: number;
}

async function readNodes(tx: TenantTransaction, isWanted: RawBuilder<unknown>): Promise<FoundNode[]> {
  const { rows } = await sql<{ id: string; seq: string; hash_chain: string; log_size: string }>`
    select id, seq, hash_chain, ${logSizeOf(tx)} as log_size
    from caws_provenance_graph
    where tenant_id = ${tx.tenantId} and ${isWanted}
  `.execute(tx);
  return rows.map(({ id, seq, hash_chain, log_size }) => ({
    id,
    seq: Number(seq),
    leafHash: leafOf(hash_chain),
    logSize: Number(log_size),
  }));
}

function holding(proof: InclusionProof): InclusionProof {
  if (verifyInclusion(proof).ok) return proof;
  throw treeCorrupt('The tree that is stored is not that of the log: the node is not in it.', {
    seq: proof.seq,
    size: proof.size,
  });
}
