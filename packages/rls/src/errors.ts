import { DataLayerError } from '@agent-agency/db-core';

export type RlsErrorCode =
  /** A role is asked about that the server does not have. */
  | 'ROLE_UNKNOWN'
  /** A schema is asked about that the database does not have. */
  | 'SCHEMA_UNKNOWN'
  /** A relation or function is to be proven that the database does not have. */
  | 'SUBJECT_UNKNOWN'
  /** The login cannot become the roles that a proof asks as. */
  | 'NOT_SUPERUSER';

/** An error of looking at row level security. */
export class RlsError extends DataLayerError<RlsErrorCode> {
  override readonly name = 'RlsError';
}
