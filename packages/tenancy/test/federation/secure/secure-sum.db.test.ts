import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { readFederatedInsights } from '../../../src/federation/insights.ts';
import {
  failFederatedSession,
  getFederatedSession,
  leaveFederatedSession,
} from '../../../src/federation/sessions.ts';
import { NOBODY, SUM, three, topicKey, type Party, useParties } from '../support/parties.ts';

const { app, as, sqlAs, newParties, begin, share, publish, close, finish, verify, shareAll } = useParties();

describe.skipIf(app.database.kind === 'pglite')('a secure sum', () => {
  it('is exact, in several dimensions and rounds, and each party can check it', async () => {
    const parties = await newParties(4);
    const [initiator = NOBODY] = parties;
    const sessionId = await begin(parties, { ...SUM, dimensions: 2, rounds: 2 });
    const rounds = [
      {
        values: [
          [1.25, -10],
          [999.99, 0.01],
          [0, 0],
          [-10, 1000],
        ],
        total: [991.24, 990.01],
      },
      {
        values: [
          [-10, -10],
          [-10, -10],
          [-10, -10],
          [-10, -10],
        ],
        total: [-40, -40],
      },
    ];
    for (const [at, { values, total }] of rounds.entries()) {
      await shareAll(parties, sessionId, values);
      for (const party of parties) await publish(party, sessionId);
      await expect(finish(initiator, sessionId)).resolves.toEqual({ insights: 1 });
      for (const party of parties) {
        await expect(verify(party, sessionId, at + 1)).resolves.toEqual(total);
        const insights = await as(party.tenant, (tx) => readFederatedInsights(tx, { sessionId }));
        expect(insights.at(-1)).toMatchObject({
          ...{ values: total, participants: 4, method: 'sum', round: at + 1 },
          ...{ isPrivate: false, epsilon: undefined, noiseHalfWidth: 0, confidence: 1 },
        });
      }
    }
    await expect(as(initiator.tenant, (tx) => getFederatedSession(tx, { sessionId }))).resolves.toMatchObject(
      { status: 'completed', epsilonPerTenant: 0 },
    );
    await expect(sqlAs('select from federated_shares where session_id = $1', [sessionId])).resolves.toEqual(
      [],
    );
  });

  it('counts', async () => {
    const parties = await newParties(5);
    const [initiator = NOBODY] = parties;
    const sessionId = await begin(parties, { ...SUM, lower: 0, upper: 1, resolution: 1 });
    await shareAll(parties, sessionId, [[1], [0], [1], [1], [0]]);
    for (const party of parties) await publish(party, sessionId);
    await finish(initiator, sessionId);
    await expect(verify(initiator, sessionId)).resolves.toEqual([3]);
  });

  it('leaves no value, and no share of one, in the database in clear', async () => {
    const parties = await newParties(3);
    const sessionId = await begin(parties);
    await shareAll(parties, sessionId, [[123.45], [123.45], [123.45]]);
    const shares = await sqlAs(
      `select encode(sealed, 'hex') as sealed from federated_shares where session_id = $1`,
      [sessionId],
    );
    expect(shares).toHaveLength(9);
    // 13345 steps above -10, as eight bytes.
    expect(shares.filter(({ sealed }) => String(sealed).includes('0000000000003421'))).toEqual([]);
    expect(new Set(shares.map(({ sealed }) => sealed)).size).toBe(9);
  });

  it('keeps shares from everybody but their party, until all are there and the round is closed', async () => {
    const [one, two, third] = three(await newParties(3));
    const sessionId = await begin([one, two, third]);
    const receive = ({ tenant }: Party) =>
      as(tenant, async (tx) => {
        const query = sql`select * from app.receive_federated_shares(${sessionId}, ${topicKey})`;
        return (await query.execute(tx)).rows;
      });
    await share(one, sessionId, [1]);
    await share(two, sessionId, [2]);
    await expect(receive(one)).rejects.toMatchObject({ details: { sqlState: 'AAFST' } });
    await expect(close(one, sessionId)).rejects.toMatchObject({ code: 'PARTIES_MISSING' });
    await share(third, sessionId, [3]);
    await close(one, sessionId);
    await expect(receive(two)).resolves.toHaveLength(3);
    const [stranger = NOBODY] = await newParties(1);
    await expect(receive(stranger)).rejects.toMatchObject({ details: { sqlState: 'AAFNS' } });
    // Rows belong to their sender.
    await expect(
      as(two.tenant, async (tx) => (await sql`select from federated_shares`.execute(tx)).rows),
    ).resolves.toHaveLength(3);
  });

  it('needs all parties: one that does not answer fails the round', async () => {
    const parties = await newParties(3);
    const [one, two, third] = three(parties);
    const sessionId = await begin(parties);
    await shareAll(parties, sessionId, [[1], [2], [3]]);
    await publish(one, sessionId);
    await publish(two, sessionId);
    await expect(finish(one, sessionId)).rejects.toMatchObject({ code: 'PARTIES_MISSING' });
    await expect(verify(one, sessionId)).rejects.toMatchObject({ code: 'PARTIES_MISSING' });
    await as(third.tenant, (tx) => leaveFederatedSession(tx, { sessionId }));
    await expect(publish(one, sessionId)).rejects.toMatchObject({ code: 'PARTIES_MISSING' });
    await expect(finish(one, sessionId)).rejects.toMatchObject({ code: 'PARTIES_MISSING' });
    await as(one.tenant, (tx) => failFederatedSession(tx, { sessionId }));
    await expect(as(one.tenant, (tx) => readFederatedInsights(tx, { sessionId }))).resolves.toEqual([]);
  });

  it('releases nothing when a party does not consent any more', async () => {
    const parties = await newParties(3);
    const [one, two, third] = three(parties);
    const sessionId = await begin(parties);
    await shareAll(parties, sessionId, [[1], [2], [3]]);
    for (const party of [one, two, third]) await publish(party, sessionId);
    await sqlAs(`update tenants set isolation_level = 'strict' where id = $1`, [third.tenant]);
    await expect(finish(one, sessionId)).rejects.toMatchObject({ code: 'PARTIES_MISSING' });
    await sqlAs(`update tenants set isolation_level = 'federated' where id = $1`, [third.tenant]);
    await expect(finish(one, sessionId)).resolves.toEqual({ insights: 1 });
  });

  it('is refused to two parties, of whom each would learn the other’s value', async () => {
    const parties = await newParties(2);
    await expect(begin(parties)).rejects.toMatchObject({ code: 'TOO_FEW_TENANTS' });
    const four = await newParties(4, { level: 'secure', k: 5 });
    await expect(begin(four)).rejects.toMatchObject({ code: 'TOO_FEW_TENANTS' });
  });

  it('takes each party’s value and sum once', async () => {
    const parties = await newParties(3);
    const [one] = three(parties);
    const sessionId = await begin(parties);
    await share(one, sessionId, [1]);
    await expect(share(one, sessionId, [1])).rejects.toMatchObject({ code: 'ALREADY_CONTRIBUTED' });
    await as(one.tenant, async (tx) => sql`delete from federated_shares`.execute(tx));
    await shareAll(parties, sessionId, [[1], [2], [3]]);
    await publish(one, sessionId);
    await expect(publish(one, sessionId)).rejects.toMatchObject({ code: 'ALREADY_CONTRIBUTED' });
  });

  it.each([
    ['too few values', []],
    ['too many values', [1, 2]],
    ['10^5 values', Array.from({ length: 100_000 }, () => 1)],
    ['NaN', [NaN]],
    ['infinity', [Infinity]],
    ['a value below the range', [-10.01]],
    ['a value above the range', [1000.01]],
  ])('refuses %s, and sends nothing', async (_, values) => {
    const parties = await newParties(3);
    const [one] = three(parties);
    const sessionId = await begin(parties);
    await expect(share(one, sessionId, values)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(sqlAs('select from federated_shares where session_id = $1', [sessionId])).resolves.toEqual(
      [],
    );
  });
});
