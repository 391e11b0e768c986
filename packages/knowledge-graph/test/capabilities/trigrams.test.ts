import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSimilarNames } from '../../src/capabilities/similar-names.ts';
import {
  bandsOf,
  entropyOf,
  isDistinctive,
  jaccard,
  minHashOf,
  trigramsOf,
} from '../../src/capabilities/trigrams.ts';

describe('trigramsOf', () => {
  it.each([
    ['react', ['rea', 'eac', 'act']],
    ['type script', ['typ', 'ype', 'pes', 'esc', 'scr', 'cri', 'rip', 'ipt']],
    ['aaaa', ['aaa']],
    ['go', ['go']],
    ['👩‍🔬ab', ['👩‍🔬', '‍🔬a', '🔬ab']],
  ])('of %j are %j', (name, trigrams) => {
    expect([...trigramsOf(name)]).toEqual(trigrams);
  });
});

describe('isDistinctive', () => {
  it.each([
    ['postgresql', true],
    ['go', false],
    ['c++', false],
    ['react', false],
    ['aaaaaaaaaa', false],
    ['abababababab', false],
    ['x y', false],
    ['big data', true],
    ['', false],
  ])('of %j is %j', (name, distinctive) => {
    expect(isDistinctive(name)).toBe(distinctive);
  });
  it('turns at 1.5 bits a letter', () => {
    expect(entropyOf(Array.from('aabc'))).toBe(1.5);
    expect(isDistinctive('aabcaabc')).toBe(true);
    expect(isDistinctive('aabaabaab')).toBe(false);
  });
});

describe('minHashOf and bandsOf', () => {
  const set = fc.uniqueArray(fc.string({ minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 60 });
  it('agree for equal sets, whatever their order', () => {
    fc.assert(
      fc.property(set, (shingles) => {
        const signature = minHashOf(new Set(shingles));
        expect(minHashOf(new Set(shingles.toReversed()))).toEqual(signature);
        expect(bandsOf(signature)).toHaveLength(8);
      }),
    );
  });
  it('estimate the Jaccard coefficient without bias', () => {
    // Sets of 40 with 20 in common: 1/3. Over 300 pairs of 32 places the mean has a standard error of 0.005.
    const words = (from: number, count: number) => Array.from({ length: count }, (_, at) => `w${from + at}`);
    let agreed = 0;
    for (let pair = 0; pair < 300; pair++) {
      const one = minHashOf(new Set(words(pair * 100, 40)));
      const other = minHashOf(new Set(words(pair * 100 + 20, 40)));
      agreed += one.filter((least, place) => least === other[place]).length;
    }
    expect(agreed / (300 * 32)).toBeGreaterThan(1 / 3 - 0.025);
    expect(agreed / (300 * 32)).toBeLessThan(1 / 3 + 0.025);
  });
});

describe('findSimilarNames', () => {
  /** Names as people vary them: two words of letters, with an ending, a blank or a typing error. */
  const word = fc.stringMatching(/^[a-h]{6,12}$/);
  const variant = fc.constantFrom<(name: string) => string>(
    (name) => name,
    (name) => `${name}s`,
    (name) => name.replace(/^(...)/, '$1 '),
    (name) => `${name.slice(0, 8)}x${name.slice(9)}`,
    (name) => `${name} ${name}`,
  );
  const names = fc
    .array(
      fc.tuple(
        fc.tuple(word, word, word).map((words) => words.join('')),
        variant,
        variant,
      ),
      {
        minLength: 1,
        maxLength: 12,
      },
    )
    .map((drawn) => [...new Set(drawn.flatMap(([name, one, other]) => [name, one(name), other(name)]))]);
  const exact = (given: readonly string[], least: number): string[] =>
    given.flatMap((one, first) =>
      given.flatMap((other, second) => {
        if (second <= first || !isDistinctive(one) || !isDistinctive(other)) return [];
        return jaccard(trigramsOf(one), trigramsOf(other)) >= least ? [`${first} ${second}`] : [];
      }),
    );
  it('finds the pairs that comparing each with each finds, at 0.9', () => {
    let [found, expected] = [0, 0];
    fc.assert(
      fc.property(names, (given) => {
        const { pairs, isComplete } = findSimilarNames(given, 0.9);
        const model = exact(given, 0.9);
        expect(isComplete).toBe(true);
        const keys = pairs.map(({ places }) => places.join(' '));
        expect(new Set(keys).size).toBe(keys.length);
        for (const key of keys) expect(model).toContain(key);
        for (const { places, similarity } of pairs) {
          const [one = '', other = ''] = places.map((place) => given[place]);
          expect(similarity).toBe(jaccard(trigramsOf(one), trigramsOf(other)));
        }
        found += keys.length;
        expected += model.length;
      }),
      { seed: 7, numRuns: 60 },
    );
    expect(expected).toBeGreaterThan(300);
    expect(found / expected).toBeGreaterThan(0.999);
  });
  it('puts the most alike first, and stops where it is told to', () => {
    const given = ['machine learning', 'machinelearning', 'machine learnings', 'cooking pasta'];
    const { pairs } = findSimilarNames(given, 0.9);
    expect(pairs.map(({ places }) => places)).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    expect(pairs[0]?.similarity).toBe(1);
    expect(findSimilarNames(given, 0.9, 1)).toEqual({ pairs: [pairs[0]], isComplete: false });
  });
});
