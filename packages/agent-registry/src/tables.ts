import type { DB } from './generated/tables.ts';

/** Rows of this package's tables, by table. */
export type AgentRegistryTables = DB;

declare module '@agent-agency/db-core' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merges the tables into the open interface
  interface Tables extends DB {}
}
