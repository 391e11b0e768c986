import type { DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { expect } from 'vitest';
import type { Benchmark } from '../src/benchmark.ts';
import type { Case } from '../src/case.ts';

const aNumber = expect.any(Number) as number;

/** Runs a benchmark at its tiniest size, and expects what every case of every benchmark has. Times are nobody's business. */
export async function runTiniest(benchmark: Benchmark, database: DatabaseUnderTest): Promise<Case[]> {
  const [tiniest] = benchmark.sizes;
  const cases = await benchmark.run({ database, note: () => undefined }, tiniest?.name ?? '');
  const timing = { p50Ms: aNumber, p95Ms: aNumber, perSecond: aNumber };
  for (const { case: name, ours, baselines, ratio, checks, passed } of cases) {
    expect(ours, name).toMatchObject(timing);
    for (const baseline of Object.values(baselines))
      expect(baseline, name).toMatchObject({ ...timing, ratio: aNumber });
    expect(ratio, name).toEqual(aNumber);
    expect(checks, name).toEqual(Object.fromEntries(Object.keys(checks).map((check) => [check, true])));
    expect(passed, name).toBe(true);
  }
  return cases;
}
