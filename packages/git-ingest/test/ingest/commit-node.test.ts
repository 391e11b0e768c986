import { describe, expect, it } from 'vitest';
import { entityIdOf, nodeIdOf, nodeOf } from '../../src/ingest/commit-node.ts';
import { aCommit } from './a-commit.ts';

const recordedAt = new Date('2026-01-01T00:00:00Z');
const [first, second, third] = ['1', '2', '3'].map((digit) => digit.repeat(40)) as [string, string, string];

describe('nodeOf', () => {
  it('names a commit, not a repository', () => {
    expect(nodeOf(aCommit({ id: first }), 'acme', recordedAt)).toMatchObject({
      id: nodeIdOf(first),
      entityType: 'verdict',
      entityId: entityIdOf(first),
      createdAt: recordedAt,
    });
    expect(nodeIdOf(first)).not.toBe(nodeIdOf(second));
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['a root from nothing', [], []],
    ['a commit from the one before it', [first], [first]],
    ['a merge from all it merges, in their order', [third, first, second], [third, first, second]],
    ['a commit from a parent that it names twice once', [second, first, second], [second, first]],
  ])('derives %s', (_, parents, derivedFrom) => {
    expect(nodeOf(aCommit({ parents }), 'acme', recordedAt).parents).toEqual(derivedFrom.map(nodeIdOf));
  });
});
