import { expect } from 'vitest';

/** How seldom a right sampler would fail one comparison: the draws are the same in every run, so it does or does not. */
const FAILURE = 1e-9;

/** How often each number came. */
export function countDraws(draws: number, draw: () => bigint): Map<number, number> {
  const counts = new Map<number, number>();
  for (let drawn = 0; drawn < draws; drawn += 1) {
    const number = Number(draw());
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  return counts;
}

/**
 * Compares draws with the probabilities that they have to have, by Pearson's chi-square over all numbers that are expected
 * 25 times or more, and one cell for the rest.
 *
 * The statistic of k + 1 cells is above k + 2√(kx) + 2x with a probability of at most exp(-x) (Laurent, Massart 2000,
 * lemma 1).
 */
export function expectDistribution(
  counts: ReadonlyMap<number, number>,
  probabilityOf: (number: number) => number,
): void {
  const draws = [...counts.values()].reduce((sum, times) => sum + times, 0);
  const { statistic, cells } = chiSquare(counts, draws, probabilityOf);
  const x = -Math.log(FAILURE);
  const degrees = cells - 1;
  expect(statistic).toBeLessThan(degrees + 2 * Math.sqrt(degrees * x) + 2 * x);
}

export function chiSquare(
  counts: ReadonlyMap<number, number>,
  draws: number,
  probabilityOf: (number: number) => number,
): { statistic: number; cells: number } {
  let [statistic, cells, expectedRest, seenRest] = [0, 1, draws, draws];
  for (let distance = 0; ; distance += 1) {
    const numbers = distance === 0 ? [0] : [-distance, distance];
    const expected = numbers.map((number) => draws * probabilityOf(number));
    if (Math.min(...expected) < 25) break;
    for (const [place, number] of numbers.entries()) {
      const seen = counts.get(number) ?? 0;
      const share = expected[place] ?? 0;
      statistic += (seen - share) ** 2 / share;
      cells += 1;
      expectedRest -= share;
      seenRest -= seen;
    }
  }
  return { statistic: statistic + (seenRest - expectedRest) ** 2 / Math.max(expectedRest, 1), cells };
}

/** P(x) of the discrete Laplace distribution of a scale. */
export const laplaceProbability = (scale: number) => (x: number) =>
  Math.tanh(1 / (2 * scale)) * Math.exp(-Math.abs(x) / scale);

/** P(x) of the discrete Gaussian distribution of a variance, normalised by adding up what is above 10^-20 of the middle. */
export function gaussianProbability(variance: number): (x: number) => number {
  const weight = (x: number): number => Math.exp((-x * x) / (2 * variance));
  let total = 1;
  for (let x = 1; weight(x) > 1e-20; x += 1) total += 2 * weight(x);
  return (x) => weight(x) / total;
}

/**
 * The same of draws that are others in every run: the largest distance between both distribution functions is beyond
 * √(ln(2 / p) / 2n) with the probability p at most (Dvoretzky, Kiefer, Wolfowitz; Massart's constant).
 */
export function expectCloseTo(
  counts: ReadonlyMap<number, number>,
  probabilityOf: (number: number) => number,
): void {
  const draws = [...counts.values()].reduce((sum, times) => sum + times, 0);
  expect(draws).toBeGreaterThan(0);
  const [first, last] = [Math.min(...counts.keys()), Math.max(...counts.keys())];
  // Up to the first: from half of everything, as the distributions are symmetric.
  let expected = 0.5 - probabilityOf(0) / 2;
  for (let number = -1; number >= first; number -= 1) expected -= probabilityOf(number);
  for (let number = 0; number < first; number += 1) expected += probabilityOf(number);
  let [seen, largest] = [0, 0];
  for (let number = first; number <= last; number += 1) {
    expected += probabilityOf(number);
    seen += (counts.get(number) ?? 0) / draws;
    largest = Math.max(largest, Math.abs(seen - expected));
  }
  expect(largest).toBeLessThan(Math.sqrt(Math.log(2 / 1e-11) / (2 * draws)));
}
