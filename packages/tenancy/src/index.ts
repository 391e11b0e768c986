// One call, one transaction
export { MultiTenantClient } from './multi-tenant-client.ts';
export type { OperatorOperations, TenantOperations } from './multi-tenant-client.ts';

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

// Privacy: mechanisms and accounting, without a database
export { addLaplaceNoise, LaplaceParameters } from './privacy/mechanisms/add-laplace-noise.ts';
export { addGaussianNoise } from './privacy/mechanisms/add-gaussian-noise.ts';
export type { GaussianParameters } from './privacy/mechanisms/add-gaussian-noise.ts';
export { secureBytes } from './privacy/mechanisms/byte-source.ts';
export type { ByteSource } from './privacy/mechanisms/byte-source.ts';
export { composeBasic, composeZcdp, PrivacyCharge, rhoOfBudget } from './privacy/accounting/composition.ts';
export type { PrivacyLoss } from './privacy/accounting/composition.ts';
export { boundContributions, ContributionBounds } from './privacy/bound-contributions.ts';
export type { AgentContribution, BoundedContributions } from './privacy/bound-contributions.ts';
export { releasableGroups } from './privacy/releasable-groups.ts';
export type { Group, ReleasableGroups, ReleasableGroupsOptions } from './privacy/releasable-groups.ts';

// Privacy: settings, budget, and figures over several tenants
export {
  getPrivacyConfig,
  PrivacyConfigChanges,
  putPrivacyConfig,
  tightenPrivacyConfig,
} from './privacy/privacy-config.ts';
export type { PrivacyConfig } from './privacy/privacy-config.ts';
export { getPrivacyBudget } from './privacy/privacy-budget.ts';
export type { PrivacyBudget } from './privacy/privacy-budget.ts';
export { requestAggregate } from './privacy/aggregates/request-aggregate.ts';
export { AggregateRequest } from './privacy/aggregates/aggregate-request.ts';
export { readAggregate } from './privacy/aggregates/read-aggregate.ts';
export type { AggregateRelease } from './privacy/aggregates/read-aggregate.ts';

// Federated learning
export {
  FederationInput,
  getParticipation,
  joinFederation,
  leaveFederation,
} from './federation/participation.ts';
export type { Participation } from './federation/participation.ts';
export {
  closeFederatedRound,
  createFederatedSession,
  failFederatedSession,
  FederatedSessionInput,
  findFederatedSessions,
  getFederatedSession,
  joinFederatedSession,
  leaveFederatedSession,
  startFederatedSession,
} from './federation/sessions.ts';
export type {
  FederatedSession,
  FederatedSessionStatus,
  FoundFederatedSession,
  SessionRef,
} from './federation/sessions.ts';
export { FederatedSettings } from './federation/settings.ts';
export { clipToRange, contribute, Contribution, withdrawContribution } from './federation/contributions.ts';
export { aggregateFederatedRound } from './federation/aggregation.ts';
export type { AggregatedRound } from './federation/aggregation.ts';
export { readFederatedInsights } from './federation/insights.ts';
export type { FederatedInsight } from './federation/insights.ts';
export {
  finishSecureRound,
  publishPartialSum,
  shareSecret,
  verifySecureSum,
} from './federation/secure/secure-sum.ts';
export { generateSealingKey, sealingKeyFrom } from './federation/secure/sealing-key.ts';
export type { SealingKey } from './federation/secure/sealing-key.ts';
export type { PartyKeys } from './federation/secure/parties.ts';

// Encryption
export { createLocalFileKeys } from './encryption/local-file-keys.ts';
export type { LocalFileKeys } from './encryption/local-file-keys.ts';
export { createKmsKeys, KmsFailure } from './encryption/kms-keys.ts';
export type {
  EncryptionContext,
  KmsClient,
  KmsFailureReason,
  KmsKeysOptions,
} from './encryption/kms-keys.ts';
export type { DataKeyName, KeyEncryptionKeys, WrappedKey } from './encryption/key-encryption-keys.ts';
export { TenantKeyRing } from './encryption/tenant-key-ring.ts';
export type { KeyRingOptions } from './encryption/tenant-key-ring.ts';
export { createMaintenanceCipher, createTenantCipher } from './encryption/tenant-cipher.ts';
export type { CipherOptions, TenantCipher } from './encryption/tenant-cipher.ts';
export type { Place } from './encryption/stored-value.ts';
export { SENSITIVE_COLUMNS } from './encryption/sensitive-columns.ts';
export type { SensitiveColumn } from './encryption/sensitive-columns.ts';
export { resealBatch, resealTenant } from './encryption/reseal.ts';
export type { InTenant, ResealBatch, Resealed } from './encryption/reseal.ts';
export {
  destroyDataKey,
  destroyTenantKey,
  listDataKeys,
  rewrapDataKeys,
  rotateDataKey,
} from './encryption/tenant-keys.ts';
export type { DataKeyRecord, DataKeyState } from './encryption/data-keys.ts';
export type { Keepers } from './encryption/rewrap-keys.ts';
export { createSubjectCipher } from './encryption/subject-cipher.ts';
export type { OpenedForSubject, SubjectCipher, SubjectValue } from './encryption/subject-cipher.ts';
export { destroySubjectKey } from './encryption/subject-keys.ts';
export { SealedForSubject } from './encryption/subject-value.ts';
export type { JsonValue } from './encryption/subject-value.ts';
export { setTenantEncryption } from './encryption/set-tenant-encryption.ts';

// Offloaded contexts
export { offloadContext } from './contexts/offload-context.ts';
export type { OffloadedContext } from './contexts/offload-context.ts';
export { loadContext } from './contexts/load-context.ts';
export type { LoadedContext, LoadOptions } from './contexts/load-context.ts';
export { findContexts, listContexts } from './contexts/find-contexts.ts';
export type { ContextSummary, FoundContext } from './contexts/find-contexts.ts';
export {
  deleteContext,
  purgeExpiredContexts,
  removeStoredContents,
  sweepContextStorage,
} from './contexts/delete-contexts.ts';
export type { DeletedContexts } from './contexts/delete-contexts.ts';
export { resealStoredContents } from './contexts/reseal-stored-contents.ts';
export { createLocalFolderStorage } from './contexts/local-folder-storage.ts';
export type { ContextStorage, StoredContent } from './contexts/context-storage.ts';
export type { Compression } from './contexts/compression.ts';
export { ContextPage, ContextQuery, ContextToOffload } from './contexts/context-input.ts';
export type { ContextOptions } from './contexts/context-options.ts';

// Moving tenants
export { exportTenant } from './transfer/export-tenant.ts';
export type { ExportOptions } from './transfer/export-tenant.ts';
export { importTenant } from './transfer/import-tenant.ts';
export type { ImportOptions } from './transfer/import-tenant.ts';
export type { TableDigest, TransferManifest } from './transfer/transfer-format.ts';
export type { DocumentSignature, DocumentSigner, SignedDocument } from './transfer/signed-document.ts';

// Erasing them, and forgetting subjects
export { eraseTenant } from './erasure/erase-tenant.ts';
export type { Erasure, EraseTenantInput } from './erasure/erase-tenant.ts';
export { forgetSubject } from './erasure/forget-subject.ts';
export type { ForgetSubjectInput } from './erasure/forget-subject.ts';
export { hashSubject } from './erasure/hash-subject.ts';
export { concludeErasure } from './erasure/conclude-erasure.ts';
export type { Conclusion, KeyDestroyer } from './erasure/conclude-erasure.ts';
export { verifyReceipt } from './erasure/receipt.ts';
export type { KeyDestruction, Receipt, Retained, SignedReceipt, TableErasure } from './erasure/receipt.ts';

// Tables: importing this package adds them to `Tables` of db-core
export type { TenancyTables } from './tables.ts';

// Errors
export { TenancyError } from './errors.ts';
export type { TenancyErrorCode } from './errors.ts';
