import { describe, expect, it } from 'vitest';
import { compare } from '../src/case.ts';
import { toJson, toText, type Report } from '../src/report.ts';
import { aMeasured } from './measured.ts';

const aCase = (isRight: boolean) =>
  compare({
    case: 'many callers',
    ours: aMeasured({ p50Ms: 1.234567, figures: { roundTrips: 2 } }),
    baselines: { bare: aMeasured({ p50Ms: 0.617283 }) },
    ratioOf: 'p50Ms',
    ratioTo: 'bare',
    checks: { rowsEqual: isRight, nobodyLost: true },
    aims: { fast: true, faster: false },
  });

const aReport = (isRight: boolean): Report => ({
  name: 'example',
  size: 'tiny',
  date: '2025-01-02T03:04:05.678Z',
  machine: { cpu: 'Some CPU', cores: 2, memoryGb: 24, system: 'Linux', loadAverage: 0.123456 },
  versions: { node: '24.0.0', postgresql: '17.1' },
  cases: [aCase(isRight)],
  passed: isRight,
});

describe('toJson', () => {
  it('is one document with the documented fields, and rounds to what a clock can tell', () => {
    const report = JSON.parse(toJson(aReport(true))) as Report;
    expect(Object.keys(report)).toEqual(['name', 'size', 'date', 'machine', 'versions', 'cases', 'passed']);
    expect(report.cases).toEqual([
      {
        case: 'many callers',
        ours: {
          p50Ms: 1.235,
          p95Ms: 2,
          perSecond: 1000,
          figures: { roundTrips: 2 },
          spread: { p50Ms: [1, 1] },
        },
        baselines: {
          bare: {
            p50Ms: 0.6173,
            p95Ms: 2,
            perSecond: 1000,
            figures: {},
            spread: { p50Ms: [1, 1] },
            ratio: 2,
          },
        },
        ...{ ratio: 2, ratioOf: 'p50Ms', ratioTo: 'bare' },
        checks: { rowsEqual: true, nobodyLost: true },
        aims: { fast: true, faster: false },
        passed: true,
      },
    ]);
  });
});

describe('toText', () => {
  it('is a table with where it was measured, and says which aims were missed', () => {
    expect(toText(aReport(true)).split('\n')).toEqual([
      'example, size tiny: 2 × Some CPU, 24 GB, load 0.12; node 24.0.0, postgresql 17.1',
      '',
      'case          who   p50 ms  p95 ms  per second   ratio',
      'many callers  ours   1.235   2.000        1000   p50Ms  roundTrips 2',
      '              bare   0.617   2.000        1000  × 2.00',
      '',
      'reached many callers: fast',
      'missed  many callers: faster',
      'Every check holds.',
    ]);
  });

  it('names the check that failed', () => {
    const lines = toText(aReport(false)).split('\n');
    expect(lines).toContain('FAILED  many callers: rowsEqual');
    expect(lines.at(-1)).toBe('A check failed: the times mean nothing.');
  });
});
