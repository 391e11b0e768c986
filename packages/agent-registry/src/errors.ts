import { DataLayerError } from '@agent-agency/db-core';

export type AgentRegistryErrorCode =
  /** An argument is wrong; the message lists every problem. */
  | 'INVALID_INPUT'
  /** The tenant has no such agent. */
  | 'AGENT_NOT_FOUND'
  /** Several agents fit a name; the message says how many. */
  | 'AGENT_AMBIGUOUS';

/** An error of the agent registry. */
export class AgentRegistryError extends DataLayerError<AgentRegistryErrorCode> {
  override readonly name = 'AgentRegistryError';
}
