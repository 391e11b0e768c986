import type { Cooccurrence } from '@agent-agency/knowledge-graph';
import { participantsOf } from '../extract/participants.ts';
import type { Commit } from '../git/commit.ts';
import { digestUuid } from './digest-uuid.ts';

export interface ContextScope {
  readonly tenantId: string;
  /** Names the project across its clones. */
  readonly project: string;
  /** Length of a time window, days. Windows follow one another, so that what was counted once stays counted. */
  readonly windowDays: number;
}

const DAY_MS = 86_400_000;

/**
 * Who changed which file in which time window. Merges change nothing of their own; a mass change, whose paths are not
 * kept, says nothing about who works with whom.
 *
 * **Shape** no (context, agent) twice.
 */
export function cooccurrencesOf(commits: readonly Commit[], scope: ContextScope): Cooccurrence[] {
  const seen = new Map<string, Cooccurrence>();
  for (const commit of commits) {
    const window = Math.floor(commit.authoredAt.getTime() / (scope.windowDays * DAY_MS));
    const agents = participantsOf(commit, scope.tenantId);
    for (const path of commit.changes.paths) {
      const contextId = digestUuid(
        'agent-agency/git-context/1',
        scope.project,
        path,
        String(scope.windowDays),
        String(window),
      );
      for (const { agentId } of agents) note(seen, { contextId, agentId, observedAt: commit.authoredAt });
    }
  }
  return [...seen.values()];
}

function note(seen: Map<string, Cooccurrence>, observation: Cooccurrence): void {
  const key = `${observation.contextId} ${observation.agentId}`;
  const known = seen.get(key);
  if (known === undefined || known.observedAt < observation.observedAt) seen.set(key, observation);
}
