import type { DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { withSession } from '@agent-agency/testing';
import { agentIds, agentName, createTenantAgents } from '../src/tenant-agents.ts';

/** Whose rows are asked for, and who else has rows under the same keys. */
export const TENANT = 'acme';
const OTHER_TENANT = 'globex';

/** A `select` of one row by its key, and the row that is the right answer. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  valuesOf(id: string): string[];
  labelOf(id: string): string;
}

export const IDS = agentIds(100);

/** From a table that belongs to nobody: what a bare query can ask as well. */
const lookup: Statement = {
  name: 'lookup',
  text: 'select label from bench_lookups where id = $1',
  valuesOf: (id) => [id],
  labelOf: (id) => `label of ${id}`,
};

/** From a table under row level security, whose policy verifies the signed tenant. */
const tenantRow: Statement = {
  name: 'tenant row',
  text: 'select name as label from agent_profiles where tenant_id = $1 and id = $2',
  valuesOf: (id) => [TENANT, id],
  labelOf: (id) => agentName(TENANT, id),
};

export const STATEMENTS: readonly Statement[] = [lookup, tenantRow];

/** What a tenant must not get an answer to. */
export const OTHER_TENANTS_ROW = { text: tenantRow.text, values: [OTHER_TENANT, 'agent-0'] };

export async function createRows(database: DatabaseUnderTest): Promise<void> {
  await createTenantAgents(database, [TENANT, OTHER_TENANT], IDS);
  await withSession(database.url, async (session) => {
    await session.query(`
      create table bench_lookups (
        id varchar(255) not null,
        label varchar(255) not null,
        constraint bench_lookups_pkey primary key (id)
      );
      grant select on bench_lookups to agent_agency_app
    `);
    await session.query(
      'insert into bench_lookups select id, label from unnest($1::text[], $2::text[]) as given (id, label)',
      [IDS, IDS.map((id) => lookup.labelOf(id))],
    );
    await session.query('analyze bench_lookups');
  });
}
