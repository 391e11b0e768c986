import { DataLayerError } from '@agent-agency/db-core';
import type { z } from 'zod';

export type GraphErrorCode =
  /** An argument is wrong; the message lists every problem. */
  | 'INVALID_INPUT'
  /** The tenant has no such agent; the message says of which rows. */
  | 'AGENT_NOT_FOUND'
  /** No version of a relationship has the id, as it is believed or at the time that was asked for. */
  | 'RELATIONSHIP_NOT_FOUND'
  /** The tenant has no such capability: it never had, or it was merged into another. */
  | 'CAPABILITY_NOT_FOUND'
  /** An alias is another capability's name or alias, of the same agent; `details.capabilityId` says whose. */
  | 'ALIAS_TAKEN'
  /** Capabilities to merge are of several agents. */
  | 'MERGE_ACROSS_AGENTS'
  /** There are more agents, relationships or letters than were allowed; the message says which limit. */
  | 'GRAPH_TOO_LARGE'
  /** Two agents have more than 10^308 shortest paths: their shares cannot be counted. */
  | 'TOO_MANY_PATHS';

/** An error of the knowledge graph. */
export class GraphError extends DataLayerError<GraphErrorCode> {
  override readonly name = 'GraphError';
}

/** @throws {GraphError} `INVALID_INPUT` with every problem. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: z.input<Schema>,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new GraphError('INVALID_INPUT', `the input is wrong: ${problems.join('; ')}`);
}
