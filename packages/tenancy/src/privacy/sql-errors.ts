import { isDataLayerError } from '@agent-agency/db-core';
import { TenancyError, type TenancyErrorCode } from '../errors.ts';

/** What the functions of the database refuse, by SQLSTATE. */
const BY_SQL_STATE: Readonly<Record<string, readonly [TenancyErrorCode, message: string]>> = {
  '22023': ['INVALID_INPUT', 'the database does not take this request: see the hint of the cause'],
  AAPLO: ['PRIVACY_LOOSENED', 'a tenant only tightens its own privacy: have an operator loosen it'],
  AANFD: [
    'NOT_FEDERATED',
    'the tenant does not learn across tenants: an operator makes it federated and allows cross-tenant learning',
  ],
  AAPBX: ['PRIVACY_BUDGET_EXCEEDED', 'no privacy budget covers this, and nothing was spent: ask for less'],
  AARNC: [
    'RELEASE_NOT_COMMITTED',
    'the release belongs to this very transaction: commit, and read it in another one',
  ],
  AARNF: ['RELEASE_NOT_FOUND', 'the tenant has no such release: use the id that requestAggregate() returned'],
  AASEC: [
    'SECURE_COMPUTATION_NEEDED',
    'the privacy level secure asks for computing among several parties, and noise alone is less',
  ],
  AATNF: ['TENANT_NOT_FOUND', 'there is no such tenant'],
};

/** Runs a statement of this folder, and says what the database refuses in this package's words. */
export async function withTenancyErrors<T>(statement: Promise<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    if (!isDataLayerError(error)) throw error;
    const [code, message] = BY_SQL_STATE[String(error.details['sqlState'])] ?? [];
    if (code === undefined || message === undefined) throw error;
    throw new TenancyError(code, message, { cause: error });
  }
}
