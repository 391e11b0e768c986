import { seededRandom } from '../src/seeded-random.ts';

export const DIMENSIONS = 768;

/** Draws embeddings of one tenant, and questions to them. */
export interface Embedder {
  draw(): Float32Array;
}

/** What embeddings are like: one {@link Embedder} a tenant. */
export type Model = (tenant: number) => Embedder;

export type ModelName = 'clustered' | 'uniform';

export const MODELS: Readonly<Record<ModelName, (seed: number) => Model>> = { clustered, uniform };

/** Texts vary in far fewer ways than an embedding has dimensions. */
const FACTORS = 48;
const TOPICS = 1000;
const TOPICS_OF_A_TENANT = 50;
/** How far an embedding is from its topic, in units of how far topics are apart. */
const SPREAD = 0.4;
/** What no factor explains; a third of the variance. */
const NOISE = 0.7;
/** What all embeddings have in common, because models do not centre them. */
const COMMON = 1;

/**
 * As embeddings of texts are: a common direction; topics, of which each tenant has some, a few of them much more often than
 * others; a few dozen factors of falling weight, in which topics differ, and embeddings of one topic less; and noise.
 */
function clustered(seed: number): Model {
  const random = seededRandom(seed);
  const normal = normals(random);
  const weights = Array.from({ length: FACTORS }, (_, factor) => (factor + 1) ** -0.5);
  const length = Math.hypot(...weights);
  const draws = (scale: number): Float32Array =>
    Float32Array.from(weights, (weight) => (scale * weight * normal()) / length);
  const topics = Array.from({ length: TOPICS }, () => draws(1));
  const common = Float32Array.from({ length: DIMENSIONS }, () => (COMMON * normal()) / Math.sqrt(DIMENSIONS));
  const axes = Float32Array.from({ length: DIMENSIONS * FACTORS }, () => normal() / Math.sqrt(DIMENSIONS));
  const noise = noiseTable(normal);

  const embed = (factors: Float32Array, from: number): Float32Array => {
    const vector = new Float32Array(DIMENSIONS);
    for (let at = 0; at < DIMENSIONS; at += 1) {
      let value = (common[at] ?? 0) + NOISE * (noise[from + at] ?? 0);
      for (let factor = 0; factor < FACTORS; factor += 1)
        value += (axes[at * FACTORS + factor] ?? 0) * (factors[factor] ?? 0);
      vector[at] = value;
    }
    return unit(vector);
  };

  return (tenant) => {
    const own = seededRandom(seed * 1_000_003 + tenant + 1);
    const ownNormal = normals(own);
    const pick = skewed(
      Array.from({ length: TOPICS_OF_A_TENANT }, () => topics[Math.floor(own() * TOPICS)]),
      own,
    );
    return {
      draw() {
        const topic = pick();
        const factors = Float32Array.from(
          weights,
          (weight, factor) => (topic?.[factor] ?? 0) + (SPREAD * weight * ownNormal()) / length,
        );
        return embed(factors, Math.floor(own() * (noise.length - DIMENSIONS)));
      },
    };
  };
}

/** All directions alike: nothing is near to anything, the hard case of every index. */
function uniform(seed: number): Model {
  return (tenant) => {
    const normal = normals(seededRandom(seed * 1_000_003 + tenant + 1));
    return { draw: () => unit(Float32Array.from({ length: DIMENSIONS }, normal)) };
  };
}

/** Normal numbers, of which each embedding gets a stretch: to draw them all would take most of the time. */
function noiseTable(normal: () => number): Float32Array {
  return Float32Array.from({ length: 2 ** 20 }, () => normal() / Math.sqrt(DIMENSIONS));
}

/** The first five times as often as the last. */
function skewed<T>(values: readonly T[], random: () => number): () => T | undefined {
  let total = 0;
  const bounds = values.map((_, at) => (total += 1 / (at + values.length / 4)));
  return () => {
    const at = random() * total;
    return values[bounds.findIndex((bound) => at < bound)];
  };
}

/** @see Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958. */
function normals(random: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

function unit(vector: Float32Array): Float32Array {
  let squared = 0;
  for (const value of vector) squared += value * value;
  const scale = 1 / Math.sqrt(squared);
  for (let at = 0; at < vector.length; at += 1) vector[at] = (vector[at] ?? 0) * scale;
  return vector;
}
