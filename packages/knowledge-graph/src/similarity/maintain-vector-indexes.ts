import type { ConnectionPoolManager } from '@agent-agency/db-core';
import { parseInput } from '../errors.ts';
import { calibrate } from './calibrate.ts';
import { DROP_BELOW, VectorIndexOptions, type CheckedOptions } from './vector-index-options.ts';
import type { TenantVectorIndex, VectorIndexReport } from './vector-index-report.ts';
import { VectorIndexSteps, type VectorIndexState } from './vector-index-steps.ts';

/** Fewer are compared as a whole anyway. */
const CALIBRATE_FROM = 1000;

type Work = Pick<TenantVectorIndex, 'outcome'> & Partial<Pick<TenantVectorIndex, 'drained' | 'removed'>>;

/**
 * Keeps the graphs of large tenants' vectors; for operators, daily and after large imports.
 *
 * **Runs** a transaction a step, each of which can be repeated: what was killed is gone on with by the next run, and
 * searches are right meanwhile, by a scan. Writers are never kept waiting: what they write while a graph is built is noted,
 * searched beside it, and taken over. **Cost** to build, 0.5 ms a vector and core and 2 kB of `maintenance_work_mem`;
 * to drain, 1 ms a vector.
 *
 * @throws {GraphError} `INVALID_INPUT` with every problem.
 * @throws {DatabaseError} `LOCK_TIMEOUT` when two of them are at one tenant.
 * @example
 * const { tenants } = await maintainVectorIndexes(manager, { reason: 'nightly' });
 */
export async function maintainVectorIndexes(
  manager: ConnectionPoolManager,
  input: VectorIndexOptions,
): Promise<VectorIndexReport> {
  const options = parseInput(VectorIndexOptions, input);
  const steps = new VectorIndexSteps(manager, options.reason);
  const orphansDropped = await steps.dropOrphans();
  const done = new Map<string, Work & { readonly durationMs: number }>();
  for (const tenant of await steps.list()) {
    const job = options.tenantIds?.includes(tenant.tenantId) === false ? undefined : jobFor(tenant, options);
    if (job === undefined) continue;
    const startedAt = performance.now();
    const work = await job(steps, tenant, options);
    done.set(tenant.tenantId, { ...work, durationMs: performance.now() - startedAt });
  }
  const after = done.size === 0 ? [] : await steps.list();
  const tenants = after.flatMap((tenant) => {
    const work = done.get(tenant.tenantId);
    return work === undefined ? [] : [reported(tenant, work, options)];
  });
  return { tenants, orphansDropped };
}

function reported(
  { tenantId, vectors, state, indexed, recall }: VectorIndexState,
  { outcome, drained = 0, removed = 0, durationMs }: Work & { readonly durationMs: number },
  { targetRecall }: CheckedOptions,
): TenantVectorIndex {
  return {
    ...{ tenantId, outcome, vectors, drained, removed, durationMs },
    indexed: state === 'ready' ? indexed : 0,
    ...(recall === undefined ? {} : { recall, reachesTarget: recall >= targetRecall }),
  };
}

type Job = (steps: VectorIndexSteps, tenant: VectorIndexState, options: CheckedOptions) => Promise<Work>;

/** What has to be done for a tenant; undefined for one that is none of its business. */
function jobFor(tenant: VectorIndexState, options: CheckedOptions): Job | undefined {
  const hasGraph = tenant.state === 'ready' || tenant.state === 'filling';
  switch (options.action) {
    case 'maintain':
      return upkeepOf(tenant, options.buildFrom);
    case 'rebuild':
      return hasGraph ? rebuild : undefined;
    case 'calibrate':
      return tenant.vectors >= (options.tenantIds === undefined ? CALIBRATE_FROM : 1) ? measure : undefined;
    case 'drop':
      return tenant.state === 'none' ? undefined : drop;
  }
}

function upkeepOf({ state, vectors }: VectorIndexState, buildFrom: number): Job | undefined {
  const hasOne = state === 'ready' || state === 'filling';
  if (!hasOne) return vectors >= buildFrom ? build : undefined;
  if (vectors < buildFrom * DROP_BELOW) return drop;
  return state === 'ready' ? drain : build;
}

const build: Job = async (steps, tenant, options) => {
  await steps.build(tenant);
  // Also what was committed by somebody who did not know of the graph yet.
  const taken = await takeOver(steps, tenant.tenantId, options);
  await measured(steps, { ...tenant, state: 'ready' }, options);
  return { outcome: 'built', ...taken };
};

const rebuild: Job = async (steps, tenant, options) => {
  await steps.drop(tenant.tenantId);
  return build(steps, tenant, options);
};

const drain: Job = async (steps, { tenantId }, options) => {
  const taken = await takeOver(steps, tenantId, options);
  return { outcome: taken.drained + taken.removed === 0 ? 'kept' : 'drained', ...taken };
};

async function takeOver(
  steps: VectorIndexSteps,
  tenantId: string,
  { batchSize }: CheckedOptions,
): Promise<{ drained: number; removed: number }> {
  const removed = await steps.compare(tenantId);
  const drained = await steps.drain(tenantId, batchSize);
  // Only to count what there is now.
  if (drained > 0) await steps.compare(tenantId);
  return { drained, removed };
}

const measure: Job = async (steps, tenant, options) => {
  await measured(steps, tenant, options);
  return { outcome: 'calibrated' };
};

const drop: Job = async (steps, { tenantId }) => {
  await steps.drop(tenantId);
  return { outcome: 'dropped' };
};

function measured(
  steps: VectorIndexSteps,
  { tenantId, state }: VectorIndexState,
  { samples, targetRecall }: CheckedOptions,
): Promise<number | undefined> {
  return steps.system((tx) =>
    calibrate(tx, { tenantId, hasGraph: state === 'ready', samples, targetRecall }),
  );
}
