import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { compareIds } from '../../src/walks/compare-ids.ts';

describe('compareIds', () => {
  it('orders as UTF-8 bytes do, where halves of surrogate pairs would not', () => {
    const letter = fc.constantFrom('a', 'B', '\u007f', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}');
    const id = fc.array(letter, { maxLength: 4 }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(id, id, (a, b) => {
        expect(Math.sign(compareIds(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
    expect(compareIds('\ue000', '😀')).toBeLessThan(0);
    expect(['\ue000', '😀'].toSorted()).toEqual(['😀', '\ue000']);
  });
});
