import { useApplication } from '@agent-agency/db-core/testing';
import type { TenantTransaction } from '@agent-agency/db-core';
import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll } from 'vitest';
import { aggregateFederatedRound } from '../../../src/federation/aggregation.ts';
import { contribute } from '../../../src/federation/contributions.ts';
import { readFederatedInsights } from '../../../src/federation/insights.ts';
import { joinFederation } from '../../../src/federation/participation.ts';
import {
  closeFederatedRound,
  createFederatedSession,
  joinFederatedSession,
  startFederatedSession,
  type FederatedSessionInput,
} from '../../../src/federation/sessions.ts';

/** What a federation's tenants agree to; each part can be changed for one of them. */
export interface Agreement {
  readonly epsilon?: number;
  readonly k?: number;
  readonly level?: 'basic' | 'differential' | 'secure';
}

export type Settings = FederatedSessionInput['settings'];

/** A session that there is not. */
export const NOWHERE = '00000000-0000-4000-8000-000000000000';

/** The middle of the range, of each tenant. */
export const half = (tenants: readonly string[]): Record<string, number[]> =>
  Object.fromEntries(tenants.map((tenant) => [tenant, [0.5]]));

/** The code that something is refused with, or `done`. */
export const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: unknown }).code,
  );

/** One value of 0 to 1, at a high price, so that noise is small. */
export const EXACT: Settings = {
  privacyLevel: 'differential',
  lower: 0,
  upper: 1,
  resolution: 0.001,
  epsilon: 9,
};

/** Tenants that learn together, in the application's database. */
export function useFederation() {
  const app = useApplication(testDatabase());
  let administrator: SqlSession | undefined;
  let created = 0;
  beforeAll(async () => {
    administrator = await connect(app.database.url);
  });
  afterAll(() => administrator?.close());
  /** As the server's administrator. */
  const sqlAs = async (text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> => {
    if (administrator === undefined) throw new Error('the administrator is there from beforeAll on');
    return (await administrator.query(text, values)).rows;
  };
  const as = <T>(tenant: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T> =>
    app.inTenant(tenant, work);

  /** Created by the session that is open already. */
  async function newTenants(count: number): Promise<string[]> {
    const tenants = Array.from({ length: count }, () => `federated-${++created}`);
    await sqlAs(`select create_tenant(id, 'tests', id) from unnest($1::text[]) as id`, [tenants]);
    return tenants;
  }

  /** Opens tenants to learning with the projects `groups`; their own is `tests`. */
  async function federate(
    tenants: readonly string[],
    { epsilon = 9.9, k = 2, level = 'differential' }: Agreement = {},
    groups: readonly string[] = ['tests'],
  ): Promise<void> {
    await sqlAs(`update tenants set isolation_level = 'federated' where id = any($1)`, [tenants]);
    await sqlAs(
      `update tenant_privacy_config
       set allow_cross_tenant_learning = true, allowed_tenant_groups = $2, epsilon = $3::numeric,
         k_anonymity = $4::integer, privacy_level = $5::privacy_level
       where tenant_id = any($1)`,
      [tenants, groups, String(epsilon), String(k), level],
    );
  }

  /** New tenants that take part. */
  async function newParticipants(count: number, agreement: Agreement = {}): Promise<string[]> {
    const tenants = await newTenants(count);
    await federate(tenants, agreement);
    for (const tenant of tenants)
      await as(tenant, (tx) => joinFederation(tx, { privacyLevel: 'differential' }));
    // Newcomers are trusted by half; what a test expects of the figures is easier without.
    await sqlAs('update federated_participants set reputation_score = 1 where tenant_id = any($1)', [
      tenants,
    ]);
    return tenants;
  }

  /** A session of the first tenant that all of them, it included, have joined and that has begun. */
  async function newSession(tenants: readonly string[], settings: Settings = EXACT): Promise<string> {
    const [initiator = ''] = tenants;
    const sessionId = await as(initiator, (tx) =>
      createFederatedSession(tx, { topic: 'What is to be learned', settings }),
    );
    for (const tenant of tenants) await as(tenant, (tx) => joinFederatedSession(tx, { sessionId }));
    await as(initiator, (tx) => startFederatedSession(tx, { sessionId }));
    return sessionId;
  }

  /** Each tenant puts its values in, and the initiator closes the round. */
  async function contributeAll(
    sessionId: string,
    values: Readonly<Record<string, readonly number[]>>,
    topicKey = 'mean',
  ): Promise<void> {
    for (const [tenant, list] of Object.entries(values))
      await as(tenant, (tx) => contribute(tx, { sessionId, topicKey, values: [...list] }));
  }
  const close = (initiator: string, sessionId: string): Promise<void> =>
    as(initiator, (tx) => closeFederatedRound(tx, { sessionId }));

  const read = (tenant: string, sessionId: string) =>
    as(tenant, (tx) => readFederatedInsights(tx, { sessionId }));
  const aggregate = (tenant: string, sessionId: string) =>
    as(tenant, (tx) => aggregateFederatedRound(tx, { sessionId }));

  /** A transaction that stays open when its work is done, until it is told to commit. */
  function held(tenant: string, work: (tx: TenantTransaction) => Promise<unknown>) {
    const done = Promise.withResolvers<undefined>();
    const told = Promise.withResolvers<undefined>();
    const transaction = as(tenant, async (tx) => {
      await work(tx);
      done.resolve(undefined);
      await told.promise;
    });
    transaction.catch(done.reject);
    const commit = (): Promise<void> => {
      told.resolve(undefined);
      return transaction;
    };
    return { done: done.promise, commit };
  }

  /** Until one transaction waits for another one. */
  async function untilWaiting(): Promise<void> {
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await sqlAs(waiting)).length === 0);
  }

  /** What SQL of the application's own answers; `?` stands for a value. */
  const rowsSeen = (tenant: string, statement: string, ...values: unknown[]) =>
    as(tenant, async (tx) => {
      const parts = statement.split('?');
      const query = sql.join(
        parts.map((part, at) => (at < parts.length - 1 ? sql`${sql.raw(part)}${values[at]}` : sql.raw(part))),
        sql``,
      );
      return (await sql`${query}`.execute(tx)).rows;
    });

  return {
    ...{ app, as, sqlAs, rowsSeen, held, untilWaiting },
    ...{ newTenants, federate, newParticipants, newSession, contributeAll, close, aggregate, read },
  };
}
