import {
  parseWorkingSpec,
  ProvenanceError,
  readCawsDocument,
  type WorkingSpec,
} from '@agent-agency/provenance';
import { isPattern } from './paths.ts';
import { checkRules, type Findings } from './rules.ts';

/**
 * Checks the text of a CAWS working spec: its form, as the log of decisions takes it, the rules of its tier and that what it
 * names exists.
 *
 * @param exists whether a path, relative to the repository, is there
 */
export function checkWorkingSpec(yaml: string, exists: (path: string) => boolean): Findings {
  const spec = readWorkingSpec(yaml);
  if (spec instanceof ProvenanceError) return { errors: [spec.message], warnings: [] };
  const { errors, warnings } = checkRules(spec);
  return { errors: [...errors, ...missingPaths(spec, exists)], warnings };
}

/** The error lists every problem, with its line or path. */
function readWorkingSpec(yaml: string): WorkingSpec | ProvenanceError {
  try {
    return parseWorkingSpec(readCawsDocument(yaml));
  } catch (error) {
    if (error instanceof ProvenanceError) return error;
    throw error;
  }
}

/** The contracts, modules and scope entries of a spec that name nothing. Patterns are not looked up. */
function missingPaths(spec: WorkingSpec, exists: (path: string) => boolean): string[] {
  const named = [
    ...spec.contracts.map(({ path }) => ['contracts', path] as const),
    ...spec.blast_radius.modules.map((path) => ['blast_radius.modules', path] as const),
    ...spec.scope.in.filter((path) => !isPattern(path)).map((path) => ['scope.in', path] as const),
  ];
  return named.filter(([, path]) => !exists(path)).map(([where, path]) => `${where}: ${path} does not exist`);
}
