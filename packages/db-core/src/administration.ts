import pg, { DatabaseError as ServerError } from 'pg';
import type { DatabaseConfig } from './config.ts';
import { connectionOptions } from './config/connection-options.ts';
import { fromBroken, fromConnecting } from './errors/from-postgres.ts';

/** A connection of its own, outside the pool and without a tenant: for migrations and databases. */
export interface AdministratorConnection {
  readonly query: (
    text: string,
    values?: readonly unknown[],
  ) => Promise<{ rows: Record<string, unknown>[]; rowCount?: number | null }>;
}

/**
 * Lends one connection that no pool and no tenant knows of. Statements run as the login role, outside a transaction
 * unless they begin one; the server's errors are node-postgres's own, with the server's message.
 *
 * @throws {DatabaseError} `UNREACHABLE`, `AUTHENTICATION_FAILED` or `DATABASE_MISSING`; `CONNECTION_LOST` later.
 */
export async function withAdministratorConnection<T>(
  config: DatabaseConfig,
  work: (connection: AdministratorConnection) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    ...connectionOptions(config),
    connectionTimeoutMillis: config.connectionTimeoutMs,
  });
  // A connection that breaks between two statements fails the next one; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw fromConnecting(error);
  }
  try {
    return await work({
      query: (text, values) => client.query(text, values as unknown[] | undefined).catch(orBroken),
    });
  } finally {
    await client.end();
  }
}

function orBroken(error: unknown): never {
  throw error instanceof ServerError ? error : fromBroken(error);
}
