import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { hashNode } from '../format/node-hash.ts';
import type { ChainHead, ProvenanceNode, ProvenanceNodeRecord } from '../format/node.ts';
import { signHash } from '../signing/sign-hash.ts';
import type { Signer } from '../signing/signature.ts';
import type {} from '../tables.ts';
import { insertNodes } from './insert-nodes.ts';
import { type CheckedNode, checkNodes, type NodeToAppend } from './node-to-append.ts';
import { registerSigningKey } from './signing-keys.ts';

/**
 * Locks the tenant's log until the transaction ends, and says where it ends. Other appenders wait, readers do not.
 *
 * @throws {DatabaseError} `TENANT_UNSET`, `LOCK_TIMEOUT`, `STATEMENT_CANCELLED`; `PERMISSION_DENIED` for a login that
 *   may only read.
 */
export async function lockHead(tx: TenantTransaction): Promise<ChainHead> {
  const head = await getOne(
    sql<{ head_seq: string; head_hash: string | null }>`
      select head_seq, head_hash from app.lock_provenance_head()
    `.execute(tx),
    'end of the log',
  );
  return { seq: Number(head.head_seq), hash: head.head_hash ?? undefined };
}

/**
 * Appends nodes to the tenant's log, in the caller's own transaction: they are there exactly when it commits.
 *
 * **Runs** {@link lockHead}, then one insert; the database recomputes every hash and checks every link.
 * **Cost** linear; two ed25519 operations a node, one after the other while the log is locked. All nodes travel in one
 * statement: keep a call to some tens of megabytes of content.
 *
 * @returns the nodes as they stand in the log, in order.
 * @throws {ProvenanceError} `NODE_INVALID` with every problem of the nodes, before the database is asked;
 *   `KEY_ID_MISMATCH`, `KEY_INVALID` or `SIGNER_FAULTY` for a signer that is not what it says. Nothing is written.
 * @throws {DatabaseError} `UNIQUE_VIOLATION` when an id or an entity is recorded already, `FOREIGN_KEY_VIOLATION` for a
 *   parent that is not there, `QUERY_FAILED` for one that comes later in the same call; and what {@link lockHead} throws.
 *   The transaction is over then.
 * @example
 * await manager.withTenant({ tenantId: 'acme' }, (tx) => appendNodes(tx, [node], signer));
 */
export async function appendNodes(
  tx: TenantTransaction,
  nodes: readonly NodeToAppend[],
  signer: Signer,
): Promise<ProvenanceNodeRecord[]> {
  const checked = checkNodes(nodes);
  if (checked.length === 0) return [];
  // The head first: a caller that holds it already must not wait for a key that another one, waiting for it, registers.
  let head = await lockHead(tx);
  await registerSigningKey(tx, signer);
  const records: ProvenanceNodeRecord[] = [];
  for (const node of checked) {
    const record = await seal(nodeAfter(head, node, { tenantId: tx.tenantId, keyId: signer.keyId }), signer);
    records.push(record);
    head = { seq: record.seq, hash: record.hashChain };
  }
  await insertNodes(tx, records, checked);
  return records;
}

function nodeAfter(
  head: ChainHead,
  node: CheckedNode,
  { tenantId, keyId }: { readonly tenantId: string; readonly keyId: string },
): ProvenanceNode {
  return {
    tenantId,
    seq: head.seq + 1,
    previousHash: head.hash,
    id: node.id,
    entityType: node.entityType,
    entityId: node.entityId,
    parentEntityId: node.parentEntityId,
    content: node.content,
    constitutionalRefs: node.constitutionalRefs ?? [],
    specHash: node.specHash,
    description: node.description,
    evidenceCompleteness: node.evidenceCompleteness,
    budgetAdherence: node.budgetAdherence,
    gateIntegrity: node.gateIntegrity,
    provenanceClarity: node.provenanceClarity,
    createdAtMicros: BigInt(node.createdAt.getTime()) * 1000n,
    signingKeyId: keyId,
  };
}

async function seal(node: ProvenanceNode, signer: Signer): Promise<ProvenanceNodeRecord> {
  const hashChain = hashNode(node);
  return { ...node, hashChain, signature: await signHash(hashChain, signer) };
}
