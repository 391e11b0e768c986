import { z } from 'zod';
import { AgentId, Hundredths, Instant, MAX_INTEGER, refuseRepetitions } from '../column-values.ts';
import { CapabilityName } from './capability-name.ts';
import { canonicalName } from './canonical-name.ts';
import { CapabilityType, Topics } from './capability.ts';
import { Embedding } from './embedding.ts';

/** That an agent showed a capability, some number of times. */
export const Demonstration = z
  .strictObject({
    agentId: AgentId,
    type: CapabilityType,
    name: CapabilityName,
    count: z.int().min(1).max(MAX_INTEGER),
    /** How many of them succeeded. Default: all. */
    successes: z.int().min(0).max(MAX_INTEGER).optional(),
    firstAt: Instant,
    lastAt: Instant,
    /** How sure the extraction was, 0–1, at most two decimals. */
    extractionConfidence: Hundredths,
    /** Words that go with the capability; replaces the stored ones. */
    topics: Topics,
    /** Tasks that showed it; joins the stored ones. */
    sourceTasks: z.array(z.uuid()).max(1000).optional(),
    /** Replaces the stored one. */
    embedding: Embedding.optional(),
  })
  .refine(({ firstAt, lastAt }) => firstAt <= lastAt, {
    path: ['lastAt'],
    message: 'must not be before firstAt',
  })
  .refine(({ successes = 0, count }) => successes <= count, {
    path: ['successes'],
    message: 'must not be more than count',
  });
export type Demonstration = z.infer<typeof Demonstration>;

export const Demonstrations = z
  .array(Demonstration)
  .superRefine(refuseRepetitions(({ agentId, name }) => [agentId, canonicalName(name)]));

/** Two demonstrations of one capability as one: what the later one says replaces, what can be added up is added up. */
export function addDemonstrations(one: Demonstration, other: Demonstration): Demonstration {
  const [earlier, later] = one.lastAt <= other.lastAt ? [one, other] : [other, one];
  return {
    ...later,
    type: one.type,
    name: one.name,
    extractionConfidence: one.extractionConfidence,
    count: one.count + other.count,
    successes: (one.successes ?? one.count) + (other.successes ?? other.count),
    firstAt: one.firstAt <= other.firstAt ? one.firstAt : other.firstAt,
    sourceTasks: [...(one.sourceTasks ?? []), ...(other.sourceTasks ?? [])],
    embedding: later.embedding ?? earlier.embedding,
  };
}
