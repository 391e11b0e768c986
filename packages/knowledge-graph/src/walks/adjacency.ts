import type { Way } from './walk-edge.ts';

/** On from an agent, or back to where one can come from. */
export type Side = 'onward' | 'backward';

/** What algorithms know of a graph. */
export interface Adjacency {
  /**
   * The ways from each of the agents (onward) or to each of them (backward), by agent: to or from every neighbour the best
   * one. An agent without ways has no entry.
   */
  waysOf(agentIds: readonly string[], side: Side): Promise<ReadonlyMap<string, readonly Way[]>>;
}
