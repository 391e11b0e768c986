import { describe, expect, it } from 'vitest';
import { Examiner, type Ask } from '../../isolation/examiner.ts';

const shape = {
  name: 'example',
  text: 'select',
  valuesOf: (at: number, who: string) => [`${who} ${String(at)}`],
  rowsOf: (at: number, who: string) => [{ label: `${who} ${String(at)}` }],
};

const right: Ask = (_text, [label]) => Promise.resolve([{ label }]);
const examiner = (ask: Ask): Examiner => new Examiner('ours', ask, { shape, count: 2 });

describe('Examiner', () => {
  it('takes the time of every statement, and never asks the same one twice', async () => {
    const asked: unknown[] = [];
    const examined = examiner((text, values) => {
      asked.push(...values);
      return right(text, values);
    });
    expect((await examined.round()).latenciesMs).toHaveLength(2);
    await examined.round();
    expect(asked).toEqual(['ours 0', 'ours 1', 'ours 2', 'ours 3']);
    expect(examined.isFaultless).toBe(true);
  });

  it.each<[string, Ask]>([
    ['no row', () => Promise.resolve([])],
    ['another row', () => Promise.resolve([{ label: 'ours 0' }])],
    ['a row too many', async (...given) => [...(await right(...given)), { label: 'x' }]],
  ])('notices %s', async (_, ask) => {
    const examined = examiner(ask);
    await examined.round();
    expect(examined.isFaultless).toBe(false);
  });

  it('finds nothing faultless that was not asked', () => {
    expect(examiner(right).isFaultless).toBe(false);
  });
});
