import type { SqlSession } from '@agent-agency/testing';
import { insertRows, queryOne } from './rows.ts';

/** A row in the tables of learning across tenants that a tenant alone can fill, as the application in its own context. */
export async function insertFederationRows(session: SqlSession): Promise<void> {
  await insertRows(session, 'federated_participants', [{ active: true }]);
  const opened = await queryOne(
    session,
    `insert into federated_sessions (topic) values ('Routing') returning session_id`,
  );
  const id = opened['session_id'];
  await session.query('select app.join_federated_session($1)', [id]);
  await session.query(`select app.advance_federated_session($1, 'active')`, [id]);
  await session.query(`select app.contribute_to_session($1, 'mean', '{0.5}', 1)`, [id]);
}

/** A row in those that take several tenants, or their keys, as the server's administrator. */
export async function insertFederationResults(administrator: SqlSession, tenant: string): Promise<void> {
  const { session_id } = await queryOne(
    administrator,
    'select session_id from federated_sessions where tenant_id = $1',
    [tenant],
  );
  const round = { tenant_id: tenant, session_id, round: 1, topic_key: 'mean' };
  await insertRows(administrator, 'aggregated_insights', [
    {
      ...round,
      id: crypto.randomUUID(),
      aggregated_content: { values: [0.5], epsilon: 0.1, noise_half_width: 0.1 },
      ...{ confidence_score: 0.5, source_participants: 5, privacy_preserved: true },
    },
  ]);
  await insertRows(administrator, 'federated_shares', [
    { ...round, initiator_tenant_id: tenant, party: 1, sealed: '\\x00' },
  ]);
  await insertRows(administrator, 'federated_partial_sums', [
    { ...round, initiator_tenant_id: tenant, party: 1, partial: [7], attestations: ['\\x00'] },
  ]);
}
