import { describe, expect, it } from 'vitest';
import { normalisePrinted, printedPattern } from './runbook.ts';

describe('printedPattern', () => {
  const fits = (printed: string, expected: string): boolean =>
    printedPattern(expected).test(normalisePrinted(printed));

  it.each([
    ['applied 6 (12 ms)\n', 'applied 6 (… ms)'],
    ['one\ntwo\nthree\n', 'one\n…\nthree'],
    ['one\nthree\n', 'one\n…\nthree'],
    [' a  |   b\n----+------\n\n', 'a | b\n------+--\n'],
  ])('%j is %j', (printed, expected) => {
    expect(fits(printed, expected)).toBe(true);
  });

  it.each([
    ['applied 6\napplied 7\n', 'applied …'],
    ['one\ntwo\n', 'one'],
    ['two\n', 'one\n…'],
    ['undid 11\n', 'undid 1'],
    ['something\n', ''],
    ['a.b\n', 'a+b'],
  ])('%j is not %j', (printed, expected) => {
    expect(fits(printed, expected)).toBe(false);
  });
});
