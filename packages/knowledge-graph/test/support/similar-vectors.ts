import { encodeVectors, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';

const DIMENSIONS = 768;
const TOPICS = 20;

export interface StoredVector {
  readonly id: string;
  readonly embedding: Float32Array;
  readonly isRejected: boolean;
  readonly confidence: number;
  readonly type: 'TECHNOLOGY' | 'CONCEPT';
  readonly agentId: 'a' | 'b';
}

/** Embeddings around a few topics, the same for the same seed. */
export function topicalVectors(seed: number): () => Float32Array {
  const random = numbers(seed);
  const normal = (): number => Array.from({ length: 6 }, random).reduce((sum, one) => sum + one, -3);
  const topics = Array.from({ length: TOPICS }, () => Array.from({ length: DIMENSIONS }, normal));
  return () => {
    const topic = topics[Math.floor(random() * TOPICS)] ?? [];
    return Float32Array.from(topic, (value) => value + 0.7 * normal());
  };
}

/** @see mulberry32, Tommy Ettinger, public domain */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every tenth is rejected, every fifth is a concept, every seventh agent b's; confidences go from 0.70 to 0.99. */
export function vectorsToStore(count: number, draw: () => Float32Array, from = 0): StoredVector[] {
  return Array.from({ length: count }, (_, at) => {
    const place = from + at;
    return {
      id: `00000000-0000-4000-8000-${place.toString(16).padStart(12, '0')}`,
      embedding: draw(),
      isRejected: place % 10 === 9,
      confidence: (70 + (place % 30)) / 100,
      type: place % 5 === 0 ? 'CONCEPT' : 'TECHNOLOGY',
      agentId: place % 7 === 0 ? 'b' : 'a',
    };
  });
}

export async function storeVectors(tx: TenantTransaction, vectors: readonly StoredVector[]): Promise<void> {
  await sql`
    insert into agent_profiles (tenant_id, id, name, model_family)
    values (${tx.tenantId}, 'a', 'a', 'human'), (${tx.tenantId}, 'b', 'b', 'human')
    on conflict do nothing
  `.execute(tx);
  await sql`
    insert into agent_capabilities_graph (
      tenant_id, id, agent_id, capability_type, capability_name, canonical_name, confidence, extraction_confidence,
      validation_status, embedding
    )
    select
      ${tx.tenantId}, id, agent_id, type::entity_type, 'skill ' || id, '', confidence, 1,
      case when is_rejected then 'rejected' else 'unvalidated' end, embedding
    from unnest(
      ${vectors.map(({ id }) => id)}::uuid[],
      ${vectors.map(({ agentId }) => agentId)}::text[],
      ${vectors.map(({ type }) => type)}::text[],
      ${vectors.map(({ confidence }) => confidence)}::numeric[],
      ${vectors.map(({ isRejected }) => isRejected)}::boolean[],
      ${encodeVectors(vectors.map(({ embedding }) => embedding))}::vector[]
    ) as given (id, agent_id, type, confidence, is_rejected, embedding)
  `.execute(tx);
}

export interface Wanted {
  readonly limit: number;
  readonly fits?: (vector: StoredVector) => boolean;
}

/** What comparing with everything finds, by numbers of twice the precision that the database has. */
export function nearestTo(
  question: Float32Array,
  vectors: readonly StoredVector[],
  { limit, fits = () => true }: Wanted,
): string[] {
  return vectors
    .filter((vector) => !vector.isRejected && fits(vector))
    .map(({ id, embedding }) => ({ id, similarity: cosine(question, embedding) }))
    .sort((one, other) => other.similarity - one.similarity)
    .slice(0, limit)
    .map(({ id }) => id);
}

function cosine(one: Float32Array, other: Float32Array): number {
  let [dot, ones, others] = [0, 0, 0];
  for (let at = 0; at < DIMENSIONS; at += 1) {
    const [a, b] = [one[at] ?? 0, other[at] ?? 0];
    dot += a * b;
    ones += a * a;
    others += b * b;
  }
  return dot / Math.sqrt(ones * others);
}

/** Share of what should have been found that was. */
export function recallOf(found: readonly string[], expected: readonly string[]): number {
  return expected.filter((id) => found.includes(id)).length / expected.length;
}
