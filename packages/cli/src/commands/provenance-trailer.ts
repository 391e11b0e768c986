import { readFile, writeFile } from 'node:fs/promises';
import {
  createProvenanceTrailers,
  type NodeReference,
  putProvenanceTrailers,
} from '@agent-agency/provenance';
import type { CommandContext } from '../command-context.ts';
import { namesDatabase } from '../database.ts';
import { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { claimOf, commentPrefixOf, type MessageClaim, requireNodeId } from '../provenance/commit-message.ts';
import { openGit } from '../provenance/git.ts';
import { plannedCommit } from '../provenance/planned-commit.ts';
import { findRecordedHash } from '../provenance/recorded-hash.ts';
import {
  repositoryKeyFile,
  type RepositoryOptions,
  repositoryTenant,
} from '../provenance/repository-settings.ts';
import { openExistingSigner } from '../signing-key.ts';
import { verifyCommitTrailers } from './provenance-trailer-verify.ts';

export interface ProvenanceTrailerOptions extends RepositoryOptions {
  readonly repo?: string;
  readonly commitMsg?: string;
  readonly amend?: true;
  readonly node?: string;
  readonly require?: true;
  readonly verify?: string;
  readonly key?: readonly string[];
}

/** `agency-db provenance trailer --commit-msg <file>`, or `--verify <commit>` */
export async function provenanceTrailerCommand(
  context: CommandContext,
  options: ProvenanceTrailerOptions,
): Promise<ExitCode> {
  const { commitMsg, verify } = options;
  if (commitMsg !== undefined && verify === undefined) return signMessage(context, commitMsg, options);
  if (verify !== undefined && commitMsg === undefined) return verifyCommitTrailers(context, verify, options);
  throw new UsageError('say --commit-msg <file> to sign a commit that is being made, or --verify <commit>');
}

/** Signs into the file of a message what the commit rests on, in place of what was signed for another commit. */
async function signMessage(
  { terminal, env }: CommandContext,
  file: string,
  options: ProvenanceTrailerOptions,
): Promise<ExitCode> {
  const git = openGit(env, options.repo);
  // Whatever its encoding is: as bytes, all of which come back as they were. What is added is ASCII.
  const message = await readFile(file, 'latin1');
  const commentPrefix = await commentPrefixOf(git, env, message);
  const claim =
    options.node === undefined ? claimOf(message, commentPrefix) : { nodeId: requireNodeId(options.node) };
  if (claim === undefined) {
    if (options.require === true)
      throw new UsageError(
        'the message names no node: git commit --trailer "Provenance-Node: <id>", or without --require',
      );
    terminal.printJson({ signed: false });
    return ExitCode.ok;
  }
  const tenantId = await repositoryTenant(git, options);
  const { signingKey } = options;
  const signer = await openExistingSigner(await repositoryKeyFile(git, env, { tenantId, signingKey }));
  const node = await referenceOf(env, tenantId, claim);
  const commit = await plannedCommit(git, options.amend === true);
  const trailers = await createProvenanceTrailers(node, commit, signer);
  const signed = putProvenanceTrailers(message, trailers, { commentPrefix });
  if (signed !== message) await writeFile(file, signed, 'latin1');
  const isSigned = trailers.every(({ value }) => signed.includes(value));
  // Git calls a commit off for such a message.
  if (!isSigned) terminal.note('the message says nothing besides what it rests on: it is left as it is');
  terminal.printJson({ signed: isSigned, trailers, commit });
  return ExitCode.ok;
}

/** The node with its hash, from the log where there is one to ask; otherwise as the message gives it. */
async function referenceOf(
  env: CommandContext['env'],
  tenantId: string,
  { nodeId: id, hashChain }: MessageClaim,
): Promise<NodeReference> {
  if (!namesDatabase(env)) {
    if (hashChain !== undefined) return { tenantId, id, hashChain };
    throw new UsageError(
      `nobody says which hash node ${id} has: set DATABASE_URL, or give the message its Provenance-Hash`,
    );
  }
  const recorded = await findRecordedHash(env, { tenantId, nodeId: id });
  if (recorded === undefined)
    throw new UsageError(`the log of tenant ${tenantId} has no node ${id}: record it first, then commit`);
  if (hashChain !== undefined && hashChain !== recorded)
    throw new UsageError(
      `the log of tenant ${tenantId} has node ${id} with another hash than the message: remove its Provenance-Hash`,
    );
  return { tenantId, id, hashChain: recorded };
}
