import type { ChangeCounter } from './change-summary.ts';
import type { Commit, Identity, Trailer } from './commit.ts';
import { commitFields, type CommitField } from './log-arguments.ts';

/** A commit while it is being read: the fields so far, in the order of `commitFields`. */
export interface RawCommit {
  readonly fields: string[];
  readonly changes: ChangeCounter;
  isLossy: boolean;
}

/** 9999-12-31T23:59:59Z, the last second whose ISO form has a year of four digits. */
const maxUnixSeconds = 253_402_300_799;

/** The commit that the fields make. */
export function commitOf(raw: RawCommit): Commit {
  const field = (name: CommitField): string => raw.fields[commitFields.indexOf(name)] ?? '';
  const author = identityOf('a', field('authorName'), field('authorEmail'));
  const committer = identityOf('c', field('committerName'), field('committerEmail'));
  const authoredAt = dateOf(field('authoredAt'));
  const committedAt = dateOf(field('committedAt'));
  const message = field('message');
  return {
    id: field('id'),
    parents: field('parents').split(' ').filter(Boolean),
    tree: field('tree'),
    author: author.identity,
    committer: committer.identity,
    authoredAt: authoredAt.date,
    committedAt: committedAt.date,
    message,
    subject: subjectOf(message),
    trailers: trailersOf(field('trailers')),
    changes: raw.changes.summary(),
    isLossy: raw.isLossy || author.isLossy || committer.isLossy || authoredAt.isLossy || committedAt.isLossy,
  };
}

/** Git leaves the placeholders themselves in place when it cannot make sense of the identity line of a commit. */
function identityOf(
  kind: 'a' | 'c',
  name: string,
  email: string,
): { readonly identity: Identity; readonly isLossy: boolean } {
  const isUnreadable = name === `%${kind}N` && email === `%${kind}E`;
  return { identity: isUnreadable ? { name: '', email: '' } : { name, email }, isLossy: isUnreadable };
}

function dateOf(unixSeconds: string): { readonly date: Date; readonly isLossy: boolean } {
  const seconds = /^\d+$/.test(unixSeconds) ? Number(unixSeconds) : -1;
  const clamped = Math.min(Math.max(seconds, 0), maxUnixSeconds);
  return { date: new Date(clamped * 1000), isLossy: clamped !== seconds };
}

function subjectOf(message: string): string {
  const [paragraph = ''] = message.trimStart().split(/\n[^\S\n]*(?:\n|$)/, 1);
  return paragraph
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .trim();
}

function trailersOf(block: string): Trailer[] {
  return block
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const colon = line.indexOf(':');
      // Only a block that was cut at the size limit can end in a line without its colon.
      if (colon === -1) return { key: line.trim(), value: '' };
      return { key: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
    });
}
