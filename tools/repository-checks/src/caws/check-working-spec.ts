import { parseDocument } from 'yaml';
import { isPattern } from './paths.ts';
import { checkRules, type Findings } from './rules.ts';
import { WorkingSpec } from './working-spec.ts';

/**
 * Checks the text of a CAWS working spec: its YAML, its shape, the rules of its tier and that what it names exists.
 *
 * @param exists whether a path, relative to the repository, is there
 */
export function checkWorkingSpec(yaml: string, exists: (path: string) => boolean): Findings {
  const document = parseDocument(yaml);
  const broken = [...document.errors, ...document.warnings].map(({ message }) => `YAML: ${message}`);
  if (broken.length > 0) return { errors: broken, warnings: [] };
  const parsed = WorkingSpec.safeParse(document.toJS());
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return { errors, warnings: [] };
  }
  const { errors, warnings } = checkRules(parsed.data);
  return { errors: [...errors, ...missingPaths(parsed.data, exists)], warnings };
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
