import { sql, type RawBuilder } from 'kysely';

export interface PrivacyBudgetRow {
  readonly composition: 'basic' | 'zcdp';
  readonly charges: number;
  readonly epsilon: string;
  readonly delta: string;
  /** Null for a delta of 0, which concentrated differential privacy has no room in. */
  readonly rho: string | null;
  readonly spent_epsilon: string;
  readonly spent_delta: string;
  readonly spent_rho: string;
  readonly epsilon_left: string;
  readonly delta_left: string;
  readonly rho_left: string;
}

/** A tenant's budget and the sums of its ledger, by both ways of adding up. */
export const privacyBudgetOf = (tenantId: string): RawBuilder<PrivacyBudgetRow> => sql`
  select
    config.composition,
    spent.charges,
    trim_scale(config.epsilon)::text as epsilon,
    trim_scale(config.delta)::text as delta,
    trim_scale(budget.rho)::text as rho,
    trim_scale(spent.epsilon)::text as spent_epsilon,
    trim_scale(spent.delta)::text as spent_delta,
    trim_scale(spent.rho)::text as spent_rho,
    trim_scale(greatest(config.epsilon - spent.epsilon, 0))::text as epsilon_left,
    trim_scale(greatest(config.delta - spent.delta, 0))::text as delta_left,
    trim_scale(
      case when spent.is_concentrated then greatest(coalesce(budget.rho, 0) - spent.rho, 0) else 0 end
    )::text as rho_left
  from tenant_privacy_config as config
  cross join lateral (select app.zcdp_rho(config.epsilon, config.delta) as rho) as budget
  cross join lateral (
    select
      count(*)::integer as charges,
      coalesce(sum(charge.epsilon), 0) as epsilon,
      coalesce(sum(charge.delta), 0) as delta,
      coalesce(sum(charge.rho), 0) as rho,
      coalesce(bool_and(charge.rho is not null), true) as is_concentrated
    from tenant_privacy_ledger as charge
    where charge.tenant_id = config.tenant_id
  ) as spent
  where config.tenant_id = ${tenantId}`;
