import { GitIngestError } from '../errors.ts';
import { gitFailed, runGit } from './run-git.ts';

/** Which commit is meant. */
export interface ResolveOptions {
  readonly ref: string;
  readonly signal?: AbortSignal;
}

/**
 * The id of the commit that a ref names. The answer is a plain hex id, safe as an argument wherever it goes.
 *
 * @throws GitIngestError REF_NOT_FOUND, or REPOSITORY_EMPTY when there is no commit at all.
 */
export async function resolveRef(path: string, { ref, signal }: ResolveOptions): Promise<string> {
  const verify = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const answer = ref.includes('\0') ? undefined : await runGit(['-C', path, ...verify], signal);
  const id = answer?.stdout.trim() ?? '';
  if (answer?.code === 0 && /^[0-9a-f]{40,64}$/.test(id)) return id;
  // Without a commit no ref can name one: then the repository is the problem and not the ref.
  const any = await runGit(['-C', path, 'rev-list', '--all', '--max-count=1'], signal);
  if (any.code !== 0) throw gitFailed('rev-list', any);
  if (any.stdout === '') {
    throw new GitIngestError('REPOSITORY_EMPTY', `${path} has no commits`, { details: { path } });
  }
  const problem = `${JSON.stringify(ref)} names no commit in ${path}`;
  throw new GitIngestError('REF_NOT_FOUND', problem, { details: { path, ref } });
}
