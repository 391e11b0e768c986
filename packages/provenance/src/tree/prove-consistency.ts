import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { parseInput } from '../input.ts';
import {
  type ConsistencyClaim,
  consistencySubtrees,
  proveConsistency,
  verifyConsistency,
} from '../merkle/consistency.ts';
import { logSizeOf, requireGrown, TreeSize } from './log-size.ts';
import { createTreeReader, readAhead, wholeTree } from './read-tree.ts';
import { treeCorrupt } from './tree-corrupt.ts';

/**
 * Proves that the log at `newSize` is the log at `oldSize` and more: nothing changed, removed or put in between.
 *
 * **Runs** at most three statements, as `proveInclusionOf`; what is proved is verified before it is handed out.
 * @throws {ProvenanceError} `TREE_INVALID` for sizes that shrink or that the log has not grown to; `TREE_CORRUPT` when what is stored of
 *   the tree contradicts itself; `INVALID_INPUT`.
 * @example
 * const { proof } = await proveConsistencyBetween(tx, older.size, newer.size);
 */
export async function proveConsistencyBetween(
  tx: TenantTransaction,
  oldSize: number,
  newSize: number,
): Promise<ConsistencyClaim> {
  parseInput(TreeSize, oldSize, 'oldSize');
  parseInput(TreeSize, newSize, 'newSize');
  const wanted = consistencySubtrees(oldSize, newSize);
  const { log_size } = await getOne(
    sql<{ log_size: string }>`select ${logSizeOf(tx)} as log_size`.execute(tx),
    'end of the log',
  );
  requireGrown(newSize, Number(log_size));
  const tree = await readAhead(createTreeReader(tx, newSize), [
    ...wanted,
    ...wholeTree(oldSize),
    ...wholeTree(newSize),
  ]);
  const claim: ConsistencyClaim = {
    oldSize,
    newSize,
    oldRoot: tree.rootAt(oldSize),
    newRoot: tree.rootAt(newSize),
    proof: await proveConsistency(oldSize, newSize, tree.read),
  };
  if (verifyConsistency(claim).ok) return claim;
  throw treeCorrupt('The tree that is stored contradicts itself.', { oldSize, newSize });
}
