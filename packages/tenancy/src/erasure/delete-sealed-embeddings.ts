import type { SystemTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { sealedText } from '../encryption/stored-text.ts';
import { sealedPrefix } from '../encryption/stored-value.ts';

/**
 * Deletes the vectors of the log's nodes that hold something sealed with a key: they lie beside the log, and tell what
 * the node is about to whoever compares them.
 *
 * **Cost** one pass over the tenant's nodes that have a vector.
 */
export async function deleteSealedEmbeddings(
  tx: SystemTransaction,
  tenantId: string,
  keyIds: readonly string[],
): Promise<void> {
  if (keyIds.length === 0) return;
  // 21 bytes are 28 letters of base64: what follows does not change them.
  const marks = keyIds.map((keyId) => Buffer.from(sealedText(sealedPrefix(keyId))));
  await sql`
    delete from provenance_embeddings as vector
    using caws_provenance_graph as node
    where vector.tenant_id = ${tenantId}
      and node.tenant_id = ${tenantId}
      and node.id = vector.node_id
      and exists (select from unnest(${marks}::bytea[]) as mark (bytes) where position(mark.bytes in node.content) > 0)
  `.execute(tx);
}
