import type { Commit, Identity } from '../../src/index.ts';
import { areaOf, languageOf } from '../../src/index.ts';

interface CommitFields {
  readonly id?: string;
  readonly parents?: readonly string[];
  readonly author?: Identity;
  readonly authoredAt?: Date;
  readonly subject?: string;
  readonly trailers?: Commit['trailers'];
  readonly paths?: readonly string[];
}

const ada: Identity = { name: 'Ada Example', email: 'ada@example.com' };

/** A commit with only what a test is about. */
export function aCommit(fields: CommitFields = {}): Commit {
  const {
    author = ada,
    authoredAt = new Date('2024-01-01T00:00:00Z'),
    paths = [],
    subject = 'feat: start',
  } = fields;
  return {
    id: fields.id ?? 'a'.repeat(40),
    parents: fields.parents ?? [],
    tree: 'b'.repeat(40),
    author,
    committer: author,
    authoredAt,
    committedAt: authoredAt,
    message: subject,
    subject,
    trailers: fields.trailers ?? [],
    changes: {
      fileCount: paths.length,
      languages: countBy(paths, languageOf),
      areas: countBy(paths, areaOf),
      paths,
      isBulk: false,
    },
    isLossy: false,
  };
}

function countBy(paths: readonly string[], key: (path: string) => string | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const name = key(path);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
