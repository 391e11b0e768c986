import { compare, type Case } from '../src/case.ts';
import { mapRecord } from '../src/map-record.ts';
import type { Measured } from '../src/statistics.ts';
import type { AskerName } from './askers.ts';
import type { Examination } from './examination.ts';

type EveryAsker<T> = Readonly<Record<AskerName, T>>;

/** One case for each of our calls, both against the same baselines. */
export function casesOf(
  setting: string,
  examinations: EveryAsker<Examination>,
  times: EveryAsker<Measured>,
): Case[] {
  const measured = mapRecord(times, (time, name): Measured => {
    const { roundTrips } = examinations[name];
    const moreMs = time.p50Ms - times.bare.p50Ms;
    return { ...time, figures: { moreMs, ...(roundTrips === undefined ? {} : { roundTrips }) } };
  });
  const { withTenant, queryWithTenantContext, ...baselines } = measured;
  const all = Object.values(examinations);
  const checks = {
    rowsEqual: all.every(({ isFaultless }) => isFaultless),
    tenantIsolated: all.every(({ isIsolated }) => isIsolated),
  };
  return Object.entries({ withTenant, queryWithTenantContext }).map(([name, ours]) =>
    compare({
      ...{ case: `${name}, ${setting}`, ours, baselines, ratioOf: 'p50Ms', ratioTo: 'bare', checks },
      aims: aimsOf(ours.figures, baselines.bare.figures),
    }),
  );
}

const AIMED_AT_MS = 0.1;

/** Where latency was added round trips are what counts, and where it was not, milliseconds. */
function aimsOf(ours: Measured['figures'], bare: Measured['figures']): Case['aims'] {
  const { roundTrips, moreMs = Infinity } = ours;
  if (roundTrips === undefined)
    return { [`p50 at most ${AIMED_AT_MS} ms more than bare`]: moreMs <= AIMED_AT_MS };
  return { 'at most one round trip more than bare': roundTrips <= (bare['roundTrips'] ?? 0) + 1 };
}
