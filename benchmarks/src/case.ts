import type { Measured, Timing } from './statistics.ts';

/** One line of a benchmark: what this repository's code took, and what others took for the same work in the same run. */
export interface Case {
  readonly case: string;
  readonly ours: Measured;
  readonly baselines: Readonly<Record<string, Measured & { readonly ratio: number }>>;
  /** Time of ours ÷ time of the baseline `ratioTo`, by the statistic `ratioOf`. Below 1 ours is faster. */
  readonly ratio: number;
  readonly ratioOf: string;
  readonly ratioTo: string;
  /** What has to be true for the times to mean anything. One that is not fails the run. */
  readonly checks: Readonly<Record<string, boolean>>;
  /** What is aimed at. One that is missed is reported and fails nothing: times depend on the machine. */
  readonly aims: Readonly<Record<string, boolean>>;
  readonly passed: boolean;
}

export interface Comparison extends Pick<Case, 'case' | 'ours' | 'checks'> {
  readonly baselines: Readonly<Record<string, Measured>>;
  readonly aims?: Case['aims'];
  /** A statistic, or one of the figures: in milliseconds, or per second. */
  readonly ratioOf: keyof Timing | (string & {});
  readonly ratioTo: string;
}

/** Makes a case: works out the ratios, and whether every check holds. */
export function compare({ baselines, aims = {}, ...rest }: Comparison): Case {
  const withRatios = Object.fromEntries(
    Object.entries(baselines).map(([name, measured]) => [
      name,
      { ...measured, ratio: timeRatio(rest.ours, measured, rest.ratioOf) },
    ]),
  );
  const reference = withRatios[rest.ratioTo];
  if (reference === undefined) throw new RangeError(`no baseline is called ${rest.ratioTo}`);
  return {
    ...rest,
    baselines: withRatios,
    ratio: reference.ratio,
    aims,
    passed: Object.values(rest.checks).every(Boolean),
  };
}

function timeRatio(ours: Measured, other: Measured, statistic: string): number {
  const ratio = valueOf(ours, statistic) / valueOf(other, statistic);
  return statistic.endsWith('erSecond') ? 1 / ratio : ratio;
}

function valueOf(measured: Measured, statistic: string): number {
  if (statistic === 'p50Ms' || statistic === 'p95Ms' || statistic === 'perSecond') return measured[statistic];
  const value = measured.figures[statistic];
  if (value === undefined) throw new RangeError(`no figure is called ${statistic}`);
  return value;
}
