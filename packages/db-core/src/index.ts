// Connections and transactions
export { ConnectionPoolManager } from './connection-pool-manager.ts';
export type { IsolationLevel, TransactionOptions } from './transaction/transaction-options.ts';
export type { SystemTransaction, TenantTransaction } from './transaction/tenant-transaction.ts';
export { withAdministratorConnection } from './administration.ts';
export type { AdministratorConnection } from './administration.ts';
export type { Tables } from './tables.ts';

// Vectors
export { toVectorLiteral } from './vector-literal.ts';

// Configuration
export { configFromEnv } from './config-from-env.ts';
export { DatabaseConfig, parseConfig } from './config.ts';
export type { DatabaseConfigInput, RedactedConfig } from './config.ts';

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
