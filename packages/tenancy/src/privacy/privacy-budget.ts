import { getOne, type TenantTransaction } from '@agent-agency/db-core';
import { privacyBudgetOf } from './queries/privacy-budget.ts';

/** What a tenant's budget is, what was spent of it, and what is left: decimals in strings. */
export type PrivacyBudget = BasicPrivacyBudget | ZcdpPrivacyBudget;

/** Charges add up each for itself. */
export interface BasicPrivacyBudget {
  readonly composition: 'basic';
  /** Entries in the ledger. */
  readonly charges: number;
  readonly limit: EpsilonAndDelta;
  readonly spent: EpsilonAndDelta;
  readonly left: EpsilonAndDelta;
}

/** Charges add up as rho. */
export interface ZcdpPrivacyBudget {
  readonly composition: 'zcdp';
  /** Entries in the ledger. */
  readonly charges: number;
  /** What (epsilon, delta) of the settings has room for, rounded down. */
  readonly limit: Rho;
  readonly spent: Rho;
  /** 0 as well where a charge has no rho: nothing can be added to it. */
  readonly left: Rho;
}

export interface EpsilonAndDelta {
  readonly epsilon: string;
  readonly delta: string;
}

export interface Rho {
  readonly rho: string;
}

/**
 * What the transaction's tenant has spent of its privacy budget and has left, never less than 0. It is spent for good.
 *
 * **Cost** grows with the number of charges.
 *
 * @throws {DatabaseError} `NOT_FOUND` when nobody has created the tenant.
 */
export async function getPrivacyBudget(tx: TenantTransaction): Promise<PrivacyBudget> {
  const row = await getOne(privacyBudgetOf(tx.tenantId).execute(tx), 'privacy budget of the tenant');
  const { composition, charges } = row;
  if (composition === 'zcdp') {
    return {
      composition,
      charges,
      limit: { rho: row.rho ?? '0' },
      spent: { rho: row.spent_rho },
      left: { rho: row.rho_left },
    };
  }
  return {
    composition,
    charges,
    limit: { epsilon: row.epsilon, delta: row.delta },
    spent: { epsilon: row.spent_epsilon, delta: row.spent_delta },
    left: { epsilon: row.epsilon_left, delta: row.delta_left },
  };
}
