import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { hashBytes } from '../format/bytes.ts';
import { leafHash } from '../merkle/tree-hash.ts';
import { treeCorrupt } from './tree-corrupt.ts';

/**
 * The leaves of the nodes from number `first` to `last`, in their order.
 *
 * **Runs** one statement. **Cost** a range of the (tenant, seq) index.
 * @throws {ProvenanceError} `TREE_CORRUPT` when one is missing.
 */
export async function readLeaves(tx: TenantTransaction, first: number, last: number): Promise<Uint8Array[]> {
  const { rows } = await sql<{ hash_chain: string }>`
    select hash_chain
    from caws_provenance_graph
    where tenant_id = ${tx.tenantId} and seq >= ${first} and seq <= ${last}
    order by seq
  `.execute(tx);
  if (rows.length < last - first + 1)
    throw treeCorrupt('Nodes of the log are missing.', { first, last, found: rows.length });
  return rows.map((row) => leafOf(row.hash_chain));
}

/** The leaf of a stored hash: somebody with every right may have made it none. */
export function leafOf(hashChain: string): Uint8Array {
  const entry = hashBytes(hashChain);
  if (entry === undefined) throw treeCorrupt('A hash in the log is none.');
  return leafHash(entry);
}
