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
/** Rows that only functions write. */
const asAdministrator = <T>(work: () => Promise<T>): Promise<T> => undone(administrator, undefined, work);

const SESSION = {
  ...{ tenant_id: 'acme', session_id: '10000000-0000-4000-8000-000000000000', topic: 'Routing' },
  ...{ status: 'completed', round: 1, privacy_metrics: {}, convergence_score: 1 },
  settings: {
    ...{ privacy_level: 'differential', method: 'weighted', topic_keys: ['mean'], lower: 0, upper: 1 },
    ...{ resolution: 0.001, dimensions: 1, epsilon: 0.1, rounds: 1, trim: 0.2, max_participants: 100 },
    insight_days: null,
  },
  ...{ started_at: '2025-01-01T00:00:00Z', completed_at: '2025-01-01T00:00:00Z' },
};
const PARTICIPANT = {
  ...{ tenant_id: 'acme', session_id: SESSION.session_id, participant_tenant_id: 'globex' },
  ...{ joined_at: SESSION.started_at, contribution_count: 0, reputation_at_join: 1 },
};
const INSIGHT = {
  ...{ tenant_id: 'acme', id: crypto.randomUUID(), session_id: SESSION.session_id, topic_key: 'routing' },
  ...{ aggregated_content: { values: [1] }, confidence_score: 1, source_participants: 1, round: 1 },
  ...{ aggregation_method: 'weighted', privacy_preserved: false, access_count: 0 },
};
const ROUND = {
  ...{ tenant_id: 'globex', session_id: SESSION.session_id, round: 1, topic_key: 'mean' },
  initiator_tenant_id: 'acme',
};
const CONTRIBUTION = { ...ROUND, steps: [500], weight: 1 };
const SHARE = { ...ROUND, party: 1, sealed: '\\x00' };
const PARTIAL_SUM = { ...ROUND, party: 1, partial: ['18446744073709551615', 0], attestations: ['\\x00'] };

/** In acme's session, except for the session itself. */
function insert(table: string, row: Row): Promise<void> {
  return asAdministrator(async () => {
    if (table !== 'federated_sessions') await insertRows(administrator, 'federated_sessions', [SESSION]);
    await insertRows(administrator, table, [row]);
  });
}

describe.skipIf(database.kind === 'pglite')('federated_participants', () => {
  it('lets a tenant join, say how, and pause', async () => {
    await asAcme(async () => {
      await application.query('insert into federated_participants default values');
      await application.query(
        `update federated_participants set active = false, privacy_level = 'secure', public_key = '\\x${'00'.repeat(32)}'`,
      );
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
    { privacy_level: 'basic' },
    { privacy_level: 'secure' },
    { public_key: `\\x${'00'.repeat(31)}` },
  ])('refuses %j', async (fields) => {
    const row = {
      ...{ tenant_id: 'acme', contribution_weight: 0.01, privacy_level: 'differential', reputation_score: 1 },
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
      const row = { ...SESSION, status, round: status === 'forming' ? 0 : 1 };
      await insert('federated_sessions', { ...row, ...(isOver ? over : open) });
      await expect(insert('federated_sessions', { ...row, ...(isOver ? open : over) })).rejects.toMatchObject(
        { code: '23514' },
      );
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
    [{ settings: { ...SESSION.settings, epsilon: 0 } }, '23514'],
    [{ round: 0 }, '23514'],
    [{ round: -1 }, '23514'],
    [{ completed_at: '2024-12-31T23:59:59Z' }, '23514'],
  ])('refuse %j', async (fields, code) => {
    await insert('federated_sessions', SESSION);
    await expect(insert('federated_sessions', { ...SESSION, ...fields })).rejects.toMatchObject({ code });
  });

  it.each([
    `insert into federated_sessions (session_id, topic) values (gen_random_uuid(), 'Routing')`,
    `insert into federated_sessions (topic, status) values ('Routing', 'completed')`,
    `update federated_sessions set status = 'active'`,
    `insert into federated_sessions (tenant_id, topic) values ('globex', 'Routing')`,
    `insert into session_participants (session_id, participant_tenant_id, reputation_at_join)
     values (gen_random_uuid(), 'acme', 1)`,
    'select aggregated_content from aggregated_insights',
    'insert into federated_contributions (session_id) values (gen_random_uuid())',
    'insert into federated_shares (session_id) values (gen_random_uuid())',
    'insert into federated_partial_sums (session_id) values (gen_random_uuid())',
    'update federated_contributions set weight = 1',
    'delete from federated_partial_sums',
  ])('are led by functions, not by SQL of the application: %s', async (statement) => {
    await asAcme(() => expect(outcomeOf(application, statement)).resolves.toBe('42501'));
  });

  it('take all that belongs to them along, with other tenants, too', async () => {
    const rows = [
      ['session_participants', PARTICIPANT],
      ['aggregated_insights', INSIGHT],
      ['federated_contributions', CONTRIBUTION],
      ['federated_shares', SHARE],
      ['federated_partial_sums', PARTIAL_SUM],
    ] as const;
    await asAdministrator(async () => {
      await insertRows(administrator, 'federated_sessions', [SESSION]);
      for (const [table, row] of rows) await insertRows(administrator, table, [row]);
      await administrator.query('set local role agent_agency_app');
      await become(administrator, 'acme');
      await administrator.query('delete from federated_sessions');
      await administrator.query('reset role');
      for (const [table] of rows)
        await expect(outcomeOf(administrator, `select from ${table}`), table).resolves.toBe(0);
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
    [{ party: 1 }, '23514'],
    [{ public_key: '\\x00' }, '23514'],
    [{ tenant_id: 'globex' }, '23503'],
  ])('refuse %j', async (fields, code) => {
    await insert('session_participants', PARTICIPANT);
    await expect(insert('session_participants', { ...PARTICIPANT, ...fields })).rejects.toMatchObject({
      code,
    });
  });

  it('take part once, and need not be a tenant that is there', async () => {
    await asAdministrator(async () => {
      await insertRows(administrator, 'federated_sessions', [SESSION]);
      const nobody = { ...PARTICIPANT, participant_tenant_id: 'nobody' };
      await insertRows(administrator, 'session_participants', [nobody]);
      await expect(insertRows(administrator, 'session_participants', [nobody])).rejects.toMatchObject({
        code: '23505',
      });
    });
  });
});

describe.skipIf(database.kind === 'pglite')('aggregated_insights', () => {
  it.each(['weighted', 'consensus', 'hybrid', 'sum'])('take the method %s', async (aggregation_method) => {
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
    [{ round: 0 }, '23514'],
    [{ tenant_id: 'globex' }, '23503'],
  ])('refuse %j', async (fields, code) => {
    await expect(insert('aggregated_insights', { ...INSIGHT, ...fields })).rejects.toMatchObject({ code });
  });

  it('hold a topic once a round', async () => {
    await asAdministrator(async () => {
      await insertRows(administrator, 'federated_sessions', [SESSION]);
      await insertRows(administrator, 'aggregated_insights', [
        INSIGHT,
        { ...INSIGHT, id: crypto.randomUUID(), round: 2 },
      ]);
      await expect(
        insertRows(administrator, 'aggregated_insights', [{ ...INSIGHT, id: crypto.randomUUID() }]),
      ).rejects.toMatchObject({ code: '23505', constraint_name: 'unique_session_topic' });
    });
  });
});

describe.skipIf(database.kind === 'pglite')('what tenants put into a session', () => {
  it.each([
    ['federated_contributions', CONTRIBUTION, { weight: 0 }, '23514'],
    ['federated_contributions', CONTRIBUTION, { weight: 1.01 }, '23514'],
    ['federated_contributions', CONTRIBUTION, { weight: 'NaN' }, '23514'],
    ['federated_contributions', CONTRIBUTION, { steps: [1, null] }, '23514'],
    ['federated_contributions', CONTRIBUTION, { round: 0 }, '23514'],
    ['federated_contributions', CONTRIBUTION, { tenant_id: 'nobody' }, '23503'],
    ['federated_shares', SHARE, { party: 0 }, '23514'],
    ['federated_shares', SHARE, { round: 0 }, '23514'],
    ['federated_partial_sums', PARTIAL_SUM, { partial: [-1] }, '23514'],
    ['federated_partial_sums', PARTIAL_SUM, { partial: ['18446744073709551616'] }, '23514'],
    ['federated_partial_sums', PARTIAL_SUM, { partial: ['NaN'] }, '23514'],
    ['federated_partial_sums', PARTIAL_SUM, { partial: [null] }, '23514'],
    ['federated_partial_sums', PARTIAL_SUM, { party: 0 }, '23514'],
    ['federated_partial_sums', PARTIAL_SUM, { round: 0 }, '23514'],
  ] as const)('%s: refuses to change %j to %j', async (table, row, fields, code) => {
    await insert(table, row);
    await expect(insert(table, { ...row, ...fields })).rejects.toMatchObject({ code });
  });
});
