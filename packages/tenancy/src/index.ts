// Tenants
export {
  createTenant,
  getOwnTenant,
  getTenant,
  listTenants,
  resumeTenant,
  suspendTenant,
  TenantChange,
  TenantInput,
  updateTenant,
} from './tenants/tenants.ts';
export type { Tenant } from './tenants/tenants.ts';
export { getTenantStatistics } from './tenants/statistics.ts';
export type { TenantStatistics } from './tenants/statistics.ts';
export {
  DataRetention,
  getRetentionPolicy,
  putRetentionPolicy,
  RetentionPolicy,
  updateDataRetention,
} from './tenants/retention.ts';

// Sharing rows
export {
  listSharingRules,
  putSharingDocument,
  putSharingRule,
  revokeSharing,
  SharedResource,
  SharingDocument,
  SharingRule,
} from './sharing/sharing-rules.ts';
export { readShared } from './sharing/read-shared.ts';
export type { SharedRead } from './sharing/read-shared.ts';
export {
  AccessPolicy,
  deleteAccessPolicy,
  listAccessPolicies,
  putAccessPolicy,
} from './access/access-policies.ts';

// Who read what
export { AccessLogPage, listAccessLog, purgeAccessLog, recordAccess } from './access/access-log.ts';
export type { Access, AccessRecord, AccessType } from './access/access-log.ts';

// Tables: importing this package adds them to `Tables` of db-core
export type { TenancyTables } from './tables.ts';

// Errors
export { TenancyError } from './errors.ts';
export type { TenancyErrorCode } from './errors.ts';
