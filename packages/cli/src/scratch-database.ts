import { randomBytes } from 'node:crypto';
import { DatabaseError, withAdministratorConnection, type DatabaseConfig } from '@agent-agency/db-core';
import { startEmbedded, stopOnExit } from '@agent-agency/testing';
import type { CommandContext } from './command-context.ts';
import { databaseConfig, namesDatabase } from './database.ts';
import type { Environment } from './environment.ts';

/** A database that nobody else uses. */
export interface ScratchDatabase {
  readonly config: DatabaseConfig;
  /** Where it is, for people. */
  readonly where: string;
}

interface Surroundings extends Pick<CommandContext, 'env' | 'terminal'> {
  /** Part of the database's name, for whoever finds one that was left behind. */
  readonly purpose: 'demo' | 'verify' | 'prove';
}

interface Removable extends ScratchDatabase {
  remove(): Promise<void>;
}

/**
 * Lends PGlite in this process or, where the environment names a server, a new database on it: the work damages what it
 * finds, and must not do that to somebody's own. It is gone afterwards, however the work ends.
 */
export async function withScratchDatabase<T>(
  { env, terminal, purpose }: Surroundings,
  work: (database: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const database = await (namesDatabase(env) ? besides(env, purpose) : embedded());
  try {
    const result = await work(database);
    await database.remove();
    return result;
  } catch (error) {
    // The first error is the one to report; what is left behind because of a second one is said beside it.
    await database.remove().catch((second: unknown) => {
      terminal.note(`left behind: ${database.where} (${String(second)})`);
    });
    throw error;
  }
}

async function embedded(): Promise<Removable> {
  const server = await startEmbedded();
  const leave = stopOnExit(server);
  return {
    config: databaseConfig({ DATABASE_URL: server.url }),
    where: `PostgreSQL ${server.version} (PGlite, in this process)`,
    async remove() {
      await server.stop();
      leave();
    },
  };
}

async function besides(env: Environment, purpose: string): Promise<Removable> {
  // The key in the environment signs for another database.
  const { contextKey: _contextKey, ...server } = databaseConfig(env);
  const database = `agent_agency_${purpose}_${randomBytes(4).toString('hex')}`;
  const version = await withAdministratorConnection(server, async (connection) => {
    const { rows } = await connection.query(`select current_setting('server_version') as version`);
    await connection.query(`create database ${database}`).catch(refuse);
    return String(rows[0]?.['version']);
  });
  return {
    config: { ...server, database },
    where: `PostgreSQL ${version}, database ${database} (dropped at the end)`,
    async remove() {
      await withAdministratorConnection(server, (connection) =>
        connection.query(`drop database if exists ${database} with (force)`),
      );
    },
  };
}

function refuse(error: unknown): never {
  if (!(error instanceof Error && 'code' in error && error.code === '42501')) throw error;
  throw new DatabaseError(
    'PERMISSION_DENIED',
    'this login may not create a database: give it CREATEDB, or unset DATABASE_URL to run on PGlite',
    { cause: error },
  );
}
