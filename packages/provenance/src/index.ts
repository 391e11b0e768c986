// The log
export { appendNodes, lockHead } from './log/append-nodes.ts';
export type { NodeToAppend } from './log/node-to-append.ts';
export { findRecorded, readHead, readLog, type ReadLogOptions } from './log/read-log.ts';
export { listSigningKeys, registerSigningKey } from './log/signing-keys.ts';
export { verifyLog, type VerifyLogOptions } from './log/verify-log.ts';

// Signing
export { signHash } from './signing/sign-hash.ts';
export type { Signer } from './signing/signature.ts';
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
  type VerifyingKey,
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

// Merkle tree
export {
  CompactRange,
  type CompactRangeState,
  completedTiles,
  type ConsistencyClaim,
  consistencySubtrees,
  createTileReader,
  emptyRoot,
  type HashedSubtree,
  type InclusionClaim,
  inclusionSubtrees,
  innerHash,
  leafHash,
  logLeafHash,
  type ProofFault,
  type ProofVerdict,
  proveConsistency,
  proveInclusion,
  rootOf,
  type Subtree,
  type SubtreeReader,
  type Tile,
  tileAt,
  tilePath,
  type TileReaderOptions,
  tileRoot,
  verifyConsistency,
  verifyInclusion,
} from './verify.ts';

// Checkpoints
export {
  addSignatures,
  type Checkpoint,
  type CheckpointFault,
  type CheckpointTrust,
  type CheckpointVerdict,
  type Cosignature,
  formatCheckpoint,
  formatNote,
  formatSignatures,
  formatVerifierKey,
  keyHash,
  maxNoteBytes,
  maxNoteSignatures,
  type Note,
  type NoteSignature,
  parseCheckpoint,
  parseNote,
  parseSignatures,
  parseVerifierKey,
  type VerifierKey,
  type VerifierKeyType,
  verifyCheckpoint,
} from './verify.ts';
export { signCheckpoint } from './checkpoint/sign-checkpoint.ts';

// Witnesses
export {
  type CosignatureRequest,
  obtainCosignature,
  type ObtainedCosignature,
} from './checkpoint/obtain-cosignature.ts';
export {
  type AddCheckpoint,
  type Witness,
  type WitnessAnswer,
  type WitnessRefusal,
  witnessStatus,
} from './checkpoint/witness.ts';
export { formatAddCheckpoint, parseAddCheckpoint } from './checkpoint/add-checkpoint.ts';
export {
  formatWitnessResponse,
  parseWitnessResponse,
  type WitnessResponse,
} from './checkpoint/witness-response.ts';
export { cosignCheckpoint, type Cosigner } from './checkpoint/cosign-checkpoint.ts';
export { createMemoryWitness, type MemoryWitnessOptions } from './checkpoint/memory-witness.ts';

// Git trailers
export { createProvenanceTrailers, putProvenanceTrailers } from './git/provenance-trailer.ts';
export { addTrailer, removeTrailers } from './git/trailer.ts';
export { commitMessageHook, type CommitMessageHookOptions, hookMarker } from './git/hook.ts';
export {
  type ClaimProblem,
  type CommitContent,
  type CommitHeader,
  commitId,
  formatTrailers,
  type GitCommit,
  type GitIdentity,
  isObjectId,
  type MessageOptions,
  type NodeReference,
  type ObjectFormat,
  objectFormatOf,
  type ObjectHash,
  type ObjectId,
  parseIdentity,
  parseObjectId,
  parseTrailers,
  provenanceKeys,
  readCommit,
  readProvenanceTrailers,
  type Trailer,
  type TrailerClaim,
  trailerMessage,
  trailerPayloadType,
  type TrailerProblem,
  type TrailerVerdict,
  verifyProvenanceTrailers,
  type VerifyTrailerOptions,
} from './verify.ts';

// Canonical JSON
export { canonicalize, type JsonValue, maxJsonDepth, parseCanonical } from './verify.ts';

// CAWS documents, as nodes to append
export { draftProject } from './caws/draft-project.ts';
export { type EntityName, type NodeDraft, nodeIdOf } from './caws/node-draft.ts';
export type { CawsDocuments, Evaluation } from './caws/project.ts';
export { maxDocumentLength, readCawsDocument } from './caws/read-document.ts';
export { parseWorkingSpec, type SpecProfile, specProfiles, type WorkingSpec } from './caws/working-spec.ts';

// Statements about nodes, for others: in-toto and W3C PROV
export { signEnvelope } from './statements/sign-envelope.ts';
export { signStatement } from './statements/sign-statement.ts';
export { describeVerdict, type VerdictToState } from './statements/verdict-statement.ts';
export type { StatedNode, StatedParent } from './statements/stated-node.ts';
export {
  type ProvAttributes,
  type ProvDocument,
  type ProvLiteral,
  type ProvRecords,
  toProvJson,
} from './statements/prov-json.ts';
export {
  type DigestSet,
  type DsseEnvelope,
  type DssePayload,
  type DsseSignature,
  type EnvelopeFault,
  type EnvelopeTrust,
  type EnvelopeVerdict,
  inTotoPayloadType,
  preAuthenticationEncoding,
  readStatement,
  type ResourceDescriptor,
  type Statement,
  type StatementFault,
  type StatementQuestion,
  type StatementSubject,
  statementType,
  type StatementVerdict,
  verdictPredicateType,
  verifyEnvelope,
  verifyStatement,
} from './verify.ts';

// Tables: importing this package adds them to `Tables` of db-core
export type { ProvenanceTables } from './tables.ts';

// Errors
export {
  ProvenanceError,
  type ProvenanceErrorCode,
  type ProvenanceErrorDetails,
  type ProvenanceErrorOptions,
} from './verify.ts';
