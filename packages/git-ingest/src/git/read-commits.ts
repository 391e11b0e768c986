import { CommitParser } from './commit-parser.ts';
import type { Commit } from './commit.ts';
import type { Repository } from './inspect-repository.ts';
import { logArguments } from './log-arguments.ts';
import { resolveRef } from './resolve-ref.ts';
import { gitFailed, streamGit } from './run-git.ts';

/** Which commits are read, and how much of each is kept. */
export interface ReadCommitsOptions {
  /** A branch, tag or commit; unless given the commit that was inspected, whatever has happened to its branch since. */
  readonly ref?: string;
  /** A branch, tag or commit that has been read before: it and all commits before it are left out. */
  readonly since?: string;
  /** A commit that changes more files than this is bulk, and its paths are dropped. 500 unless given. */
  readonly maxPaths?: number;
  readonly signal?: AbortSignal;
}

/**
 * The commits of a history, parents before children, merges and roots included.
 *
 * **Runs** one `git log`, at the reader's pace. It is killed, and its end awaited, as soon as the reader stops.
 * **Cost**: here the space of one commit's summary, however many files it changed; git itself holds the ids of all
 * commits to put parents first. Nothing is fetched: a commit that is not there is an error.
 * The names are those of today's mailmap, so the same commit may read differently after the mailmap has changed.
 *
 * @throws GitIngestError REF_NOT_FOUND before the first commit; GIT_FAILED at any time, after the commits that could be
 * read; GIT_OUTPUT_INVALID.
 * @throws The signal's reason when it is aborted.
 * @example
 * for await (const commit of readCommits(repository)) console.log(commit.subject);
 */
export async function* readCommits(
  repository: Repository,
  options: ReadCommitsOptions = {},
): AsyncGenerator<Commit, void, undefined> {
  const { ref, since, maxPaths = 500, signal } = options;
  const resolve = (name: string): Promise<string> =>
    resolveRef(repository.path, { ref: name, ...(signal && { signal }) });
  const head = ref === undefined ? repository.head : await resolve(ref);
  const range = { head, since: since === undefined ? undefined : await resolve(since) };
  const parser = new CommitParser(maxPaths);
  const output = streamGit(['-C', repository.path, ...logArguments(range)], signal);
  try {
    let next = await output.next();
    for (; next.done !== true; next = await output.next()) {
      for (const commit of parser.push(next.value)) {
        signal?.throwIfAborted();
        yield commit;
      }
    }
    if (next.value.code !== 0) throw gitFailed('log', next.value);
    const last = parser.end();
    if (last !== undefined) yield last;
  } finally {
    await output.return({ code: null, signal: null, stderr: '' });
  }
}
