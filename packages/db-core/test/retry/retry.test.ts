import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../src/index.ts';
import { retrying, type RetryPlan } from '../../src/retry/retry.ts';

const conflict = new DatabaseError('DEADLOCK', 'two transactions waited for each other');

/** Something that fails so many times, and then answers which time it was. */
function failing(
  times: number,
  error: unknown = conflict,
): { run: () => Promise<number>; runs: () => number } {
  let runs = 0;
  return {
    run: () => {
      runs += 1;
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever a callback throws
      return runs <= times ? Promise.reject(error) : Promise.resolve(runs);
    },
    runs: () => runs,
  };
}

const plan = (attempts: number, rest: Partial<RetryPlan> = {}): RetryPlan => ({
  attempts,
  mayRetry: () => true,
  ...rest,
});

describe('retrying', () => {
  it('answers the first success, and runs no more than needed', async () => {
    const { run, runs } = failing(2);
    expect(await retrying(run, plan(5))).toBe(3);
    expect(runs()).toBe(3);
  });

  it('throws the last error after so many attempts', async () => {
    const errors: DatabaseError[] = [];
    const run = (): Promise<never> => {
      const error = new DatabaseError('DEADLOCK', String(errors.length));
      errors.push(error);
      return Promise.reject(error);
    };
    await expect(retrying(run, plan(3))).rejects.toSatisfy((error) => error === errors[2]);
    expect(errors).toHaveLength(3);
  });

  it.each([
    ['an error that may not be retried', conflict, false],
    ['an error that is not of the database', new RangeError('mine'), true],
    ['something that is no error', 'text', true],
  ])('runs once and throws %s', async (_, error, mayRetry) => {
    const { run, runs } = failing(9, error);
    await expect(retrying(run, plan(5, { mayRetry: () => mayRetry }))).rejects.toBe(error);
    expect(runs()).toBe(1);
  });

  it('does not ask whether it may when there is no attempt left', async () => {
    const asked: string[] = [];
    const mayRetry = ({ code }: DatabaseError): boolean => asked.push(code) > 0;
    await expect(retrying(failing(9).run, plan(3, { mayRetry }))).rejects.toBe(conflict);
    expect(asked).toEqual(['DEADLOCK', 'DEADLOCK']);
  });

  it('tells of every retry: which attempt failed with what, and how long it waits', async () => {
    const told: unknown[] = [];
    const onRetry = (retry: unknown): void => void told.push(retry);
    await retrying(failing(2).run, plan(3, { onRetry }));
    const delayMs: unknown = expect.any(Number);
    expect(told).toEqual([
      { attempt: 1, delayMs, error: conflict },
      { attempt: 2, delayMs, error: conflict },
    ]);
  });

  it('waits a random time up to a bound that doubles, and never more than a second', async () => {
    const controller = new AbortController();
    // Nobody really waits.
    controller.abort();
    const delays: number[][] = Array.from({ length: 11 }, () => []);
    for (let round = 0; round < 200; round += 1) {
      await retrying(failing(11).run, {
        ...plan(12, { signal: controller.signal }),
        onRetry: ({ attempt, delayMs }) => delays[attempt - 1]?.push(delayMs),
      });
    }
    for (const [at, each] of delays.entries()) {
      const bound = Math.min(1000, 20 * 2 ** at);
      expect(Math.min(...each)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...each)).toBeLessThan(bound);
      // Full jitter, not a bound with some noise: all of the range is used. (Fails once in 10^8 runs.)
      expect(Math.min(...each)).toBeLessThan(bound / 10);
      expect(Math.max(...each)).toBeGreaterThan(bound * 0.9);
    }
  });

  it('ends its wait when the signal fires, and leaves the rest to the next attempt', async () => {
    const controller = new AbortController();
    const { run, runs } = failing(1);
    const onRetry = (): void => {
      controller.abort();
    };
    expect(await retrying(run, plan(2, { signal: controller.signal, onRetry }))).toBe(2);
    expect(runs()).toBe(2);
  });

  it('runs as often as attempts and failures say', async () => {
    const signal = AbortSignal.abort();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.nat(10), async (attempts, failures) => {
        const { run, runs } = failing(failures);
        const outcome = await retrying(run, plan(attempts, { signal })).catch(() => 'failed');
        expect(outcome).toBe(failures < attempts ? failures + 1 : 'failed');
        expect(runs()).toBe(Math.min(attempts, failures + 1));
      }),
    );
  });
});
