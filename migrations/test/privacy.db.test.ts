import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenants, queryValue } from './support/rows.ts';
import { outcomeOf, undone } from './support/undone.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

/** A tenant for each setting; `differential`, with an epsilon of 1 and groups of 5, is the default. */
const CHANGES = {
  differential: '',
  half: 'epsilon = 0.5',
  least: 'epsilon = 0.0001',
  most: 'epsilon = 9.9999',
  two: 'k_anonymity = 2',
  basic: `privacy_level = 'basic'`,
  secure: `privacy_level = 'secure'`,
};

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, ...Object.keys(CHANGES));
  for (const [tenant, change] of Object.entries(CHANGES))
    if (change !== '')
      await administrator.query(`update tenant_privacy_config set ${change} where tenant_id = $1`, [tenant]);
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

const as = <T>(tenant: string | undefined, work: () => Promise<T>): Promise<T> =>
  undone(application, tenant, work);
const ask = (tenant: string | undefined, text: string, values?: readonly unknown[]): Promise<unknown> =>
  as(tenant, () => queryValue(application, text, values));
const outcome = (tenant: string | undefined, text: string, values?: readonly unknown[]): Promise<unknown> =>
  as(tenant, () => outcomeOf(application, text, values));

describe.skipIf(database.kind === 'pglite')('check_k_anonymity', () => {
  it.each([
    ['differential', 5, true],
    ['differential', 4, false],
    ['differential', 0, false],
    ['differential', -5, false],
    ['differential', '9223372036854775807', true],
    ['differential', null, false],
    ['two', 2, true],
    ['two', 1, false],
  ])('of %s says of a group of %s: %s', async (tenant, size, expected) => {
    for (const type of [
      'bigint',
      ...(size === null || Math.abs(Number(size)) < 10 ? ['integer', 'smallint'] : []),
    ])
      await expect(
        ask(tenant, `select check_k_anonymity($1::${type}, $2)`, [size, tenant]),
        type,
      ).resolves.toBe(expected);
  });

  it('filters groups in having, by their count', async () => {
    const groups = `
      select string_agg(size::text, ',' order by size) from (
        select count(*) as size from generate_series(1, 7) as size, generate_series(1, size) as row
        group by size having check_k_anonymity(count(*), 'differential')
      ) as large`;
    await expect(ask('differential', groups)).resolves.toBe('5,6,7');
    await expect(ask('two', groups)).resolves.toBeNull();
  });

  it.each(['two', 'nobody', null, ''])(
    'says no for the tenant %s, which is not the current one',
    async (tenant) => {
      await expect(ask('differential', 'select check_k_anonymity(1000, $1)', [tenant])).resolves.toBe(false);
    },
  );

  it('says no to whoever has no tenant', async () => {
    await expect(ask(undefined, `select check_k_anonymity(1000, 'differential')`)).resolves.toBe(false);
  });
});

describe.skipIf(database.kind === 'pglite')('tenant_privacy_config', () => {
  it('is not the application’s to write', async () => {
    for (const statement of [
      `update tenant_privacy_config set privacy_level = 'basic'`,
      'delete from tenant_privacy_config',
      `insert into tenant_privacy_config (tenant_id) values ('differential')`,
    ])
      await expect(outcome('differential', statement), statement).resolves.toBe('42501');
  });

  it.each([
    ['noise_magnitude', '-0.0001'],
    ['noise_magnitude', `'NaN'`],
    ['k_anonymity', '1'],
    ['epsilon', '0'],
    ['epsilon', '0.00004'],
    ['epsilon', `'NaN'`],
    ['delta', '-0.00000001'],
    ['delta', '1'],
    ['delta', `'NaN'`],
  ])('refuses %s of %s', async (column, value) => {
    const change = `update tenant_privacy_config set ${column} = ${value} where tenant_id = 'two'`;
    await expect(administrator.query(change)).rejects.toMatchObject({ code: '23514' });
  });
});

describe.skipIf(database.kind === 'pglite')('app.random_below', () => {
  it.each(['0', '-1', '281474976710657', '9223372036854775807', null])(
    'refuses the bound %s',
    async (bound) => {
      await expect(outcome('two', 'select app.random_below($1::bigint)', [bound])).resolves.toBe('22023');
    },
  );

  it.each(['1', '2', '3', '10', '1000000007', '281474976710655', '281474976710656'])(
    'stays from 0 to below %s',
    async (bound) => {
      await expect(
        ask(
          'two',
          `select bool_and(number >= 0 and number < $1::bigint)
           from generate_series(1, 500), app.random_below($1::bigint) as number`,
          [bound],
        ),
      ).resolves.toBe(true);
    },
  );

  it('gives every number its share', async () => {
    const [bins, draws] = [7, 10_000];
    const counts = await countsOf(`app.random_below(${bins})`, draws);
    for (let bin = 0; bin < bins; bin += 1)
      expect(Math.abs((counts.get(bin) ?? 0) / draws - 1 / bins), String(bin)).toBeLessThan(
        hoeffding(draws, bins),
      );
  });

  it('does not prefer small numbers where the bound does not divide the range', async () => {
    // Of 2^48 numbers, a remainder by 3 · 2^46 would be below 2^46 twice as often: for half of them, not a third.
    const draws = 5000;
    const counts = await countsOf(
      'case when app.random_below(3 * (1::bigint << 46)) < 1::bigint << 46 then 1 else 0 end',
      draws,
    );
    expect(Math.abs((counts.get(1) ?? 0) / draws - 1 / 3)).toBeLessThan(hoeffding(draws));
  });
});

describe.skipIf(database.kind === 'pglite')('app.happens_with_exp', () => {
  it.each([
    [0, 1],
    [1, 3],
    [1, 2],
    [999, 1000],
    [1, 1],
  ])('happens as often as exp(-%s/%s) says', async (numerator, denominator) => {
    const draws = 10_000;
    const counts = await countsOf(`app.happens_with_exp(${numerator}, ${denominator})::integer`, draws);
    const share = (counts.get(1) ?? 0) / draws;
    expect(Math.abs(share - Math.exp(-numerator / denominator))).toBeLessThan(hoeffding(draws));
    if (numerator === 0) expect(share).toBe(1);
  });
});

describe.skipIf(database.kind === 'pglite')('app.discrete_laplace', () => {
  it.each([
    [1, 3],
    [1, 1],
    [3, 2],
    [25, 1],
  ])('is distributed as it has to be for the scale %s/%s', async (numerator, denominator) => {
    const counts = await countsOf(`app.discrete_laplace(${numerator}, ${denominator})`, 4000);
    expectLaplace(counts, numerator / denominator);
  });

  it.each([
    [0, 1],
    [-1, 1],
    [1, 0],
  ])('refuses the scale %s/%s', async (numerator, denominator) => {
    await expect(
      outcome('two', `select app.discrete_laplace(${numerator}, ${denominator})`),
    ).resolves.toMatch(/^22/);
  });
});

describe.skipIf(database.kind === 'pglite')('add_dp_noise', () => {
  it.each([
    ['differential', 1],
    ['half', 0.5],
    ['least', 0.0001],
    ['most', 9.9999],
  ])('adds the noise of %s: an epsilon of %s, in thousandths', async (tenant, epsilon) => {
    // 1001 thousandths: two values that differ by 1 are, rounded, apart by that at most.
    const counts = await countsOf(`(add_dp_noise(12.3456, '${tenant}') - 12.346) * 1000`, 3000, tenant);
    expectLaplace(counts, 1001 / epsilon);
  });

  it('shows three decimals, whatever the value has', async () => {
    const odd = `
      select count(*)::int from generate_series(1, 200) as number, add_dp_noise(number / 7.0, 'half') as noisy
      where noisy <> round(noisy, 3)`;
    await expect(ask('half', odd)).resolves.toBe(0);
  });

  it.each(['1e300', '-1e300', '9223372036854775808', '0', '-0.0004', '1e-300'])(
    'adds no more to %s than to others',
    async (value) => {
      // A magnitude of 60 scales happens with a probability of exp(-60), less than 1e-26.
      const noise = `select abs(add_dp_noise($1::numeric, 'half') - round($1::numeric, 3)) <= 60 * 2.002`;
      await expect(ask('half', noise, [value])).resolves.toBe(true);
    },
  );

  it('leaves a value as it is at the level basic', async () => {
    await expect(ask('basic', `select add_dp_noise(0.123456789, 'basic')::text`)).resolves.toBe(
      '0.123456789',
    );
  });

  it('knows no noise for null', async () => {
    await expect(ask('differential', `select add_dp_noise(null, 'differential')`)).resolves.toBeNull();
  });

  it.each([
    ['secure', '1', 'secure', '0A000'],
    ['differential', 'NaN', 'differential', '22023'],
    ['differential', 'Infinity', 'differential', '22023'],
    ['differential', '-Infinity', 'differential', '22023'],
    ['basic', 'NaN', 'basic', '22023'],
    ['differential', '1', 'half', '55000'],
    ['differential', '1', 'basic', '55000'],
    ['differential', '1', 'nobody', '55000'],
    ['differential', '1', null, '55000'],
    [undefined, '1', 'differential', '55000'],
  ])('refuses, as %s, %s for %s', async (current, value, tenant, code) => {
    await expect(outcome(current, 'select add_dp_noise($1::numeric, $2)', [value, tenant])).resolves.toBe(
      code,
    );
  });
});

/** How often each whole number came, of so many draws. */
async function countsOf(expression: string, draws: number, tenant = 'two'): Promise<Map<number, number>> {
  const { rows } = await as(tenant, () =>
    application.query(`
      select drawn.number::text as number, count(*)::int as times
      from (select ${expression} as number from generate_series(1, ${draws}) as draw) as drawn
      group by drawn.number`),
  );
  return new Map(rows.map((row) => [Number(row['number']), Number(row['times'])]));
}

/** How seldom one comparison may fail by chance: there are fewer than 30, so all together less than once in 10^9. */
const FAILURE = 1e-11;

/**
 * How far a share of `draws` may be from its probability: Hoeffding's inequality says that it is at least `t` away with
 * a probability of at most 2 exp(-2 n t²); solved for `t`, for all of `shares` together.
 */
function hoeffding(draws: number, shares = 1): number {
  return Math.sqrt(Math.log((2 * shares) / FAILURE) / (2 * draws));
}

/**
 * Compares draws with the discrete Laplace distribution, P(x) = (1 - q) / (1 + q) · q^|x| with q = exp(-1 / scale).
 *
 * The Dvoretzky–Kiefer–Wolfowitz inequality, with Massart's constant, says of the largest difference between both
 * distribution functions what Hoeffding's says of one share, for whole numbers as well.
 */
function expectLaplace(counts: ReadonlyMap<number, number>, scale: number): void {
  const q = Math.exp(-1 / scale);
  const upTo = (x: number): number => (x < 0 ? q ** -x / (1 + q) : 1 - q ** (x + 1) / (1 + q));
  const draws = [...counts.values()].reduce((sum, times) => sum + times, 0);
  let seen = 0;
  let largest = 0;
  for (const [number, times] of [...counts].sort(([one], [other]) => one - other)) {
    expect(Number.isInteger(number), String(number)).toBe(true);
    largest = Math.max(largest, Math.abs(seen / draws - upTo(number - 1)));
    seen += times;
    largest = Math.max(largest, Math.abs(seen / draws - upTo(number)));
  }
  expect(largest).toBeLessThan(hoeffding(draws));
}
