import { numbersFrom } from './random-dags.ts';

const DIMENSIONS = 768;
const TOPICS = 20;

/** Embeddings around a few topics, the same for the same seed. */
export function topicalVectors(seed: number): () => Float32Array {
  const random = numbersFrom(seed);
  const normal = (): number => Array.from({ length: 6 }, random).reduce((sum, one) => sum + one, -3);
  const topics = Array.from({ length: TOPICS }, () => Array.from({ length: DIMENSIONS }, normal));
  return () => {
    const topic = topics[Math.floor(random() * TOPICS)] ?? [];
    return Float32Array.from(topic, (value) => value + 0.7 * normal());
  };
}

/** The ids of the nearest, by comparing with everything in numbers of twice the precision that the database has. */
export function nearestTo(
  question: Float32Array,
  vectors: ReadonlyMap<string, Float32Array>,
  limit: number,
): string[] {
  return [...vectors]
    .map(([id, vector]) => ({ id, similarity: cosine(question, vector) }))
    .sort((one, other) => other.similarity - one.similarity)
    .slice(0, limit)
    .map(({ id }) => id);
}

export function cosine(one: Float32Array, other: Float32Array): number {
  let [dot, ones, others] = [0, 0, 0];
  for (let at = 0; at < DIMENSIONS; at += 1) {
    const [a, b] = [one[at] ?? 0, other[at] ?? 0];
    dot += a * b;
    ones += a * a;
    others += b * b;
  }
  return dot / Math.sqrt(ones * others);
}
