import {
  bindOperations,
  type BoundOperations,
  type ConnectionPoolManager,
  type SystemTransaction,
  type TenantContextInput,
  type TenantTransaction,
  type TransactionOptions,
} from '@agent-agency/db-core';
import { listAccessLog, purgeAccessLog } from './access/access-log.ts';
import { deleteAccessPolicy, listAccessPolicies, putAccessPolicy } from './access/access-policies.ts';
import { deleteContext, purgeExpiredContexts } from './contexts/delete-contexts.ts';
import { findContexts, listContexts } from './contexts/find-contexts.ts';
import { loadContext } from './contexts/load-context.ts';
import { offloadContext } from './contexts/offload-context.ts';
import { setTenantEncryption } from './encryption/set-tenant-encryption.ts';
import { aggregateFederatedRound } from './federation/aggregation.ts';
import { contribute, withdrawContribution } from './federation/contributions.ts';
import { readFederatedInsights } from './federation/insights.ts';
import { getParticipation, joinFederation, leaveFederation } from './federation/participation.ts';
import {
  finishSecureRound,
  publishPartialSum,
  shareSecret,
  verifySecureSum,
} from './federation/secure/secure-sum.ts';
import {
  closeFederatedRound,
  createFederatedSession,
  failFederatedSession,
  findFederatedSessions,
  getFederatedSession,
  joinFederatedSession,
  leaveFederatedSession,
  startFederatedSession,
} from './federation/sessions.ts';
import type { AggregateRequest } from './privacy/aggregates/aggregate-request.ts';
import { readAggregate, type AggregateRelease } from './privacy/aggregates/read-aggregate.ts';
import { requestAggregate } from './privacy/aggregates/request-aggregate.ts';
import { getPrivacyBudget } from './privacy/privacy-budget.ts';
import { getPrivacyConfig, putPrivacyConfig, tightenPrivacyConfig } from './privacy/privacy-config.ts';
import { readShared, type SharedRead } from './sharing/read-shared.ts';
import {
  listSharingRules,
  putSharingDocument,
  putSharingRule,
  revokeSharing,
} from './sharing/sharing-rules.ts';
import { getRetentionPolicy, putRetentionPolicy, updateDataRetention } from './tenants/retention.ts';
import { getTenantStatistics } from './tenants/statistics.ts';
import {
  createTenant,
  getOwnTenant,
  getTenant,
  listTenants,
  resumeTenant,
  suspendTenant,
  updateTenant,
} from './tenants/tenants.ts';

const TENANT_OPERATIONS = {
  ...{ getOwnTenant, getTenantStatistics, getRetentionPolicy, putRetentionPolicy },
  ...{ putSharingRule, putSharingDocument, revokeSharing, listSharingRules },
  ...{ putAccessPolicy, deleteAccessPolicy, listAccessPolicies, listAccessLog },
  ...{ getPrivacyConfig, tightenPrivacyConfig, getPrivacyBudget, requestAggregate, readAggregate },
  ...{ joinFederation, leaveFederation, getParticipation },
  ...{ createFederatedSession, getFederatedSession, findFederatedSessions, joinFederatedSession },
  ...{ leaveFederatedSession, startFederatedSession, closeFederatedRound, failFederatedSession },
  ...{ contribute, withdrawContribution, aggregateFederatedRound, readFederatedInsights },
  ...{ shareSecret, publishPartialSum, finishSecureRound, verifySecureSum },
  ...{ offloadContext, loadContext, findContexts, listContexts, deleteContext, purgeExpiredContexts },
} as const;

const OPERATOR_OPERATIONS = {
  ...{ createTenant, getTenant, listTenants, updateTenant, suspendTenant, resumeTenant },
  ...{ updateDataRetention, putPrivacyConfig, setTenantEncryption, purgeAccessLog },
} as const;

export type TenantOperations = BoundOperations<typeof TENANT_OPERATIONS, TenantTransaction>;
export type OperatorOperations = BoundOperations<typeof OPERATOR_OPERATIONS, SystemTransaction>;

/**
 * Everything of this package, one call a transaction. Erasing, exporting and importing take their own: see
 * `eraseTenant`, `exportTenant`, `importTenant`.
 *
 * @example
 * const tenants = new MultiTenantClient(manager);
 * await tenants.operator('new customer').createTenant({ id: 'acme', isolationLevel: 'shared' });
 * const acme = tenants.tenant({ tenantId: 'acme' });
 * await acme.putSharingRule({ targetTenantId: 'globex', resources: ['agent_profiles'] });
 */
export class MultiTenantClient {
  readonly #manager: ConnectionPoolManager;

  constructor(manager: ConnectionPoolManager) {
    this.#manager = manager;
  }

  /** What a tenant does itself. */
  tenant(context: TenantContextInput, options: TransactionOptions = {}): TenantOperations {
    return bindOperations(TENANT_OPERATIONS, (work: (tx: TenantTransaction) => Promise<unknown>) =>
      this.#manager.withTenant(context, work, options),
    );
  }

  /** What operators do; `reason` stays in their log. */
  operator(reason: string): OperatorOperations {
    return bindOperations(OPERATOR_OPERATIONS, (work: (tx: SystemTransaction) => Promise<unknown>) =>
      this.#manager.withSystem(reason, work),
    );
  }

  /** See {@link readShared}. */
  readShared<Row extends { tenant_id: string }>(
    context: TenantContextInput,
    read: SharedRead<Row>,
  ): Promise<Row[]> {
    return readShared(this.#manager, context, read);
  }

  /** {@link requestAggregate} and {@link readAggregate}: pays in one transaction, and reads in another. */
  async aggregate(context: TenantContextInput, request: AggregateRequest): Promise<AggregateRelease> {
    const tenant = this.tenant(context);
    return tenant.readAggregate(await tenant.requestAggregate(request));
  }
}
