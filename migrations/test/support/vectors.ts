import type { seededRandom } from './random.ts';

const DIMENSIONS = 768;

/** An embedding of 768 whole numbers from -9 to 9. */
export function randomVector(random: ReturnType<typeof seededRandom>): number[] {
  return Array.from({ length: DIMENSIONS }, () => random.integer(19) - 9);
}

/** An embedding that points along one of the 768 axes, and a little along another. */
export function axis(main: number, aside = main, share = 0): number[] {
  return Array.from({ length: DIMENSIONS }, (_, at) => (at === main ? 1 : at === aside ? share : 0));
}

/** As pgvector reads it. */
export const vectorText = (vector: readonly number[]): string => `[${vector.join(',')}]`;

/** Cosine of the angle between two. */
export function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}
