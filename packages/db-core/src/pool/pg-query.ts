import { Query, type Connection, type Submittable } from 'pg';

/** Messages to the server, as node-postgres writes them; its types know an older form. */
export interface WireMessages {
  parse(message: { text: string; name: string }): void;
  bind(message: { portal: string; statement: string; values: (string | Buffer | null)[] }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: { portal: string }): void;
  close(message: { type: 'S'; name: string }): void;
  sync(): void;
}

interface QueryParts extends Query, Submittable {
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleEmptyQuery(connection: Connection): void;
}

/** node-postgres's query, which reads the server's answers, with what its types leave out. */
export const PgQuery = Query as unknown as abstract new (config: { text: string }) => QueryParts;
