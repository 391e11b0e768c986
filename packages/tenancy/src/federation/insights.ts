import { type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { parseInput } from '../errors.ts';
import { federated } from './refusals.ts';
import { SessionRef } from './sessions.ts';

/** What came out of a round about a topic: figures over several tenants. */
export interface FederatedInsight {
  readonly id: string;
  readonly topicKey: string;
  readonly round: number;
  /** **Shape** one for each dimension. */
  readonly values: readonly number[];
  /** 95 % of the noise in a value is less than this; 0 for an exact total. */
  readonly noiseHalfWidth: number;
  /** What each contributor paid; undefined for an exact total. */
  readonly epsilon: number | undefined;
  /** 0 to 1: how little of the range the noise fills. It tells nothing about how far contributors agreed. */
  readonly confidence: number;
  /** Tenants that are in it. */
  readonly participants: number;
  readonly method: 'weighted' | 'consensus' | 'hybrid' | 'sum';
  /** False for an exact total: the inputs are hidden, what follows from the total is not. */
  readonly isPrivate: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
}

/**
 * What came out of a session so far, by round and topic, for its initiator and for those who take part. Nothing that this
 * same transaction has made, and nothing that has expired.
 *
 * **Runs** `app.read_federated_insights()`: counts the access, logs it for the initiator, and scores how far the session
 * has converged.
 *
 * @throws {TenancyError} `FEDERATED_SESSION_NOT_FOUND`; `NO_FEDERATED_CONSENT` when the tenant and the initiator do not
 *   consent any more.
 */
export async function readFederatedInsights(
  tx: TenantTransaction,
  ref: SessionRef,
): Promise<FederatedInsight[]> {
  const { sessionId } = parseInput(SessionRef, ref, 'the session');
  const read = sql<InsightRow>`select * from app.read_federated_insights(${sessionId})`.execute(tx);
  return (await federated(read)).rows.map((row) => ({
    id: row.insight_id,
    topicKey: row.insight_topic_key,
    round: row.insight_round,
    values: row.insight_content.values,
    noiseHalfWidth: row.insight_content.noise_half_width,
    epsilon: row.insight_content.epsilon ?? undefined,
    confidence: Number(row.insight_confidence),
    participants: row.insight_participants,
    method: row.insight_method,
    isPrivate: row.is_private,
    createdAt: row.insight_created_at,
    expiresAt: row.insight_expires_at ?? undefined,
  }));
}

interface InsightRow {
  readonly insight_id: string;
  readonly insight_topic_key: string;
  readonly insight_round: number;
  readonly insight_content: {
    readonly values: number[];
    readonly epsilon: number | null;
    readonly noise_half_width: number;
  };
  readonly insight_confidence: string;
  readonly insight_participants: number;
  readonly insight_method: FederatedInsight['method'];
  readonly is_private: boolean;
  readonly insight_created_at: Date;
  readonly insight_expires_at: Date | null;
}
