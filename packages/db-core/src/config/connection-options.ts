import type { ClientConfig } from 'pg';
import type { DatabaseConfig } from '../config.ts';
import { tlsOptions } from './tls-options.ts';

/** Where to connect and as whom, as node-postgres takes it. */
export function connectionOptions(config: DatabaseConfig): ClientConfig {
  return {
    host: config.host,
    port: config.port,
    database: config.database,
    user: config.user,
    password: config.password,
    ssl: tlsOptions(config.ssl),
    application_name: config.applicationName,
  };
}
