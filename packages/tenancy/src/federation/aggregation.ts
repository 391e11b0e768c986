import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { parseInput } from '../errors.ts';
import { federated } from './refusals.ts';
import { SessionRef } from './sessions.ts';

/** What aggregating a round tells at once; the results can be read in a later transaction. */
export interface AggregatedRound {
  /** Topics that there is a result about. The others had too few tenants, and cost nobody anything. */
  readonly insights: number;
}

/**
 * Makes results of a closed round, one a topic, and goes on to the next round or to the end. What was put in is deleted.
 *
 * In a topic are the contributions of tenants that take part and consent with the initiator and with each other, now;
 * whose reputation is above 0; and whose privacy budget covers the session's epsilon, which each of them pays. If they are
 * fewer than the largest k-anonymity of any of them, the topic has no result.
 *
 * | method | value of a dimension | noise, as discrete Laplace |
 * | --- | --- | --- |
 * | `weighted` | mean, weighted by weight × reputation × the participant's weight: 0.01 to 1 in hundredths | about (upper − lower) · dimensions / (epsilon · sum of weights) |
 * | `consensus` | mean without the greatest and least `trim` of values; each tenant counts once, however it is trusted | (upper − lower) · dimensions / (epsilon · values that remain) |
 * | `hybrid` | the mean of both, each at half of epsilon | |
 *
 * Weights are as secret as values: `weighted` has noise in its denominator, too. The guarantee: for all that a tenant put
 * into a topic, whatever else is known, the result is epsilon-differentially private. That it took part is no secret, nor
 * is their number. `consensus` withstands liars, as far as they are fewer than `trim` (Yin et al. 2018); a median
 * would, too, but has a whole range of noise.
 *
 * What it costs is committed before anything is seen: results are for later transactions, or one that rolls back would
 * get fresh noise for nothing.
 *
 * **Runs** `app.aggregate_federated_round()`: locks the session, the contributions and the contributors' budgets.
 * **Cost** grows with tenants × dimensions, and with tenants² for their consent.
 *
 * @throws {TenancyError} `FEDERATED_SESSION_NOT_FOUND`; `FEDERATED_SESSION_STATUS` unless the round is closed;
 *   `PRIVACY_LEVEL_MISMATCH` when it is secure; `TOO_FEW_TENANTS` when no topic has enough: nothing is spent, and the
 *   round stays closed.
 * @see Yin, Chen, Kannan, Bartlett: Byzantine-Robust Distributed Learning, ICML 2018
 */
export async function aggregateFederatedRound(
  tx: TenantTransaction,
  ref: SessionRef,
): Promise<AggregatedRound> {
  const { sessionId } = parseInput(SessionRef, ref, 'the session');
  const { insights } = await getOne(
    federated(
      sql<AggregatedRound>`select app.aggregate_federated_round(${sessionId}) as insights`.execute(tx),
    ),
    'count of insights',
  );
  return { insights };
}
