// Tenants
export { createTenant, getOwnTenant, listTenants, TenantInput } from './tenants.ts';
export type { Tenant } from './tenants.ts';

// Errors
export { TenancyError } from './errors.ts';
export type { TenancyErrorCode } from './errors.ts';
