import { describe, expect, it } from 'vitest';
import { batchesOf } from '../../src/ingest/batches.ts';
import { aCommit } from './a-commit.ts';

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  await Promise.resolve();
  yield* items;
}

async function sizesOf(pathCounts: readonly number[]): Promise<number[]> {
  const commits = pathCounts.map((count) =>
    aCommit({ paths: Array.from({ length: count }, (_, i) => `f${i}`) }),
  );
  const sizes: number[] = [];
  for await (const batch of batchesOf(each(commits), { commits: 3, paths: 10 })) sizes.push(batch.length);
  return sizes;
}

describe('batchesOf', () => {
  it('closes a batch at its number of commits, and yields the rest', async () => {
    expect(await sizesOf([0, 0, 0, 0])).toEqual([3, 1]);
  });
  it('closes a batch when its paths are many', async () => {
    expect(await sizesOf([6, 6, 0, 12, 1])).toEqual([2, 2, 1]);
  });
  it('yields nothing for nothing', async () => {
    expect(await sizesOf([])).toEqual([]);
  });
});
