import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';

/** Which task is next: the oldest; the most urgent, then the oldest; or the one that has to be done first. */
export type PriorityMode = 'fifo' | 'priority' | 'deadline';

/** What `queue_configuration` says beside the mode, and what is assumed where it says nothing. */
export interface QueueSettings {
  /** How many tasks may wait. */
  readonly maxCapacity: number;
  readonly defaultTimeoutMs: number;
  readonly maxRetries: number;
  readonly retryBaseDelayMs: number;
  readonly retryMaxDelayMs: number;
}

/** What is taken for a setting that is missing, and between which bounds one is taken: the table checks only its type. */
const WHOLE_SETTINGS = {
  max_capacity: { fallback: 1000, least: 1, most: 1_000_000_000 },
  default_timeout_ms: { fallback: 30_000, least: 1, most: 31_536_000_000 },
  max_retries: { fallback: 3, least: 0, most: 999 },
  retry_base_delay_ms: { fallback: 1000, least: 1, most: 86_400_000 },
  retry_max_delay_ms: { fallback: 300_000, least: 1, most: 86_400_000 },
} as const;

/** The tenant's settings. **Runs** one lookup of as many rows. */
export async function readQueueSettings(tx: TenantTransaction): Promise<QueueSettings> {
  const { rows } = await sql<{ config_key: string; config_value: unknown }>`
    select config_key, config_value from queue_configuration where tenant_id = ${tx.tenantId}
  `.execute(tx);
  const settings = new Map(rows.map((row) => [row.config_key, row.config_value]));
  const whole = (key: keyof typeof WHOLE_SETTINGS): number => {
    const { fallback, least, most } = WHOLE_SETTINGS[key];
    const value = settings.get(key);
    return Math.min(Math.max(Math.floor(typeof value === 'number' ? value : fallback), least), most);
  };
  return {
    maxCapacity: whole('max_capacity'),
    defaultTimeoutMs: whole('default_timeout_ms'),
    maxRetries: whole('max_retries'),
    retryBaseDelayMs: whole('retry_base_delay_ms'),
    retryMaxDelayMs: whole('retry_max_delay_ms'),
  };
}
