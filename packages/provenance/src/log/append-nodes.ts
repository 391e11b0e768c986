import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { ProvenanceError } from '../errors.ts';
import { hashNode } from '../format/node-hash.ts';
import type { ChainHead, ParentReference, ProvenanceNode, ProvenanceNodeRecord } from '../format/node.ts';
import { putEmbeddings } from '../lineage/put-embeddings.ts';
import { signHash } from '../signing/sign-hash.ts';
import { importPublicKeys, type PublicKeyRecord } from '../signing/public-key.ts';
import type { Signer } from '../signing/signature.ts';
import { isLocalSigner } from '../signing/signer.ts';
import type {} from '../tables.ts';
import { insertNodes } from './insert-nodes.ts';
import { type CheckedNode, checkNodes, type NodeToAppend } from './node-to-append.ts';

/**
 * Locks the tenant's log until the transaction ends, and says where it ends. Other appenders wait, readers do not.
 *
 * @throws {DatabaseError} `TENANT_UNSET`, `LOCK_TIMEOUT`, `STATEMENT_CANCELLED`; `PERMISSION_DENIED` for a login that
 *   may only read.
 */
export async function lockHead(tx: TenantTransaction): Promise<ChainHead> {
  return (await lockLog(tx)).head;
}

/**
 * Appends nodes to the tenant's log, in the caller's own transaction: they are there exactly when it commits. The signer's
 * key becomes known to the tenant, for whoever verifies.
 *
 * Nodes are signed one after the other while the log is locked, so the signer should be one in memory (docs/decisions/0023).
 *
 * **Runs** {@link lockHead}, then one insert, which computes every hash again and checks every link. **Cost** linear. All
 * nodes travel in one statement: keep a call to some tens of megabytes of content.
 *
 * @returns the nodes as they stand in the log, in order.
 * @throws {ProvenanceError} `NODE_INVALID` with every problem of the nodes, before the database is asked;
 *   `PARENT_NOT_FOUND` for a parent that is neither in the log nor earlier in the call; `KEY_ID_MISMATCH`, `KEY_INVALID` or
 *   `SIGNER_FAULTY` for a signer that is not what it says. Nothing is written.
 * @throws {DatabaseError} `UNIQUE_VIOLATION` when an id or an entity is recorded already; and what {@link lockHead} throws.
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
  if (!isLocalSigner(signer)) importPublicKeys([signer]);
  const { head, hashes } = await lockLog(tx, { parentIds: parentsElsewhere(checked), key: signer });
  const place = { tenantId: tx.tenantId, keyId: signer.keyId, hashes };
  const records: ProvenanceNodeRecord[] = [];
  let last = head;
  for (const given of checked) {
    const node = nodeAfter(last, given, place);
    const hashChain = hashNode(node);
    records.push({ ...node, hashChain, signature: await signHash(hashChain, signer) });
    hashes.set(node.id, hashChain);
    last = { seq: node.seq, hash: hashChain };
  }
  await insertNodes(tx, records, signer.keyId);
  await putEmbeddings(
    tx,
    checked.flatMap(({ id, embedding }) => (embedding === undefined ? [] : [{ nodeId: id, embedding }])),
  );
  return records;
}

/** Parents that do not come in the same call, each once. */
function parentsElsewhere(nodes: readonly CheckedNode[]): string[] {
  const own = new Set(nodes.map(({ id }) => id));
  return [...new Set(nodes.flatMap(({ parents = [] }) => parents))].filter((id) => !own.has(id));
}

interface LockedLog {
  readonly head: ChainHead;
  /** Of the nodes that were asked for, by id. */
  readonly hashes: Map<string, string>;
}

async function lockLog(
  tx: TenantTransaction,
  { parentIds = [], key }: { readonly parentIds?: readonly string[]; readonly key?: PublicKeyRecord } = {},
): Promise<LockedLog> {
  const publicKey = key && Buffer.from(key.publicKey);
  const locked = await getOne(
    sql<{ head_seq: string; head_hash: string | null; parent_hashes: (string | null)[] | null }>`
      select head_seq, head_hash, parent_hashes
      from app.lock_provenance_head(${parentIds}::uuid[], ${key?.keyId ?? null}, ${publicKey ?? null})
    `.execute(tx),
    'end of the log',
  );
  const hashes = new Map<string, string>();
  for (const [place, id] of parentIds.entries()) {
    const hash = locked.parent_hashes?.[place];
    if (hash == null) throw parentNotFound(id);
    hashes.set(id, hash);
  }
  return { head: { seq: Number(locked.head_seq), hash: locked.head_hash ?? undefined }, hashes };
}

function parentNotFound(id: string): ProvenanceError {
  return new ProvenanceError(
    'PARENT_NOT_FOUND',
    `a node names the parent ${id}, which is neither in the log nor earlier in the call: append it first`,
    { details: { id } },
  );
}

interface Place {
  readonly tenantId: string;
  readonly keyId: string;
  /** What the nodes so far are known by. */
  readonly hashes: ReadonlyMap<string, string>;
}

function nodeAfter(head: ChainHead, node: CheckedNode, { tenantId, keyId, hashes }: Place): ProvenanceNode {
  const referenceOf = (id: string): ParentReference => {
    const hash = hashes.get(id);
    if (hash === undefined) throw parentNotFound(id);
    return { id, hash };
  };
  return {
    tenantId,
    seq: head.seq + 1,
    previousHash: head.hash,
    id: node.id,
    entityType: node.entityType,
    entityId: node.entityId,
    parents: (node.parents ?? []).map(referenceOf),
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
