import { matching } from '@agent-agency/testing/vitest';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { aggregateFederatedRound } from '../../src/federation/aggregation.ts';
import { contribute } from '../../src/federation/contributions.ts';
import { getParticipation, joinFederation, leaveFederation } from '../../src/federation/participation.ts';
import {
  closeFederatedRound,
  createFederatedSession,
  failFederatedSession,
  findFederatedSessions,
  getFederatedSession,
  joinFederatedSession,
  leaveFederatedSession,
  startFederatedSession,
} from '../../src/federation/sessions.ts';
import { codeOf, EXACT, half, NOWHERE, useFederation } from './support/federation.ts';

const {
  app,
  newTenants,
  as,
  sqlAs,
  rowsSeen,
  federate,
  newParticipants,
  newSession,
  contributeAll,
  close,
  aggregate,
  read,
} = useFederation();

describe.skipIf(app.database.kind === 'pglite')('joinFederation', () => {
  it('is for a tenant that is federated and allows learning across tenants', async () => {
    const [tenant = ''] = await newTenants(1);
    const join = () => as(tenant, (tx) => joinFederation(tx, { privacyLevel: 'differential' }));
    await expect(join()).rejects.toMatchObject({ code: 'NOT_FEDERATED' });
    await federate([tenant]);
    await expect(join()).resolves.toMatchObject({
      ...{ privacyLevel: 'differential', isActive: true, reputation: 0.5, totalContributions: 0 },
      lastContributionAt: undefined,
    });
  });

  it('asks for a key of 32 bytes where the level is secure, and for no level below differential', async () => {
    const [tenant = ''] = await newTenants(1);
    await federate([tenant]);
    for (const input of [
      { privacyLevel: 'secure' },
      { privacyLevel: 'secure', publicKey: new Uint8Array(31) },
      { privacyLevel: 'basic' },
    ]) {
      await expect(as(tenant, (tx) => joinFederation(tx, input as never))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
      });
    }
    await expect(
      rowsSeen(tenant, `insert into federated_participants (privacy_level) values ('basic')`),
    ).rejects.toMatchObject({ code: 'CHECK_VIOLATION' });
  });

  it('can be done again, and does not bring a new reputation', async () => {
    const [tenant = ''] = await newParticipants(1);
    await sqlAs('update federated_participants set reputation_score = 0.1 where tenant_id = $1', [tenant]);
    await as(tenant, leaveFederation);
    await expect(as(tenant, getParticipation)).resolves.toMatchObject({ isActive: false });
    const again = as(tenant, (tx) => joinFederation(tx, { privacyLevel: 'differential' }));
    await expect(again).resolves.toMatchObject({ isActive: true, reputation: 0.1 });
  });
});

describe.skipIf(app.database.kind === 'pglite')('findFederatedSessions', () => {
  it('shows what can be joined, and not whose it is', async () => {
    const [initiator = '', other = ''] = await newParticipants(2);
    const sessionId = await as(initiator, (tx) =>
      createFederatedSession(tx, { topic: 'Found', settings: EXACT }),
    );
    const found = await as(other, findFederatedSessions);
    const one = found.find((it) => it.sessionId === sessionId);
    expect(one).toMatchObject({ topic: 'Found', projectId: 'tests', status: 'forming', hasJoined: false });
    expect(JSON.stringify(one)).not.toContain(initiator);
  });

  it.each([
    ['is not federated', `update tenants set isolation_level = 'shared' where id = $1`],
    [
      'allows no learning',
      'update tenant_privacy_config set allow_cross_tenant_learning = false where tenant_id = $1',
    ],
    [
      'learns with other groups',
      `update tenant_privacy_config set allowed_tenant_groups = '{others}' where tenant_id = $1`,
    ],
  ])('shows nothing, and joins nothing, where either side %s', async (_, statement) => {
    for (const unwilling of ['initiator', 'other'] as const) {
      const [initiator = '', other = ''] = await newParticipants(2);
      const sessionId = await as(initiator, (tx) =>
        createFederatedSession(tx, { topic: 'Hidden', settings: EXACT }),
      );
      await sqlAs(statement, [{ initiator, other }[unwilling]]);
      const found = await as(other, findFederatedSessions);
      expect(found.map((it) => it.sessionId)).not.toContain(sessionId);
      // The same as for one that is not there.
      const missing = await as(other, (tx) => joinFederatedSession(tx, { sessionId: NOWHERE })).catch(
        (error: unknown) => error,
      );
      const refused = await as(other, (tx) => joinFederatedSession(tx, { sessionId })).catch(
        (error: unknown) => error,
      );
      expect(refused).toMatchObject({
        code: 'FEDERATED_SESSION_NOT_FOUND',
        message: (missing as Error).message,
      });
    }
  });
});

describe.skipIf(app.database.kind === 'pglite')('joinFederatedSession', () => {
  it('lets nobody in who does not consent with everybody in it', async () => {
    const [initiator = '', member = '', third = ''] = await newParticipants(3);
    await sqlAs(`update tenants set project_id = 'elsewhere' where id = $1`, [third]);
    await federate([initiator, third], {}, ['tests', 'elsewhere']);
    const sessionId = await as(initiator, (tx) =>
      createFederatedSession(tx, { topic: 'Together', settings: EXACT }),
    );
    await as(member, (tx) => joinFederatedSession(tx, { sessionId }));
    const join = () => as(third, (tx) => joinFederatedSession(tx, { sessionId }));
    await expect(join()).rejects.toMatchObject({ code: 'NO_FEDERATED_CONSENT' });
    await federate([member], {}, ['tests', 'elsewhere']);
    await join();
    await expect(join()).rejects.toMatchObject({ code: 'ALREADY_CONTRIBUTED' });
  });

  it('lets nobody in once it has begun, nor more than it takes', async () => {
    const [initiator = '', one = '', other = ''] = await newParticipants(3);
    const settings = { ...EXACT, maxParticipants: 2 };
    const sessionId = await as(initiator, (tx) => createFederatedSession(tx, { topic: 'Small', settings }));
    const join = (tenant: string) => as(tenant, (tx) => joinFederatedSession(tx, { sessionId }));
    await join(initiator);
    await join(one);
    await expect(join(other)).rejects.toMatchObject({
      code: 'FEDERATED_SESSION_STATUS',
      message: matching(/as many participants/),
    });
    await as(one, (tx) => leaveFederatedSession(tx, { sessionId }));
    await as(initiator, (tx) => startFederatedSession(tx, { sessionId }));
    await expect(join(other)).rejects.toMatchObject({
      code: 'FEDERATED_SESSION_STATUS',
      message: matching(/is active, and this is for one that is forming/),
    });
  });

  it('lets two in at the same moment only as far as it takes them', async () => {
    const tenants = await newParticipants(5);
    const [initiator = ''] = tenants;
    const settings = { ...EXACT, maxParticipants: 3 };
    const sessionId = await as(initiator, (tx) => createFederatedSession(tx, { topic: 'Race', settings }));
    const joins = tenants.map((tenant) =>
      codeOf(as(tenant, (tx) => joinFederatedSession(tx, { sessionId }))),
    );
    expect((await Promise.all(joins)).filter((it) => it === 'done')).toHaveLength(3);
  });

  it('lets a tenant that asks for more than noise into no session that has only noise', async () => {
    const [initiator = ''] = await newParticipants(1);
    const [careful = ''] = await newParticipants(1, { level: 'secure' });
    const sessionId = await as(initiator, (tx) =>
      createFederatedSession(tx, { topic: 'Noise', settings: EXACT }),
    );
    await expect(as(careful, (tx) => joinFederatedSession(tx, { sessionId }))).rejects.toMatchObject({
      code: 'PRIVACY_LEVEL_MISMATCH',
    });
  });
});

describe.skipIf(app.database.kind === 'pglite')('a federated session', () => {
  it('goes forward only, whoever writes', async () => {
    const tenants = await newParticipants(2);
    const [initiator = ''] = tenants;
    const sessionId = await newSession(tenants);
    const start = () => as(initiator, (tx) => startFederatedSession(tx, { sessionId }));
    await expect(start()).rejects.toMatchObject({ code: 'FEDERATED_SESSION_STATUS' });
    await expect(aggregate(initiator, sessionId)).rejects.toMatchObject({ code: 'FEDERATED_SESSION_STATUS' });
    await close(initiator, sessionId);
    await expect(close(initiator, sessionId)).rejects.toMatchObject({ code: 'FEDERATED_SESSION_STATUS' });
    for (const change of [
      `status = 'forming', round = 0`,
      `status = 'active'`,
      `round = 2`,
      `topic = 'Another'`,
      `settings = jsonb_set(settings, '{epsilon}', '0.01')`,
    ]) {
      await expect(
        sqlAs(`update federated_sessions set ${change} where session_id = $1`, [sessionId]),
      ).rejects.toMatchObject({ code: 'AAFST' });
    }
    await as(initiator, (tx) => failFederatedSession(tx, { sessionId }));
    await expect(start()).rejects.toMatchObject({ code: 'FEDERATED_SESSION_STATUS' });
    await expect(as(initiator, (tx) => failFederatedSession(tx, { sessionId }))).rejects.toMatchObject({
      code: 'FEDERATED_SESSION_STATUS',
    });
  });

  it('is the initiator’s alone to lead, and in nobody else’s sight', async () => {
    const [initiator = '', member = '', stranger = ''] = await newParticipants(3);
    const sessionId = await newSession([initiator, member]);
    for (const tenant of [member, stranger]) {
      for (const step of [closeFederatedRound, failFederatedSession, aggregateFederatedRound]) {
        const stepped = as(tenant, async (tx) => {
          await step(tx, { sessionId });
        });
        await expect(codeOf(stepped)).resolves.toBe('FEDERATED_SESSION_NOT_FOUND');
      }
      await expect(codeOf(as(tenant, (tx) => getFederatedSession(tx, { sessionId })))).resolves.toBe(
        'NOT_FOUND',
      );
    }
    await expect(codeOf(read(stranger, sessionId))).resolves.toBe('FEDERATED_SESSION_NOT_FOUND');
    await expect(
      codeOf(as(stranger, (tx) => contribute(tx, { sessionId, topicKey: 'mean', values: [0.5] }))),
    ).resolves.toBe('FEDERATED_SESSION_NOT_FOUND');
    const found = await as(stranger, findFederatedSessions);
    expect(found.map((it) => it.sessionId)).not.toContain(sessionId);
  });

  it('takes what was put in with it, when it fails and when it is deleted', async () => {
    for (const end of ['fail', 'delete'] as const) {
      const tenants = await newParticipants(2);
      const [initiator = ''] = tenants;
      const sessionId = await newSession(tenants);
      await contributeAll(sessionId, half(tenants));
      await as(initiator, async (tx) => {
        if (end === 'fail') await failFederatedSession(tx, { sessionId });
        else await sql`delete from federated_sessions where session_id = ${sessionId}`.execute(tx);
      });
      await expect(
        sqlAs('select from federated_contributions where session_id = $1', [sessionId]),
      ).resolves.toEqual([]);
    }
  });
});
