import type { TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { Text } from '../column-values.ts';

/** Why something is no longer believed, in the caller's words. */
export const Reason = Text.min(1).max(1000).optional();

/** Has the history say why, of everything that `work` supersedes. */
export async function withReason<T>(
  tx: TenantTransaction,
  reason: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (reason === undefined) return work();
  await setReason(tx, reason);
  const result = await work();
  await setReason(tx, '');
  return result;
}

/** Of this transaction: if it fails, the setting goes with it. */
async function setReason(tx: TenantTransaction, reason: string): Promise<void> {
  await sql`select set_config('app.superseded_reason', ${reason}, true)`.execute(tx);
}
