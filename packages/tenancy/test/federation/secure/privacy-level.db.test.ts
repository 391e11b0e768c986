import { describe, expect, it } from 'vitest';
import { aggregateFederatedRound } from '../../../src/federation/aggregation.ts';
import { contribute } from '../../../src/federation/contributions.ts';
import { readFederatedInsights } from '../../../src/federation/insights.ts';
import { createFederatedSession, joinFederatedSession } from '../../../src/federation/sessions.ts';
import { codeOf, EXACT, type Settings } from '../support/federation.ts';
import { SUM, three, topicKey, useParties } from '../support/parties.ts';

const { app, as, sqlAs, newParticipants, newParties, begin, share, publish, finish, shareAll } = useParties();

describe.skipIf(app.database.kind === 'pglite')('the level secure', () => {
  it('is never taken for another one, in either direction', async () => {
    const [quiet] = three(await newParties(3));
    const noisy = await newParticipants(3);
    const [loud = ''] = noisy;
    const open = (tenant: string, settings: Settings) =>
      as(tenant, (tx) => createFederatedSession(tx, { topic: 'Levels', settings }));
    const join = (tenant: string, sessionId: string) =>
      codeOf(as(tenant, (tx) => joinFederatedSession(tx, { sessionId })));
    await expect(join(quiet.tenant, await open(loud, EXACT))).resolves.toBe('PRIVACY_LEVEL_MISMATCH');
    await expect(join(loud, await open(quiet.tenant, SUM))).resolves.toBe('PRIVACY_LEVEL_MISMATCH');
  });

  it('takes no plain contribution, and no plain aggregation', async () => {
    const parties = three(await newParties(3));
    const sessionId = await begin(parties);
    const [one] = parties;
    await expect(
      as(one.tenant, (tx) => contribute(tx, { sessionId, topicKey, values: [1] })),
    ).rejects.toMatchObject({ code: 'PRIVACY_LEVEL_MISMATCH' });
    await expect(as(one.tenant, (tx) => aggregateFederatedRound(tx, { sessionId }))).rejects.toMatchObject({
      code: 'PRIVACY_LEVEL_MISMATCH',
    });
  });

  it('gives no exact total to a tenant that was promised noise', async () => {
    const parties = await newParties(3, { level: 'differential' });
    await expect(begin(parties)).rejects.toMatchObject({ code: 'PRIVACY_LEVEL_MISMATCH' });
    await begin(parties, { ...SUM, epsilon: 1 });
  });

  it('has noise of every party, who pays for it, where the session asks for it', async () => {
    const parties = three(await newParties(3, { level: 'differential', epsilon: 1.5 }));
    const [one] = parties;
    const sessionId = await begin(parties, { ...SUM, epsilon: 1, rounds: 2 });
    await shareAll(parties, sessionId, [[1], [2], [3]]);
    for (const party of parties) await publish(party, sessionId);
    await finish(one, sessionId);
    await expect(
      sqlAs('select epsilon::text from tenant_privacy_ledger where tenant_id = any($1)', [
        parties.map((party) => party.tenant),
      ]),
    ).resolves.toEqual([{ epsilon: '1' }, { epsilon: '1' }, { epsilon: '1' }]);
    const [insight] = await as(one.tenant, (tx) => readFederatedInsights(tx, { sessionId }));
    expect(insight).toMatchObject({ isPrivate: true, epsilon: 1, participants: 3 });
    // The noise has 10^5 steps: it is none once in 10^5 runs.
    expect(insight?.values).not.toEqual([6]);
    await expect(share(one, sessionId, [1])).rejects.toMatchObject({ code: 'PRIVACY_BUDGET_EXCEEDED' });
  });
});
