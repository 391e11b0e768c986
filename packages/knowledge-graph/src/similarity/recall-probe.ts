import {
  isDataLayerError,
  type ConnectionPoolManager,
  type TenantContextInput,
  type TenantTransaction,
} from '@agent-agency/db-core';
import { z } from 'zod';
import { parseInput } from '../errors.ts';
import { findSimilarCapabilities } from './find-similar-capabilities.ts';
import { EXACT_NEIGHBORS } from './queries/exact-neighbors.ts';
import { recallRecorder, type RecallMeter } from './recall-metrics.ts';
import { Reservoir } from './reservoir.ts';
import type { SearchPlan } from './search-plan.ts';
import { SimilarityQuery, type CheckedQuery } from './similarity-query.ts';

const ProbeOptions = z.strictObject({
  /** Share of the searches that are looked at, 0–1. Default: none. */
  rate: z.number().min(0).max(1).default(0),
  /** Searches that are kept at most, 3 kB each. */
  capacity: z.int().min(1).max(100_000).default(100),
  /** Numbers in [0, 1). Default: `Math.random`. */
  random: z.custom<() => number>((value) => typeof value === 'function').default(() => Math.random),
  /** Where recall is exported to. */
  meter: z.custom<RecallMeter>().optional(),
});
export type ProbeOptions = z.input<typeof ProbeOptions>;

export interface PlanRecall {
  readonly searches: number;
  /** Mean share of the true nearest that were found. */
  readonly recall: number;
  readonly worst: number;
}

/** How well sampled searches find. */
export interface RecallReport {
  readonly searches: number;
  /** Searches that could not be repeated, by the code of their error: `TENANT_SUSPENDED`, for example. */
  readonly failures: Readonly<Record<string, number>>;
  /** Plans that were not used are missing. */
  readonly plans: Readonly<Partial<Record<SearchPlan, PlanRecall>>>;
}

interface Sampled {
  readonly context: TenantContextInput;
  readonly query: CheckedQuery;
  readonly embedding: Float32Array;
}

/**
 * Keeps a sample of real searches in memory, and asks them again, exactly.
 *
 * Searches by `capabilityId` are left out, and those that want nothing.
 *
 * @example
 * const probe = new RecallProbe({ rate: 0.01, meter: metrics.getMeter('service') });
 * probe.note({ tenantId: 'acme' }, query);
 * const { plans } = await probe.measure(manager);
 */
export class RecallProbe {
  readonly #rate: number;
  readonly #random: () => number;
  readonly #sample: Reservoir<Sampled>;
  readonly #record: (recall: number, plan: SearchPlan) => void;

  /** @throws {GraphError} `INVALID_INPUT`. */
  constructor(options: ProbeOptions = {}) {
    const { rate, capacity, random, meter } = parseInput(ProbeOptions, options);
    this.#rate = rate;
    this.#random = random;
    this.#sample = new Reservoir(capacity, random);
    this.#record = recallRecorder(meter);
  }

  /** Looks at a search that was made. Costs a comparison while the rate is 0. */
  note(context: TenantContextInput, query: SimilarityQuery): void {
    if (this.#rate === 0 || this.#random() >= this.#rate) return;
    const checked = SimilarityQuery.safeParse(query);
    if (!checked.success || checked.data.embedding === undefined || checked.data.limit === 0) return;
    // The caller may go on with the array.
    this.#sample.offer({ context, query: checked.data, embedding: checked.data.embedding.slice() });
  }

  /**
   * Asks what was sampled again, as it would be answered now and exactly, and begins a new sample.
   *
   * **Runs** a transaction a search, that sees one state of the database. **Cost** a comparison with every vector of
   * the tenant for each.
   */
  async measure(manager: ConnectionPoolManager): Promise<RecallReport> {
    const sampled = this.#sample.take();
    const recalls: { plan: SearchPlan; recall: number }[] = [];
    const failures: Record<string, number> = {};
    for (const { context, ...search } of sampled) {
      try {
        const measured = await manager.withTenant(context, (tx) => recallOf(tx, search), ONE_STATE);
        if (measured === undefined) continue;
        recalls.push(measured);
        this.#record(measured.recall, measured.plan);
      } catch (error) {
        if (!isDataLayerError(error)) throw error;
        failures[error.code] = (failures[error.code] ?? 0) + 1;
      }
    }
    return { searches: recalls.length, failures, plans: summarize(recalls) };
  }
}

const ONE_STATE = { readOnly: true, isolationLevel: 'repeatable read' } as const;

/** Undefined where there is nothing to find. */
async function recallOf(
  tx: TenantTransaction,
  { query, embedding }: Omit<Sampled, 'context'>,
): Promise<{ plan: SearchPlan; recall: number } | undefined> {
  const { capabilities, explanation } = await findSimilarCapabilities(tx, {
    ...query,
    embedding,
    explain: true,
  });
  const { rows } = await EXACT_NEIGHBORS(tx.tenantId, query, embedding).execute(tx);
  if (rows.length === 0 || explanation === undefined) return undefined;
  const found = new Set(capabilities.map(({ id }) => id));
  return { plan: explanation.plan, recall: rows.filter(({ id }) => found.has(id)).length / rows.length };
}

function summarize(recalls: readonly { plan: SearchPlan; recall: number }[]): RecallReport['plans'] {
  const byPlan = Map.groupBy(recalls, ({ plan }) => plan);
  return Object.fromEntries(
    [...byPlan].map(([plan, measured]) => {
      const values = measured.map(({ recall }) => recall);
      const sum = values.reduce((total, value) => total + value, 0);
      return [plan, { searches: values.length, recall: sum / values.length, worst: Math.min(...values) }];
    }),
  );
}
