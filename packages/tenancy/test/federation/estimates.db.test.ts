import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// The estimates, first without their noise, against a naive model and its neighbours; then the noise by itself.

const database = testDatabase();
let session: SqlSession;

beforeAll(async () => {
  session = await connect(database.url);
});
afterAll(() => session.close());

interface Contribution {
  readonly steps: readonly number[];
  /** Hundredths. */
  readonly weight: number;
}
type Method = 'weighted' | 'consensus' | 'hybrid';

const TOP = 40;
const TRIM = 0.2;

async function estimates(method: Method, contributions: readonly Contribution[], epsilon: number, times = 1) {
  const settings = {
    ...{ lower: 0, upper: TOP, resolution: 1, trim: TRIM },
    dimensions: contributions[0]?.steps.length,
  };
  const { rows } = await session.query(
    `select (app.estimate_${method}($1::text::jsonb, jsonb_populate_record(null::app.federated_settings, $2::text::jsonb),
       $3::text::numeric)).means::text::float8[] as means from generate_series(1, $4::text::integer)`,
    [JSON.stringify(contributions), JSON.stringify(settings), String(epsilon), String(times)],
  );
  return rows.map((row) => row['means'] as number[]);
}

/** In a transaction in which noise is nought, or another SQL expression of its parameters. */
async function withNoise<T>(noise: string, work: () => Promise<T>): Promise<T> {
  await session.query('begin');
  try {
    await session.query(`
      create or replace function app.privacy_noise(p_sensitivity numeric, p_epsilon numeric, p_rho numeric) returns bigint
      language plpgsql volatile parallel safe set search_path = pg_catalog, public, pg_temp
      as $$ begin return ${noise}; end $$`);
    return await work();
  } finally {
    await session.query('rollback');
  }
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function naive(method: Method, contributions: readonly Contribution[]): number[] {
  const { steps: places = [] } = contributions[0] ?? {};
  const weight = total(contributions.map((it) => it.weight));
  const cut = Math.floor(contributions.length * TRIM);
  return places.map((_, at) => {
    const weighted = total(contributions.map((it) => it.weight * (it.steps[at] ?? NaN))) / weight;
    const kept = contributions
      .map((it) => it.steps[at] ?? NaN)
      .toSorted((one, other) => one - other)
      .slice(cut, contributions.length - cut);
    const consensus = total(kept) / kept.length;
    return { weighted, consensus, hybrid: (weighted + consensus) / 2 }[method];
  });
}

const contribution = (dimensions: number): fc.Arbitrary<Contribution> =>
  fc.record({
    steps: fc.array(fc.integer({ min: 0, max: TOP }), { minLength: dimensions, maxLength: dimensions }),
    weight: fc.integer({ min: 1, max: 100 }),
  });
const contributions = fc
  .integer({ min: 1, max: 4 })
  .chain((dimensions) => fc.array(contribution(dimensions), { minLength: 2, maxLength: 12 }));
/** The same with one tenant's contribution replaced. */
const neighbours = contributions.chain((list) =>
  fc.tuple(fc.constant(list), fc.nat({ max: list.length - 1 }), contribution(list[0]?.steps.length ?? 1)),
);

describe.skipIf(database.kind === 'pglite')('the estimates', () => {
  it.each(['weighted', 'consensus', 'hybrid'] as const)(
    '%s, less its noise, is what it says',
    async (method) => {
      await withNoise('0', () =>
        fc.assert(
          fc.asyncProperty(contributions, async (list) => {
            const [means = []] = await estimates(method, list, 1);
            naive(method, list).forEach((value, at) => expect(means[at]).toBeCloseTo(value, 5));
          }),
          { numRuns: 40 },
        ),
      );
    },
  );

  it('weighted has noise of its numerators and of its denominator', async () => {
    // What each is drawn for, in the place of a random number: 200 h d, and 200 d.
    const [means] = await withNoise('p_sensitivity', () =>
      estimates('weighted', [{ steps: [TOP, 0], weight: 50 }], 1),
    );
    const half = TOP / 2;
    const [above = NaN, below = NaN] = [50 * half, -50 * half].map((sum) => (sum + 400 * half) / (50 + 400));
    expect(means?.[0]).toBeCloseTo(half + above, 5);
    expect(means?.[1]).toBeCloseTo(half + below, 5);
  });

  it('weighted moves no further than its noise is for, numerators and denominator together', async () => {
    await withNoise('0', () =>
      fc.assert(
        fc.asyncProperty(neighbours, async ([list, at, replacement]) => {
          const [one, other] = [list, list.with(at, replacement)].map((it) => ({
            it,
            weight: total(it.map((item) => item.weight)),
          }));
          if (one === undefined || other === undefined) return;
          const numerators = async ({ it, weight }: typeof one): Promise<number[]> =>
            (await estimates('weighted', it, 1)).flat().map((mean) => (mean - TOP / 2) * weight);
          const [before, after] = [await numerators(one), await numerators(other)];
          const moved = total(before.map((value, place) => Math.abs(value - (after[place] ?? NaN))));
          const dimensions = before.length;
          const half = TOP / 2;
          const spent =
            moved / (200 * half * dimensions) + Math.abs(one.weight - other.weight) / (200 * dimensions);
          expect(spent).toBeLessThanOrEqual(1.0001);
        }),
        { numRuns: 60 },
      ),
    );
  });

  it('consensus moves no further than its noise is for', async () => {
    await withNoise('0', () =>
      fc.assert(
        fc.asyncProperty(neighbours, async ([list, at, replacement]) => {
          const [before = []] = await estimates('consensus', list, 1);
          const [after = []] = await estimates('consensus', list.with(at, replacement), 1);
          const rest = list.length - 2 * Math.floor(list.length * TRIM);
          const moved = total(before.map((value, place) => Math.abs(value - (after[place] ?? NaN)) * rest));
          expect(moved).toBeLessThanOrEqual(TOP * before.length + 0.001);
        }),
        { numRuns: 60 },
      ),
    );
  });

  it.each([
    // Everybody in the middle, where the denominator's noise does nothing: 200 h d / epsilon over 100 n.
    ['weighted', 1, 2 * (TOP / 2)],
    ['weighted', 2, 2 * (TOP / 2)],
    // The range times d / epsilon over what remains of n.
    ['consensus', 1, TOP / 0.6],
    ['consensus', 2, TOP / 0.6],
  ] as const)('%s of %i dimensions has noise of the right scale', async (method, dimensions, perTenant) => {
    const [count, epsilon] = [200, 0.5];
    const list = Array.from({ length: count }, () => ({
      steps: Array.from({ length: dimensions }, () => TOP / 2),
      weight: 100,
    }));
    const samples = (await estimates(method, list, epsilon, 1500)).flat();
    const scale = (perTenant * dimensions) / (count * epsilon);
    // The mean distance of Laplace noise is its scale; of 1500, it is off by 2.6 % once in three times.
    const distance = total(samples.map((value) => Math.abs(value - TOP / 2))) / samples.length;
    expect(distance / scale).toBeGreaterThan(0.84);
    expect(distance / scale).toBeLessThan(1.16);
    expect(Math.abs(total(samples) / samples.length - TOP / 2)).toBeLessThan(
      (scale * 1.42 * 6) / Math.sqrt(1500),
    );
  });
});
