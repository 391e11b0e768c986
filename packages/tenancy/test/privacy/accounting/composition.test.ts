import { matching } from '@agent-agency/testing/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeBasic, composeZcdp, rhoOfBudget } from '../../../src/privacy/accounting/composition.ts';
import { logBounds, PRECISION } from '../../../src/privacy/accounting/log-bounds.ts';
import { zcdpEpsilon, zcdpRho } from '../../../src/privacy/accounting/zcdp.ts';
import { parseDecimal, type Fraction } from '../../../src/privacy/fraction.ts';

describe('composeBasic', () => {
  it('adds up exactly', () => {
    const charges = [
      { epsilon: '0.1' },
      { epsilon: '0.2', delta: '0.000001' },
      { epsilon: '0.00000000000000000001' },
    ];
    expect(composeBasic(charges)).toEqual({ epsilon: '0.30000000000000000001', delta: '0.000001' });
    expect(composeBasic([])).toEqual({ epsilon: '0', delta: '0' });
  });

  it('lists every problem at once', () => {
    expect(() => composeBasic([{ epsilon: '0' }, { epsilon: '1', delta: '-1', rho: '0' }])).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        message: matching(/0.epsilon must be above 0.*1.delta must be 0 or more.*1.rho must be above 0/),
      }),
    );
  });
});

describe('composeZcdp', () => {
  it('adds up rhos, where pure differential privacy has epsilon² / 2, and says what they imply', () => {
    // 0.01 + 100 · 0.1² / 2 = 0.51; 0.51 + 2 √(0.51 ln 10⁵) = 5.356266...
    const charges = [
      { epsilon: '1', delta: '0.1', rho: '0.01' },
      ...Array<{ epsilon: string }>(100).fill({ epsilon: '0.1' }),
    ];
    const { epsilon, delta } = composeZcdp(charges, '0.00001');
    expect(Number(epsilon)).toBeCloseTo(0.51 + 2 * Math.sqrt(0.51 * Math.log(1e5)), 12);
    expect(delta).toBe('0.00001');
    expect(composeZcdp([], '0.5')).toEqual({ epsilon: '0', delta: '0.5' });
  });

  it('is less than adding up epsilons, where they are many', () => {
    const charges = Array<{ epsilon: string }>(1000).fill({ epsilon: '0.01' });
    expect(composeBasic(charges).epsilon).toBe('10');
    expect(Number(composeZcdp(charges, '0.00001').epsilon)).toBeLessThan(1.6);
  });

  it('refuses a charge that has no rho', () => {
    expect(() => composeZcdp([{ epsilon: '1', delta: '0.1' }], '0.1')).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: matching(/charges.0 must have a rho/) }),
    );
  });
});

describe('rhoOfBudget', () => {
  it('says what a budget has room for', () => {
    // As Bun and Steinke's formula gives it, by hand: (√(ln 10⁵ + 1) - √(ln 10⁵))².
    expect(rhoOfBudget({ epsilon: '1', delta: '0.00001' })).toMatch(/^0\.0208199383395354/);
  });

  it.each([
    { epsilon: '0', delta: '0.1' },
    { epsilon: '1', delta: '0' },
    { epsilon: '1', delta: '1' },
  ])('refuses %j', (budget) => {
    expect(() => rhoOfBudget(budget)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

describe('zcdpEpsilon and zcdpRho', () => {
  const decimal = (most: bigint, places: bigint) =>
    fc.bigInt({ min: 1n, max: most }).map((numerator) => ({ numerator, denominator: 10n ** places }));
  const epsilons = decimal(10n ** 14n, 12n);
  const deltas = decimal(5n * 10n ** 11n, 12n);
  const isBelow = (one: Fraction, other: Fraction): boolean =>
    one.numerator * other.denominator < other.numerator * one.denominator;

  it('are rounded against whoever spends, in the 30th decimal', () => {
    // To 45 digits and more, computed elsewhere.
    const [epsilon, rho] = [
      '5.298525912188081207567368868904801527654377265145',
      '0.020819938339535461116043596782742218537765143984',
    ].map(parseDecimal);
    if (epsilon === undefined || rho === undefined) throw new Error('both are there');
    const units = ({ numerator, denominator }: Fraction): bigint => (numerator * 10n ** 30n) / denominator;
    const delta = parseDecimal('0.00001');
    expect(zcdpEpsilon(parseDecimal('0.5'), delta).numerator).toBe(units(epsilon) + 1n);
    expect(zcdpRho(parseDecimal('1'), delta).numerator).toBe(units(rho));
  });

  it('never imply more than was given, nor much less', () => {
    fc.assert(
      fc.property(epsilons, deltas, (epsilon, delta) => {
        const rho = zcdpRho(epsilon, delta);
        fc.pre(rho.numerator > 0n);
        const implied = zcdpEpsilon(rho, delta);
        expect(isBelow(epsilon, implied)).toBe(false);
        const next = zcdpEpsilon({ ...rho, numerator: rho.numerator + 3n }, delta);
        expect(isBelow(next, epsilon)).toBe(false);
      }),
    );
  });

  it('are close to the same formulas in floating point', () => {
    fc.assert(
      fc.property(epsilons, deltas, (rho, delta) => {
        const [r, d] = [rho, delta].map(
          ({ numerator, denominator }) => Number(numerator) / Number(denominator),
        );
        const formula = (r ?? 0) + 2 * Math.sqrt((r ?? 0) * -Math.log(d ?? 0));
        const { numerator, denominator } = zcdpEpsilon(rho, delta);
        expect(Math.abs(Number(numerator) / Number(denominator) / formula - 1)).toBeLessThan(1e-9);
      }),
    );
  });
});

describe('logBounds', () => {
  it.each([
    // To 50 digits.
    ['2', '0.69314718055994530941723212145817656807550013436025'],
    ['10', '2.3025850929940456840179914546843642076011014886288'],
    ['1.5', '0.40546510810816438197801311546434913657199042346249'],
    ['1', '0'],
    ['100000', '11.512925464970228420089957273421821038005507443144'],
  ])('has the logarithm of %s between them', (number, logarithm) => {
    const [lower, upper] = logBounds(parseDecimal(number));
    const { numerator, denominator } = parseDecimal(logarithm);
    // The last digit is rounded.
    const known = (numerator * PRECISION) / denominator;
    expect(lower).toBeLessThanOrEqual(known + 10n);
    expect(upper).toBeGreaterThanOrEqual(known - 10n);
    expect(upper - lower).toBeLessThan(10n ** 6n);
  });
});
