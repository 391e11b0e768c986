import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { canonicalize, type JsonValue } from '../canonical-json.ts';
import { hashNode } from '../node-hash.ts';
import type { ChainHead, EntityType, ProvenanceNode, ProvenanceNodeRecord } from '../node.ts';
import { signHash, type Signer } from '../signature.ts';
import type {} from '../tables.ts';
import { insertNodes } from './insert-nodes.ts';
import { registerSigningKey } from './signing-keys.ts';

/** What to record. Place, hash and signature come from appending. */
export interface NodeToAppend {
  /** A UUID in lower case, the caller's own or a random one. */
  readonly id: string;
  readonly entityType: EntityType;
  /** Unique with its type in the tenant. */
  readonly entityId: string;
  /** A node of the same tenant that this one derives from. */
  readonly parentEntityId?: string | undefined;
  /** A JSON object; recorded in canonical form, at most 1 MiB. */
  readonly content: Readonly<Record<string, JsonValue>>;
  readonly constitutionalRefs?: readonly string[];
  readonly specHash?: string | undefined;
  /** One line for people and for search. */
  readonly description?: string | undefined;
  readonly createdAt: Date;
  /** **Shape** [768]. Not part of the hash. */
  readonly embedding?: Float32Array | undefined;
}

/**
 * Locks the tenant's log until the transaction ends, and says where it ends. Other appenders wait, readers do not.
 *
 * @throws {DatabaseError} `TENANT_UNSET`, `LOCK_TIMEOUT`, `STATEMENT_CANCELLED`.
 */
export async function lockHead(tx: TenantTransaction): Promise<ChainHead> {
  const { rows } = await sql<{ head_seq: string; head_hash: string | null }>`
    select head_seq, head_hash from app.lock_provenance_head()
  `.execute(tx);
  const [head] = rows;
  return { seq: Number(head?.head_seq ?? 0), hash: head?.head_hash ?? undefined };
}

/**
 * Appends nodes to the tenant's log, in the caller's own transaction: they are there exactly when it commits.
 *
 * **Runs** {@link lockHead}, then one insert; the database recomputes every hash and checks every link.
 * **Cost** linear; two ed25519 operations a node.
 *
 * @returns the nodes as they stand in the log, in order.
 * @throws {ProvenanceError} for content that is not canonical JSON, or a faulty signer; nothing is written.
 * @throws {DatabaseError} `UNIQUE_VIOLATION` when an entity is recorded already, `FOREIGN_KEY_VIOLATION` for a parent
 *   that is not there.
 */
export async function appendNodes(
  tx: TenantTransaction,
  nodes: readonly NodeToAppend[],
  signer: Signer,
): Promise<ProvenanceNodeRecord[]> {
  if (nodes.length === 0) return [];
  await registerSigningKey(tx, signer);
  let head = await lockHead(tx);
  const records: ProvenanceNodeRecord[] = [];
  for (const node of nodes) {
    const record = await seal(nodeAfter(head, tx.tenantId, { ...node, signingKeyId: signer.keyId }), signer);
    records.push(record);
    head = { seq: record.seq, hash: record.hashChain };
  }
  await insertNodes(tx, records, nodes);
  return records;
}

function nodeAfter(
  head: ChainHead,
  tenantId: string,
  node: NodeToAppend & { readonly signingKeyId: string },
): ProvenanceNode {
  return {
    tenantId,
    seq: head.seq + 1,
    previousHash: head.hash,
    id: node.id,
    entityType: node.entityType,
    entityId: node.entityId,
    parentEntityId: node.parentEntityId,
    content: canonicalize(node.content),
    constitutionalRefs: node.constitutionalRefs ?? [],
    specHash: node.specHash,
    description: node.description,
    createdAtMicros: BigInt(node.createdAt.getTime()) * 1000n,
    signingKeyId: node.signingKeyId,
  };
}

async function seal(node: ProvenanceNode, signer: Signer): Promise<ProvenanceNodeRecord> {
  const hashChain = hashNode(node);
  return { ...node, hashChain, signature: await signHash(hashChain, signer) };
}
