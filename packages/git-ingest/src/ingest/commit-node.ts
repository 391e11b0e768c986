import type { NodeToAppend } from '@agent-agency/provenance';
import { constitutionalRefsOf } from '../extract/constitutional-refs.ts';
import { factsOf } from '../extract/facts.ts';
import type { Commit } from '../git/commit.ts';
import { digestUuid } from './digest-uuid.ts';

/** A commit's identifier in the log. The same commit in two repositories is one commit. */
export function entityIdOf(commitId: string): string {
  return `git:${commitId}`;
}

/** A commit's node in the log, which is also its chunk in the evidence. */
export function nodeIdOf(commitId: string): string {
  return digestUuid('agent-agency/git-commit/1', commitId);
}

/**
 * What the log records of a commit. Its parents are the node's: a history is read from its first commit on, parents before
 * children, so that they are in the log. An object made by hand may name one twice, a node must not.
 */
export function nodeOf(commit: Commit, tenantId: string, recordedAt: Date): NodeToAppend {
  const content = factsOf(commit, tenantId);
  return {
    id: nodeIdOf(commit.id),
    entityType: 'verdict',
    entityId: entityIdOf(commit.id),
    parents: [...new Set(commit.parents)].map(nodeIdOf),
    content,
    constitutionalRefs: constitutionalRefsOf(commit.trailers),
    description: content.subject === '' ? undefined : content.subject,
    createdAt: recordedAt,
  };
}
