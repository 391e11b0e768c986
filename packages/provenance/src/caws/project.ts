import { z } from 'zod';
import { type CawsDocument, checkDocument } from './caws-document.ts';
import type { Scope } from './entities.ts';
import { checkGates, type GateResult } from './gates.ts';
import { Manifest } from './manifest.ts';
import { Policy } from './policy.ts';
import { Problems } from './problems.ts';
import { checkWaivers, type Waiver } from './waivers.ts';
import { type SpecProfile, type WorkingSpec, workingSpecSchemas } from './working-spec.ts';

/** The documents of a project, each as `readCawsDocument` or `JSON.parse` gave it. */
export interface CawsDocuments {
  readonly workingSpec: unknown;
  /** How the working spec is judged: as published, unless said otherwise. */
  readonly profile?: SpecProfile | undefined;
  readonly policy?: unknown;
  /** Files of waivers: one waiver each, collections, or maps from ids to waivers. */
  readonly waivers?: readonly unknown[] | undefined;
  readonly evaluation?: Evaluation | undefined;
  /** Tells the documents of several projects of a tenant apart. **Shape** `^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$` */
  readonly project?: string | undefined;
}

/** One run of the gates, and what was decided on it. */
export interface Evaluation {
  /** Names the verdict: `VERDICT-001`, a run of CI, a commit. **Shape** 1 to 150 characters. */
  readonly id: string;
  /** A report of gate results: a map from names to results, or a list under `gates`. */
  readonly gates?: unknown;
  /** The CAWS provenance file; with it there is a verdict. */
  readonly manifest?: unknown;
  /** What the verdict refers to, as `CAWS:Section4.2`. */
  readonly constitutionalRefs?: readonly string[] | undefined;
}

/** The documents of a project, every one of them what its format asks for. */
export interface CheckedProject {
  readonly spec: CawsDocument<WorkingSpec>;
  readonly policy: CawsDocument<Policy> | undefined;
  readonly waivers: readonly CawsDocument<Waiver>[];
  readonly evaluation: CheckedEvaluation | undefined;
  readonly scope: Scope;
}

export interface CheckedEvaluation {
  readonly id: string;
  readonly constitutionalRefs: readonly string[];
  readonly gates: readonly GateResult[];
  readonly manifest: CawsDocument<Manifest> | undefined;
}

const EvaluationName = z.object({
  id: z.string().min(1).max(150),
  constitutionalRefs: z.array(z.string()).default([]),
});

const ProjectName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/);

/**
 * Holds all documents against their formats, and against each other: the spec's waivers are among those given.
 *
 * @throws ProvenanceError `DOCUMENT_INVALID` with every problem of every document
 */
export function checkProject(documents: CawsDocuments): CheckedProject {
  const problems = new Problems();
  const { workingSpec, profile = 'published', policy, evaluation } = documents;
  const given = { place: 'workingSpec', document: workingSpec };
  const spec = checkDocument(workingSpecSchemas[profile], given, problems);
  const waivers = checkWaivers(waiverFiles(documents), problems);
  const rest = {
    policy: policy === undefined ? undefined : checkPolicy(policy, problems),
    evaluation: evaluation === undefined ? undefined : checkEvaluation(evaluation, problems),
    scope: checkScope(documents, problems),
  };
  for (const id of missingWaivers(spec, waivers))
    problems.add('workingSpec.waiver_ids', `${id} is not among the waivers`);
  if (spec === undefined || problems.any) throw problems.error('these CAWS documents are wrong');
  return { spec, waivers, ...rest };
}

function checkScope({ project }: CawsDocuments, problems: Problems): Scope {
  if (project === undefined) return '';
  const named = ProjectName.safeParse(project);
  if (!named.success)
    problems.add('project', 'must be 1 to 60 letters, digits, dots, hyphens and underscores');
  return `${project}/`;
}

function waiverFiles({ waivers = [] }: CawsDocuments): { place: string; document: unknown }[] {
  return waivers.map((document, at) => ({ place: `waivers.${String(at)}`, document }));
}

function missingWaivers(
  spec: CawsDocument<WorkingSpec> | undefined,
  waivers: readonly CawsDocument<Waiver>[],
): string[] {
  const given = new Set(waivers.map(({ value }) => value.id));
  return (spec?.value.waiver_ids ?? []).filter((id) => !given.has(id));
}

function checkPolicy(document: unknown, problems: Problems): CawsDocument<Policy> | undefined {
  return checkDocument(Policy, { place: 'policy', document }, problems);
}

function checkEvaluation(evaluation: Evaluation, problems: Problems): CheckedEvaluation | undefined {
  const { gates, manifest } = evaluation;
  const named = EvaluationName.safeParse(evaluation);
  for (const { path, message } of named.error?.issues ?? [])
    problems.add(['evaluation', ...path].join('.'), message);
  const checked = {
    gates: gates === undefined ? [] : checkGates({ place: 'evaluation.gates', document: gates }, problems),
    manifest: manifest === undefined ? undefined : checkManifest(manifest, problems),
  };
  return named.success ? { ...named.data, ...checked } : undefined;
}

function checkManifest(document: unknown, problems: Problems): CawsDocument<Manifest> | undefined {
  return checkDocument(Manifest, { place: 'evaluation.manifest', document }, problems);
}
