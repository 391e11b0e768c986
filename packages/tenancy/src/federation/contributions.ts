import { type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput, TenancyError } from '../errors.ts';
import { federated } from './refusals.ts';
import type { FederatedSettings } from './settings.ts';
import { SessionRef } from './sessions.ts';

export const Contribution = SessionRef.extend({
  topicKey: z.string().min(1).max(500),
  /** **Shape** as many as the session has dimensions, each between its bounds; see {@link clipToRange}. */
  values: z.array(z.number()).min(1).max(1000),
  /** How much it shall weigh, in hundredths, such as by how many observations it stands for. Reputation makes it less. */
  weight: z
    .number()
    .min(0.01)
    .max(1)
    .refine((weight) => Math.round(weight * 100) / 100 === weight, 'must not have more than two decimals')
    .default(1),
});
export type Contribution = z.input<typeof Contribution>;

/**
 * Puts the tenant's values into the current round, once a topic. They are rounded to the session's resolution, and nobody
 * else can read them, the initiator least of all: they leave the tenant in a noisy figure over several, or never.
 *
 * @throws {TenancyError} `INVALID_INPUT` for a topic, a number of values or a value that the session does not have;
 *   `FEDERATED_SESSION_NOT_FOUND`; `FEDERATED_SESSION_STATUS` unless the round is open; `NO_FEDERATED_CONSENT`;
 *   `PRIVACY_LEVEL_MISMATCH` when the session is secure; `ALREADY_CONTRIBUTED`.
 */
export async function contribute(tx: TenantTransaction, contribution: Contribution): Promise<void> {
  const { sessionId, topicKey, values, weight } = parseInput(Contribution, contribution, 'the contribution');
  const decimals = values.map(String);
  await federated(
    sql`select app.contribute_to_session(${sessionId}, ${topicKey}, ${decimals}::numeric[], ${weight}::numeric)`.execute(
      tx,
    ),
  );
}

const WithdrawnContribution = SessionRef.extend({ topicKey: z.string().min(1).max(500) });

/**
 * Takes back what the tenant put into a round that is not aggregated yet. Afterwards it can put in something else, if the
 * round is still open.
 *
 * **Runs** a deletion that waits while the round is aggregated.
 *
 * @throws {TenancyError} `FEDERATED_SESSION_STATUS` when there is nothing to take back, or not any more.
 */
export async function withdrawContribution(
  tx: TenantTransaction,
  contribution: z.input<typeof WithdrawnContribution>,
): Promise<void> {
  const { sessionId, topicKey } = parseInput(WithdrawnContribution, contribution, 'the contribution');
  const { rows } = await sql`
    delete from federated_contributions
    where tenant_id = ${tx.tenantId} and session_id = ${sessionId} and topic_key = ${topicKey}
    returning 1`.execute(tx);
  if (rows.length > 0) return;
  throw new TenancyError(
    'FEDERATED_SESSION_STATUS',
    'there is nothing of this tenant in the round that could be taken back',
  );
}

/** Values brought into a session's range: whoever contributes decides that, so that nothing is changed in silence. */
export const clipToRange = (
  { lower, upper }: Pick<FederatedSettings, 'lower' | 'upper'>,
  values: readonly number[],
): number[] => values.map((value) => Math.min(upper, Math.max(lower, value)));
