import { LatestFirstPlace } from '@agent-agency/db-core';
import { z } from 'zod';

/** Which part of a list, the latest first. */
export const Page = z.strictObject({
  limit: z.int().min(1).max(1000).default(50),
  /** `next` of the page before. */
  after: LatestFirstPlace.optional(),
});
