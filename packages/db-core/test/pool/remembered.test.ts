import { describe, expect, it } from 'vitest';
import { Remembered } from '../../src/pool/remembered.ts';

/** Finds 1, 2, 3, …, but for those times that fail. */
function counting(...failing: number[]): Remembered<number> {
  let times = 0;
  return new Remembered(() => {
    times += 1;
    return failing.includes(times) ? Promise.reject(new Error(`failure ${times}`)) : Promise.resolve(times);
  });
}

describe('Remembered.get', () => {
  it('finds it out once, for all who ask', async () => {
    const remembered = counting();
    expect(remembered.isKnown).toBe(false);
    expect(await Promise.all([remembered.get(), remembered.get()])).toEqual([1, 1]);
    expect(remembered.isKnown).toBe(true);
    expect(await remembered.get()).toBe(1);
  });

  it('tells all who ask of a failure, and finds it out once more for the next', async () => {
    const remembered = counting(1);
    const asked = await Promise.allSettled([remembered.get(), remembered.get()]);
    expect(asked).toMatchObject([{ reason: { message: 'failure 1' } }, { reason: { message: 'failure 1' } }]);
    expect(remembered.isKnown).toBe(false);
    expect(await remembered.get()).toBe(2);
  });
});

describe('Remembered.forget', () => {
  it('has it found out once more', async () => {
    const remembered = counting();
    await remembered.get();
    remembered.forget();
    expect(remembered.isKnown).toBe(false);
    expect(await remembered.get()).toBe(2);
    expect(remembered.isKnown).toBe(true);
  });

  it('leaves those who wait their answer, which nobody else gets', async () => {
    const found = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const finding = found.values();
    const remembered = new Remembered(
      () => finding.next().value?.promise ?? Promise.reject(new Error('again')),
    );
    const first = remembered.get();
    remembered.forget();
    const second = remembered.get();
    found[0]?.resolve('old');
    expect(await first).toBe('old');
    expect(remembered.isKnown).toBe(false);
    found[1]?.resolve('new');
    expect(await second).toBe('new');
    expect(remembered.isKnown).toBe(true);
  });
});
