/**
 * The verifying half: what an outsider needs to check a log. No database, no file, no clock, no randomness;
 * the only import outside this folder is `node:crypto`, for SHA-256 and ed25519.
 */

// Verifying
export { verifyChain, type VerifyChainOptions } from './chain/verify-chain.ts';
export {
  type ChainReport,
  type Finding,
  maxListed,
  type Violation,
  type ViolationKind,
  type Warning,
  type WarningKind,
} from './chain/chain-report.ts';
export { nodePayloadType, signedMessage, verifySignature } from './signing/signature.ts';
export { importPublicKey, publicKeyId, type PublicKeyRecord } from './signing/public-key.ts';

// Nodes
export {
  type ChainHead,
  emptyHead,
  type EntityType,
  entityTypes,
  type ProvenanceNode,
  type ProvenanceNodeRecord,
} from './format/node.ts';
export { encodeNode, hashNode } from './format/node-hash.ts';

// Canonical JSON
export { canonicalize, type JsonValue, maxJsonDepth, parseCanonical } from './format/canonical-json.ts';

// Errors
export {
  ProvenanceError,
  type ProvenanceErrorCode,
  type ProvenanceErrorDetails,
  type ProvenanceErrorOptions,
} from './errors.ts';
