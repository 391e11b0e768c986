import type { Commit } from '../../src/git/commit.ts';

/** A commit as `readCommits` would give it, with the parts that a test is about. */
export function commitWith(parts: Partial<Commit> = {}): Commit {
  const person = { name: 'Ada Example', email: 'ada@example.com' };
  const message = parts.message ?? 'feat: one';
  return {
    id: 'a'.repeat(40),
    parents: [],
    tree: 'b'.repeat(40),
    author: person,
    committer: person,
    authoredAt: new Date('2024-01-01T00:00:00Z'),
    committedAt: new Date('2024-01-02T00:00:00Z'),
    message,
    subject: message,
    trailers: [],
    changes: { fileCount: 0, languages: new Map(), areas: new Map(), paths: [], isBulk: false },
    isLossy: false,
    ...parts,
  };
}
