import { describe, expect, it } from 'vitest';
import { compare } from '../src/case.ts';
import { aMeasured } from './measured.ts';

const ours = aMeasured({ p50Ms: 2, perSecond: 500, figures: { quietMs: 1 } });
const baselines = {
  a: aMeasured({ p50Ms: 4, perSecond: 250, figures: { quietMs: 10 } }),
  b: aMeasured({ p50Ms: 1, perSecond: 1000, figures: { quietMs: 1 } }),
};
const comparison = { case: 'c', ours, baselines, ratioTo: 'a', checks: {} };

describe('compare', () => {
  it.each([
    ['p50Ms', { a: 0.5, b: 2 }],
    // Whoever does twice as many takes half the time.
    ['perSecond', { a: 0.5, b: 2 }],
    ['quietMs', { a: 0.1, b: 1 }],
  ])('says how much time ours takes, by %s', (ratioOf, { a, b }) => {
    const done = compare({ ...comparison, ratioOf });
    expect(done).toMatchObject({
      ratio: a,
      ratioOf,
      ratioTo: 'a',
      baselines: { a: { ratio: a }, b: { ratio: b } },
    });
  });

  it.each([
    [{}, true],
    [{ one: true, two: true }, true],
    [{ one: true, two: false }, false],
  ])('passes %j: %s', (checks, passed) => {
    expect(compare({ ...comparison, ratioOf: 'p50Ms', checks }).passed).toBe(passed);
  });

  it('passes when only an aim is missed', () => {
    const done = compare({ ...comparison, ratioOf: 'p50Ms', aims: { faster: false } });
    expect(done).toMatchObject({ passed: true, aims: { faster: false } });
  });

  it('refuses a baseline or a figure that is not there', () => {
    expect(() => compare({ ...comparison, ratioOf: 'p50Ms', ratioTo: 'x' })).toThrow(/no baseline.* x/);
    expect(() => compare({ ...comparison, ratioOf: 'xMs' })).toThrow(/no figure.* xMs/);
  });
});
