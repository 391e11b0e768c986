import {
  bindOperations,
  type BoundOperations,
  type ConnectionPoolManager,
  type TenantContextInput,
  type TenantTransaction,
  type TransactionOptions,
} from '@agent-agency/db-core';
import { importProject } from './caws/import-project.ts';
import type { ProvenanceNodeRecord } from './format/node.ts';
import { findByRef } from './lineage/find-by-ref.ts';
import { findNode, getNode } from './lineage/find-node.ts';
import { findSimilarVerdicts } from './lineage/find-similar-verdicts.ts';
import { ancestry, descendants } from './lineage/lineage.ts';
import { putEmbeddings, removeEmbeddings } from './lineage/put-embeddings.ts';
import { verifyLineage } from './lineage/verify-lineage.ts';
import { waiversOf } from './lineage/waivers-of.ts';
import { appendKeyStatement } from './log/append-key-statement.ts';
import { appendNodes } from './log/append-nodes.ts';
import { type Appender, type AppenderOptions, createAppender } from './log/appender.ts';
import { admitSigningKey, revokeSigningKey, rotateSigningKey } from './log/key-entries.ts';
import type { NodeToAppend } from './log/node-to-append.ts';
import { readKeyRing } from './log/read-key-ring.ts';
import { findRecorded, readHead } from './log/read-log.ts';
import { listSigningKeys, registerSigningKey } from './log/signing-keys.ts';
import { verifyCopies } from './log/verify-copies.ts';
import { verifyLog } from './log/verify-log.ts';
import { linkProvenanceToCommit, listLinkedCommits } from './records/commits.ts';
import { exportProvJson } from './records/export-prov-json.ts';
import { exportStatement } from './records/export-statement.ts';
import { getProvenanceByCommit, getProvenanceRecord, listProvenanceRecords } from './records/read-records.ts';
import { recordVerdict } from './records/record-verdict.ts';
import { verifyCommit } from './records/verify-commit.ts';
import { verifyRecords } from './records/verify-records.ts';
import type { Signer } from './signing/signature.ts';
import { checkpoint } from './tree/checkpoint.ts';
import { exportBundle } from './tree/export-bundle.ts';
import { latestCheckpoint, listCheckpoints } from './tree/list-checkpoints.ts';
import { proveConsistencyBetween } from './tree/prove-consistency.ts';
import { proveInclusionOf, proveInclusionsOf } from './tree/prove-inclusion.ts';

const TENANT_OPERATIONS = {
  // The log
  ...{ appendNodes, readHead, findRecorded, verifyLog },
  // Keys
  ...{ listSigningKeys, registerSigningKey, readKeyRing },
  ...{ admitSigningKey, rotateSigningKey, revokeSigningKey, appendKeyStatement },
  // Checkpoints and proofs
  ...{ checkpoint, latestCheckpoint, listCheckpoints },
  ...{ proveInclusionOf, proveInclusionsOf, proveConsistencyBetween, exportBundle },
  // Lineage
  ...{ getNode, findNode, ancestry, descendants, waiversOf, verifyLineage },
  ...{ findByRef, findSimilarVerdicts, putEmbeddings, removeEmbeddings },
  // Records, commits, documents
  ...{ recordVerdict, getProvenanceRecord, listProvenanceRecords, verifyRecords, verifyCopies },
  ...{ getProvenanceByCommit, linkProvenanceToCommit, listLinkedCommits, verifyCommit },
  ...{ importProject, exportStatement, exportProvJson },
} as const;

export type ProvenanceOperations = BoundOperations<typeof TENANT_OPERATIONS, TenantTransaction>;

/**
 * Everything of this package, one call a transaction.
 *
 * @example
 * const provenance = new ProvenanceClient(manager, signer);
 * await provenance.append('acme', [node]);
 * const acme = provenance.tenant({ tenantId: 'acme' });
 * const { nodes } = await acme.ancestry({ id: node.id });
 */
export class ProvenanceClient {
  readonly #manager: ConnectionPoolManager;
  readonly #appender: Appender;

  /** @param signer signs what {@link append} appends; operations of a tenant take theirs. */
  constructor(manager: ConnectionPoolManager, signer: Signer, options: AppenderOptions = {}) {
    this.#manager = manager;
    this.#appender = createAppender(manager, signer, options);
  }

  /**
   * Appends nodes to a tenant's log together with whatever else comes at the same moment. Without a transaction of the caller's:
   * there is `appendNodes` for that.
   *
   * @throws as {@link Appender.append}
   */
  append(tenantId: string, nodes: readonly NodeToAppend[]): Promise<ProvenanceNodeRecord[]> {
    return this.#appender.append(tenantId, nodes);
  }

  /** What one tenant can do, each in a transaction with `options`. */
  tenant(context: TenantContextInput, options: TransactionOptions = {}): ProvenanceOperations {
    return bindOperations(TENANT_OPERATIONS, (work) => this.#manager.withTenant(context, work, options));
  }
}
