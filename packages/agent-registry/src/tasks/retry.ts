import { sql, type RawBuilder } from 'kysely';
import type { QueueSettings } from './queue-settings.ts';

/**
 * How long a task waits before its next attempt: a random time from nothing to a bound, which is `retry_base_delay_ms`
 * after the first attempt and doubles with each, up to `retry_max_delay_ms`. What failed together is not tried again
 * together.
 *
 * @param attempts how often it was tried, from 1.
 * @see Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog 2015 (full jitter)
 */
export const retryDelay = (
  attempts: RawBuilder<unknown>,
  { retryBaseDelayMs, retryMaxDelayMs }: QueueSettings,
): RawBuilder<unknown> => sql`
  random()
    * least(${retryMaxDelayMs}::double precision, ${retryBaseDelayMs} * power(2.0, least(${attempts}, 40) - 1))
    * interval '1 millisecond'`;

interface Failure {
  /** Whether it is not tried again. */
  readonly isFinal: RawBuilder<unknown>;
  readonly code: RawBuilder<unknown>;
  readonly message: RawBuilder<unknown>;
}

/** The `set` of an update of the row `task` whose attempt has failed: it waits for the next one, or is a dead letter. */
export const afterFailure = (
  { isFinal, code, message }: Failure,
  settings: QueueSettings,
): RawBuilder<unknown> => sql`
  status = case when ${isFinal} then 'failed' else 'queued' end,
  completed_at = case when ${isFinal} then clock_timestamp() end,
  available_at = case
    when ${isFinal} then task.available_at
    else clock_timestamp() + ${retryDelay(sql`task.attempts`, settings)}
  end,
  lease_expires_at = null,
  error_code = ${code},
  error_message = ${message}`;
