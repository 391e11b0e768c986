/** What one contender did in one round. */
export interface Round {
  /** Of every operation, waiting included. */
  readonly latenciesMs: readonly number[];
  /** From the round's first operation to the end of its last. */
  readonly elapsedMs: number;
  /** Further numbers that a benchmark wants summarized the same way. */
  readonly figures?: Readonly<Record<string, number>>;
}

export interface Timing {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly perSecond: number;
}

/** A contender over all rounds: of every statistic the median, and how far the rounds were apart. */
export interface Measured extends Timing {
  readonly figures: Readonly<Record<string, number>>;
  /** Least and greatest of the rounds, by the statistic's or figure's name. */
  readonly spread: Readonly<Record<string, readonly [least: number, greatest: number]>>;
}

/**
 * The value below which `share` of the values lie, interpolated between neighbours.
 *
 * @throws {RangeError} when there are no values.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError('no values to take a quantile of');
  return below + (above - below) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The statistics of a single round. */
export function timingOf({ latenciesMs, elapsedMs }: Round): Timing {
  return {
    p50Ms: median(latenciesMs),
    p95Ms: quantile(latenciesMs, 0.95),
    perSecond: (latenciesMs.length / elapsedMs) * 1000,
  };
}

/** A round that another program disturbed moves the spread and hardly the median. */
export function summarize(rounds: readonly Round[]): Measured {
  const statistics: Readonly<Record<string, number>>[] = rounds.map((round) => ({
    ...timingOf(round),
    ...round.figures,
  }));
  const valuesOf = (name: string): number[] => statistics.map((of) => of[name] ?? Number.NaN);
  const over = (name: string): number => median(valuesOf(name));
  return {
    p50Ms: over('p50Ms'),
    p95Ms: over('p95Ms'),
    perSecond: over('perSecond'),
    figures: Object.fromEntries(Object.keys(rounds[0]?.figures ?? {}).map((name) => [name, over(name)])),
    spread: Object.fromEntries(
      Object.keys(statistics[0] ?? {}).map((name) => {
        const values = valuesOf(name);
        return [name, [Math.min(...values), Math.max(...values)]];
      }),
    ),
  };
}
