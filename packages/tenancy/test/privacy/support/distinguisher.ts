/** What an adversary looks for in an output. */
export type Event = (output: number) => boolean;

/** What is known about how far an event's probabilities are apart on two databases. */
export interface Distinction {
  /** ln(P[M(D) in S] / P[M(D') in S]), less delta, as it was seen. */
  readonly estimate: number;
  /** What it is at least, but for one time in a million. */
  readonly atLeast: number;
}

/**
 * Tells a mechanism's outputs on two neighbouring databases apart, as well as it can.
 *
 * The first half of the draws serves to find the event that tells most, out of the candidates and every threshold; the
 * second half, which has had no say in that, to measure it: so that the confidence is one event's, not many events' luck.
 */
export function distinguish(
  drawOne: () => number,
  drawOther: () => number,
  { draws, delta = 0, candidates = [] }: { draws: number; delta?: number; candidates?: readonly Event[] },
): Distinction {
  const half = Math.floor(draws / 2);
  const training = [sample(half, drawOne), sample(half, drawOther)] as const;
  const best = [...thresholds(training[0]), ...candidates]
    .map((event) => ({ event, ...better(event, training, delta) }))
    .reduce((most, next) => (next.atLeast > most.atLeast ? next : most));
  const [here, there] = [sample(half, drawOne), sample(half, drawOther)];
  return best.isSwapped
    ? distinctionOf(best.event, there, here, delta)
    : distinctionOf(best.event, here, there, delta);
}

/** In which of both directions an event tells more. */
function better(
  event: Event,
  [one, other]: readonly [readonly number[], readonly number[]],
  delta: number,
): { readonly isSwapped: boolean; readonly atLeast: number } {
  const [forth, back] = [distinctionOf(event, one, other, delta), distinctionOf(event, other, one, delta)];
  // NaN where the event is rarer than delta: that tells nothing.
  const [atLeast, swapped] = [forth.atLeast, back.atLeast].map((it) => (Number.isNaN(it) ? -Infinity : it));
  return { isSwapped: (swapped ?? 0) > (atLeast ?? 0), atLeast: Math.max(atLeast ?? 0, swapped ?? 0) };
}

const sample = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);

/** Above and below forty places, spread over what was drawn. */
function thresholds(outputs: readonly number[]): Event[] {
  const sorted = outputs.toSorted((a, b) => a - b);
  const places = Array.from(
    { length: 40 },
    (_, place) => sorted[Math.floor((place * sorted.length) / 40)] ?? 0,
  );
  return [...new Set(places)].flatMap((place): Event[] => [
    (output) => output <= place,
    (output) => output > place,
  ]);
}

function distinctionOf(
  event: Event,
  here: readonly number[],
  there: readonly number[],
  delta: number,
): Distinction {
  const [hits, misses] = [here.filter(event).length, there.filter(event).length];
  return {
    estimate: Math.log((hits / here.length - delta) / (misses / there.length)),
    atLeast: Math.log((lowerBound(hits, here.length) - delta) / upperBound(misses, there.length)),
  };
}

/** ln of half of one in a million: each side may fail that often. */
const LOG_FAILURE = Math.log(0.5e-6);

/** Chernoff's bounds: the probability for which so few, or so many, hits would be that unlikely (by the relative entropy). */
const upperBound = (hits: number, draws: number): number =>
  bisect((p) => -draws * relativeEntropy(hits / draws, p) < LOG_FAILURE, hits / draws, 1);
const lowerBound = (hits: number, draws: number): number =>
  bisect((p) => -draws * relativeEntropy(hits / draws, p) >= LOG_FAILURE, 0, hits / draws);

function relativeEntropy(share: number, p: number): number {
  const term = (a: number, b: number): number => (a === 0 ? 0 : a * Math.log(a / b));
  return term(share, p) + term(1 - share, 1 - p);
}

/** Where `isBeyond` turns from false to true. */
function bisect(isBeyond: (p: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (isBeyond(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
