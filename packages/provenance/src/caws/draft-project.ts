import {
  budgetEntity,
  gateEntity,
  policyEntity,
  type RecordedEntity,
  specEntity,
  verdictEntity,
  waiverEntity,
} from './entities.ts';
import { type NodeDraft, nodeIdOf } from './node-draft.ts';
import { type CawsDocuments, checkProject } from './project.ts';

/**
 * The nodes that record a project's CAWS documents, every parent before its children:
 * policy, spec, budget (← spec), waivers (← spec), gates (← spec), verdict (← active waivers, gates, spec, budget, policy).
 *
 * Policies, specs, budgets and waivers are named by what they say, `<id>@<hash>`: a changed document is another entity, an
 * unchanged one the same, to be left out when it is recorded already. What a changed one replaces, only the log knows:
 * `importProject` adds it to the parents. Gates and the verdict are named by the evaluation, and are recorded once.
 * Whether a waiver is active is what it says of itself; no clock is asked.
 *
 * @throws ProvenanceError `DOCUMENT_INVALID` with every problem of every document
 * @example
 * const drafts = draftProject('acme', { workingSpec: readCawsDocument(text) });
 */
export function draftProject(tenantId: string, documents: CawsDocuments): NodeDraft[] {
  const { spec, policy, waivers, evaluation, scope } = checkProject(documents);
  const draft = (fields: Omit<NodeDraft, 'id'>): NodeDraft => ({
    id: nodeIdOf({ tenantId, ...fields }),
    ...fields,
  });
  const specNode = draft({ ...specEntity(spec, scope), specHash: spec.hash, parents: [] });
  const underSpec = (entity: RecordedEntity): NodeDraft =>
    draft({ ...entity, specHash: spec.hash, parents: [specNode.id] });
  const budget = underSpec(budgetEntity(spec, scope));
  const policies = policy === undefined ? [] : [draft({ ...policyEntity(policy, scope), parents: [] })];
  const waiverNodes = waivers.map((waiver) => ({ waiver, node: underSpec(waiverEntity(waiver, scope)) }));
  const gates = evaluation?.gates.map((gate) => underSpec(gateEntity(gate, evaluation.id))) ?? [];
  const drafts = [...policies, specNode, budget, ...waiverNodes.map(({ node }) => node), ...gates];

  const verdict = evaluation && verdictEntity(evaluation);
  if (verdict === undefined) return drafts;
  const active = waiverNodes.filter(({ waiver }) => waiver.value.active).map(({ node }) => node);
  const evidence = [...active, ...gates, specNode, budget, ...policies];
  return [...drafts, draft({ ...verdict, specHash: spec.hash, parents: evidence.map(({ id }) => id) })];
}
