import { DataLayerError } from '@agent-agency/db-core';

export type TenancyErrorCode =
  /** An argument is wrong; the message lists every problem. */
  | 'INVALID_INPUT'
  /** There is a tenant of that id already, or of that name in its project. */
  | 'TENANT_EXISTS'
  /** There is no such tenant. */
  | 'TENANT_NOT_FOUND';

/** An error of tenant administration. */
export class TenancyError extends DataLayerError<TenancyErrorCode> {
  override readonly name = 'TenancyError';
}
