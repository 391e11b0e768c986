import { describe, expect, it } from 'vitest';
import { contribute, withdrawContribution } from '../../src/federation/contributions.ts';
import { codeOf, EXACT, useFederation } from './support/federation.ts';

const { app, as, rowsSeen, newParticipants, newSession, close } = useFederation();

describe.skipIf(app.database.kind === 'pglite')('what a tenant put in', () => {
  it('can be read by nobody else, the initiator included', async () => {
    const tenants = await newParticipants(2);
    const [initiator = '', member = ''] = tenants;
    const sessionId = await newSession(tenants);
    await as(member, (tx) => contribute(tx, { sessionId, topicKey: 'mean', values: [0.25], weight: 0.5 }));
    await expect(rowsSeen(initiator, 'select * from federated_contributions')).resolves.toEqual([]);
    await expect(
      rowsSeen(member, 'select steps, weight::text from federated_contributions'),
    ).resolves.toEqual([{ steps: ['250'], weight: '0.50' }]);
    // Nor by functions of the service role, which see it.
    for (const call of [
      'app.publish_federated_topic(session, ?)',
      'app.estimate_weighted(null, null, null)',
      'app.lock_federated_session(session_id, true, true)',
      'app.federates_with(tenant_id, tenant_id)',
    ]) {
      await expect(
        codeOf(rowsSeen(initiator, `select ${call} from federated_sessions as session`, 'mean')),
        call,
      ).resolves.toBe('PERMISSION_DENIED');
    }
  });

  it('is put in once a topic and round, until it is taken back', async () => {
    const tenants = await newParticipants(2);
    const [initiator = '', member = ''] = tenants;
    const sessionId = await newSession(tenants);
    const put = () => as(member, (tx) => contribute(tx, { sessionId, topicKey: 'mean', values: [0.5] }));
    const takeBack = () => as(member, (tx) => withdrawContribution(tx, { sessionId, topicKey: 'mean' }));
    await put();
    await expect(put()).rejects.toMatchObject({ code: 'ALREADY_CONTRIBUTED' });
    await takeBack();
    await expect(takeBack()).rejects.toMatchObject({ code: 'FEDERATED_SESSION_STATUS' });
    expect((await Promise.all([codeOf(put()), codeOf(put())])).toSorted()).toEqual([
      'ALREADY_CONTRIBUTED',
      'done',
    ]);
    await close(initiator, sessionId);
    await takeBack();
    await expect(put()).rejects.toMatchObject({ code: 'FEDERATED_SESSION_STATUS' });
  });

  const many = Array.from({ length: 100_000 }, () => 0.5);
  it.each([
    ['nothing', { values: [] }],
    ['another number of values', { values: [0.5, 0.5, 0.5] }],
    ['10^5 values', { values: many }],
    ['NaN', { values: [0.5, NaN] }],
    ['infinity', { values: [0.5, Infinity] }],
    ['minus infinity', { values: [-Infinity, 0.5] }],
    ['a value below the range', { values: [0.5, -0.001] }],
    ['a value above the range', { values: [1.001, 0.5] }],
    ['another topic', { topicKey: 'median' }],
    ['no weight', { weight: 0 }],
    ['too much weight', { weight: 1.01 }],
    ['a weight of more decimals', { weight: 0.005 }],
    ['no number of weight', { weight: NaN }],
    ['no session', { sessionId: 'mine' }],
  ])('is refused as one error for %s, and nothing is written', async (_, fields) => {
    const [initiator = ''] = await newParticipants(1);
    const sessionId = await newSession([initiator], { ...EXACT, dimensions: 2 });
    const contribution = { sessionId, topicKey: 'mean', values: [0.5, 0.5], ...fields };
    await expect(as(initiator, (tx) => contribute(tx, contribution))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(rowsSeen(initiator, 'select from federated_contributions')).resolves.toEqual([]);
  });

  it.each([
    `'{NaN,0.5}'`,
    `'{Infinity,0.5}'`,
    `'{0.5,null}'`,
    `'{{0.5},{0.5}}'`,
    `'{1.0000001,0}'`,
    `null`,
    `'{}'`,
    `array_fill(0.5, array[100000])`,
  ])('is refused by the database, too: %s', async (values) => {
    const [initiator = ''] = await newParticipants(1);
    const sessionId = await newSession([initiator], { ...EXACT, dimensions: 2 });
    const statement = `select app.contribute_to_session(?, 'mean', (${values})::numeric[], 1)`;
    await expect(rowsSeen(initiator, statement, sessionId)).rejects.toMatchObject({
      details: { sqlState: 'AAFVL' },
    });
    for (const weight of ['0', '-1', `'NaN'`, 'null', '0.001', '2']) {
      await expect(
        rowsSeen(initiator, `select app.contribute_to_session(?, 'mean', '{0,1}', ${weight})`, sessionId),
      ).rejects.toMatchObject({ details: { sqlState: 'AAFVL' } });
    }
  });
});
