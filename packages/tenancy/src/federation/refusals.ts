import { isDataLayerError } from '@agent-agency/db-core';
import { TenancyError, type TenancyErrorCode } from '../errors.ts';

/** What the functions of migration 013 refuse with. */
const BY_SQL_STATE: ReadonlyMap<unknown, TenancyErrorCode> = new Map<unknown, TenancyErrorCode>([
  ['AAFNS', 'FEDERATED_SESSION_NOT_FOUND'],
  ['AAFST', 'FEDERATED_SESSION_STATUS'],
  ['AANFD', 'NOT_FEDERATED'],
  ['AAFCN', 'NO_FEDERATED_CONSENT'],
  ['AAFLV', 'PRIVACY_LEVEL_MISMATCH'],
  ['AAFKA', 'TOO_FEW_TENANTS'],
  ['AAFDU', 'ALREADY_CONTRIBUTED'],
  ['AAFVL', 'INVALID_INPUT'],
  ['AAFMP', 'PARTIES_MISSING'],
  ['AAFTM', 'SHARE_TAMPERED'],
  ['AAPBX', 'PRIVACY_BUDGET_EXCEEDED'],
]);

const ONCE_A_TOPIC = new Set<unknown>([
  'federated_contributions_pkey',
  'federated_shares_pkey',
  'federated_partial_sums_pkey',
]);

/** Waits for a statement, and throws what the database refused it with as an error of this package. */
export async function federated<T>(statement: Promise<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    throw refusalOf(error) ?? error;
  }
}

function refusalOf(error: unknown): TenancyError | undefined {
  if (!isDataLayerError(error)) return undefined;
  const { sqlState, constraint } = error.details;
  if (ONCE_A_TOPIC.has(constraint)) {
    const message = 'this tenant has put something into this round already: take it back first to change it';
    return new TenancyError('ALREADY_CONTRIBUTED', message, { cause: error });
  }
  const code = BY_SQL_STATE.get(sqlState);
  // The server's message, less the SQLSTATE that db-core puts after it.
  return code && new TenancyError(code, error.message.replace(/ \(AA\w{3}\)$/, ''), { cause: error });
}
