/**
 * The verifying half: what an outsider needs to check a log. No database, no file, no clock, no randomness;
 * and of the platform only ECMAScript, TextEncoder and TextDecoder, so that it runs in a browser. SHA-256 and ed25519 are
 * Node's in Node and noble's everywhere else (src/crypto).
 */

// Verifying
export { type ChainNodes, verifyChain } from './chain/verify-chain.ts';
export type { VerifyChainOptions } from './chain/walk.ts';
export type { TrustedCheckpoint } from './chain/checkpoint-tree.ts';
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
export { publicKeyId, type PublicKeyRecord } from './signing/public-key.ts';
export { importVerifyingKey as importPublicKey, type VerifyingKey } from './crypto/index.ts';

// Keys
export {
  type KeyFault,
  KeyRing,
  type KeyState,
  type KeyStatementFault,
  type KeyStatementVerdict,
  type SignedNumbers,
} from './keys/key-ring.ts';
export type { KeyPlace, NumberRange } from './keys/ring-key.ts';
export { type KeyPurpose, keyPurposes, type KeyTerms, type KeyUse } from './keys/key-terms.ts';
export type { KeyAdmission, KeyRevocation, KeyStatement } from './keys/key-statement.ts';
export {
  keyStatementPayloadType,
  readSignedKeyStatement,
  type SignedKeyStatement,
} from './keys/signed-key-statement.ts';

// Nodes
export {
  type ChainHead,
  emptyHead,
  type EntityType,
  entityTypes,
  type ParentReference,
  type ProvenanceNode,
  type ProvenanceNodeRecord,
} from './format/node.ts';
export { encodeNode, hashNode } from './format/node-hash.ts';

// Merkle tree
export { emptyRoot, innerHash, leafHash, logLeafHash } from './merkle/tree-hash.ts';
export { CompactRange, type CompactRangeState, rootOf } from './merkle/compact-range.ts';
export type { HashedSubtree, Subtree } from './merkle/subtree.ts';
export type { ProofFault, ProofVerdict } from './merkle/proof-verdict.ts';
export type { SubtreeReader } from './merkle/subtree-reader.ts';
export {
  type InclusionClaim,
  inclusionSubtrees,
  proveInclusion,
  verifyInclusion,
} from './merkle/inclusion.ts';
export {
  type ConsistencyClaim,
  consistencySubtrees,
  proveConsistency,
  verifyConsistency,
} from './merkle/consistency.ts';
export { completedTiles, type Tile, tileAt, tilePath, tileRoot } from './merkle/tile.ts';
export { createTileReader, type TileReaderOptions } from './merkle/tile-reader.ts';

// Checkpoints
export {
  type CheckpointFault,
  type CheckpointVerdict,
  type Cosignature,
  verifyCheckpoint,
} from './checkpoint/verify-checkpoint.ts';
export type { CheckpointTrust } from './checkpoint/checkpoint-trust.ts';
export { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint/checkpoint.ts';
export {
  addSignatures,
  formatNote,
  formatSignatures,
  maxNoteBytes,
  maxNoteSignatures,
  type Note,
  type NoteSignature,
  parseNote,
  parseSignatures,
} from './checkpoint/note.ts';
export {
  formatVerifierKey,
  keyHash,
  parseVerifierKey,
  type VerifierKey,
  type VerifierKeyType,
} from './checkpoint/verifier-key.ts';

// Bundles
export { verifyBundle } from './bundle/verify-bundle.ts';
export type { BundleTrust } from './bundle/bundle-trust.ts';
export type { BundleFault, BundleFaultReason, BundleVerdict, UnseenParent } from './bundle/bundle-verdict.ts';
export { type Bundle, type BundledNode, bundleVersion, maxBundleBytes } from './bundle/bundle.ts';
export { formatBundle } from './bundle/format-bundle.ts';
export { parseBundle } from './bundle/parse-bundle.ts';

// Git trailers
export {
  type TrailerProblem,
  type TrailerVerdict,
  verifyProvenanceTrailers,
  type VerifyTrailerOptions,
} from './git/verify-provenance-trailers.ts';
export {
  type ClaimProblem,
  provenanceKeys,
  readProvenanceTrailers,
  type TrailerClaim,
} from './git/provenance-claim.ts';
export {
  type CommitContent,
  type NodeReference,
  trailerMessage,
  trailerPayloadType,
} from './git/trailer-message.ts';
export { formatTrailers, type MessageOptions, parseTrailers, type Trailer } from './git/trailer.ts';
export { type CommitHeader, type GitCommit, readCommit } from './git/read-commit.ts';
export { type GitIdentity, parseIdentity } from './git/identity.ts';
export { commitId, type ObjectHash } from './git/commit-id.ts';
export {
  isObjectId,
  type ObjectFormat,
  objectFormatOf,
  type ObjectId,
  parseObjectId,
} from './git/object-id.ts';

// Canonical JSON
export { canonicalize, type JsonValue, maxJsonDepth, parseCanonical } from './format/canonical-json.ts';

// Statements
export { type DssePayload, preAuthenticationEncoding } from './signing/dsse.ts';
export type { DsseEnvelope, DsseSignature } from './statements/dsse.ts';
export {
  type DigestSet,
  inTotoPayloadType,
  readStatement,
  type ResourceDescriptor,
  type Statement,
  type StatementSubject,
  statementType,
  verdictPredicateType,
} from './statements/statement.ts';
export {
  type EnvelopeFault,
  type EnvelopeTrust,
  type EnvelopeVerdict,
  verifyEnvelope,
} from './statements/verify-envelope.ts';
export {
  type StatementFault,
  type StatementQuestion,
  type StatementVerdict,
  verifyStatement,
} from './statements/verify-statement.ts';

// Errors
export {
  ProvenanceError,
  type ProvenanceErrorCode,
  type ProvenanceErrorDetails,
  type ProvenanceErrorOptions,
} from './errors.ts';
