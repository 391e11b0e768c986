import { z } from 'zod';
import { CapabilityType } from '../capabilities/capability.ts';
import { Embedding } from '../capabilities/embedding.ts';
import { CapabilityId } from '../capabilities/find-capabilities.ts';
import { AgentId } from '../column-values.ts';

export const MAX_LIMIT = 10_000;

/** What capabilities should be like: an embedding, or another capability. */
export const SimilarityQuery = z
  .strictObject({
    embedding: Embedding.optional(),
    /** Like this one, which itself is left out. */
    capabilityId: CapabilityId.optional(),
    limit: z.int().min(0).max(MAX_LIMIT).default(10),
    /** 0–1. */
    minConfidence: z.number().min(0).max(1).default(0.7),
    type: CapabilityType.optional(),
    agentId: AgentId.optional(),
    /** Say how they were found, which costs one more query. */
    explain: z.boolean().default(false),
  })
  .refine(({ embedding, capabilityId }) => (embedding === undefined) !== (capabilityId === undefined), {
    path: ['embedding'],
    message: 'either an embedding or a capabilityId has to be given',
  });
export type SimilarityQuery = z.input<typeof SimilarityQuery>;
export type CheckedQuery = z.output<typeof SimilarityQuery>;
