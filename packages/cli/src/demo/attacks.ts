import {
  withAdministratorConnection,
  type ConnectionPoolManager,
  type DatabaseConfig,
} from '@agent-agency/db-core';
import { sql } from 'kysely';

/** What the demonstration attacks with. With weaker attacks a test sees what it says when a claim does not hold. */
export interface Attacks {
  readonly switchTenantBySql: typeof switchTenantBySql;
  readonly alterLogAsOwner: typeof alterLogAsOwner;
}

/** A transaction of one tenant, and the tenant that it is after. */
export interface TenantSwitch {
  readonly from: string;
  readonly to: string;
}

/**
 * What SQL injection could do inside a transaction of one tenant: name another, and read. Answers how many rows it saw,
 * whoever's they are.
 */
export async function switchTenantBySql(
  manager: ConnectionPoolManager,
  { from, to }: TenantSwitch,
): Promise<{ seen: number; tenantAfterwards: string | null }> {
  return manager.withTenant({ tenantId: from }, async (tx) => {
    await sql`select set_config('app.current_tenant', ${to}, true)`.execute(tx);
    const { rows } = await sql<{ seen: string; tenant: string | null }>`
      select
        (select count(*) from agent_profiles) + (select count(*) from caws_provenance_graph) as seen,
        app.current_tenant_id() as tenant
    `.execute(tx);
    return { seen: Number(rows[0]?.seen), tenantAfterwards: rows[0]?.tenant ?? null };
  });
}

/** A node of a tenant's log. */
export interface LogPlace {
  readonly tenantId: string;
  readonly seq: number;
}

/** What only the owner of the tables could do: switch the guards off, change one row of a log, switch them on again. */
export async function alterLogAsOwner(config: DatabaseConfig, { tenantId, seq }: LogPlace): Promise<void> {
  await withAdministratorConnection(config, async ({ query }) => {
    await query('begin');
    await query('set local role agent_agency_owner');
    await query('alter table caws_provenance_graph disable trigger user, no force row level security');
    await query(
      `update caws_provenance_graph set description = 'nothing to see here' where tenant_id = $1 and seq = $2`,
      [tenantId, seq],
    );
    await query('alter table caws_provenance_graph enable trigger user, force row level security');
    await query('commit');
  });
}
