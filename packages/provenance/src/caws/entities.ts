import type { CawsDocument } from './caws-document.ts';
import type { GateResult } from './gates.ts';
import type { NodeDraft } from './node-draft.ts';
import type { Policy } from './policy.ts';
import type { CheckedEvaluation } from './project.ts';
import type { Waiver } from './waivers.ts';
import type { WorkingSpec } from './working-spec.ts';

/** What a node records, without what ties it to other nodes. */
export type RecordedEntity = Omit<NodeDraft, 'id' | 'parents' | 'specHash'>;

/** What stands before the names of a project's documents: nothing, or `<project>/`. */
export type Scope = '' | `${string}/`;

/** Descriptions are one line to look at; the documents have no limit. */
const maxDescription = 500;

export function policyEntity({ content, hash }: CawsDocument<Policy>, scope: Scope): RecordedEntity {
  return { entityType: 'policy', ...version(`${scope}policy`, hash), content };
}

export function specEntity(
  { value, content, hash }: CawsDocument<WorkingSpec>,
  scope: Scope,
): RecordedEntity {
  return {
    entityType: 'spec',
    ...version(`${scope}${value.id}`, hash),
    content,
    description: value.title,
  };
}

/** What a spec allows to change, as an entity that a verdict can derive from. It comes from its spec, not from another budget. */
export function budgetEntity({ value, hash }: CawsDocument<WorkingSpec>, scope: Scope): RecordedEntity {
  const { max_files, max_loc } = value.change_budget;
  return {
    entityType: 'budget',
    entityId: `${scope}${value.id}@${hash}`,
    content: { spec: value.id, risk_tier: value.risk_tier, max_files, max_loc },
    description: `${value.id}: ${String(max_files)} files, ${String(max_loc)} lines`,
  };
}

export function waiverEntity({ value, content, hash }: CawsDocument<Waiver>, scope: Scope): RecordedEntity {
  return {
    entityType: 'waiver',
    ...version(`${scope}${value.id}`, hash),
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

function version(versionOf: string, hash: string): Pick<NodeDraft, 'entityId' | 'versionOf'> {
  return { entityId: `${versionOf}@${hash}`, versionOf };
}

/** Cutting may leave half of a surrogate pair, which a node cannot hold. */
function firstCharacters(text: string): string {
  return text.slice(0, maxDescription).toWellFormed();
}
