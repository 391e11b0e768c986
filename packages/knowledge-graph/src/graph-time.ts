import { z } from 'zod';
import { Instant } from './column-values.ts';

/** When to look at the graph: at which moment of the world, and as the database knew it at which moment. */
export const GraphTime = z.strictObject({
  /** Relationships that held then. Default: now. */
  asOf: Instant.optional(),
  /**
   * As it was recorded then, in place of what is believed now. Exact for moments before the oldest transaction that
   * still runs began: what it writes will count from its beginning.
   */
  knownAt: Instant.optional(),
});
export type GraphTime = z.infer<typeof GraphTime>;
