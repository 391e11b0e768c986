import type { CawsDocument } from './caws-document.ts';
import type { GateResult } from './gates.ts';
import type { NodeDraft } from './node-draft.ts';
import type { Policy } from './policy.ts';
import type { CheckedEvaluation } from './project.ts';
import type { Waiver } from './waivers.ts';
import type { WorkingSpec } from './working-spec.ts';

/** What a node records, without what ties it to other nodes. */
export type RecordedEntity = Omit<NodeDraft, 'id' | 'parents' | 'specHash'>;

/** Descriptions are one line to look at; the documents have no limit. */
const maxDescription = 500;

export function policyEntity({ content, hash }: CawsDocument<Policy>): RecordedEntity {
  return { entityType: 'policy', entityId: `policy@${hash}`, content };
}

export function specEntity({ value, content, hash }: CawsDocument<WorkingSpec>): RecordedEntity {
  return { entityType: 'spec', entityId: `${value.id}@${hash}`, content, description: value.title };
}

/** What a spec allows to change, as an entity that a verdict can derive from. */
export function budgetEntity({ value, hash }: CawsDocument<WorkingSpec>): RecordedEntity {
  const { max_files, max_loc } = value.change_budget;
  return {
    entityType: 'budget',
    entityId: `${value.id}@${hash}`,
    content: { spec: value.id, risk_tier: value.risk_tier, max_files, max_loc },
    description: `${value.id}: ${String(max_files)} files, ${String(max_loc)} lines`,
  };
}

export function waiverEntity({ value, content, hash }: CawsDocument<Waiver>): RecordedEntity {
  return {
    entityType: 'waiver',
    entityId: `${value.id}@${hash}`,
    content,
    description: firstCharacters(value.title),
  };
}

export function gateEntity({ name, status, result }: GateResult, evaluation: string): RecordedEntity {
  return {
    entityType: 'gate',
    entityId: `${name}@${evaluation}`,
    content: { evaluation, gate: name, status, result },
    description: `${name}: ${status}`,
  };
}

/** The verdict of an evaluation, once it has a manifest. */
export function verdictEntity({
  id,
  constitutionalRefs,
  manifest,
}: CheckedEvaluation): RecordedEntity | undefined {
  if (manifest === undefined) return undefined;
  const { agent, model, commit } = manifest.value;
  const description = firstCharacters(`${agent} (${model}) on ${commit}`);
  return { entityType: 'verdict', entityId: id, content: manifest.content, constitutionalRefs, description };
}

/** Cutting may leave half of a surrogate pair, which a node cannot hold. */
function firstCharacters(text: string): string {
  return text.slice(0, maxDescription).toWellFormed();
}
