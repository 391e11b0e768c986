import type { DB } from './generated/tables.ts';

declare module '@agent-agency/db-core' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merges this package's tables into the open interface
  interface Tables extends DB {}
}
