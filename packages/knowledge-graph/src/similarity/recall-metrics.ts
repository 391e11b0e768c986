import type { SearchPlan } from './search-plan.ts';

/** What is needed of an OpenTelemetry `Meter`: `metrics.getMeter('…')` is one. */
export interface RecallMeter {
  createHistogram(
    name: string,
    options: {
      readonly description: string;
      readonly unit: string;
      readonly advice: { explicitBucketBoundaries: number[] };
    },
  ): { record(value: number, attributes: Record<string, string>): void };
}

const BOUNDS = [0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995];

/**
 * The histogram `agent_agency.graph.search.recall`, labelled with the plan. Never with the tenant: tenants would multiply
 * what is stored.
 */
export function recallRecorder(meter: RecallMeter | undefined): (recall: number, plan: SearchPlan) => void {
  const histogram = meter?.createHistogram('agent_agency.graph.search.recall', {
    description: 'Share of the true nearest capabilities that a sampled search found.',
    unit: '1',
    advice: { explicitBucketBoundaries: BOUNDS },
  });
  return (recall, plan) => histogram?.record(recall, { 'agent_agency.graph.search.plan': plan });
}
