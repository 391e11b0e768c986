import { z } from 'zod';
import { entityTypes } from '../format/node.ts';
import { Uuid } from '../input.ts';

const EntityTypes = z.array(z.enum(entityTypes)).min(1);

/** What a walk through the log may cost, and what it may answer. */
export const lineageBounds = {
  /** Nodes in the answer, the nearest first. */
  limit: z.int().min(1).max(100_000).default(1000),
  /** Nodes that a walk may reach on its way, whether they are in the answer or not. */
  maxNodes: z.int().min(1).max(1_000_000).default(100_000),
};

export const LineageQuery = z.strictObject({
  id: Uuid,
  /** Steps from the node. Default: however many there are. */
  maxDepth: z.int().min(1).max(1_000_000).optional(),
  /** Only nodes of these are in the answer; the way to them leads through all. */
  entityTypes: EntityTypes.optional(),
  ...lineageBounds,
});
export type LineageQuery = z.input<typeof LineageQuery>;

export const WaiverQuery = z.strictObject({ id: Uuid, ...lineageBounds });
export type WaiverQuery = z.input<typeof WaiverQuery>;
