import { Problems } from './problems.ts';
import type { CawsDocuments } from './project.ts';
import { readInto } from './read-document.ts';

/** A file of a project's `.caws` folder. */
export interface CawsFile {
  /** Below that folder, with slashes: `waivers/WV-0001.yaml`. */
  readonly path: string;
  readonly text: string;
}

/** The documents that a project's `.caws` folder holds: all but an evaluation, which is of one run. */
export type ProjectDocuments = Pick<CawsDocuments, 'workingSpec' | 'policy' | 'waivers'>;

const kinds = {
  workingSpec: /^working-spec\.(?:yaml|yml|json)$/,
  policy: /^policy\.(?:yaml|yml|json)$/,
  waivers: /^waivers(?:\/[^/]+)?\.(?:yaml|yml|json)$/,
} as const;

/** Whether {@link readCawsProject} reads a file, by its path below the `.caws` folder. */
export function isCawsFile(path: string): boolean {
  return Object.values(kinds).some((kind) => kind.test(path));
}

/**
 * The documents of a project, by where CAWS has them: `working-spec.yaml`, `policy.yaml`, and waivers in `waivers.yaml` and
 * `waivers/*.yaml`; also as `.yml` and `.json`. Other files are left alone; waivers come in the order of their paths.
 *
 * @throws ProvenanceError `DOCUMENT_INVALID` with every problem of every file, its path and line; also when there is no working
 *   spec, or a second one, or a second policy
 * @example
 * const documents = { ...readCawsProject(files), project: 'shop' };
 */
export function readCawsProject(files: Iterable<CawsFile>): ProjectDocuments {
  const problems = new Problems();
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const read = (kind: RegExp): unknown[] =>
    sorted
      .filter(({ path }) => kind.test(path))
      .map(({ path, text }) => readInto(new Problems({ problems, place: path }), text));
  const specs = read(kinds.workingSpec);
  const policies = read(kinds.policy);
  const waivers = read(kinds.waivers);
  if (specs.length === 0) problems.add('working-spec.yaml', 'is not there');
  if (specs.length > 1) problems.add('working-spec', 'is there in more than one file');
  if (policies.length > 1) problems.add('policy', 'is there in more than one file');
  if (problems.any) throw problems.error('these CAWS documents cannot be read');
  return { workingSpec: specs[0], ...(policies.length > 0 && { policy: policies[0] }), waivers };
}
