// Agents
export { AgentInput, countAgents, getAgent, putAgents } from './agents.ts';
export type { Agent } from './agents.ts';

// Tables: importing this package adds them to `Tables` of db-core
export type { AgentRegistryTables } from './tables.ts';

// Errors
export { AgentRegistryError } from './errors.ts';
export type { AgentRegistryErrorCode } from './errors.ts';
