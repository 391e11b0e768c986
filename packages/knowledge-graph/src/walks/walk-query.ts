import { z } from 'zod';
import { AgentId } from '../column-values.ts';
import { GraphTime } from '../graph-time.ts';
import { RelationshipType } from '../relationships/relationship.ts';

/** No walk has more hops. */
export const MAX_HOPS = 10;

/** Along directional relationships, against them, or either; undirected ones are followed both ways always. */
export const Direction = z.enum(['outgoing', 'incoming', 'both']);
export type Direction = z.infer<typeof Direction>;

/** What a walk may cost. A walk that would cost more ends early, and says so. */
export const WalkBudget = z.strictObject({
  /** Agents that are reached, the start included. */
  nodes: z.int().min(1).max(1_000_000).default(10_000),
  /** Relationships that are followed. */
  edges: z.int().min(0).max(10_000_000).default(100_000),
  /** Looked at before the relationships of each agent are read; those of one agent are read in one go. */
  ms: z.int().min(0).max(3_600_000).default(200),
});
export type WalkBudget = z.input<typeof WalkBudget>;

const relationships = {
  direction: Direction.default('outgoing'),
  /** Only relationships of these are followed. Default: of all. */
  types: z.array(RelationshipType).optional(),
  /** Relationships below it are not followed, 0–1. */
  minConfidence: z.number().min(0).max(1).default(0.5),
  ...GraphTime.shape,
  budget: WalkBudget.prefault({}),
};

export const TraverseQuery = z.strictObject({
  from: AgentId,
  maxHops: z.int().min(0).max(MAX_HOPS).default(2),
  /** Of an agent's relationships at most so many are followed, the most confident. Default: all. */
  fanOut: z.int().min(1).max(1_000_000).optional(),
  ...relationships,
});
export type TraverseQuery = z.input<typeof TraverseQuery>;

export const PathSearchQuery = z.strictObject({
  from: AgentId,
  to: AgentId,
  maxHops: z.int().min(0).max(MAX_HOPS).default(5),
  ...relationships,
});
export type PathSearchQuery = z.input<typeof PathSearchQuery>;

export const ShortestPathsQuery = PathSearchQuery.extend({
  /** How many paths. */
  k: z.int().min(1).max(10),
});
export type ShortestPathsQuery = z.input<typeof ShortestPathsQuery>;

/** Which relationships are followed, and at which cost. */
export type WalkLimits = Pick<
  z.output<typeof PathSearchQuery>,
  'direction' | 'types' | 'minConfidence' | 'asOf' | 'knownAt' | 'budget'
>;
