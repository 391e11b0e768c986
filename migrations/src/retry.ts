import { setTimeout } from 'node:timers/promises';
import { MigrationError } from './migration-error.ts';
import { sqlState } from './sql-state.ts';

/** A lock that was not to be had in time, and a deadlock that the server ended. */
const LOCK_FAILURES: readonly unknown[] = ['55P03', '40P01'];

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 15_000;

export interface RetryOptions {
  /** From the first failure on. */
  readonly patienceMs: number;
  readonly onRetry: (sqlState: string, delayMs: number) => void;
}

/**
 * Runs `work` until it gets its locks, with pauses that double. Work that fails must have changed nothing.
 *
 * @throws what `work` throws, when that is something else or patience has run out.
 */
export async function retrying<T>(work: () => Promise<T>, { patienceMs, onRetry }: RetryOptions): Promise<T> {
  let firstFailureAt: number | undefined;
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
    try {
      return await work();
    } catch (error) {
      const failure = lockFailureOf(error);
      firstFailureAt ??= performance.now();
      if (failure === undefined || performance.now() - firstFailureAt >= patienceMs) throw error;
      onRetry(failure, delayMs);
      await setTimeout(delayMs);
    }
  }
}

function lockFailureOf(error: unknown): string | undefined {
  const state = error instanceof MigrationError ? error.details['sqlState'] : sqlState(error);
  return LOCK_FAILURES.includes(state) ? String(state) : undefined;
}
