import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { applicationManager, type DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { CompiledQuery } from 'kysely';
import type { Pool } from 'pg';
import { SET_CONTEXT, signedContext } from '../src/by-hand.ts';
import { barePool, withClient } from '../src/pg-pool.ts';
import { TENANT } from './statements.ts';

export type AskerName = keyof ReturnType<typeof openAskers>;

type Row = Record<string, unknown>;

/** A way of asking the database one statement on the tenant's behalf. */
export interface Asker {
  ask(text: string, values: string[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** Opens every way of asking, each with one connection. */
export function openAskers(database: DatabaseUnderTest, url: string) {
  const manager = applicationManager({ kind: database.kind, urlFor: () => url }, { max: 1 });
  return {
    bare: bare(url),
    byHand: byHand(url),
    pipelined: pipelined(url),
    pipelinedWithCommit: pipelinedWithCommit(url),
    withTenant: withTenant(manager),
    queryWithTenantContext: queryWithTenantContext(manager),
  } satisfies Record<string, Asker>;
}

/** One statement and nothing else, on a connection that belongs to the tenant for ever. */
function bare(url: string): Asker {
  const [tenantId, signature] = signedContext(TENANT);
  const options = `-c app.current_tenant=${tenantId} -c app.context_signature=${signature}`;
  const pool = barePool(url, { max: 1, options });
  return baseline(pool, async (text, values) => (await pool.query<Row>(text, values)).rows);
}

/** The usual way: four statements, each sent when the one before is answered. */
function byHand(url: string): Asker {
  const pool = barePool(url, { max: 1 });
  return baseline(pool, (text, values) =>
    withClient(pool, async (client) => {
      await client.query('begin');
      await client.query(SET_CONTEXT, signedContext(TENANT));
      const { rows } = await client.query<Row>(text, values);
      await client.query('commit');
      return rows;
    }),
  );
}

/** What a callback allows at best: COMMIT is sent when the statement is answered. */
function pipelined(url: string): Asker {
  const pool = barePool(url, { max: 1, pipeline: true });
  return baseline(pool, (text, values) =>
    withClient(pool, async (client) => {
      const [, , { rows }] = await Promise.all([
        client.query('begin'),
        client.query(SET_CONTEXT, signedContext(TENANT)),
        client.query<Row>(text, values),
      ]);
      await client.query('commit');
      return rows;
    }),
  );
}

/** What a single statement allows at best: everything at once. */
function pipelinedWithCommit(url: string): Asker {
  const pool = barePool(url, { max: 1, pipeline: true });
  return baseline(pool, (text, values) =>
    withClient(pool, async (client) => {
      const [, , { rows }] = await Promise.all([
        client.query('begin'),
        client.query(SET_CONTEXT, signedContext(TENANT)),
        client.query<Row>(text, values),
        client.query('commit'),
      ]);
      return rows;
    }),
  );
}

function baseline(pool: Pool, ask: Asker['ask']): Asker {
  return { ask, close: () => pool.end() };
}

function withTenant(manager: ConnectionPoolManager): Asker {
  return {
    ask: (text, values) =>
      manager.withTenant({ tenantId: TENANT }, async (tx) => {
        const { rows } = await tx.executeQuery(CompiledQuery.raw(text, values));
        return rows as Row[];
      }),
    close: () => manager.shutdown(),
  };
}

function queryWithTenantContext(manager: ConnectionPoolManager): Asker {
  return {
    ask: async (text, values) => (await manager.queryWithTenantContext(TENANT, text, values)).rows,
    close: () => manager.shutdown(),
  };
}
