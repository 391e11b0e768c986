import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { applicationManager, type DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { sql } from 'kysely';
import postgres from 'postgres';
import { SET_CONTEXT, signedContext } from '../src/by-hand.ts';
import { barePool, withClient } from '../src/pg-pool.ts';

/** Most connections of each. */
export const MAX_CONNECTIONS = 19;

/** Nobody may give up in the queue: everybody's waiting is to be seen. */
const PATIENCE_MS = 120_000;

const OURS = 'bench-ours';

/** A pool, and how a tenant transaction of one statement is written with it. */
export interface Lender {
  /** In `pg_stat_activity`. */
  readonly applicationName: string;
  /** The names of the agent that the tenant sees under the key. */
  names(tenantId: string, id: string): Promise<unknown[]>;
  close(): Promise<void>;
}

/** Opens our pool and those that it is compared with. */
export function openLenders(database: DatabaseUnderTest) {
  const url = database.urlFor('agent_agency_app');
  const manager = applicationManager(database, {
    max: MAX_CONNECTIONS,
    connectionTimeoutMs: PATIENCE_MS,
    applicationName: OURS,
  });
  return { manager, lenders: { ours: ours(manager), pgPool: pgPool(url), postgresJs: postgresJs(url) } };
}

export type LenderName = keyof ReturnType<typeof openLenders>['lenders'];

function ours(manager: ConnectionPoolManager): Lender {
  return {
    applicationName: OURS,
    names: (tenantId, id) =>
      manager.withTenant({ tenantId }, async (tx) => {
        const { rows } = await sql<{ name: string }>`
          select name from agent_profiles where tenant_id = ${tenantId} and id = ${id}
        `.execute(tx);
        return rows.map(({ name }) => name);
      }),
    close: () => manager.shutdown(),
  };
}

function pgPool(url: string): Lender {
  const applicationName = 'bench-pg-pool';
  const pool = barePool(url, {
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: PATIENCE_MS,
    application_name: applicationName,
  });
  return {
    applicationName,
    names: (tenantId, id) =>
      withClient(pool, async (client) => {
        await client.query('begin');
        await client.query(SET_CONTEXT, signedContext(tenantId));
        const { rows } = await client.query<{ name: string }>(
          'select name from agent_profiles where tenant_id = $1 and id = $2',
          [tenantId, id],
        );
        await client.query('commit');
        return rows.map(({ name }) => name);
      }),
    close: () => pool.end(),
  };
}

function postgresJs(url: string): Lender {
  const applicationName = 'bench-postgres-js';
  const pool = postgres(url, { max: MAX_CONNECTIONS, connection: { application_name: applicationName } });
  return {
    applicationName,
    names: (tenantId, id) =>
      pool.begin(async (tx) => {
        const [, signature] = signedContext(tenantId);
        await tx`
          select set_config('app.current_tenant', ${tenantId}, true),
            set_config('app.context_signature', ${signature}, true)
        `;
        const rows = await tx<{ name: string }[]>`
          select name from agent_profiles where tenant_id = ${tenantId} and id = ${id}
        `;
        return rows.map(({ name }) => name);
      }),
    close: () => pool.end(),
  };
}
