import { configFromEnv, ConnectionPoolManager, type DatabaseConfig } from '@agent-agency/db-core';
import { setting, type Environment } from './environment.ts';
import { UsageError } from './failure.ts';

/** Whether the environment names a database at all. */
export function namesDatabase(env: Environment): boolean {
  return (setting(env, 'DATABASE_URL') ?? setting(env, 'DB_HOST')) !== undefined;
}

/**
 * The database that the environment names, as a service with that environment has it.
 *
 * @throws {UsageError} when it names none.
 * @throws {DatabaseError} `INVALID_CONFIG`
 */
export function serviceConfig(env: Environment): DatabaseConfig {
  if (!namesDatabase(env)) {
    throw new UsageError('no database: set DATABASE_URL, or start one with `agency-db up`');
  }
  return configFromEnv(env, { applicationName: 'agency-db' });
}

/**
 * The same for a command.
 *
 * An administrator's login is accepted: whoever types commands holds it anyway. Tenant transactions then become
 * `agent_agency_app`, so that row level security binds them as it binds a service.
 *
 * @throws as {@link serviceConfig}.
 */
export function databaseConfig(env: Environment): DatabaseConfig {
  // Whatever pool a service with this environment has: a command needs less.
  return { ...serviceConfig(env), min: 0, max: 2, maxPerTenant: 2, allowPrivilegedRole: true };
}

/** Lends a manager for one command. */
export async function withManager<T>(
  config: DatabaseConfig,
  work: (manager: ConnectionPoolManager) => Promise<T>,
): Promise<T> {
  const manager = new ConnectionPoolManager();
  manager.initialize(config);
  try {
    return await work(manager);
  } finally {
    await manager.shutdown();
  }
}
