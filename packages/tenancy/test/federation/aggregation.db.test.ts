import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { aggregateFederatedRound } from '../../src/federation/aggregation.ts';
import { contribute, withdrawContribution } from '../../src/federation/contributions.ts';
import { readFederatedInsights } from '../../src/federation/insights.ts';
import { getFederatedSession, leaveFederatedSession } from '../../src/federation/sessions.ts';
import { codeOf, EXACT, half, NOWHERE, useFederation } from './support/federation.ts';

const {
  app,
  as,
  sqlAs,
  rowsSeen,
  held,
  untilWaiting,
  federate,
  newParticipants,
  newSession,
  contributeAll,
  close,
  aggregate,
  read,
} = useFederation();

describe.skipIf(app.database.kind === 'pglite')('aggregateFederatedRound', () => {
  it('needs as many tenants as any of them demands, counted in tenants', async () => {
    const tenants = await newParticipants(3);
    const [initiator = '', strict = ''] = tenants;
    await sqlAs('update tenant_privacy_config set k_anonymity = 4 where tenant_id = $1', [strict]);
    const settings = { ...EXACT, topicKeys: ['a', 'b'], epsilon: 1 };
    const sessionId = await newSession(tenants, settings);
    await contributeAll(sessionId, half(tenants), 'a');
    await contributeAll(sessionId, half(tenants), 'b');
    await close(initiator, sessionId);
    await expect(aggregate(initiator, sessionId)).rejects.toMatchObject({ code: 'TOO_FEW_TENANTS' });
    await expect(
      sqlAs('select from tenant_privacy_ledger where tenant_id = any($1)', [tenants]),
    ).resolves.toEqual([]);
    await sqlAs('update tenant_privacy_config set k_anonymity = 3 where tenant_id = $1', [strict]);
    await as(strict, (tx) => withdrawContribution(tx, { sessionId, topicKey: 'a' }));
    await expect(aggregate(initiator, sessionId)).resolves.toEqual({ insights: 2 });
    await expect(read(initiator, sessionId)).resolves.toMatchObject([
      { topicKey: 'a', participants: 2 },
      { topicKey: 'b', participants: 3 },
    ]);
  });

  it('suppresses a topic with too few, and nobody pays for it', async () => {
    const tenants = await newParticipants(3);
    const [initiator = '', second = ''] = tenants;
    const sessionId = await newSession(tenants, { ...EXACT, topicKeys: ['full', 'thin'], epsilon: 1 });
    await contributeAll(sessionId, half(tenants), 'full');
    await contributeAll(sessionId, half([second]), 'thin');
    await close(initiator, sessionId);
    await aggregate(initiator, sessionId);
    expect((await read(initiator, sessionId)).map((it) => it.topicKey)).toEqual(['full']);
    await expect(
      sqlAs('select tenant_id from tenant_privacy_ledger where tenant_id = $1', [second]),
    ).resolves.toHaveLength(1);
  });

  it('leaves out who withdrew consent since joining, by whatever way, and for good', async () => {
    const [initiator = '', steady = '', other = '', left = '', paused = '', strict = ''] =
      await newParticipants(6);
    const sessionId = await newSession([initiator, steady, other, left, paused, strict], {
      ...EXACT,
      ...{ epsilon: 1, rounds: 2 },
    });
    await contributeAll(sessionId, half([steady, other, left, paused, strict]));
    await as(left, (tx) => leaveFederatedSession(tx, { sessionId }));
    await sqlAs('update federated_participants set active = false where tenant_id = $1', [paused]);
    await sqlAs(`update tenants set isolation_level = 'strict' where id = $1`, [strict]);
    await close(initiator, sessionId);
    await aggregate(initiator, sessionId);
    await expect(read(initiator, sessionId)).resolves.toMatchObject([{ participants: 2 }]);
    await expect(
      sqlAs('select tenant_id from tenant_privacy_ledger where tenant_id = any($1)', [
        [left, paused, strict],
      ]),
    ).resolves.toEqual([]);
    for (const gone of [left, paused, strict]) {
      await expect(codeOf(read(gone, sessionId))).resolves.toBe('FEDERATED_SESSION_NOT_FOUND');
    }
    await sqlAs(`update tenants set isolation_level = 'federated' where id = $1`, [strict]);
    await expect(codeOf(read(strict, sessionId))).resolves.toBe('FEDERATED_SESSION_NOT_FOUND');
    await expect(
      sqlAs('select from federated_contributions where session_id = $1', [sessionId]),
    ).resolves.toEqual([]);
  });

  it('leaves out the later of two members that do not consent with each other any more', async () => {
    const [initiator = '', first = '', second = '', third = ''] = await newParticipants(4);
    const sessionId = await newSession([initiator, first, second, third]);
    await contributeAll(sessionId, half([first, second, third]));
    await sqlAs(`update tenants set project_id = 'elsewhere' where id = $1`, [third]);
    await federate([initiator, first, third], {}, ['tests', 'elsewhere']);
    await close(initiator, sessionId);
    await aggregate(initiator, sessionId);
    await expect(read(second, sessionId)).resolves.toMatchObject([{ participants: 2 }]);
    await expect(codeOf(read(third, sessionId))).resolves.toBe('FEDERATED_SESSION_NOT_FOUND');
  });

  it('leaves out who has no budget left, and who is not trusted at all', async () => {
    const [initiator = '', one = '', two = '', poor = '', distrusted = ''] = await newParticipants(5);
    await sqlAs('update tenant_privacy_config set epsilon = 1.9 where tenant_id = $1', [poor]);
    await sqlAs('update federated_participants set reputation_score = 0 where tenant_id = $1', [distrusted]);
    const members = [initiator, one, two, poor, distrusted];
    const sessionId = await newSession(members, { ...EXACT, epsilon: 1, rounds: 2 });
    for (const participants of [4, 3]) {
      await contributeAll(sessionId, half(members));
      await close(initiator, sessionId);
      await aggregate(initiator, sessionId);
      expect((await read(initiator, sessionId)).at(-1)).toMatchObject({ participants });
    }
    await expect(
      sqlAs('select from tenant_privacy_ledger where tenant_id = $1', [distrusted]),
    ).resolves.toEqual([]);
  });

  it('is done once, however often it is called at the same moment', async () => {
    const tenants = await newParticipants(3);
    const [initiator = ''] = tenants;
    const sessionId = await newSession(tenants, { ...EXACT, epsilon: 1 });
    await contributeAll(sessionId, half(tenants));
    await close(initiator, sessionId);
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(aggregate(initiator, sessionId))));
    expect(codes.toSorted()).toEqual(['FEDERATED_SESSION_STATUS', 'FEDERATED_SESSION_STATUS', 'done']);
    await expect(
      sqlAs('select from tenant_privacy_ledger where tenant_id = $1', [initiator]),
    ).resolves.toHaveLength(1);
  });

  it('has in it what was put in before the round was closed, and refuses the rest', async () => {
    const tenants = await newParticipants(3);
    const [initiator = '', slow = ''] = tenants;
    const sessionId = await newSession(tenants);
    await contributeAll(sessionId, half(tenants.filter((it) => it !== slow)));
    const contributing = held(slow, (tx) => contribute(tx, { sessionId, topicKey: 'mean', values: [0.5] }));
    await contributing.done;
    const closing = close(initiator, sessionId);
    await untilWaiting();
    await contributing.commit();
    await closing;
    await aggregate(initiator, sessionId);
    await expect(read(initiator, sessionId)).resolves.toMatchObject([{ participants: 3 }]);
  });

  it('uses nothing that is taken back at the same moment, or does not let it be', async () => {
    const tenants = await newParticipants(3);
    const [initiator = '', hesitant = ''] = tenants;
    const sessionId = await newSession(tenants);
    await contributeAll(sessionId, half(tenants));
    await close(initiator, sessionId);
    const withdrawing = held(hesitant, (tx) => withdrawContribution(tx, { sessionId, topicKey: 'mean' }));
    await withdrawing.done;
    const aggregating = aggregate(initiator, sessionId);
    await untilWaiting();
    await withdrawing.commit();
    await aggregating;
    await expect(read(initiator, sessionId)).resolves.toMatchObject([{ participants: 2 }]);
  });
});

describe.skipIf(app.database.kind === 'pglite')('readFederatedInsights', () => {
  it('shows nothing in the transaction that made it, which could still take back what it paid', async () => {
    const tenants = await newParticipants(3);
    const [initiator = ''] = tenants;
    const sessionId = await newSession(tenants, { ...EXACT, epsilon: 1, rounds: 3 });
    for (const round of [1, 2]) {
      await contributeAll(sessionId, half(tenants));
      await close(initiator, sessionId);
      await as(initiator, async (tx) => {
        await aggregateFederatedRound(tx, { sessionId });
        await expect(readFederatedInsights(tx, { sessionId })).resolves.toHaveLength(round - 1);
        // Neither what the second one would tell about the first.
        await expect(getFederatedSession(tx, { sessionId })).resolves.toMatchObject({
          convergence: undefined,
        });
        const { rows } = await sql`select count(*)::integer as rows from aggregated_insights`.execute(tx);
        expect(rows).toEqual([{ rows: round }]);
      });
      await expect(read(initiator, sessionId)).resolves.toHaveLength(round);
    }
    await expect(as(initiator, (tx) => getFederatedSession(tx, { sessionId }))).resolves.toMatchObject({
      convergence: expect.any(Number) as number,
    });
  });

  it('is the only way to the figures', async () => {
    const [initiator = ''] = await newParticipants(1);
    for (const column of ['aggregated_content', 'confidence_score', '*']) {
      await expect(codeOf(rowsSeen(initiator, `select ${column} from aggregated_insights`))).resolves.toBe(
        'PERMISSION_DENIED',
      );
    }
    for (const statement of [
      `update aggregated_insights set access_count = 0`,
      `delete from aggregated_insights`,
      `insert into session_participants (session_id, participant_tenant_id, reputation_at_join) values (?, 'x', 1)`,
      `update federated_sessions set status = 'completed'`,
      `insert into federated_contributions (session_id) values (?)`,
    ]) {
      await expect(codeOf(rowsSeen(initiator, statement, NOWHERE)), statement).resolves.toBe(
        'PERMISSION_DENIED',
      );
    }
  });

  it('counts and logs access, and shows nothing that has expired', async () => {
    const tenants = await newParticipants(2);
    const [initiator = '', member = ''] = tenants;
    const sessionId = await newSession(tenants, { ...EXACT, insightDays: 1 });
    await contributeAll(sessionId, half(tenants));
    await close(initiator, sessionId);
    await aggregate(initiator, sessionId);
    const [insight] = await read(member, sessionId);
    await read(initiator, sessionId);
    const days = ((insight?.expiresAt?.getTime() ?? 0) - (insight?.createdAt.getTime() ?? 0)) / 86_400_000;
    expect(days).toBeCloseTo(1, 1);
    await expect(
      sqlAs('select access_count from aggregated_insights where session_id = $1', [sessionId]),
    ).resolves.toEqual([{ access_count: 2 }]);
    await expect(
      sqlAs(
        `select accessor_tenant_id, row_count from tenant_access_log
         where tenant_id = $1 and table_name = 'aggregated_insights'`,
        [initiator],
      ),
    ).resolves.toEqual([{ accessor_tenant_id: member, row_count: 1 }]);
    await sqlAs(`update aggregated_insights set expires_at = now() where session_id = $1`, [sessionId]);
    await expect(read(initiator, sessionId)).resolves.toEqual([]);
  });
});
