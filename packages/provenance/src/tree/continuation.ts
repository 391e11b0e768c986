import type { TenantTransaction } from '@agent-agency/db-core';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { ProvenanceError, type ProvenanceErrorDetails } from '../errors.ts';
import { equalBytes } from '../format/encoding.ts';
import { CompactRange } from '../merkle/compact-range.ts';
import { growByNodes } from './node-tree.ts';
import { createTreeReader, readAhead, wholeTree } from './read-tree.ts';
import { treeCorrupt } from './tree-corrupt.ts';

/** A size of the log and the root it had then. */
export type KnownTree = Pick<Checkpoint, 'size' | 'root'>;

/**
 * The root of the log at `size`, which continues a tree that was signed before. The new part is computed from the log's nodes, so that
 * nothing is signed but what is in the log; the tree that is stored has to come to the same.
 *
 * **Cost** two hashes for every node that is new.
 * @throws {ProvenanceError} `LOG_REWOUND` when the log does not continue that tree, `TREE_CORRUPT` when the log does and the stored tree
 *   does not.
 */
export async function continuedRoot(
  tx: TenantTransaction,
  last: KnownTree,
  size: number,
): Promise<Uint8Array> {
  if (size < last.size) throw logRewound('is shorter than', { checkpointSize: last.size, size });
  const stored = await readAhead(createTreeReader(tx, size), [...wholeTree(last.size), ...wholeTree(size)]);
  if (!equalBytes(stored.rootAt(last.size), last.root)) throw await whatIsWrong(tx, last);
  const tree = new CompactRange({ size: last.size, hashes: await stored.read(wholeTree(last.size)) });
  await growByNodes(tx, tree, size);
  if (!equalBytes(tree.root(), stored.rootAt(size)))
    throw treeCorrupt('The tree that is stored is not that of the log.', { size });
  return tree.root();
}

/** The error of a log that is not what was signed for it. */
export function logRewound(how: string, details: ProvenanceErrorDetails): ProvenanceError {
  return new ProvenanceError(
    'LOG_REWOUND',
    `The log ${how} a checkpoint of it: it was rewound to an older state, or rewritten. Nothing more is signed for it.`,
    { details },
  );
}

/** Worth a walk through the whole log: a damaged tree is computed again, a rewound log is an incident. */
async function whatIsWrong(tx: TenantTransaction, last: KnownTree): Promise<ProvenanceError> {
  const tree = new CompactRange();
  await growByNodes(tx, tree, last.size);
  return equalBytes(tree.root(), last.root)
    ? treeCorrupt('The tree that is stored is not that of the log.', { size: last.size })
    : logRewound('is not the one of', { checkpointSize: last.size });
}
