// One call, one transaction
export { ProvenanceClient, type ProvenanceOperations } from './provenance-client.ts';

// The log
export { appendNodes, lockHead } from './log/append-nodes.ts';
export { type Appender, type AppenderOptions, createAppender } from './log/appender.ts';
export type { NodeToAppend } from './log/node-to-append.ts';
export {
  type Bytes,
  type ContentDescriptor,
  describeContent,
  isDescribedContent,
} from './log/describe-content.ts';
export { findRecorded, readHead, readLog, readLogPages, type ReadLogOptions } from './log/read-log.ts';
export { listSigningKeys, registerSigningKey } from './log/signing-keys.ts';
export { verifyLog, type VerifyLogOptions } from './log/verify-log.ts';
export {
  type CopyReport,
  type CopyViolation,
  nodeCopies,
  type NodeCopy,
  verifyCopies,
} from './log/verify-copies.ts';

// Lineage
export { findByRef, type ReferringNode, RefQuery } from './lineage/find-by-ref.ts';
export { findNode, getNode, NodeKey } from './lineage/find-node.ts';
export {
  findSimilarVerdicts,
  type SimilarVerdict,
  VerdictSimilarityQuery,
} from './lineage/find-similar-verdicts.ts';
export { ancestry, descendants, type Lineage, type LineageNode } from './lineage/lineage.ts';
export { LineageQuery, WaiverQuery } from './lineage/lineage-query.ts';
export type { NodeSummary } from './lineage/node-summary.ts';
export { type NodeEmbedding, putEmbeddings, removeEmbeddings } from './lineage/put-embeddings.ts';
export { type LineageReport, type LineageViolation, verifyLineage } from './lineage/verify-lineage.ts';
export {
  type RelatedWaiver,
  type RelatedWaivers,
  type WaiverRelation,
  waiversOf,
} from './lineage/waivers-of.ts';

// Keys in the log
export {
  admitKey,
  type KeyContent,
  type KeyToAdmit,
  type KeyToRevoke,
  revokeKey,
} from './keys/sign-key-statement.ts';
export { appendKeyStatement, type KeyEntry, type KeyStatementEntry } from './log/append-key-statement.ts';
export {
  admitSigningKey,
  revokeSigningKey,
  rotateSigningKey,
  type Rotation,
  type SigningKeyToAdmit,
  type SigningKeyToRevoke,
} from './log/key-entries.ts';
export { readKeyRing } from './log/read-key-ring.ts';
export {
  type KeyAdmission,
  type KeyFault,
  type KeyPlace,
  type KeyPurpose,
  keyPurposes,
  type KeyRevocation,
  KeyRing,
  type KeyState,
  type KeyStatement,
  type KeyStatementFault,
  keyStatementPayloadType,
  type KeyStatementVerdict,
  type KeyTerms,
  type KeyUse,
  type NumberRange,
  readSignedKeyStatement,
  type SignedKeyStatement,
  type SignedNumbers,
} from './verify.ts';

// Signing
export { signHash } from './signing/sign-hash.ts';
export type { Signer } from './signing/signature.ts';
export { createSigner, generateSigningKey, type SigningKey } from './signing/signer.ts';
export { createEnvironmentSigner, createFileSigner } from './signing/stored-signer.ts';

// Verifying (also without this entry point, as `@agent-agency/provenance/verify`)
export {
  type ChainNodes,
  type ChainReport,
  type Finding,
  importPublicKey,
  maxListed,
  nodePayloadType,
  publicKeyId,
  type PublicKeyRecord,
  signedMessage,
  type TrustedCheckpoint,
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
  type ParentReference,
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

// The log's tree, its checkpoints and who cosigns them
export { createTreeReader, rootAt } from './tree/read-tree.ts';
export {
  type InclusionProof,
  type NodesToProve,
  type NodeToProve,
  proveInclusionOf,
  proveInclusionsOf,
} from './tree/prove-inclusion.ts';
export { proveConsistencyBetween } from './tree/prove-consistency.ts';
export { checkpoint, type CheckpointOptions } from './tree/checkpoint.ts';
export type { CheckpointRecord, CosigningKey } from './tree/checkpoint-record.ts';
export { type CheckpointPage, latestCheckpoint, listCheckpoints } from './tree/list-checkpoints.ts';
export {
  type Checkpointer,
  type CheckpointerOptions,
  type CheckpointRun,
  createCheckpointer,
} from './tree/checkpointer.ts';
export { createHttpWitness, type HttpWitnessOptions } from './tree/http-witness.ts';

// Bundles
export { type BundleRequest, exportBundle } from './tree/export-bundle.ts';
export {
  type Bundle,
  type BundledNode,
  type BundleFault,
  type BundleFaultReason,
  type BundleTrust,
  type BundleVerdict,
  bundleVersion,
  formatBundle,
  maxBundleBytes,
  parseBundle,
  type UnseenParent,
  verifyBundle,
} from './verify.ts';

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

// Verdicts as records, and the commits that rest on them
export { recordVerdict, type RecordedVerdict } from './records/record-verdict.ts';
export type { ProvenanceRecord } from './records/record.ts';
export { type DecisionType, decisionTypes, type JsonRecord, VerdictToRecord } from './records/verdict.ts';
export {
  getProvenanceByCommit,
  getProvenanceRecord,
  listProvenanceRecords,
  RecordPage,
} from './records/read-records.ts';
export {
  CommitLink,
  type LinkedCommit,
  linkProvenanceToCommit,
  listLinkedCommits,
} from './records/commits.ts';
export { type CommitTrust, type CommitVerdict, verifyCommit } from './records/verify-commit.ts';
export { type RecordReport, type RecordViolation, verifyRecords } from './records/verify-records.ts';

// CAWS documents, as nodes of the log
export { importProject, type ImportedProject, type ProjectToImport } from './caws/import-project.ts';
export { type CawsFile, isCawsFile, type ProjectDocuments, readCawsProject } from './caws/read-project.ts';
export { draftProject } from './caws/draft-project.ts';
export { type EntityName, type NodeDraft, nodeIdOf } from './caws/node-draft.ts';
export type { CawsDocuments, Evaluation } from './caws/project.ts';
export { maxDocumentLength, readCawsDocument } from './caws/read-document.ts';
export { parseWorkingSpec, type SpecProfile, specProfiles, type WorkingSpec } from './caws/working-spec.ts';

// Statements about nodes, for others: in-toto and W3C PROV
export { exportProvJson } from './records/export-prov-json.ts';
export { exportStatement, type VerdictToExport } from './records/export-statement.ts';
export { signEnvelope } from './statements/sign-envelope.ts';
export { signStatement } from './statements/sign-statement.ts';
export { describeVerdict, type VerdictToState } from './statements/verdict-statement.ts';
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
