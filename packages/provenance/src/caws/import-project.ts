import type { TenantTransaction } from '@agent-agency/db-core';
import { ProvenanceError } from '../errors.ts';
import { canonicalize } from '../format/canonical-json.ts';
import type { ProvenanceNodeRecord } from '../format/node.ts';
import { appendNodes, lockHead } from '../log/append-nodes.ts';
import type { NodeToAppend } from '../log/node-to-append.ts';
import type { Signer } from '../signing/signature.ts';
import { draftProject } from './draft-project.ts';
import type { NodeDraft } from './node-draft.ts';
import type { CawsDocuments } from './project.ts';
import { findFormerVersions, findRecordedEntities, type RecordedNode } from './recorded-entities.ts';

/** A project's documents to record. */
export interface ProjectToImport extends CawsDocuments {
  /** When they are recorded: now, unless given. */
  readonly recordedAt?: Date | undefined;
}

/** What became of a project's documents. */
export interface ImportedProject {
  /** What was recorded now, in the order of the log. */
  readonly appended: readonly ProvenanceNodeRecord[];
  /** The ids of the nodes that were there already, in the order of {@link draftProject}. */
  readonly known: readonly string[];
}

/**
 * Records a project's CAWS documents in the tenant's log: those that are not recorded yet, in the caller's transaction. A second
 * time with the same documents it records nothing.
 *
 * A changed spec, waiver or policy is a new node. Its last parent is the version that was recorded last, so that what hangs on
 * an earlier wording stays related to what rests on a later one. One that goes back to an earlier wording is that earlier node.
 *
 * **Runs** `lockHead`, then three statements. **Cost** linear in the documents, and in the tenant's specs, waivers and policies
 * when one of them is new.
 *
 * @throws {ProvenanceError} `DOCUMENT_INVALID` with every problem of every document, before the database is asked; `ENTITY_TAKEN`
 *   when something of that name is recorded already and says something else, or a gate or verdict rests on something else: an
 *   evaluation is recorded once.
 * @throws what `appendNodes` throws. Nothing is written.
 * @example
 * const { appended } = await importProject(tx, { ...readCawsProject(files), evaluation }, signer);
 */
export async function importProject(
  tx: TenantTransaction,
  { recordedAt = new Date(), ...documents }: ProjectToImport,
  signer: Signer,
): Promise<ImportedProject> {
  const drafts = draftProject(tx.tenantId, documents);
  // What is looked up must stay so until it is appended to.
  await lockHead(tx);
  const recorded = await findRecordedEntities(tx, drafts);
  const idOf = (draftId: string): string => recorded.get(draftId)?.id ?? draftId;
  requireSame(drafts, { recorded, idOf });
  const fresh = drafts.filter(({ id }) => !recorded.has(id));
  const former = await findFormerVersions(tx, fresh);
  const nodes = fresh.map(({ versionOf: _, ...draft }): NodeToAppend => {
    const replaced = former.get(draft.id);
    const parents = [...draft.parents.map(idOf), ...(replaced === undefined ? [] : [replaced])];
    return { ...draft, parents, createdAt: recordedAt };
  });
  return {
    appended: await appendNodes(tx, nodes, signer),
    known: drafts.flatMap(({ id }) => recorded.get(id)?.id ?? []),
  };
}

/** The log, as far as drafts are concerned. */
interface Log {
  readonly recorded: ReadonlyMap<string, RecordedNode>;
  /** Of the node that records a draft, now or already. */
  readonly idOf: (draftId: string) => string;
}

function requireSame(drafts: readonly NodeDraft[], log: Log): void {
  const taken = drafts.filter((draft) => !isSame(draft, log));
  const [first] = taken;
  if (first === undefined) return;
  const names = taken.map(({ entityType, entityId }) => `${entityType} ${entityId}`).join(', ');
  throw new ProvenanceError(
    'ENTITY_TAKEN',
    `these are recorded already, and say or rest on something else: ${names}; give a new evaluation a name of its own`,
    { details: { entityType: first.entityType, entityId: first.entityId, entities: taken.length } },
  );
}

/** What is named by what it says may have been recorded under an earlier spec; what an evaluation rests on, its spec as well, is part of it. */
function isSame(draft: NodeDraft, { recorded, idOf }: Log): boolean {
  const node = recorded.get(draft.id);
  if (node === undefined) return true;
  const saysSame = Buffer.compare(node.content, canonicalize(draft.content)) === 0;
  if (!saysSame || !['gate', 'verdict'].includes(draft.entityType)) return saysSame;
  return (
    isSameSet(node.constitutionalRefs, draft.constitutionalRefs ?? []) &&
    isSameSet(node.parentIds, draft.parents.map(idOf))
  );
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join('\0') === [...b].sort().join('\0');
}
