import { parseTrailers, provenanceKeys } from '@agent-agency/provenance';
import type { Environment } from '../environment.ts';
import { UsageError } from '../failure.ts';
import { configured, type Git } from './git.ts';

/** The node that a message says the commit rests on. */
export interface MessageClaim {
  readonly nodeId: string;
  /** Where the message gives it. */
  readonly hashChain?: string;
}

/**
 * What the message says itself: in `Provenance-Node`, and perhaps `Provenance-Hash`. A signature in it is not looked at: it
 * is that of another commit.
 *
 * @throws {UsageError} when it names several nodes, or none that can be one.
 */
export function claimOf(message: string, commentPrefix: string): MessageClaim | undefined {
  const trailers = parseTrailers(message, { commentPrefix });
  const valuesOf = (key: string): string[] => [
    ...new Set(trailers.filter((it) => it.key.toLowerCase() === key.toLowerCase()).map((it) => it.value)),
  ];
  const [nodes, hashes] = [valuesOf(provenanceKeys.node), valuesOf(provenanceKeys.hash)];
  const [nodeId] = nodes;
  const [hashChain] = hashes;
  if (nodes.length > 1 || hashes.length > 1)
    throw new UsageError(
      'the message names several nodes, and a commit rests on one: leave one, or say --node',
    );
  if (nodeId === undefined) {
    if (hashChain === undefined) return undefined;
    throw new UsageError(
      `the message has ${provenanceKeys.hash} without ${provenanceKeys.node}: add it, or say --node`,
    );
  }
  requireNodeId(nodeId);
  return hashChain === undefined ? { nodeId } : { nodeId, hashChain };
}

/** @throws {UsageError} */
export function requireNodeId(text: string): string {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new UsageError('a node is named by its id, a UUID in lower case');
}

/** What git chooses from when `core.commentChar` is `auto`. */
const AUTOMATIC = '#;@!$%^&|:';

/** No line of a message begins with it. */
const NOTHING = '\0';

/** What comments in the file of a message begin with: nothing, where git leaves them in. */
export async function commentPrefixOf(git: Git, env: Environment, message: string): Promise<string> {
  if (await keepsComments(git, env)) return NOTHING;
  const settings = await git.find(['config', '--get-regexp', String.raw`^core\.comment(char|string)$`]);
  const prefix = settings?.split('\n').at(-1)?.replace(/^\S+ /, '') ?? '#';
  return prefix === 'auto' ? chosenPrefix(message) : Buffer.from(prefix).toString('latin1');
}

/** With `GIT_EDITOR` so git tells a hook that nobody edits the message; then comments stay, unless they are to go anyway. */
async function keepsComments(git: Git, { GIT_EDITOR }: Environment): Promise<boolean> {
  if (GIT_EDITOR !== ':') return false;
  const cleanup = await configured(git, 'commit.cleanup');
  return cleanup !== 'strip' && cleanup !== 'scissors';
}

/** Git tells nobody what it chose. Below the message there are only comments, so the last line begins with it. */
function chosenPrefix(message: string): string {
  const [, atScissors] = /^(.) -{24} >8 -{24}$/m.exec(message) ?? [];
  const [last = ''] = message.trimEnd().split('\n').slice(-1);
  const chosen = atScissors ?? /^(\S)(?: |$)/.exec(last)?.[1] ?? '#';
  return AUTOMATIC.includes(chosen) ? chosen : '#';
}
