import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfPrefix } from '../../src/lineage/ref-range.ts';

const lastCharacter = String.fromCodePoint(0x10_ff_ff);
/** Around the ends of what UTF-8 writes with one, two, three and four bytes, and around the surrogates. */
const edges = [
  '\0',
  '%',
  '_',
  '\u{7f}',
  '\u{80}',
  '\u{7ff}',
  '\u{800}',
  '\ud7ff',
  '\u{e000}',
  '\uffff',
  '\u{10000}',
];
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...edges, lastCharacter, 'a', 'b'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 4,
});

function isBefore(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
}

describe('endOfPrefix', () => {
  it('is behind exactly the texts that begin so, of those that are not before the prefix', () => {
    fc.assert(
      fc.property(text, text, (prefix, other) => {
        const end = endOfPrefix(prefix);
        for (const candidate of [other, prefix + other]) {
          const isInRange = !isBefore(candidate, prefix) && (end === undefined || isBefore(candidate, end));
          expect(isInRange).toBe(candidate.startsWith(prefix));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['CAWS:', 'CAWS;'],
    ['50%', '50&'],
    ['a\ud7ff', 'a\ue000'],
    [`a${lastCharacter}${lastCharacter}`, 'b'],
    [lastCharacter, undefined],
    ['', undefined],
  ])('of %j is %j', (prefix, end) => {
    expect(endOfPrefix(prefix)).toBe(end);
  });
});
