import type { Identity, Trailer } from '../git/commit.ts';
import { normaliseEmail } from './normalise-email.ts';

/** What a review trailer says its person did. */
export type ReviewKind = 'reviewed' | 'acked' | 'approved' | 'signed-off' | 'tested';

/** Somebody who stands behind a commit without having written it. */
export interface Reviewer extends Identity {
  readonly kind: ReviewKind;
}

const reviewKinds: ReadonlyMap<string, ReviewKind> = new Map([
  ['reviewed-by', 'reviewed'],
  ['acked-by', 'acked'],
  ['approved-by', 'approved'],
  ['signed-off-by', 'signed-off'],
  ['tested-by', 'tested'],
]);
const maxPeople = 100;

/** The people of `Co-authored-by` trailers, each mailbox once, at most 100. */
export function coAuthorsOf(trailers: readonly Trailer[]): Identity[] {
  const people = trailers.filter(isCoAuthorTrailer).map(({ value }) => parseIdentity(value));
  return unique(people.filter(isSomebody), keyOf);
}

/** The people of review trailers with what they did; who reviewed and tested is there twice. At most 100. */
export function reviewersOf(trailers: readonly Trailer[]): Reviewer[] {
  const people = trailers.flatMap((trailer) => {
    const kind = reviewKindOf(trailer);
    return kind === undefined ? [] : [{ kind, ...parseIdentity(trailer.value) }];
  });
  return unique(people.filter(isSomebody), (who) => `${who.kind} ${keyOf(who)}`);
}

/** Whether a trailer names a co-author. */
export function isCoAuthorTrailer({ key }: Trailer): boolean {
  return key.toLowerCase() === 'co-authored-by';
}

/** What kind of review a trailer states, if any. */
export function reviewKindOf({ key }: Trailer): ReviewKind | undefined {
  return reviewKinds.get(key.toLowerCase());
}

/** `Name <email>`, or either alone. */
export function parseIdentity(text: string): Identity {
  const open = text.indexOf('<');
  if (open !== -1) {
    const close = text.indexOf('>', open);
    const email = text.slice(open + 1, close === -1 ? undefined : close);
    return { name: text.slice(0, open).trim(), email: email.trim() };
  }
  const trimmed = text.trim();
  return /^[^\s@]+@[^\s@]+$/.test(trimmed) ? { name: '', email: trimmed } : { name: trimmed, email: '' };
}

function isSomebody({ name, email }: Identity): boolean {
  return name !== '' || email !== '';
}

function keyOf({ name, email }: Identity): string {
  return email === '' ? `name ${name.toLowerCase()}` : `email ${normaliseEmail(email)}`;
}

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const item of items) if (!byKey.has(key(item))) byKey.set(key(item), item);
  return [...byKey.values()].slice(0, maxPeople);
}
