import { describe, expect, it } from 'vitest';

import { coAuthorsOf, reviewersOf } from '../../src/extract/people.ts';

const trailer = (key: string, value: string): { key: string; value: string } => ({ key, value });

describe('coAuthorsOf', () => {
  it('reads name and address in whatever form, each mailbox once', () => {
    const trailers = [
      trailer('Co-authored-by', 'Bob <bob@example.com>'),
      trailer('co-AUTHORED-by', 'Robert <BOB@example.com >'),
      trailer('Co-authored-by', 'carol@example.com'),
      trailer('Co-authored-by', 'Dan Only'),
      trailer('Co-authored-by', 'dan only'),
      trailer('Co-authored-by', 'Eve <eve@example.com'),
      trailer('Co-authored-by', ' '),
      trailer('Co-authored-by', '<>'),
      trailer('Reviewed-by', 'Frank <frank@example.com>'),
    ];
    expect(coAuthorsOf(trailers)).toEqual([
      { name: 'Bob', email: 'bob@example.com' },
      { name: '', email: 'carol@example.com' },
      { name: 'Dan Only', email: '' },
      { name: 'Eve', email: 'eve@example.com' },
    ]);
  });

  it('gives at most a hundred', () => {
    const many = Array.from({ length: 150 }, (_, index) =>
      trailer('Co-authored-by', `N <n${index}@example.com>`),
    );
    expect(coAuthorsOf(many)).toHaveLength(100);
  });
});

describe('reviewersOf', () => {
  it('keeps what each one did, and the same one twice only for two things', () => {
    const keys = [
      'Reviewed-by',
      'acked-by',
      'Approved-By',
      'Signed-off-by',
      'Tested-by',
      'Reviewed-by',
      'Cc',
      'Fixes',
    ];
    const reviewers = reviewersOf(keys.map((key) => trailer(key, 'Bob <bob@example.com>')));
    expect(reviewers.map(({ kind }) => kind)).toEqual([
      'reviewed',
      'acked',
      'approved',
      'signed-off',
      'tested',
    ]);
    expect(reviewers[0]).toEqual({ kind: 'reviewed', name: 'Bob', email: 'bob@example.com' });
  });
});
