import { describe, expect, it } from 'vitest';

import { verbOf } from '../../src/extract/verb.ts';
import { verbs, verbWords } from '../../src/extract/verb-table.ts';

describe('verbOf', () => {
  it.each([
    ['feat(api): cursor pagination', 'add'],
    ['feat!: drop Node 18', 'add'],
    ['FIX: typo', 'fix'],
    ['fix(parser)!: crash', 'fix'],
    ['docs: how to start', 'document'],
    ['perf: fewer queries', 'optimise'],
    ['test: two tenants', 'test'],
    ['ci: cache pnpm', 'automate'],
    ['chore: bump vite', 'upgrade'],
    ['chore: things', 'maintain'],
    ['build(deps): bump x from 1 to 2', 'upgrade'],
    ['mm/slub: remove the dead branch', 'remove'],
    ['net: ethernet: fix a leak', undefined],
    ['Added: pages', 'add'],
    ['Fixes #12', 'fix'],
    ['Fixed a race', 'fix'],
    ['adding tests', 'add'],
    ['Dropped Node 18', 'remove'],
    ['Removing x', 'remove'],
    ['Applied', undefined],
    ['Simplified the loop', 'refactor'],
    ['Optimizes joins', 'optimise'],
    ['Merge branch x into y', 'merge'],
    ['Merged in feature', 'merge'],
    ['Revert "feat: x"', 'revert'],
    ['reverts', 'revert'],
    ['v1.2.3', 'release'],
    ['1.2.3-rc.1', 'release'],
    ['Release 2.0', 'release'],
    ['fixup! Rename a', 'rename'],
    ['[core] Move b', 'move'],
    [':bug: fix c', 'fix'],
    ['🐛 fix d', 'fix'],
    ['- upgrade e', 'upgrade'],
    ['Cherry-pick f', 'merge'],
    ['Use g', 'update'],
    ['Using h', undefined],
    ['Bumped i', 'upgrade'],
    ['Tidied up', 'maintain'],
    ['Deprecating j', 'deprecate'],
    ['tests for k', 'test'],
    ['The end', undefined],
    ['', undefined],
    ['   ', undefined],
    [':::', undefined],
    ['1234', undefined],
    ['constructor', undefined],
    ['修正', undefined],
  ])('of %j is %s', (subject, verb) => {
    expect(verbOf(subject)).toBe(verb);
  });

  it('recognises every word of its table', () => {
    for (const verb of verbs)
      for (const word of verbWords[verb].split(' ')) expect([word, verbOf(word)]).toEqual([word, verb]);
  });

  it('takes time in proportion to a hostile subject', () => {
    for (const part of ['[', '(', ':a', 'a(', 'fixup!', '-', 'a-'])
      expect(verbOf(part.repeat(200_000))).toBeUndefined();
  });
});
