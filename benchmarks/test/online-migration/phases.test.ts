import { describe, expect, it } from 'vitest';
import { longestByPhase } from '../../online-migration/phases.ts';

const from = (startedAt: number, endedAt: number) => ({ startedAt, endedAt });

describe('longestByPhase', () => {
  const phases = [
    { name: '006', ...from(0, 100) },
    { name: '007', ...from(100, 200) },
  ];

  it('counts a statement where most of it was, with all of its time', () => {
    expect(longestByPhase([from(10, 20), from(90, 150), from(60, 110)], phases)).toEqual({
      '006': 50,
      '007': 60,
    });
  });

  it('leaves out what was before and after, and says 0 where nothing was', () => {
    expect(longestByPhase([from(-50, -10), from(150, 160), from(300, 900)], phases)).toEqual({
      '006': 0,
      '007': 10,
    });
  });
});
