/** What can be wrong with what was handed in. The set is closed; each has one meaning. */
export type ProvenanceErrorCode =
  /** A value has no canonical JSON form; `details.path` says where. */
  | 'JSON_INVALID_VALUE'
  /** Bytes are not the canonical form of any JSON value. */
  | 'JSON_NOT_CANONICAL'
  /** A field of a node cannot be encoded; `details.field` says which. */
  | 'NODE_INVALID'
  /** A hash is not 64 lower-case hex digits. */
  | 'HASH_INVALID'
  /** Not an ed25519 key, or one that must not be trusted. */
  | 'KEY_INVALID'
  /** A key id is not the one of its public key. */
  | 'KEY_ID_MISMATCH'
  /** A signer returned something that is not its signature of the hash. */
  | 'SIGNER_FAULTY';

/** Facts that are safe to log: names, places and limits, never content. */
export type ProvenanceErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** What an error carries besides its code. */
export interface ProvenanceErrorOptions {
  readonly details?: ProvenanceErrorDetails;
  readonly cause?: unknown;
}

/** By this `isDataLayerError` of db-core recognises the error. Importing the base class would bring in the database driver. */
const brand = Symbol.for('@agent-agency/error');

/**
 * The one error class of this package. A log that fails verification is no error: it is a report (see `verifyChain`).
 *
 * @example
 * if (error instanceof ProvenanceError && error.code === 'NODE_INVALID') report(error.details['field']);
 */
export class ProvenanceError extends Error {
  override readonly name = 'ProvenanceError';
  readonly code: ProvenanceErrorCode;
  readonly details: ProvenanceErrorDetails;
  /** The same arguments fail again. */
  readonly retryable: boolean = false;
  readonly [brand] = true;

  constructor(code: ProvenanceErrorCode, message: string, options: ProvenanceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}
