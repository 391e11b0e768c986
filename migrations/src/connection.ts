/**
 * What the runner needs of a connection: one session, for as long as the runner works.
 *
 * A node-postgres client fits as it is, and so does the session of `@agent-agency/testing`. Without `values`, `text`
 * may hold several statements.
 */
export interface MigrationConnection {
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}
