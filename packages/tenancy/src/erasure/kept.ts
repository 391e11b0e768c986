/** Columns in which others, or the operators' own logs, may name a tenant that is gone, and why that stays. */
export const KEPT_NAMES: Readonly<Record<string, string>> = {
  'app.tenant_maintenance.maintained_tenant_id':
    'the operators’ log says that the tenant was erased, by whom and why',
  'app.tenant_maintenance.reason': 'the operators’ log keeps the reasons that they gave',
  'app.system_access.reason': 'the operators’ log keeps the reasons that they gave',
  'audit_log.old_values': 'the log of another tenant says that a rule of its own named this one',
  'audit_log.new_values': 'the log of another tenant says that a rule of its own named this one',
  'tenant_access_log.accessor_tenant_id': 'whoever’s rows were asked for may know by whom',
  'tenant_access_policies.allowed_tenants':
    'belongs to the tenant that wrote it; where there is no tenant of that id it opens nothing',
  'tenant_privacy_config.allowed_tenant_groups': 'names projects, and one can be called as the tenant was',
  'tenant_privacy_ledger.spender_tenant_id': 'what was spent of another tenant’s budget stays spent',
};

/** Columns in which rows of others name a tenant, and from which triggers take it while its own rows are deleted. */
export const CLEARED_BY_TRIGGERS: ReadonlySet<string> = new Set([
  'tenants.sharing_rules',
  'federated_contributions.initiator_tenant_id',
  'federated_shares.initiator_tenant_id',
  'federated_partial_sums.initiator_tenant_id',
]);

/** Whether rows of others may name a tenant in a column. */
export function mayNameTenant(table: string, column: string): boolean {
  const name = `${table}.${column}`;
  return name in KEPT_NAMES || CLEARED_BY_TRIGGERS.has(name) || column.includes('tenant');
}
