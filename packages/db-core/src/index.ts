// Connections and transactions
export { ConnectionPoolManager } from './connection-pool-manager.ts';
export type { OpenPool } from './connection-pool-manager.ts';
export type { ReadOptions } from './replicas/freshness.ts';
export { getPool, withTenantContext } from './process-pool.ts';
export type { IsolationLevel, TransactionOptions } from './transaction/transaction-options.ts';
export { withTransaction } from './transaction/tenant-transaction.ts';
export type { Nestable, SystemTransaction, TenantTransaction } from './transaction/tenant-transaction.ts';
export type { TenantClient, TenantQueries, TenantQueryResult } from './tenant-client.ts';
export type { ConsistencyToken } from './replicas/consistency-token.ts';
export { withAdministratorConnection } from './administration.ts';
export type { AdministratorConnection } from './administration.ts';
export type { Tables } from './tables.ts';
export { bindOperations } from './client/bind-operations.ts';
export type { BoundOperations } from './client/bind-operations.ts';

// Parameters and results
export { encodeBinaryQuantized } from './vector/encode-binary-quantized.ts';
export { encodeHalfvec } from './vector/encode-halfvec.ts';
export { encodeVector, encodeVectors } from './vector/encode-vector.ts';
export { parseVector } from './vector/parse-vector.ts';
export { findOne, getOne } from './rows/one-row.ts';
export { cutPage, isBehind, LatestFirstPlace, placeOf } from './rows/latest-first.ts';
export type { PlacedRow } from './rows/latest-first.ts';

// Health and diagnosis
export { createHealthEndpoint } from './health/health-endpoint.ts';
export type { HealthReason, HealthReasonCode, HealthReport, HealthStatus } from './health/health-report.ts';
export { diagnose } from './diagnosis/diagnose.ts';
export type { DiagnosisContext } from './diagnosis/diagnosis-context.ts';
export type { Finding, FindingCode, Severity } from './diagnosis/finding.ts';

// Configuration
export { configFromEnv } from './config-from-env.ts';
export { DatabaseConfig, parseConfig } from './config.ts';
export type { DatabaseConfigInput, RedactedConfig } from './config.ts';

// How the pool is doing
export type { PoolStats } from './pool/pool-stats.ts';
export type { ManagerStats } from './servers.ts';
export type { CircuitState, PoolEventListener, PoolEventName, PoolEvents } from './events/pool-events.ts';

// Tenants and their signed context
export { formatContextKey, generateContextKey } from './tenant/context-key.ts';
export type { ContextKey } from './tenant/context-key.ts';
export { ensureContextKey, installContextKey } from './tenant/context-key-store.ts';
export { TenantContext } from './tenant/tenant-context.ts';
export type { TenantContextInput, TenantId } from './tenant/tenant-context.ts';

// Errors
export { DataLayerError, isDataLayerError } from './errors/data-layer-error.ts';
export type { DataLayerErrorOptions, ErrorDetails } from './errors/data-layer-error.ts';
export { DatabaseError } from './errors/database-error.ts';
export type { DatabaseErrorCode } from './errors/database-error.ts';
