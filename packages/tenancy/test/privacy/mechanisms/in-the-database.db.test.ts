import { describe, expect, it } from 'vitest';
import { zcdpEpsilon, zcdpRho } from '../../../src/privacy/accounting/zcdp.ts';
import { parseDecimal } from '../../../src/privacy/fraction.ts';
import { useAggregates } from '../support/aggregates.ts';
import { expectCloseTo, gaussianProbability, laplaceProbability } from '../support/distribution.ts';

const { rowsOf } = useAggregates();

async function countsOf(expression: string, draws: number): Promise<Map<number, number>> {
  const rows = await rowsOf(`
    select drawn.number::float8 as number, count(*)::integer as times
    from (select ${expression} as number from generate_series(1, ${draws}) as draw) as drawn
    group by drawn.number`);
  return new Map(rows.map((row) => [Number(row['number']), Number(row['times'])]));
}

describe('app.discrete_gaussian', () => {
  it.each([
    [1, 9],
    [1, 1],
    [22, 7],
    [10_000, 3],
  ])('is distributed as it has to be for the variance %s/%s', async (numerator, denominator) => {
    const counts = await countsOf(`app.discrete_gaussian(${numerator}, ${denominator})`, 4000);
    expectCloseTo(counts, gaussianProbability(numerator / denominator));
  });

  it.each(['0, 1', '1, 0', '-1, 1', '1.5, 1', `'NaN', 1`, `1, 'NaN'`, `1, 'Infinity'`, 'null, 1', '1e24, 1'])(
    'refuses the variance of %s',
    async (fraction) => {
      await expect(rowsOf(`select app.discrete_gaussian(${fraction})`)).rejects.toMatchObject({
        code: '22023',
      });
    },
  );
});

describe('app.privacy_noise', () => {
  it('is Laplace noise of the scale sensitivity / epsilon, and Gaussian of the variance sensitivity² / 2 rho', async () => {
    expectCloseTo(await countsOf('app.privacy_noise(3, 0.25, null)', 4000), laplaceProbability(12));
    expectCloseTo(await countsOf('app.privacy_noise(3, 1, 0.05)', 4000), gaussianProbability(90));
  });
});

describe('app.random_whole_below', () => {
  it.each(['1', '2', '7', '281474976710656', '281474976710657', '1e40'])(
    'stays below %s, evenly',
    async (bound) => {
      const parts = Math.min(Number(bound), 7);
      const counts = await countsOf(`trunc(app.random_whole_below(${bound}) * ${parts} / ${bound})`, 5000);
      for (let part = 0; part < parts; part += 1)
        expect(Math.abs((counts.get(part) ?? 0) / 5000 - 1 / parts)).toBeLessThan(0.06);
      expect([...counts.keys()].every((part) => part >= 0 && part < parts)).toBe(true);
    },
  );

  it('does not prefer small numbers where the bound does not divide the range', async () => {
    // Of 2^48 numbers, a remainder by 3 · 2^46 would be below 2^46 twice as often: for half of them, not a third.
    const counts = await countsOf(`(app.random_whole_below(${3 * 2 ** 46}) < ${2 ** 46})::integer`, 5000);
    expect(Math.abs((counts.get(1) ?? 0) / 5000 - 1 / 3)).toBeLessThan(0.052);
  });

  it.each(['0', '-1', '1.5', `'NaN'`, `'Infinity'`, 'null'])('refuses the bound %s', async (bound) => {
    await expect(rowsOf(`select app.random_whole_below(${bound})`)).rejects.toMatchObject({ code: '22023' });
  });
});

describe('app.happens_with_exp_of', () => {
  it.each([
    [0, 1],
    [1, 3],
    [1, 1],
    [7, 3],
  ])('happens as often as exp(-%s/%s) says', async (numerator, denominator) => {
    const counts = await countsOf(`app.happens_with_exp_of(${numerator}, ${denominator})::integer`, 5000);
    const share = (counts.get(1) ?? 0) / 5000;
    expect(Math.abs(share - Math.exp(-numerator / denominator))).toBeLessThan(0.052);
    if (numerator === 0) expect(share).toBe(1);
  });

  it.each(['-1, 1', '1, 0', '0.5, 1', `'NaN', 1`, `1, 'NaN'`, `'Infinity', 1`, 'null, 1'])(
    'refuses the exponent %s',
    async (fraction) => {
      await expect(rowsOf(`select app.happens_with_exp_of(${fraction})`)).rejects.toMatchObject({
        code: '22023',
      });
    },
  );
});

describe('app.zcdp_epsilon and app.zcdp_rho', () => {
  const cases = ['0.0001', '0.5', '1', '9.9999'].flatMap((first) =>
    ['0.00000001', '0.00001', '0.5'].map((delta) => [first, delta] as const),
  );
  const units = (decimal: string): bigint => {
    const { numerator, denominator } = parseDecimal(decimal);
    return (numerator * 10n ** 30n) / denominator;
  };

  it.each(cases)('are what accounting has, or a little more careful, for %s and %s', async (first, delta) => {
    const [row] = await rowsOf(
      'select app.zcdp_epsilon($1::numeric, $2::numeric)::text as epsilon, app.zcdp_rho($1::numeric, $2::numeric)::text as rho',
      first,
      delta,
    );
    const [value, d] = [parseDecimal(first), parseDecimal(delta)];
    const epsilon = units(String(row?.['epsilon'])) - zcdpEpsilon(value, d).numerator;
    const rho = zcdpRho(value, d).numerator - units(String(row?.['rho']));
    // In the 30th decimal. "More careful" is more epsilon, and less rho.
    for (const difference of [epsilon, rho]) expect(Number(difference)).toBeGreaterThanOrEqual(-1);
    for (const difference of [epsilon, rho]) expect(Number(difference)).toBeLessThanOrEqual(4);
  });

  it('never let a budget be overspent by rounding', async () => {
    const rows = await rowsOf(`
      select epsilon, delta
      from generate_series(0.0001, 9.9999, 0.0373) as epsilon, unnest('{0.00000001, 0.00001, 0.3}'::numeric[]) as delta
      where not app.zcdp_epsilon(app.zcdp_rho(epsilon, delta), delta) <= epsilon
        or not app.zcdp_epsilon(app.zcdp_rho(epsilon, delta) + 1e-28, delta) > epsilon`);
    expect(rows).toEqual([]);
  });

  it('are not known where there is none', async () => {
    const arguments_ = [
      `'NaN', 0.1`,
      '1, 0',
      '1, 1',
      `1, 'NaN'`,
      '-1, 0.1',
      'null, 0.1',
      '1, null',
      `'Infinity', 0.1`,
    ];
    for (const of of arguments_) {
      const [row] = await rowsOf(`select app.zcdp_epsilon(${of}) as epsilon, app.zcdp_rho(${of}) as rho`);
      expect(row, of).toEqual({ epsilon: null, rho: null });
    }
  });
});
