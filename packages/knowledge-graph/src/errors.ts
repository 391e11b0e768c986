import { DataLayerError } from '@agent-agency/db-core';
import type { z } from 'zod';

export type GraphErrorCode =
  /** An argument is wrong; the message lists every problem. */
  'INVALID_INPUT';

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
