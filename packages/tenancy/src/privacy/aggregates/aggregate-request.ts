import { z } from 'zod';

const decimal = z
  .string()
  .max(40)
  .regex(/^-?\d+(?:\.\d+)?$/, 'must be a decimal in a string, such as "0.5"');

const Common = z.strictObject({
  /** What the rows are about: an event type, or the canonical name of a capability. */
  group: z.string().min(1).max(500),
  /** Rows that count of one agent; which ones does not depend on what they measure. */
  maxRowsPerAgent: z.int().min(1).max(10_000),
  /** What every tenant that is asked pays: 0.0001 to 100, with up to six decimals. */
  epsilon: z
    .string()
    .regex(/^\d{1,3}(?:\.\d{1,6})?$/, 'must be a decimal in a string, with up to six decimals'),
  /** 0: Laplace noise. 10^-30 to 0.5: Gaussian noise. Default: 0. */
  delta: z
    .string()
    .regex(/^0(?:\.\d{1,30})?$/, 'must be a decimal in a string, from 0 to 0.5')
    .default('0'),
});

/** How many rows there are. */
const CountRequest = Common.extend({
  aggregate: z.literal('count'),
  of: z.enum(['performance_events', 'agent_capabilities_graph']),
});

/** The sum or the mean of something measured. */
const MeasureRequest = Common.extend({
  aggregate: z.enum(['sum', 'mean']),
  of: z.enum([
    'performance_events.latency_ms',
    'performance_events.success_rate',
    'agent_capabilities_graph.confidence',
    'agent_capabilities_graph.success_rate',
    'agent_capabilities_graph.demonstration_count',
  ]),
  /** A value outside of the bounds counts as the nearer one. */
  lower: decimal,
  upper: decimal,
  /** What values are rounded to; both bounds are multiples of it. */
  resolution: decimal,
});

/** A figure over other tenants. */
export const AggregateRequest = z.discriminatedUnion('aggregate', [CountRequest, MeasureRequest]);
export type AggregateRequest = z.input<typeof AggregateRequest>;
