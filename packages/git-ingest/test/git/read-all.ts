import type { Commit } from '../../src/git/commit.ts';
import { inspectRepository } from '../../src/git/inspect-repository.ts';
import { readCommits, type ReadCommitsOptions } from '../../src/git/read-commits.ts';

/** All that an iterable yields. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** All commits of the repository at a path. */
export async function readAll(path: string, options: ReadCommitsOptions = {}): Promise<Commit[]> {
  return collect(readCommits(await inspectRepository(path), options));
}
