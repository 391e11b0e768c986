/** What can be wrong with what was handed in. The set is closed; each has one meaning. */
export type ProvenanceErrorCode =
  /** An argument is wrong; the message lists every problem. */
  | 'INVALID_INPUT'
  /** A value has no canonical JSON form; `details.path` says where. */
  | 'JSON_INVALID_VALUE'
  /** Bytes are not the canonical form of any JSON value. */
  | 'JSON_NOT_CANONICAL'
  /** A field of a node cannot be encoded; `details.field` says which. */
  | 'NODE_INVALID'
  /** Too many calls wait to append to a tenant's log. */
  | 'APPENDER_FULL'
  /** A node names a parent that is not in the log. */
  | 'PARENT_NOT_FOUND'
  /** The log has no node of an id; `details.id` says which. */
  | 'NODE_NOT_FOUND'
  /** A node is not what its hash says; `details.seq` says which. */
  | 'LOG_CORRUPT'
  /** Something of that name is recorded already, and says something else; `details` names the first. */
  | 'ENTITY_TAKEN'
  /** A verdict has no record. */
  | 'RECORD_NOT_FOUND'
  /** A commit rests on another verdict already. */
  | 'COMMIT_TAKEN'
  /** A hash is not 64 lower-case hex digits. */
  | 'HASH_INVALID'
  /** Not an ed25519 key, or one that must not be trusted. */
  | 'KEY_INVALID'
  /** A key id is not the one of its public key. */
  | 'KEY_ID_MISMATCH'
  /** A statement about a key that no verifier would believe; `details.reason` says why, in the words of `KeyStatementFault`. */
  | 'KEY_STATEMENT_INVALID'
  /** A name for a key is empty, or has white space or a plus sign. */
  | 'KEY_NAME_INVALID'
  /** Not a signed note, or nothing that can be written as one; `details.reason` says why. */
  | 'NOTE_INVALID'
  /** Not the text of a checkpoint, or nothing that can be one; `details.reason` says why. */
  | 'CHECKPOINT_INVALID'
  /** A witness's clock gives no time that a cosignature can carry. */
  | 'COSIGNING_TIME_INVALID'
  /** What checkpoints are held against contradicts itself; `details.reason` says how. */
  | 'TRUST_INVALID'
  /** Not a request to a witness, or nothing that can be one; `details.reason` says why. */
  | 'WITNESS_REQUEST_INVALID'
  /** What came back from a witness is none of the answers there are; `details.status` says with which HTTP status. */
  | 'WITNESS_ANSWER_INVALID'
  /** A document is not what its format asks for; the message lists every problem with its place. */
  | 'DOCUMENT_INVALID'
  /** These nodes make no statement: the message says why. */
  | 'STATEMENT_INVALID'
  /** Not the id of a git object in full. */
  | 'GIT_OBJECT_ID_INVALID'
  /** Bytes are no commit object as git writes one; `details.reason` says why. */
  | 'GIT_COMMIT_INVALID'
  /** A trailer that git would not read back, or parts that no provenance trailer can be made of; `details.fields` names them. */
  | 'TRAILER_INVALID'
  /** A signer returned something that is not its signature of the message. */
  | 'SIGNER_FAULTY'
  /** Not a bundle, or nothing that can be one; `details.reason` says why. */
  | 'BUNDLE_INVALID'
  /** No checkpoint of the log covers what is to be handed out; make one, or wait for its witnesses. */
  | 'CHECKPOINT_MISSING'
  /** A size, an index, a subtree or a hash that no Merkle tree has. */
  | 'TREE_INVALID'
  /** A store of tiles or subtrees answered what cannot be one. */
  | 'TREE_STORE_FAULTY'
  /** What is stored of the log's tree is not that of its nodes, or not whole: nothing was made of it. */
  | 'TREE_CORRUPT'
  /** The log does not continue a checkpoint of it: it was rewound to an older state, or rewritten; `details` says what showed it. */
  | 'LOG_REWOUND'
  /** A checkpoint was asked for in a transaction that has appended: what it covers could still be rolled back. */
  | 'LOG_NOT_COMMITTED'
  /** The log's checkpoints have another origin: it is another deployment's, or this one was renamed. */
  | 'ORIGIN_MISMATCH'
  /** A witness has not cosigned a checkpoint; `details.reason` says why, and `cause` when it gave no answer. */
  | 'COSIGNATURE_MISSING';

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
