import { createHash } from 'node:crypto';

import type { Commit, Identity } from '../git/commit.ts';
import { normaliseEmail } from './normalise-email.ts';
import { coAuthorsOf } from './people.ts';
import { plainText } from './plain-text.ts';
import { redactEmails } from './redact-emails.ts';

/** Somebody who took part in a commit. */
export interface Participant {
  readonly agentId: string;
  /** The name to show, without e-mail addresses; `(no name)` when the commit has none. */
  readonly name: string;
}

const maxName = 200;

/**
 * The id of the agent that stands for a mailbox in a tenant: `git-` and 128 bits of SHA-256 over tenant and normalised
 * e-mail address. The same in every repository, and different in every tenant.
 *
 * It is a pseudonym, not anonymity: whoever knows an e-mail address (and the tenant's id) can compute the id again and so
 * find that person's commits.
 *
 * @example
 * agentIdOf('Ada@Example.com', 'acme') === agentIdOf('ada@example.com', 'acme'); // true
 */
export function agentIdOf(email: string, tenantId: string): string {
  return pseudonym('email', normaliseEmail(email), tenantId);
}

/** The agent that stands for an author: by e-mail address, by name where there is none. */
export function participantOf(identity: Identity, tenantId: string): Participant {
  const hasEmail = normaliseEmail(identity.email) !== '';
  const agentId = hasEmail
    ? agentIdOf(identity.email, tenantId)
    : pseudonym('name', identity.name.normalize('NFKC').trim().toLowerCase(), tenantId);
  return { agentId, name: displayName(identity) };
}

/** Who wrote a commit: its author first, then its co-authors, each agent once. The committer has only committed it. */
export function participantsOf(commit: Commit, tenantId: string): Participant[] {
  const all = [commit.author, ...coAuthorsOf(commit.trailers)].map((who) => participantOf(who, tenantId));
  return all.filter((who, index) => all.findIndex((other) => other.agentId === who.agentId) === index);
}

function displayName(identity: Identity): string {
  const name = plainText(redactEmails(identity.name, [identity.email]), maxName).trim();
  return name === '' ? '(no name)' : name;
}

/** Each part is preceded by its length, so that no two different inputs make the same bytes. */
function pseudonym(kind: 'email' | 'name', value: string, tenantId: string): string {
  const hash = createHash('sha256');
  for (const part of ['agent-agency/git-agent/1', tenantId, kind, value]) {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return `git-${hash.digest('hex').slice(0, 32)}`;
}
