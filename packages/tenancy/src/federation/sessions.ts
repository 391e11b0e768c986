import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { sql } from 'kysely';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import { federated } from './refusals.ts';
import { FederatedSettings, fromStoredSettings, toStoredSettings } from './settings.ts';

const Topic = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters or unpaired surrogates');

export const FederatedSessionInput = z.strictObject({
  /** What is to be learned. Every tenant that may join can read it. */
  topic: Topic,
  settings: FederatedSettings,
});
export type FederatedSessionInput = z.input<typeof FederatedSessionInput>;

/** Which session. */
export const SessionRef = z.strictObject({ sessionId: z.uuid() });
export type SessionRef = z.input<typeof SessionRef>;

/**
 * `forming` takes participants, `active` what they put in, `aggregating` nothing more, and goes on to the next round's
 * `active` or to `completed`. `failed` ends it from anywhere. There is no way back.
 */
export type FederatedSessionStatus = 'forming' | 'active' | 'aggregating' | 'completed' | 'failed';

/** A session as somebody who takes part sees it: not whose it is. */
export interface FoundFederatedSession {
  readonly sessionId: string;
  readonly topic: string;
  /** Project of the tenant that initiated it. */
  readonly projectId: string;
  readonly settings: FederatedSettings;
  readonly status: FederatedSessionStatus;
  /** From 1; 0 while it is forming. */
  readonly round: number;
  readonly hasJoined: boolean;
  readonly startedAt: Date;
}

/** A session as its initiator sees it. */
export interface FederatedSession {
  readonly sessionId: string;
  readonly topic: string;
  readonly settings: FederatedSettings;
  readonly status: FederatedSessionStatus;
  readonly round: number;
  /** Tenants that take part at present. */
  readonly participants: readonly string[];
  /** How little the last round that was read moved the results, 0 to 1; undefined before there are two. */
  readonly convergence: number | undefined;
  /** What one contributor spent of its budget at most. */
  readonly epsilonPerTenant: number;
  readonly startedAt: Date;
  readonly completedAt: Date | undefined;
}

/**
 * Opens a session for others to join. The tenant itself takes part only if it joins, too.
 *
 * @throws {TenancyError} `INVALID_INPUT` with every problem.
 * @example
 * const settings = { privacyLevel: 'differential', lower: 0, upper: 1, resolution: 0.001, epsilon: 0.5 } as const;
 * const sessionId = await createFederatedSession(tx, { topic: 'Success of routing', settings });
 */
export async function createFederatedSession(
  tx: TenantTransaction,
  input: FederatedSessionInput,
): Promise<string> {
  const { topic, settings } = parseInput(FederatedSessionInput, input, 'the session');
  const created = sql<{ session_id: string }>`
    insert into federated_sessions (topic, settings) values (${topic}, ${toStoredSettings(settings)}::jsonb)
    returning session_id`.execute(tx);
  return (await getOne(created, 'session')).session_id;
}

/**
 * One's own session.
 *
 * @throws {DatabaseError} `NOT_FOUND`.
 */
export async function getFederatedSession(tx: TenantTransaction, ref: SessionRef): Promise<FederatedSession> {
  const { sessionId } = parseInput(SessionRef, ref, 'the session');
  const row = await getOne(
    sql<SessionRow>`
      select
        session.*,
        array(
          select member.participant_tenant_id::text from session_participants as member
          where member.tenant_id = session.tenant_id and member.session_id = session.session_id and member.left_at is null
          order by 1
        ) as participants
      from federated_sessions as session
      where session.tenant_id = ${tx.tenantId} and session.session_id = ${sessionId}
    `.execute(tx),
    'session of that id',
  );
  return {
    sessionId: row.session_id,
    topic: row.topic,
    settings: fromStoredSettings(row.settings),
    status: row.status,
    round: row.round,
    participants: row.participants,
    convergence: row.convergence_score === null ? undefined : Number(row.convergence_score),
    epsilonPerTenant: row.privacy_metrics.epsilon_per_tenant_at_most ?? 0,
    startedAt: row.started_at,
    completedAt: row.completed_at ?? undefined,
  };
}

interface SessionRow {
  readonly session_id: string;
  readonly topic: string;
  readonly settings: Record<string, unknown>;
  readonly status: FederatedSessionStatus;
  readonly round: number;
  readonly participants: string[];
  readonly convergence_score: string | null;
  readonly privacy_metrics: { readonly epsilon_per_tenant_at_most?: number | null };
  readonly started_at: Date;
  readonly completed_at: Date | null;
}

/**
 * Sessions that the tenant may join, and those that it has joined, of initiators that consent as it does; latest first.
 */
export async function findFederatedSessions(tx: TenantTransaction): Promise<FoundFederatedSession[]> {
  const { rows } = await federated(sql<FoundRow>`select * from app.find_federated_sessions()`.execute(tx));
  return rows.map((row) => ({
    sessionId: row.found_session_id,
    topic: row.found_topic,
    projectId: row.found_project_id,
    settings: fromStoredSettings(row.found_settings),
    status: row.found_status,
    round: row.found_round,
    hasJoined: row.has_joined,
    startedAt: row.found_started_at,
  }));
}

interface FoundRow {
  readonly found_session_id: string;
  readonly found_topic: string;
  readonly found_project_id: string;
  readonly found_settings: Record<string, unknown>;
  readonly found_status: FederatedSessionStatus;
  readonly found_round: number;
  readonly found_started_at: Date;
  readonly has_joined: boolean;
}

/**
 * Takes part in a session that is forming. Everybody in it sees what comes out, so the tenant, the initiator and all who
 * are in it already have to consent with each other.
 *
 * @throws {TenancyError} `FEDERATED_SESSION_NOT_FOUND` when there is none, or its initiator does not consent: which of
 *   both is not told; `NO_FEDERATED_CONSENT` when somebody else in it does not; `PRIVACY_LEVEL_MISMATCH` when it is less
 *   or something else than the tenant's level; `FEDERATED_SESSION_STATUS` when it is full or not forming;
 *   `ALREADY_CONTRIBUTED` when it has joined already.
 */
export async function joinFederatedSession(tx: TenantTransaction, ref: SessionRef): Promise<void> {
  const { sessionId } = parseInput(SessionRef, ref, 'the session');
  await federated(sql`select app.join_federated_session(${sessionId})`.execute(tx));
}

/**
 * Takes no part any more: what is not used yet is taken back, and results can no longer be read. In a secure session that
 * has begun, nothing can come out any more. It cannot be undone once the session has begun.
 *
 * @throws {TenancyError} `FEDERATED_SESSION_NOT_FOUND`.
 */
export async function leaveFederatedSession(tx: TenantTransaction, ref: SessionRef): Promise<void> {
  const { sessionId } = parseInput(SessionRef, ref, 'the session');
  await federated(sql`select app.leave_federated_session(${sessionId})`.execute(tx));
}

const advance =
  (status: FederatedSessionStatus) =>
  async (tx: TenantTransaction, ref: SessionRef): Promise<void> => {
    const { sessionId } = parseInput(SessionRef, ref, 'the session');
    await federated(sql`select app.advance_federated_session(${sessionId}, ${status})`.execute(tx));
  };

/**
 * Begins the first round of one's own session: nobody can join any more.
 *
 * @throws {TenancyError} `FEDERATED_SESSION_NOT_FOUND`; `FEDERATED_SESSION_STATUS` unless it is forming;
 *   `TOO_FEW_TENANTS` when a secure one has fewer than three, or fewer than the k-anonymity of any of them.
 */
export const startFederatedSession = advance('active');

/**
 * Closes the current round of one's own session to contributions. It waits for those that are being put in.
 *
 * @throws {TenancyError} `FEDERATED_SESSION_NOT_FOUND`; `FEDERATED_SESSION_STATUS` unless it is active;
 *   `PARTIES_MISSING` when not everybody in a secure one has sent its shares.
 */
export const closeFederatedRound = advance('aggregating');

/**
 * Ends one's own session with nothing: what was put in is deleted, results of earlier rounds stay.
 *
 * @throws {TenancyError} `FEDERATED_SESSION_NOT_FOUND`; `FEDERATED_SESSION_STATUS` when it is over already.
 */
export const failFederatedSession = advance('failed');
