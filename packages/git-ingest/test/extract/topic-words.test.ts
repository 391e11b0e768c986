import { describe, expect, it } from 'vitest';

import { topicWordsOf } from '../../src/extract/topic-words.ts';

describe('topicWordsOf', () => {
  it.each([
    ['fix(pool): release clients after a failed rollback (#123)', ['pool', 'clients', 'failed']],
    ['Merge pull request #7 from ada/vector-index', ['ada', 'vector', 'index']],
    ['Add HNSW index; use the HNSW index', ['hnsw', 'index']],
    ['Revert 1a2b3c4d5e6f and deadbeef', ['deadbeef']],
    ['Write C++ and C# bindings', ['c++', 'c#', 'bindings']],
    ['mail ada@example.com about Straße', ['mail', 'straße']],
    ['修正 データベース', ['修正', 'データベース']],
    ['', []],
    ['a 1 22 the', []],
  ])('of %j are %j', (subject, words) => {
    expect(topicWordsOf(subject)).toEqual(words);
  });

  it('are at most twelve, of at most forty characters', () => {
    const many = Array.from({ length: 20 }, (_, index) => `w${'x'.repeat(30 + index)}`);
    const words = topicWordsOf(many.join(' '));
    expect(words).toEqual(many.filter((word) => word.length <= 40));
    expect(topicWordsOf(many.map((word) => word.slice(20)).join(' '))).toHaveLength(12);
  });
});
