import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { GitIngestError } from '../errors.ts';
import { assertGitVersion } from './git-version.ts';
import { resolveRef } from './resolve-ref.ts';
import { gitFailed, runGit } from './run-git.ts';

/** A repository that can be read from its first commit to `head`. */
export interface Repository {
  /** The absolute path that was inspected: the work tree, a folder in it, or the bare repository. */
  readonly path: string;
  readonly gitDir: string;
  /** The id of the commit that `ref` named when it was inspected. */
  readonly head: string;
  /** Commits that can be reached from `head`, itself included. */
  readonly commitCount: number;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Ids of the commits without parents below `head`, sorted, at most 100: what identifies a project across its clones. */
  readonly rootCommits: readonly string[];
}

/** How a repository is inspected. */
export interface InspectOptions {
  /** A branch, tag or commit; `HEAD` unless given. */
  readonly ref?: string;
  readonly signal?: AbortSignal;
}

const maxRootCommits = 100;

/**
 * Checks that a repository's whole history can be read, before anything is written anywhere.
 * As with git itself a folder inside a work tree stands for the repository around it. Bare repositories are fine.
 *
 * **Cost**: two walks over the commits (not their trees); about a second for each million of them.
 *
 * @throws GitIngestError Every code but GIT_OUTPUT_INVALID; the message is one sentence and says what to do.
 * @example
 * const repository = await inspectRepository('/srv/project');
 * console.log(repository.commitCount);
 */
export async function inspectRepository(path: string, options: InspectOptions = {}): Promise<Repository> {
  const { ref = 'HEAD', signal } = options;
  const absolutePath = resolve(path);
  await assertGitVersion(signal);
  await assertDirectory(absolutePath);
  const layout = await readLayout(absolutePath, signal);
  await assertTreesAreHere(absolutePath, signal);
  const head = await resolveRef(absolutePath, { ref, ...(signal && { signal }) });
  const commitCount = Number(await revList(absolutePath, ['--count', head], signal));
  const roots = await revList(
    absolutePath,
    ['--max-parents=0', `--max-count=${String(maxRootCommits)}`, head],
    signal,
  );
  return { path: absolutePath, ...layout, head, commitCount, rootCommits: roots.split('\n').sort() };
}

async function assertDirectory(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new GitIngestError('PATH_NOT_FOUND', `nothing can be read at ${path}`, {
      details: { path },
      cause,
    });
  });
  if (!found.isDirectory()) {
    throw new GitIngestError('PATH_NOT_A_DIRECTORY', `${path} is not a folder`, { details: { path } });
  }
}

async function readLayout(
  path: string,
  signal?: AbortSignal,
): Promise<Pick<Repository, 'gitDir' | 'objectFormat'>> {
  const questions = ['--is-shallow-repository', '--show-object-format', '--absolute-git-dir'];
  const answer = await runGit(['-C', path, 'rev-parse', ...questions], signal);
  if (answer.code !== 0) {
    const details = { path };
    if (/dubious ownership|unsafe repository/.test(answer.stderr)) {
      throw new GitIngestError('REPOSITORY_NOT_TRUSTED', `${path} belongs to another user`, { details });
    }
    if (answer.stderr.includes('not a git repository')) {
      throw new GitIngestError('REPOSITORY_NOT_FOUND', `${path} is not in a git repository`, { details });
    }
    throw gitFailed('rev-parse', answer);
  }
  // The folder comes last, because it is the only answer that may itself contain a line break.
  const [shallow, objectFormat, ...rest] = answer.stdout.replace(/\n$/, '').split('\n');
  if (shallow === 'true') {
    throw new GitIngestError('REPOSITORY_SHALLOW', `${path} is a shallow clone`, { details: { path } });
  }
  return { gitDir: rest.join('\n'), objectFormat: objectFormat === 'sha256' ? 'sha256' : 'sha1' };
}

/** A clone without file contents (`blob:none`) has all that is read here; one without trees has not. */
async function assertTreesAreHere(path: string, signal?: AbortSignal): Promise<void> {
  const query = ['config', '--get-regexp', String.raw`^remote\..*\.partialclonefilter$`, '(^|[:+])tree:'];
  const found = await runGit(['-C', path, ...query], signal);
  if (found.code === 0) {
    throw new GitIngestError('REPOSITORY_PARTIAL', `${path} is a clone without trees`, { details: { path } });
  }
  // 1 is git's way of saying that no such setting exists.
  if (found.code !== 1) throw gitFailed('config', found);
}

async function revList(path: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const answer = await runGit(['-C', path, 'rev-list', ...args], signal);
  if (answer.code !== 0) throw gitFailed('rev-list', answer);
  return answer.stdout.trim();
}
