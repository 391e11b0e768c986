import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalName } from '../../src/index.ts';

describe('canonicalName', () => {
  it.each([
    ['  Type\tScript ', 'type script'],
    ['\n\r\f\vC++\n\n', 'c++'],
    ['Vue', 'vue'],
    ['ＧｒａｐｈＱＬ', 'graphql'],
    ['Cafe\u0301', 'caf\u00e9'],
    ['İstanbul', 'istanbul'],
    ['I\u0307', 'i'],
    ['ΛΟΓΟΣ', 'λογοσ'],
    ['a\u00a0\u3000\u2028b', 'a b'],
    ['ﬁle', 'file'],
    ['a\u200bb', 'a\u200bb'],
    ['שלום', 'שלום'],
    ['', ''],
    [' \t ', ''],
  ])('turns %j into %j', (name, canonical) => {
    expect(canonicalName(name)).toBe(canonical);
  });
  it('makes one name of any case of ASCII letters', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{0,30}$/), (name) => {
        expect(canonicalName(name.toUpperCase())).toBe(canonicalName(name.toLowerCase()));
      }),
    );
  });
  it('leaves no double spaces', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'B', ' ', '\t', '\n', '\u1680', '\u2029', '\u00a0') }),
        (name) => {
          expect(canonicalName(name)).not.toMatch(/\s\s/);
        },
      ),
    );
  });
});
