import { describe, expect, it } from 'vitest';
import { aggregateFederatedRound } from '../../src/federation/aggregation.ts';
import { clipToRange, contribute } from '../../src/federation/contributions.ts';
import { readFederatedInsights } from '../../src/federation/insights.ts';
import { getParticipation } from '../../src/federation/participation.ts';
import { getFederatedSession } from '../../src/federation/sessions.ts';
import { EXACT, useFederation, type Settings } from './support/federation.ts';
import { localStep, regressionTask } from './support/regression.ts';

const { app, as, sqlAs, newParticipants, newSession, contributeAll, close } = useFederation();

describe.skipIf(app.database.kind === 'pglite')('a federated round', () => {
  it('goes from contributions of tenants to a figure over them [DB-TENANT-002]', async () => {
    const tenants = await newParticipants(12);
    const [initiator = '', other = ''] = tenants;
    const sessionId = await newSession(tenants);
    await contributeAll(sessionId, Object.fromEntries(tenants.map((tenant) => [tenant, [0.9]])));
    await close(initiator, sessionId);
    const aggregated = as(initiator, (tx) => aggregateFederatedRound(tx, { sessionId }));
    await expect(aggregated).resolves.toEqual({ insights: 1 });

    for (const reader of [initiator, other]) {
      const [insight] = await as(reader, (tx) => readFederatedInsights(tx, { sessionId }));
      expect(insight).toMatchObject({
        ...{ topicKey: 'mean', round: 1, participants: 12, method: 'weighted' },
        ...{ isPrivate: true, epsilon: EXACT.epsilon, expiresAt: undefined },
      });
      // Twenty scales of the noise: once in 10^8 runs it is more.
      expect(Math.abs((insight?.values[0] ?? 0) - 0.9)).toBeLessThan(0.2);
    }
    await expect(as(initiator, (tx) => getFederatedSession(tx, { sessionId }))).resolves.toMatchObject({
      ...{ status: 'completed', round: 1, epsilonPerTenant: EXACT.epsilon, convergence: undefined },
    });
    await expect(as(other, getParticipation)).resolves.toMatchObject({ totalContributions: 1 });
  });

  it('is paid for by everybody in it, and in the log of everybody but the initiator', async () => {
    const tenants = await newParticipants(3);
    const [initiator = '', ...others] = tenants;
    const sessionId = await newSession(tenants, { ...EXACT, epsilon: 1.5 });
    await contributeAll(sessionId, Object.fromEntries(tenants.map((tenant) => [tenant, [0.5]])));
    await close(initiator, sessionId);
    await as(initiator, (tx) => aggregateFederatedRound(tx, { sessionId }));

    await expect(
      sqlAs(
        `select tenant_id, epsilon::text, delta::text, spender_tenant_id from tenant_privacy_ledger
         where tenant_id = any($1) order by tenant_id`,
        [tenants],
      ),
    ).resolves.toEqual(
      tenants
        .toSorted()
        .map((tenant_id) => ({ tenant_id, epsilon: '1.5', delta: '0', spender_tenant_id: initiator })),
    );
    await expect(
      sqlAs(
        `select tenant_id, accessor_tenant_id, row_count from tenant_access_log
         where tenant_id = any($1) and access_type = 'federated' order by tenant_id`,
        [tenants],
      ),
    ).resolves.toEqual(
      others.toSorted().map((tenant_id) => ({ tenant_id, accessor_tenant_id: initiator, row_count: 1 })),
    );
  });

  it('leaves nothing of what was put in, anywhere', async () => {
    const tenants = await newParticipants(2);
    const [initiator = ''] = tenants;
    const sessionId = await newSession(tenants, { ...EXACT, epsilon: 1 });
    await contributeAll(sessionId, Object.fromEntries(tenants.map((tenant) => [tenant, [0.5]])));
    await close(initiator, sessionId);
    await as(initiator, (tx) => aggregateFederatedRound(tx, { sessionId }));
    await expect(
      sqlAs('select from federated_contributions where session_id = $1', [sessionId]),
    ).resolves.toEqual([]);
  });

  it('weighs by weight, reputation and the participant’s weight', async () => {
    const tenants = await newParticipants(40);
    const [initiator = ''] = tenants;
    const trusted = tenants.slice(0, 30);
    await sqlAs('update federated_participants set reputation_score = 0.01 where not (tenant_id = any($1))', [
      trusted,
    ]);
    const sessionId = await newSession(tenants);
    for (const tenant of tenants)
      await as(tenant, (tx) =>
        contribute(tx, { sessionId, topicKey: 'mean', values: [trusted.includes(tenant) ? 1 : 0] }),
      );
    await close(initiator, sessionId);
    await as(initiator, (tx) => aggregateFederatedRound(tx, { sessionId }));
    const [insight] = await as(initiator, (tx) => readFederatedInsights(tx, { sessionId }));
    // 0.75 if all weighed the same, and 0.997 as they do; the noise has a scale of 0.004.
    expect(insight?.values[0]).toBeGreaterThan(0.9);
    expect(insight?.participants).toBe(40);
  });

  it('comes round by round to what federated averaging converges to', async () => {
    const task = regressionTask(30);
    const tenants = await newParticipants(task.length);
    const [initiator = ''] = tenants;
    const settings = {
      privacyLevel: 'differential' as const,
      ...{ lower: -0.5, upper: 0.5, resolution: 0.001, dimensions: 2 },
      ...{ epsilon: 2.4, rounds: 4 },
    } satisfies Settings;
    const sessionId = await newSession(tenants, settings);
    let model: readonly number[] = [0, 0];
    for (let round = 1; round <= settings.rounds; round += 1) {
      const step = (at: number): number[] => clipToRange(settings, localStep(task[at] ?? [], model));
      await contributeAll(sessionId, Object.fromEntries(tenants.map((tenant, at) => [tenant, step(at)])));
      await close(initiator, sessionId);
      await as(initiator, (tx) => aggregateFederatedRound(tx, { sessionId }));
      const insights = await as(initiator, (tx) => readFederatedInsights(tx, { sessionId }));
      expect(insights.map((insight) => insight.round)).toEqual(
        Array.from({ length: round }, (_, at) => at + 1),
      );
      model = model.map((parameter, at) => parameter + (insights.at(-1)?.values[at] ?? NaN));
    }
    // The data are of y = x - 1. The noise of the last round has a scale of 0.03, and none of an earlier one stays.
    expect(Math.abs((model[0] ?? 0) - 1)).toBeLessThan(0.6);
    expect(Math.abs((model[1] ?? 0) + 1)).toBeLessThan(0.6);

    const session = await as(initiator, (tx) => getFederatedSession(tx, { sessionId }));
    expect(session).toMatchObject({ status: 'completed', round: 4, epsilonPerTenant: 9.6 });
    const [before, last] = (await as(initiator, (tx) => readFederatedInsights(tx, { sessionId }))).slice(-2);
    const moved = (last?.values ?? []).map((value, at) => Math.abs(value - (before?.values[at] ?? NaN)));
    expect(session.convergence).toBeCloseTo(1 - moved.reduce((sum, it) => sum + it, 0) / moved.length, 3);
  });
});
