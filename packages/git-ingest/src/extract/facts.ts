import { createHash } from 'node:crypto';

import type { Commit, Identity, Trailer } from '../git/commit.ts';
import { OTHER_AREA } from './area.ts';
import { participantOf } from './participants.ts';
import { isCoAuthorTrailer, parseIdentity, reviewKindOf } from './people.ts';
import { plainText } from './plain-text.ts';
import { redactEmails } from './redact-emails.ts';

/** Somebody in the facts: the agent, and the name that the commit gives. */
export type FactPerson = Readonly<{ agent: string; name: string }>;

/** One kept trailer: a person's without the e-mail address, any other with addresses redacted. */
export type FactTrailer = Readonly<
  { key: string; agent: string; name: string } | { key: string; value: string }
>;

/** How many files of one language or area changed. */
export type FactCount = Readonly<{ name: string; files: number }>;

/**
 * The facts of one commit, schema `git-commit/1`: strings, integers, booleans, arrays and objects only.
 * (Types and not interfaces, because only those are assignable to a JSON value.)
 */
export type CommitFacts = Readonly<{
  schema: 'git-commit/1';
  commit: string;
  tree: string;
  parents: string[];
  author: FactPerson;
  committer: FactPerson;
  /** ISO 8601 in UTC. */
  authoredAt: string;
  committedAt: string;
  subject: string;
  /** SHA-256 of the whole message as it was read, in UTF-8, hex. */
  messageSha256: string;
  trailers: FactTrailer[];
  files: { count: number; languages: FactCount[]; areas: FactCount[]; bulk: boolean };
  /** See `Commit.isLossy`. */
  lossy: boolean;
}>;

const maxSubject = 500;
const maxTrailers = 50;
const maxTrailerKey = 100;
const maxTrailerValue = 200;
const maxAreas = 50;

/**
 * What the provenance log keeps of a commit. The same commit gives the same facts, byte for byte once canonical.
 * No e-mail address is in it in clear: people are agents (see `agentIdOf` for what that protects against), addresses in
 * free text are redacted, the commit's own ones whatever they look like.
 *
 * **Shape**: at most 50 trailers of 200 characters, 50 areas (the smallest beyond that are counted as `(other)`), a
 * subject of 500 characters.
 */
export function factsOf(commit: Commit, tenantId: string): CommitFacts {
  const text = redactor(commit);
  const person = (who: Identity): FactPerson => {
    const { agentId, name } = participantOf(who, tenantId);
    return { agent: agentId, name: text(name, maxTrailerValue) };
  };
  return {
    schema: 'git-commit/1',
    commit: commit.id,
    tree: commit.tree,
    parents: [...commit.parents],
    author: person(commit.author),
    committer: person(commit.committer),
    authoredAt: commit.authoredAt.toISOString(),
    committedAt: commit.committedAt.toISOString(),
    subject: text(commit.subject, maxSubject),
    messageSha256: createHash('sha256').update(commit.message, 'utf8').digest('hex'),
    trailers: commit.trailers.slice(0, maxTrailers).map((trailer) => {
      const key = text(trailer.key, maxTrailerKey);
      if (namesPerson(trailer)) return { key, ...person(parseIdentity(trailer.value)) };
      return { key, value: text(trailer.value, maxTrailerValue) };
    }),
    files: {
      count: commit.changes.fileCount,
      languages: countsOf(commit.changes.languages, String),
      areas: largest(countsOf(commit.changes.areas, (area) => text(area, maxTrailerValue))),
      bulk: commit.changes.isBulk,
    },
    lossy: commit.isLossy,
  };
}

function namesPerson(trailer: Trailer): boolean {
  return isCoAuthorTrailer(trailer) || reviewKindOf(trailer) !== undefined;
}

/** Redacts first and cuts then: the other way round would leave half an address at the end, which looks like none. */
function redactor(commit: Commit): (text: string, maxLength: number) => string {
  const people = commit.trailers.filter(namesPerson).map(({ value }) => parseIdentity(value));
  const emails = new Set([commit.author, commit.committer, ...people].map(({ email }) => email));
  return (text, maxLength) => plainText(redactEmails(text, emails), maxLength);
}

/** Sorted by name, code unit by code unit, so that the order does not depend on git's or on a locale. */
function countsOf(counts: ReadonlyMap<string, number>, nameOf: (key: string) => string): FactCount[] {
  const byName = new Map<string, number>();
  for (const [key, files] of counts) byName.set(nameOf(key), (byName.get(nameOf(key)) ?? 0) + files);
  return [...byName].map(([name, files]) => ({ name, files })).sort(byNameOrder);
}

function largest(areas: readonly FactCount[]): FactCount[] {
  if (areas.length <= maxAreas) return [...areas];
  const ranked = areas.filter(({ name }) => name !== OTHER_AREA).sort((a, b) => b.files - a.files);
  const kept = ranked.slice(0, maxAreas - 1);
  const total = (counts: readonly FactCount[]): number => counts.reduce((sum, { files }) => sum + files, 0);
  return [...kept, { name: OTHER_AREA, files: total(areas) - total(kept) }].sort(byNameOrder);
}

function byNameOrder(a: FactCount, b: FactCount): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
