import type { Attributes } from '@opentelemetry/api';
import type { DatabaseConfig } from '../config.ts';
import { isDataLayerError } from '../errors/data-layer-error.ts';

// OpenTelemetry's semantic conventions for databases, 1.44: https://opentelemetry.io/docs/specs/semconv/db/
export const SYSTEM = 'postgresql';
export const QUERY_SUMMARY = 'db.query.summary';
export const ERROR_TYPE = 'error.type';

export type Server = Pick<DatabaseConfig, 'host' | 'port' | 'database'>;

const DEFAULT_PORT = 5432;

/** Where statements go: on every span, and on the duration of every operation. */
export function serverAttributes({ host, port, database }: Server): Attributes {
  return {
    'db.system.name': SYSTEM,
    'db.namespace': database,
    'server.address': host,
    ...(port === DEFAULT_PORT ? {} : { 'server.port': port }),
  };
}

/** Name of a pool, as the conventions advise where it has no other. */
export function poolName({ host, port, database }: Server): string {
  return `${host}:${port}/${database}`;
}

export function poolAttributes(server: Server): Attributes {
  return { 'db.client.connection.pool.name': poolName(server) };
}

/** Our code and the server's SQLSTATE; no message, for one that is not ours could quote values. */
export function failureAttributes(error: unknown): Attributes {
  if (!isDataLayerError(error)) {
    return { [ERROR_TYPE]: error instanceof Error ? error.constructor.name : '_OTHER' };
  }
  const { sqlState } = error.details;
  return {
    [ERROR_TYPE]: error.code,
    ...(typeof sqlState === 'string' ? { 'db.response.status_code': sqlState } : {}),
  };
}
