import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../../src/retry/retry-budget.ts';

function spendAll(budget: RetryBudget): number {
  let spent = 0;
  while (budget.spend()) spent += 1;
  return spent;
}

describe('RetryBudget', () => {
  it('pays for twenty retries in a row', () => {
    expect(spendAll(new RetryBudget())).toBe(20);
  });

  it('pays for one more after ten successes', () => {
    const budget = new RetryBudget();
    spendAll(budget);
    // One more than ten: a tenth is no binary number.
    for (let at = 0; at < 11; at += 1) budget.earn();
    expect(spendAll(budget)).toBe(1);
  });

  it('does not save up more than it began with', () => {
    const budget = new RetryBudget();
    for (let at = 0; at < 1000; at += 1) budget.earn();
    expect(spendAll(budget)).toBe(20);
  });
});
