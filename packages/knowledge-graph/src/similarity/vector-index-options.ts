import { z } from 'zod';
import { Text } from '../column-values.ts';

/** From how many vectors on a graph of their own finds faster than a scan of their signs; see benchmarks/vectors. */
export const BUILD_FROM = 2000;

/** Below this share of it a graph is dropped: a tenant at the limit does not have it built and dropped in turns. */
export const DROP_BELOW = 0.5;

export const VectorIndexOptions = z.strictObject({
  /** Stays in the operators' log. */
  reason: z.string().max(1000).regex(/\S/, 'has to say why'),
  /**
   * - `maintain`: build what is large enough, or was broken off; take over what was written since; drop what became small;
   * - `rebuild`: build the graphs of these tenants anew, for example with many deleted vectors in them;
   * - `calibrate`: measure with which figures these tenants are searched well enough, and use them;
   * - `drop`: from now on scan the signs of these tenants.
   */
  action: z.enum(['maintain', 'rebuild', 'calibrate', 'drop']).default('maintain'),
  /** Default: all; with `rebuild` and `drop` all that have a graph, with `calibrate` all with 1000 vectors or more. */
  tenantIds: z.array(Text.min(1).max(255)).optional(),
  /** From how many vectors on a tenant gets a graph. */
  buildFrom: z.int().min(1).default(BUILD_FROM),
  /** Share of the true ten nearest that has to be found. */
  targetRecall: z.number().min(0).max(1).default(0.99),
  /** Questions that a calibration asks. **Cost** 5 µs a vector for each. */
  samples: z.int().min(1).max(10_000).default(40),
  /** Vectors that are taken over in one transaction. */
  batchSize: z.int().min(1).max(100_000).default(2000),
});
export type VectorIndexOptions = z.input<typeof VectorIndexOptions>;
export type CheckedOptions = z.output<typeof VectorIndexOptions>;
