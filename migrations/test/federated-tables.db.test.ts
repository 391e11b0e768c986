import type { SqlSession } from '@agent-agency/testing';
import { connect } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTenants, insertRows, queryOne, type Row } from './support/rows.ts';
import { become, outcomeOf, undone } from './support/undone.ts';

const database = testDatabase();
let administrator: SqlSession;
let application: SqlSession;

beforeAll(async () => {
  administrator = await connect(database.url);
  application = await connect(database.urlFor('agent_agency_app'));
  await createTenants(administrator, 'acme', 'globex');
});
afterAll(() => Promise.all([administrator.close(), application.close()]));

const asAcme = <T>(work: () => Promise<T>): Promise<T> => undone(application, 'acme', work);

const SESSION = {
  ...{ session_id: '10000000-0000-4000-8000-000000000000', topic: 'Routing', status: 'completed' },
  ...{ privacy_metrics: {}, convergence_score: 1, settings: {} },
  ...{ started_at: '2025-01-01T00:00:00Z', completed_at: '2025-01-01T00:00:00Z' },
};
const PARTICIPANT = {
  ...{ session_id: SESSION.session_id, participant_tenant_id: 'globex' },
  ...{ contribution_count: 0, reputation_at_join: 1 },
};
const INSIGHT = {
  ...{ id: crypto.randomUUID(), session_id: SESSION.session_id, topic_key: 'routing' },
  ...{ aggregated_content: { mean: 1 }, confidence_score: 1, source_participants: 1 },
  ...{ aggregation_method: 'weighted', privacy_preserved: false, access_count: 0 },
};

/** In acme's session, except for the session itself. */
function insert(table: string, row: Row): Promise<void> {
  return asAcme(async () => {
    if (table !== 'federated_sessions') await insertRows(application, 'federated_sessions', [SESSION]);
    await insertRows(application, table, [row]);
  });
}

describe.skipIf(database.kind === 'pglite')('federated_participants', () => {
  it('lets a tenant join, say how, and pause', async () => {
    await asAcme(async () => {
      await application.query('insert into federated_participants default values');
      await application.query(`update federated_participants set active = false, privacy_level = 'secure'`);
      await expect(queryOne(application, 'select * from federated_participants')).resolves.toMatchObject({
        ...{ tenant_id: 'acme', contribution_weight: '1.00', privacy_level: 'secure', active: false },
        ...{ reputation_score: '0.50', last_contribution: null, total_contributions: 0 },
      });
    });
  });

  it.each([
    'insert into federated_participants (reputation_score) values (1)',
    'insert into federated_participants (total_contributions) values (0)',
    'insert into federated_participants (last_contribution) values (null)',
    'insert into federated_participants (created_at) values (now())',
    'update federated_participants set reputation_score = 1',
    'insert into federated_participants (contribution_weight) values (9)',
    'update federated_participants set contribution_weight = 9',
    'update federated_participants set total_contributions = 0',
    'update federated_participants set last_contribution = now()',
    `update federated_participants set tenant_id = 'globex'`,
    'update federated_participants set updated_at = now()',
    `insert into federated_participants (tenant_id) values ('globex')`,
    // Whoever could leave and join again would have the reputation of a newcomer.
    'delete from federated_participants',
    'truncate federated_participants',
  ])('does not let it write its own weight or reputation: %s', async (statement) => {
    await asAcme(async () => {
      await application.query('insert into federated_participants default values');
      await expect(outcomeOf(application, statement)).resolves.toBe('42501');
    });
  });

  it.each([
    { contribution_weight: 0 },
    { contribution_weight: 'NaN' },
    { reputation_score: 1.01 },
    { reputation_score: -0.01 },
    { reputation_score: 'NaN' },
    { total_contributions: -1 },
    { total_contributions: 0 },
    { last_contribution: null },
  ])('refuses %j', async (fields) => {
    const row = {
      ...{ tenant_id: 'acme', contribution_weight: 0.01, privacy_level: 'basic', reputation_score: 1 },
      ...{ active: true, total_contributions: 1, last_contribution: '2025-01-01' },
      ...{ created_at: '2025-01-01', updated_at: '2025-01-01' },
    };
    const put = (it: Row): Promise<void> =>
      undone(administrator, undefined, () => insertRows(administrator, 'federated_participants', [it]));
    await put(row);
    await put({ ...row, total_contributions: 0, last_contribution: null });
    await expect(put({ ...row, ...fields })).rejects.toMatchObject({ code: '23514' });
  });
});

describe.skipIf(database.kind === 'pglite')('federated_sessions', () => {
  it.each(['forming', 'active', 'aggregating', 'completed', 'failed'])(
    'take the status %s',
    async (status) => {
      const isOver = ['completed', 'failed'].includes(status);
      const over = { completed_at: SESSION.completed_at };
      const open = { completed_at: null };
      await insert('federated_sessions', { ...SESSION, status, ...(isOver ? over : open) });
      await expect(
        insert('federated_sessions', { ...SESSION, status, ...(isOver ? open : over) }),
      ).rejects.toMatchObject({ code: '23514' });
    },
  );

  it.each([
    [{ topic: '' }, '23514'],
    [{ topic: 'x'.repeat(501) }, '22001'],
    [{ status: 'done' }, '23514'],
    [{ status: null }, '23502'],
    [{ privacy_metrics: [] }, '23514'],
    [{ convergence_score: 1.0001 }, '23514'],
    [{ convergence_score: 'NaN' }, '23514'],
    [{ settings: 1 }, '23514'],
    [{ completed_at: '2024-12-31T23:59:59Z' }, '23514'],
    [{ tenant_id: 'globex' }, '42501'],
  ])('refuse %j', async (fields, code) => {
    await insert('federated_sessions', SESSION);
    await expect(insert('federated_sessions', { ...SESSION, ...fields })).rejects.toMatchObject({ code });
  });

  it('take their participants and insights with them, and are the initiator’s alone', async () => {
    await asAcme(async () => {
      await insertRows(application, 'federated_sessions', [SESSION]);
      await insertRows(application, 'session_participants', [PARTICIPANT]);
      await insertRows(application, 'aggregated_insights', [INSIGHT]);
      await become(application, 'globex');
      for (const table of ['federated_sessions', 'session_participants', 'aggregated_insights'])
        await expect(outcomeOf(application, `select from ${table}`), table).resolves.toBe(0);
      await become(application, 'acme');
      await application.query('delete from federated_sessions');
      for (const table of ['session_participants', 'aggregated_insights'])
        await expect(outcomeOf(application, `select from ${table}`), table).resolves.toBe(0);
    });
  });
});

describe.skipIf(database.kind === 'pglite')('session_participants', () => {
  it.each([
    [{ session_id: crypto.randomUUID() }, '23503'],
    [{ participant_tenant_id: null }, '23502'],
    [{ contribution_count: -1 }, '23514'],
    [{ reputation_at_join: 1.01 }, '23514'],
    [{ reputation_at_join: -0.01 }, '23514'],
    [{ reputation_at_join: 'NaN' }, '23514'],
    [{ reputation_at_join: null }, '23502'],
    [{ tenant_id: 'globex' }, '42501'],
  ])('refuse %j', async (fields, code) => {
    await insert('session_participants', PARTICIPANT);
    await expect(insert('session_participants', { ...PARTICIPANT, ...fields })).rejects.toMatchObject({
      code,
    });
  });

  it('take part once, and need not be a tenant that is there', async () => {
    await asAcme(async () => {
      await insertRows(application, 'federated_sessions', [SESSION]);
      const nobody = { ...PARTICIPANT, participant_tenant_id: 'nobody' };
      await insertRows(application, 'session_participants', [nobody]);
      await expect(insertRows(application, 'session_participants', [nobody])).rejects.toMatchObject({
        code: '23505',
      });
    });
  });
});

describe.skipIf(database.kind === 'pglite')('aggregated_insights', () => {
  it.each(['weighted', 'consensus', 'hybrid'])('take the method %s', async (aggregation_method) => {
    await insert('aggregated_insights', { ...INSIGHT, aggregation_method });
  });

  it.each([
    [{ session_id: crypto.randomUUID() }, '23503'],
    [{ topic_key: '' }, '23514'],
    [{ aggregated_content: undefined }, '23502'],
    [{ confidence_score: 1.01 }, '23514'],
    [{ confidence_score: 'NaN' }, '23514'],
    [{ source_participants: 0 }, '23514'],
    [{ aggregation_method: 'guess' }, '23514'],
    [{ privacy_preserved: null }, '23502'],
    [{ access_count: -1 }, '23514'],
    [{ tenant_id: 'globex' }, '42501'],
  ])('refuse %j', async (fields, code) => {
    await expect(insert('aggregated_insights', { ...INSIGHT, ...fields })).rejects.toMatchObject({ code });
  });

  it('hold a topic once a session', async () => {
    await asAcme(async () => {
      await insertRows(application, 'federated_sessions', [SESSION]);
      await insertRows(application, 'aggregated_insights', [INSIGHT]);
      await expect(
        insertRows(application, 'aggregated_insights', [{ ...INSIGHT, id: crypto.randomUUID() }]),
      ).rejects.toMatchObject({ code: '23505', constraint_name: 'unique_session_topic' });
    });
  });
});
