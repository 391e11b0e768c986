import { describe, expect, it } from 'vitest';
import { Examiner } from '../../graph/examiner.ts';

const double = (number: number) => Promise.resolve(2 * number);
const isRight = (number: number, answer: number) => answer === 2 * number;

describe('Examiner', () => {
  it('asks every question every round, and takes its time', async () => {
    const examiner = new Examiner([1, 2, 3], double, isRight);
    expect((await examiner.round()).latenciesMs).toHaveLength(3);
    expect((await examiner.round()).latenciesMs).toHaveLength(3);
    expect(examiner.isFaultless).toBe(true);
  });

  it('remembers a wrong answer, and finds nothing faultless that was not asked', async () => {
    const examiner = new Examiner([2, 3], (number) => Promise.resolve(number * number), isRight);
    expect(examiner.isFaultless).toBe(false);
    await examiner.round();
    expect(examiner.isFaultless).toBe(false);
  });
});
