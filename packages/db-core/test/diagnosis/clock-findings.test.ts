import { describe, expect, it } from 'vitest';
import { clockFindings } from '../../src/diagnosis/clock-findings.ts';

describe('clockFindings', () => {
  it.each([
    ['the same time', 0, []],
    ['60 s ahead', 60_000, []],
    ['61 s ahead', 61_000, ['warning']],
    ['300 s ahead', 300_000, ['error']],
    ['61 s behind', -61_000, ['warning']],
    ['an hour behind', -3_600_000, ['warning']],
  ])('of %s', (_, aheadMs, severities) => {
    const at = 1_000_000_000;
    const findings = clockFindings({ askedAt: at, serverAt: at + aheadMs, answeredAt: at });
    expect(findings.map(({ severity }) => severity)).toEqual(severities);
  });

  it('are none for an answer that took long', () => {
    expect(clockFindings({ askedAt: 0, serverAt: 90_000, answeredAt: 100_000 })).toEqual([]);
  });
});
