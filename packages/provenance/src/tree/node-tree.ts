import type { TenantTransaction } from '@agent-agency/db-core';
import type { CompactRange } from '../merkle/compact-range.ts';
import { readLeaves } from './read-leaves.ts';

/** Nodes a statement. */
const pageSize = 10_000;

/**
 * Grows a tree up to `size` by the log's own nodes, whatever is stored of the tree.
 *
 * **Runs** one statement for every 10,000 nodes. **Cost** two hashes a node.
 * @throws {ProvenanceError} `TREE_CORRUPT` when nodes are missing.
 */
export async function growByNodes(tx: TenantTransaction, tree: CompactRange, size: number): Promise<void> {
  while (tree.size < size) {
    const first = tree.size + 1;
    const last = Math.min(size, tree.size + pageSize);
    for (const leaf of await readLeaves(tx, first, last)) tree.append(leaf);
  }
}
