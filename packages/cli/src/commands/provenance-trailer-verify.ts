import { createHash } from 'node:crypto';
import {
  type CommitContent,
  commitId,
  listSigningKeys,
  type ObjectId,
  objectFormatOf,
  parseObjectId,
  type TrailerProblem,
  type TrailerVerdict,
  verifyCommit,
  verifyProvenanceTrailers,
  type VerifyTrailerOptions,
} from '@agent-agency/provenance';
import { getOwnTenant } from '@agent-agency/tenancy';
import type { CommandContext } from '../command-context.ts';
import { databaseConfig, namesDatabase, withManager } from '../database.ts';
import { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { type Git, openGit } from '../provenance/git.ts';
import { readPublicKeys } from '../provenance/public-keys.ts';
import { type RepositoryOptions, repositoryTenant } from '../provenance/repository-settings.ts';

export interface VerifyCommitOptions extends RepositoryOptions {
  readonly repo?: string;
  readonly key?: readonly string[];
}

/** `agency-db provenance trailer --verify <commit>`: held against the log where there is one to ask. */
export async function verifyCommitTrailers(
  { terminal, env }: CommandContext,
  name: string,
  options: VerifyCommitOptions,
): Promise<ExitCode> {
  // The object that the id is the hash of, and no other in its place.
  const git = openGit({ ...env, GIT_NO_REPLACE_OBJECTS: '1' }, options.repo);
  const { id, commit } = await commitNamed(git, name);
  const tenantId = await repositoryTenant(git, options);
  const keys = await readPublicKeys(options.key ?? []);
  const isHeldAgainstLog = namesDatabase(env);
  if (!isHeldAgainstLog && keys.length === 0)
    throw new UsageError('nobody says which keys are trusted: set DATABASE_URL, or give them with --key');

  const question: Question = { commit, keys, origins: await earlierCommits(git), tenantId };
  const verdict = isHeldAgainstLog ? await askLog(env, question) : verifyProvenanceTrailers(commit, question);
  terminal.print(describe(id, verdict, isHeldAgainstLog));
  terminal.printJson({ commit: id, tenant: tenantId, isHeldAgainstLog, ...outcomeOf(verdict) });
  return verdict.ok ? ExitCode.ok : ExitCode.checkFailed;
}

interface Question extends VerifyTrailerOptions {
  readonly commit: Uint8Array;
}

async function commitNamed(git: Git, name: string): Promise<{ id: ObjectId; commit: Buffer }> {
  const found = await git.find(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  if (found === undefined)
    throw new UsageError(`there is no commit ${name} here: check its name, and --repo`);
  const id = parseObjectId(found);
  const commit = await git.bytes(['cat-file', 'commit', id]);
  const named = commitId(commit, (...parts) =>
    createHash(objectFormatOf(id)).update(Buffer.concat(parts)).digest(),
  );
  if (named === id) return { id, commit };
  throw new UsageError(`the repository is damaged: what it has as commit ${id} is another; run \`git fsck\``);
}

function askLog(
  env: CommandContext['env'],
  { tenantId, commit, keys, origins }: Question,
): Promise<TrailerVerdict> {
  return withManager(databaseConfig(env), (manager) =>
    manager.withTenant(
      { tenantId },
      async (tx) => {
        await getOwnTenant(tx);
        const trusted = keys.length > 0 ? keys : await listSigningKeys(tx);
        return verifyCommit(tx, commit, { keys: trusted, origins });
      },
      { readOnly: true },
    ),
  );
}

/**
 * What HEAD has been lately: the commits that an amend or a rebase took trailers from. They only tell what was left behind from
 * what was forged, so nothing is lost where there are none.
 */
async function earlierCommits(git: Git): Promise<CommitContent[]> {
  const reflog = ['log', '--walk-reflogs', '--max-count=500', '--format=%T %P'];
  const lines = await git.text(reflog).catch(() => '');
  return lines.split('\n').flatMap((line) => {
    const [tree, ...parents] = line.split(' ').filter((id) => id !== '');
    return tree === undefined ? [] : [{ tree: parseObjectId(tree), parents: parents.map(parseObjectId) }];
  });
}

const renew = 'amend it, and the hook signs new ones';

const EXPLANATIONS: Readonly<Record<TrailerProblem, string>> = {
  'malformed-commit': 'it is no commit as git writes one',
  'no-trailer': 'it does not say what it rests on',
  'repeated-trailer': 'it names more than one node',
  'incomplete-trailer': 'one of the three trailers is missing',
  'malformed-trailer': 'a trailer is not of its form',
  'unknown-key': 'the key that signed is not trusted, or was revoked',
  'bad-signature':
    'the trailers are not signed for this commit: forged, or left behind by a rebase or a cherry-pick',
  'wrong-tree': `the trailers were signed for other content: ${renew}`,
  'wrong-parents': `the trailers were signed for another place in the history: ${renew}`,
  'wrong-commit': `the trailers were signed for an earlier commit: ${renew}`,
  'unknown-node': 'the log has no such node',
  'wrong-hash': 'the log has the node with another hash',
};

/** A node that was found is for the log to show. */
function outcomeOf(verdict: TrailerVerdict): TrailerVerdict {
  if (!verdict.ok) return verdict;
  const { nodeId, hashChain, keyId } = verdict;
  return { ok: true, nodeId, hashChain, keyId };
}

function describe(id: string, verdict: TrailerVerdict, isHeldAgainstLog: boolean): string {
  if (!verdict.ok) return `commit ${id}: ${verdict.reason}: ${EXPLANATIONS[verdict.reason]}`;
  const log = isHeldAgainstLog ? 'which is in the log' : 'and the log was not asked';
  return `commit ${id} rests on node ${verdict.nodeId}, ${log}; signed by ${verdict.keyId}`;
}
