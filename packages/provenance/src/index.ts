// The log
export { appendNodes, lockHead } from './log/append-nodes.ts';
export type { NodeToAppend } from './log/node-to-append.ts';
export { findRecorded, readHead, readLog, type ReadLogOptions } from './log/read-log.ts';
export { listSigningKeys, registerSigningKey } from './log/signing-keys.ts';
export { verifyLog, type VerifyLogOptions } from './log/verify-log.ts';

// Signing
export { signHash, type Signer } from './signing/signature.ts';
export { createSigner, generateSigningKey, type SigningKey } from './signing/signer.ts';

// Verifying (also without this entry point, as `@agent-agency/provenance/verify`)
export {
  type ChainReport,
  type Finding,
  importPublicKey,
  maxListed,
  nodePayloadType,
  publicKeyId,
  type PublicKeyRecord,
  signedMessage,
  verifyChain,
  type VerifyChainOptions,
  verifySignature,
  type Violation,
  type ViolationKind,
  type Warning,
  type WarningKind,
} from './verify.ts';

// Nodes
export {
  type ChainHead,
  emptyHead,
  encodeNode,
  type EntityType,
  entityTypes,
  hashNode,
  type ProvenanceNode,
  type ProvenanceNodeRecord,
} from './verify.ts';

// Canonical JSON
export { canonicalize, type JsonValue, maxJsonDepth, parseCanonical } from './verify.ts';

// Tables: importing this package adds them to `Tables` of db-core
export type { ProvenanceTables } from './tables.ts';

// Errors
export {
  ProvenanceError,
  type ProvenanceErrorCode,
  type ProvenanceErrorDetails,
  type ProvenanceErrorOptions,
} from './verify.ts';
