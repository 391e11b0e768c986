import { DataLayerError, type DataLayerErrorOptions } from '@agent-agency/db-core';

/**
 * What can be wrong, and what the reader can do about it. The remedy is part of every message.
 *
 * - `GIT_NOT_FOUND`: there is no `git` program on PATH.
 * - `GIT_TOO_OLD`: the `git` on PATH is older than 2.31.
 * - `PATH_NOT_FOUND`: nothing is at the path.
 * - `PATH_NOT_A_DIRECTORY`: a file is at the path.
 * - `REPOSITORY_NOT_FOUND`: neither the folder nor one above it is a git repository.
 * - `REPOSITORY_NOT_TRUSTED`: somebody else owns the repository, and git refuses to read it.
 * - `REPOSITORY_EMPTY`: the repository has no commit at all.
 * - `REPOSITORY_SHALLOW`: the history was cut off when it was cloned.
 * - `REPOSITORY_PARTIAL`: the clone left out trees, so what a commit changed is unknown.
 * - `REF_NOT_FOUND`: the ref names no commit.
 * - `GIT_FAILED`: git ended with an error of its own; the message quotes git's line.
 * - `GIT_OUTPUT_INVALID`: git's output does not have the form this reader asked for.
 */
export type GitIngestErrorCode =
  | 'GIT_NOT_FOUND'
  | 'GIT_TOO_OLD'
  | 'PATH_NOT_FOUND'
  | 'PATH_NOT_A_DIRECTORY'
  | 'REPOSITORY_NOT_FOUND'
  | 'REPOSITORY_NOT_TRUSTED'
  | 'REPOSITORY_EMPTY'
  | 'REPOSITORY_SHALLOW'
  | 'REPOSITORY_PARTIAL'
  | 'REF_NOT_FOUND'
  | 'GIT_FAILED'
  | 'GIT_OUTPUT_INVALID';

const remedies: Readonly<Record<GitIngestErrorCode, string>> = {
  GIT_NOT_FOUND: 'install git 2.31 or later and make sure it is on PATH',
  GIT_TOO_OLD: 'install git 2.31 or later',
  PATH_NOT_FOUND: 'check the spelling of the path',
  PATH_NOT_A_DIRECTORY: 'name the folder of the repository instead',
  REPOSITORY_NOT_FOUND: 'name a folder that was made by `git clone` or `git init`',
  REPOSITORY_NOT_TRUSTED:
    'if you trust it, run `git config --global --add safe.directory <path>` and try again',
  REPOSITORY_EMPTY: 'make a first commit and try again',
  REPOSITORY_SHALLOW: 'run `git fetch --unshallow` in it and try again',
  REPOSITORY_PARTIAL: 'run `git fetch --refetch --filter=blob:none` in it and try again',
  REF_NOT_FOUND: 'name a branch, tag or commit that `git log` knows there',
  GIT_FAILED: 'run `git fsck` in the repository to see whether it is damaged',
  GIT_OUTPUT_INVALID: 'report it with the output of `git --version`',
};

/** What an error carries besides its code. */
export type GitIngestErrorOptions = Pick<DataLayerErrorOptions, 'details' | 'cause'>;

/**
 * The one error class of this package. The message is one sentence: what is wrong, then what to do.
 *
 * @example
 * if (isDataLayerError(error, 'REPOSITORY_SHALLOW')) console.log(error.message);
 */
export class GitIngestError extends DataLayerError<GitIngestErrorCode> {
  override readonly name = 'GitIngestError';

  /** @param problem What is wrong, without a full stop; the remedy of the code is added to it. */
  constructor(code: GitIngestErrorCode, problem: string, options: GitIngestErrorOptions = {}) {
    super(code, `${problem}: ${remedies[code]}.`, options);
  }
}
