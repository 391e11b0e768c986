import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { applicationManager, createTestTenants, type DatabaseUnderTest } from '@agent-agency/db-core/testing';
import { withSession } from '@agent-agency/testing';
import { defineBenchmark, type BenchContext } from '../src/benchmark.ts';
import { compare, type Case } from '../src/case.ts';
import { interleave } from '../src/interleave.ts';
import { areValid, beginLogs, contendersOf, tenantsOf, type Load } from './appending.ts';
import { measureLog, type LogPlan } from './log-cases.ts';
import { createPlainTables } from './plain-table.ts';

interface Plan extends LogPlan {
  /** Nodes a round, of all callers together. */
  readonly count: number;
  /** Tenants that append at once. */
  readonly tenants: number;
  /** Without it appending is no durable one, and its times mean nothing. */
  readonly fsync: boolean;
}

const CONNECTIONS = 50;
const AIMED_AT_P95_MS = 5;
const AIMED_AT_PER_SECOND = 1500;

export const provenance = defineBenchmark<Plan>({
  name: 'provenance',
  describe: 'appending to a log, against inserting the same bytes; verifying it, and proofs',
  defaultSize: 'small',
  serverSettings: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
  plans: {
    tiny: {
      describe: '1 round of 64 nodes; a log of 300',
      ...{ rounds: 1, warmUpRounds: 0, count: 64, tenants: 3, fsync: false },
      ...{ logged: 300, verified: { rounds: 1, warmUpRounds: 0 }, proofs: 5 },
    },
    small: {
      describe: '5 rounds of 640 nodes; a log of 20,000; a minute',
      ...{ rounds: 5, warmUpRounds: 1, count: 640, tenants: 50, fsync: true },
      ...{ logged: 20_000, verified: { rounds: 3, warmUpRounds: 1 }, proofs: 50 },
    },
    large: {
      describe: '7 rounds of 10,000 nodes; a log of 500,000',
      ...{ rounds: 7, warmUpRounds: 1, count: 10_000, tenants: 50, fsync: true },
      ...{ logged: 500_000, verified: { rounds: 3, warmUpRounds: 0 }, proofs: 200 },
    },
  },
  async run(context, plan) {
    const { database, note } = context;
    const isDurable = await durabilityOf(database, note);
    await createPlainTables(database.url);
    const manager = applicationManager(database, { max: CONNECTIONS, maxPerTenant: CONNECTIONS });
    try {
      const cases: Case[] = [];
      for (const load of loadsOf(plan)) {
        note(`append, ${load.name}: ${plan.rounds} × ${plan.count} nodes`);
        const appended = await append(context, manager, { load, plan });
        cases.push({ ...appended, checks: { ...appended.checks, ...(plan.fsync ? { isDurable } : {}) } });
      }
      return [...cases, ...(await measureLog(context, manager, plan))];
    } finally {
      await manager.shutdown();
    }
  },
});

function loadsOf({ tenants }: Plan): Load[] {
  return [
    { name: 'one caller', callers: 1, tenants: 1, batch: 1 },
    { name: 'one caller, batches of 100', callers: 1, tenants: 1, batch: 100 },
    { name: '32 writers of one tenant', callers: 32, tenants: 1, batch: 1 },
    { name: '32 writers of one tenant, one appender', callers: 32, tenants: 1, batch: 1, shared: true },
    { name: '32 writers of one tenant, batches of 8', callers: 32, tenants: 1, batch: 8 },
    { name: `${tenants} tenants`, callers: tenants, tenants, batch: 1 },
  ];
}

/** Says what a commit means here, and whether it outlives the machine. */
async function durabilityOf({ url }: DatabaseUnderTest, note: BenchContext['note']): Promise<boolean> {
  const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method'];
  const { rows } = await withSession(url, (session) =>
    session.query(
      `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method')`,
    ),
  );
  const settings = new Map(rows.map((row) => [String(row['name']), String(row['setting'])]));
  note(names.map((name) => `${name} ${settings.get(name) ?? '?'}`).join(', '));
  return names.slice(0, 3).every((name) => settings.get(name) === 'on');
}

async function append(
  { database }: BenchContext,
  manager: ConnectionPoolManager,
  { load, plan }: { readonly load: Load; readonly plan: Plan },
): Promise<Case> {
  await createTestTenants(database, ...tenantsOf(load));
  await beginLogs(manager, load);
  const contenders = contendersOf(manager, load, plan.count);
  const { ours, ...baselines } = await interleave(contenders, plan);
  const perSecond = ours.figures['nodesPerSecond'] ?? 0;
  const isComplete = [
    await contenders.ours.isComplete(2),
    await contenders.plainInsert.isComplete(0),
    await contenders.numberedInsert.isComplete(0),
  ];
  return compare({
    case: `append, ${load.name}`,
    ours,
    baselines,
    ratioOf: 'nodesPerSecond',
    ratioTo: 'plainInsert',
    checks: { rowsEqual: isComplete.every(Boolean), logsValid: await areValid(manager, load) },
    aims: {
      ...(load.callers === 1 && load.batch === 1
        ? { [`p95 at most ${AIMED_AT_P95_MS} ms`]: ours.p95Ms <= AIMED_AT_P95_MS }
        : {}),
      ...(load.callers > 1 && load.tenants === 1
        ? { [`${AIMED_AT_PER_SECOND} nodes a second`]: perSecond >= AIMED_AT_PER_SECOND }
        : {}),
    },
  });
}
