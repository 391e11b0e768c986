import { z } from 'zod';
import { Count, decimal } from '../column-values.ts';
import { JsonObject } from '../json-object.ts';

/** What is kept of an attempt beside how it ended. */
export const AttemptReport = z.strictObject({
  /** 0–1, with at most two decimals. */
  qualityScore: decimal(1, 2).optional(),
  tokensUsed: Count.optional(),
  caws: z
    .strictObject({
      passed: z.boolean().optional(),
      violations: z.array(JsonObject).max(1000).default([]),
      filesChanged: Count.optional(),
      linesChanged: Count.optional(),
    })
    .optional(),
  metadata: JsonObject.optional(),
});
export type AttemptReport = z.input<typeof AttemptReport>;
