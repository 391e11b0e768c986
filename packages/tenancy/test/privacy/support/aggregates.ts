import { useApplication, type Application } from '@agent-agency/db-core/testing';
import { connect, type SqlSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { afterAll, beforeAll } from 'vitest';
import type { AggregateRequest } from '../../../src/privacy/aggregates/aggregate-request.ts';
import { readAggregate, type AggregateRelease } from '../../../src/privacy/aggregates/read-aggregate.ts';
import { requestAggregate } from '../../../src/privacy/aggregates/request-aggregate.ts';

type Row = Record<string, unknown>;

/** A test file's database: tenants that ask, and an administrator who sees what they must not. */
export interface AggregateStage {
  readonly app: Application;
  readonly administrator: SqlSession;
  readonly rowsOf: (text: string, ...values: unknown[]) => Promise<Row[]>;
  /** Asks in one transaction. */
  readonly request: (tenant: string, input: AggregateRequest) => Promise<string>;
  /** Reads in one transaction. */
  readonly read: (tenant: string, id: string) => Promise<AggregateRelease>;
  /** Both. */
  readonly ask: (tenant: string, input: AggregateRequest) => Promise<AggregateRelease>;
  /** What was charged to a tenant, in order. */
  readonly ledgerOf: (tenant: string) => Promise<Row[]>;
  /** Who was charged, of these. */
  readonly charged: (tenants: readonly string[]) => Promise<string[]>;
  /** Waits until somebody waits for a lock in this database, or fails after ten seconds. */
  readonly untilWaiting: () => Promise<void>;
}

export function useAggregates(): AggregateStage {
  const app = useApplication(testDatabase());
  let session: SqlSession | undefined;
  beforeAll(async () => {
    session = await connect(app.database.url);
  });
  afterAll(() => session?.close());
  const administrator = (): SqlSession => {
    if (session === undefined) throw new Error('there is an administrator only from beforeAll to afterAll');
    return session;
  };
  const stage: AggregateStage = {
    app,
    get administrator() {
      return administrator();
    },
    rowsOf: async (text, ...values) => (await administrator().query(text, values)).rows,
    request: (tenant, input) => app.inTenant(tenant, (tx) => requestAggregate(tx, input)),
    read: (tenant, id) => app.inTenant(tenant, (tx) => readAggregate(tx, id)),
    ask: async (tenant, input) => stage.read(tenant, await stage.request(tenant, input)),
    ledgerOf: (tenant) =>
      stage.rowsOf(
        `select entry::integer, epsilon::text, delta::text, rho::text, purpose, spender_tenant_id as spender
         from tenant_privacy_ledger where tenant_id = $1 order by entry`,
        tenant,
      ),
    charged: async (tenants) =>
      (
        await stage.rowsOf(
          'select distinct tenant_id from tenant_privacy_ledger where tenant_id = any($1) order by 1',
          tenants,
        )
      ).map((row) => String(row['tenant_id'])),
    untilWaiting: async () => {
      const deadline = Date.now() + 10_000;
      while (Date.now() < deadline) {
        const waiting = await stage.rowsOf(
          `select from pg_stat_activity
           where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
        );
        if (waiting.length > 0) return;
      }
      throw new Error('nobody has waited for a lock');
    },
  };
  return stage;
}

/** A count of events. */
export const COUNT: AggregateRequest = {
  aggregate: 'count',
  of: 'performance_events',
  group: 'task_execution_complete',
  maxRowsPerAgent: 2,
  epsilon: '1',
};

/** Something measured of events. */
export const LATENCY = {
  of: 'performance_events.latency_ms',
  group: 'task_execution_complete',
  maxRowsPerAgent: 2,
  lower: '0',
  upper: '100',
  resolution: '0.5',
  epsilon: '8',
} as const;
