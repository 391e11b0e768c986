import { applicationManager, type DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { CompiledQuery } from 'kysely';
import type pg from 'pg';
import { signedContext } from '../src/by-hand.ts';
import { barePool, withClient } from '../src/pg-pool.ts';
import { TENANT } from './data.ts';
import type { Ask } from './examiner.ts';

/** Everybody's own connection. The contexts are for ever, by start-up options: only what a statement costs differs. */
export function openSessions(database: DatabaseUnderTest) {
  const [tenantId, signature] = signedContext(TENANT);
  const options = `-c app.current_tenant=${tenantId} -c app.context_signature=${signature}`;
  const application = barePool(database.urlFor('agent_agency_app'), { max: 1, options });
  const sharing = barePool(database.urlFor('agent_agency_app'), {
    max: 1,
    options: `${options} -c app.shared_access=agent_profiles`,
  });
  // A superuser: no policy is asked, and none of its statements verifies anything.
  const unbound = barePool(database.url, { max: 1, options });
  const manager = applicationManager(database, { max: 1 });
  return {
    application: asking(application),
    sharing: asking(sharing),
    unbound: asking(unbound),
    /** In a transaction, each statement sent when the one before is answered: how it is done by hand. */
    unboundTransaction: inTransaction(unbound),
    withTenant: (async (text, values) =>
      manager.withTenant({ tenantId }, async (tx) => {
        const { rows } = await tx.executeQuery(CompiledQuery.raw(text, values));
        return rows as Record<string, unknown>[];
      })) satisfies Ask,
    close: async (): Promise<void> => {
      await Promise.all([application.end(), sharing.end(), unbound.end(), manager.shutdown()]);
    },
  };
}

export type Sessions = ReturnType<typeof openSessions>;

const asking =
  (pool: pg.Pool): Ask =>
  async (text, values) =>
    (await pool.query<Record<string, unknown>>(text, values)).rows;

const inTransaction =
  (pool: pg.Pool): Ask =>
  (text, values) =>
    withClient(pool, async (client) => {
      await client.query('begin');
      const { rows } = await client.query<Record<string, unknown>>(text, values);
      await client.query('commit');
      return rows;
    });
