import { DataLayerError } from '@agent-agency/db-core';
import type { z } from 'zod';

export type AgentRegistryErrorCode =
  /** An argument is wrong; the message lists every problem. */
  | 'INVALID_INPUT'
  /** The tenant has no such agent. */
  | 'AGENT_NOT_FOUND'
  /** Several agents fit a name; the message says how many. */
  | 'AGENT_AMBIGUOUS'
  /** There is an agent of that id already, or another one of that name. */
  | 'AGENT_EXISTS'
  /** The agent has active tasks, so it is not unregistered. */
  | 'AGENT_BUSY'
  /** A load would go below zero, or beyond what is counted: nothing was changed. */
  | 'LOAD_OUT_OF_RANGE'
  /** The agent is inactive or archived: it gets no tasks. */
  | 'AGENT_INACTIVE'
  /** The tenant has no such task. */
  | 'TASK_NOT_FOUND'
  /** A task's id stands for another task; `details.places` says for which of those given. */
  | 'TASK_CONFLICT'
  /** More tasks would wait than the queue holds. */
  | 'QUEUE_FULL'
  /** The task is somebody else's, or at its end; `details.status` says what became of it. Nothing was changed. */
  | 'LEASE_LOST'
  /** Only a task that was given up is put back. */
  | 'TASK_NOT_DEAD';

/** An error of the agent registry. */
export class AgentRegistryError extends DataLayerError<AgentRegistryErrorCode> {
  override readonly name = 'AgentRegistryError';
}

/** @throws {AgentRegistryError} `INVALID_INPUT` with every problem of `what`, each with its path. */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: z.input<Schema>,
  what: string,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trimStart());
  throw new AgentRegistryError('INVALID_INPUT', `${what} cannot be taken: ${problems.join('; ')}`);
}

export function noSuchAgent(cause?: unknown): AgentRegistryError {
  return new AgentRegistryError(
    'AGENT_NOT_FOUND',
    'the tenant has no agent of that id: list or register first',
    cause === undefined ? {} : { cause },
  );
}
