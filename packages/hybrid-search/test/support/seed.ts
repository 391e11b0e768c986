import { createHash } from 'node:crypto';
import { putAgents } from '@agent-agency/agent-registry';
import type { TenantTransaction } from '@agent-agency/db-core';
import {
  demonstrateCapabilities,
  observeCooccurrences,
  relateCooccurringAgents,
} from '@agent-agency/knowledge-graph';
import { sql } from 'kysely';
import { createLexicalHashEmbeddings } from '../../src/index.ts';

const embeddings = createLexicalHashEmbeddings();
const at = new Date('2026-01-01T00:00:00Z');

export async function embed(text: string): Promise<Float32Array> {
  const [vector] = await embeddings.embed([text]);
  if (vector === undefined) throw new Error('one vector a text');
  return vector;
}

/** A UUID (version 8) that a text always gives. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
}

/** Agents by their names; each one's id is its name in lower case. */
export async function seedAgents(tx: TenantTransaction, names: readonly string[]): Promise<void> {
  await putAgents(
    tx,
    names.map((name) => ({ id: name.toLowerCase(), name, modelFamily: 'human', lastActiveAt: at })),
  );
}

export interface SeededCapability {
  readonly agentId: string;
  readonly name: string;
  readonly topics?: readonly string[];
}

export async function seedCapabilities(
  tx: TenantTransaction,
  capabilities: readonly SeededCapability[],
): Promise<void> {
  const vectors = await embeddings.embed(
    capabilities.map(({ name, topics = [] }) => [name, ...topics].join(' ')),
  );
  await demonstrateCapabilities(
    tx,
    capabilities.map(({ agentId, name, topics = [] }, place) => ({
      ...{ agentId, name, topics: [...topics], type: 'CAPABILITY', count: 1, firstAt: at, lastAt: at },
      extractionConfidence: 0.9,
      embedding: vectors[place] ?? new Float32Array(),
    })),
  );
}

/** Relates the agents of each group with each other. */
export async function seedGroups(
  tx: TenantTransaction,
  groups: readonly (readonly string[])[],
): Promise<void> {
  await observeCooccurrences(
    tx,
    groups.flatMap((agents, group) =>
      agents.map((agentId) => ({ contextId: uuidOf(`group ${group}`), agentId, observedAt: at })),
    ),
  );
  await relateCooccurringAgents(tx);
}

/**
 * Nodes of the provenance log, whose ids are those of their descriptions. In plain SQL, because the package that
 * writes the log is no dependency of this one; the hashes are right, the signatures are not.
 */
export async function seedDecisions(tx: TenantTransaction, descriptions: readonly string[]): Promise<void> {
  const key = Buffer.alloc(32, 1);
  const keyId = `ed25519:${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
  await sql`
    insert into provenance_signing_keys (tenant_id, key_id, public_key) values (${tx.tenantId}, ${keyId}, ${key})
    on conflict do nothing
  `.execute(tx);
  const vectors = await embeddings.embed([...descriptions]);
  for (const [place, description] of descriptions.entries()) {
    await sql`
      with head as (
        select * from app.lock_provenance_head()
      ),
      node as (
        select jsonb_populate_record(null::caws_provenance_graph, jsonb_build_object(
          'tenant_id', ${tx.tenantId}::text,
          'id', ${uuidOf(description)}::text,
          'seq', head.head_seq + 1,
          'previous_hash', head.head_hash,
          'entity_type', 'verdict',
          'entity_id', ${uuidOf(description)}::text,
          'content', '\\x7b7d',
          'parent_ids', '{}'::uuid[],
          'parent_hashes', '{}'::text[],
          'constitutional_refs', '{}'::text[],
          'description', ${description}::text,
          'created_at', ${at}::timestamptz,
          'signing_key_id', ${keyId}::text
        )) as fields
        from head
      )
      insert into caws_provenance_graph (
        tenant_id, id, seq, previous_hash, entity_type, entity_id, content, constitutional_refs, description,
        created_at, signing_key_id, hash_chain, signature
      )
      select
        (fields).tenant_id, (fields).id, (fields).seq, (fields).previous_hash, (fields).entity_type,
        (fields).entity_id, (fields).content, (fields).constitutional_refs, (fields).description,
        (fields).created_at, (fields).signing_key_id, app.provenance_node_hash(fields), repeat('A', 86) || '=='
      from node
    `.execute(tx);
    await sql`
      insert into provenance_embeddings (tenant_id, node_id, entity_type, embedding)
      values (${tx.tenantId}, ${uuidOf(description)}, 'verdict', ${`[${vectors[place]?.join(',') ?? ''}]`}::vector)
    `.execute(tx);
  }
}
