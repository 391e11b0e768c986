import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError } from '../errors/database-error.ts';

export interface RetryPlan {
  /** How often it is tried at most, the first time included. */
  readonly attempts: number;
  /** Whether to try again after this error. Asked only while there are attempts left. */
  readonly mayRetry: (error: DatabaseError) => boolean;
  /** Ends a wait early: the next attempt is the one to notice. */
  readonly signal?: AbortSignal | undefined;
  /** Told before every wait. */
  readonly onRetry?: (retry: { attempt: number; delayMs: number; error: DatabaseError }) => void;
}

const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 1000;

/**
 * Runs something until it succeeds, fails for good, or has been tried often enough; then its last error is thrown.
 *
 * Waits a random time from nothing to a bound that doubles: who collided once does not collide again in step.
 *
 * @see Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog 2015 (full jitter)
 */
export async function retrying<T>(run: () => Promise<T>, plan: RetryPlan): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= plan.attempts || !(error instanceof DatabaseError) || !plan.mayRetry(error)) throw error;
      const delayMs = Math.random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
      plan.onRetry?.({ attempt, delayMs, error });
      await delay(delayMs, undefined, { signal: plan.signal }).catch(() => undefined);
    }
  }
}
