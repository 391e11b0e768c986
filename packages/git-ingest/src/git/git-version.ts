import { GitIngestError } from '../errors.ts';
import { gitFailed, runGit } from './run-git.ts';

/** The oldest git whose switches are used here (`--diff-merges=off`). */
const oldest = { major: 2, minor: 31 };

/**
 * Makes sure that the git on PATH has the switches that are used here.
 *
 * @throws GitIngestError GIT_NOT_FOUND, GIT_TOO_OLD; GIT_FAILED when it does not even tell its version.
 */
export async function assertGitVersion(signal?: AbortSignal): Promise<void> {
  const answer = await runGit(['--version'], signal);
  const [, major, minor] = /^git version (\d+)\.(\d+)/.exec(answer.stdout) ?? [];
  if (answer.code !== 0 || major === undefined || minor === undefined) throw gitFailed('--version', answer);
  const isRecent =
    Number(major) === oldest.major ? Number(minor) >= oldest.minor : Number(major) > oldest.major;
  if (!isRecent) {
    const version = `${major}.${minor}`;
    throw new GitIngestError('GIT_TOO_OLD', `git ${version} is too old`, { details: { version } });
  }
}
