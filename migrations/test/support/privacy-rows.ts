import type { SqlSession } from '@agent-agency/testing';

/**
 * A row of a tenant in each table that only functions of the service role write, as an administrator: they belong to
 * requests that take several tenants and their consent.
 */
export async function insertPrivacyRows(administrator: SqlSession, tenant: string): Promise<void> {
  await administrator.query(
    `insert into tenant_privacy_ledger (tenant_id, entry, epsilon, delta, purpose) values ($1, 1, 0.1, 0, 'a test')`,
    [tenant],
  );
  await administrator.query(
    `insert into app.privacy_releases (tenant_id, request, epsilon, delta) values ($1, '{}', 0.1, 0)`,
    [tenant],
  );
}
