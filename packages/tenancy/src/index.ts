// Tenants
export { createTenant, getOwnTenant, listTenants, TenantInput } from './tenants.ts';
export type { Tenant } from './tenants.ts';

// Tables: importing this package adds them to `Tables` of db-core
export type { TenancyTables } from './tables.ts';

// Errors
export { TenancyError } from './errors.ts';
export type { TenancyErrorCode } from './errors.ts';
