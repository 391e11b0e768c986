// Agents
export { AgentInput, countAgents, getAgent, putAgents } from './agents.ts';
export type { Agent } from './agents.ts';

// Errors
export { AgentRegistryError } from './errors.ts';
export type { AgentRegistryErrorCode } from './errors.ts';
