/** What a hook that was written by us has as its second line; any other hook belongs to somebody else. */
export const hookMarker = '# agency-db provenance hook, version 1';

/** What the hook does. */
export interface CommitMessageHookOptions {
  /** When no trailer can be made: `abort` the commit (unless given), or let it `continue` without one and say so. */
  readonly onFailure?: 'abort' | 'continue';
}

/**
 * The text of a `commit-msg` hook that signs provenance trailers into the message. It is that hook, and not `prepare-commit-msg`:
 * only after the editor it is known whether there is a message, and without one the commit is called off.
 *
 * Git does not tell a hook that a commit is amended. The hook looks for `--amend` among the arguments of the git that runs it; where
 * it is misled, the trailers are made for the wrong parents and do not verify.
 *
 * Runs: `agency-db provenance trailer --commit-msg <file> [--amend]`, in the environment of the hook (`GIT_INDEX_FILE`).
 * @see githooks(5), `commit-msg`
 */
export function commitMessageHook({ onFailure = 'abort' }: CommitMessageHookOptions = {}): string {
  const otherwise = onFailure === 'abort' ? '' : ` || echo 'This commit has no provenance trailer.' >&2`;
  return `#!/bin/sh
${hookMarker}
# Signs what this commit rests on into its message.

amend=
case " $(ps -ww -o args= -p "$PPID" 2>/dev/null) " in
  *' --amend '*) amend=--amend ;;
esac

agency-db provenance trailer --commit-msg "$1" $amend${otherwise}
`;
}
