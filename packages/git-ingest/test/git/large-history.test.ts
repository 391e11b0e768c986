import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, it } from 'vitest';

import { inspectRepository } from '../../src/git/inspect-repository.ts';
import { readCommits } from '../../src/git/read-commits.ts';
import { buildRepository, type CommitSpec, type FileSpec } from '../../src/testing.ts';
import { collect } from './read-all.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const at = useTemporaryFolder();

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is alive, not what has been allocated: the latter depends on when the collector runs. */
function liveBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const megabyte = 1024 * 1024;

describe('readCommits with a large history', () => {
  it('reads a commit of 100,000 files without keeping their names', async () => {
    const fileCount = 100_000;
    const name = 'x'.repeat(200);
    function* files(): Generator<FileSpec, void, undefined> {
      for (let index = 0; index < fileCount; index += 1) {
        const area = `area-${index % 1000}`;
        yield { path: `packages/${area}/${name}/${index}.ts`, content: '' };
      }
    }
    const { path } = await buildRepository(at('files'), [{ files: files() }, { message: 'after' }]);
    const repository = await inspectRepository(path);
    const before = liveBytes();
    const commits = await collect(readCommits(repository));
    const grown = liveBytes() - before;
    const [bulk, after] = commits;
    expect(after?.subject).toBe('after');
    expect(bulk?.changes).toMatchObject({ fileCount, paths: [], isBulk: true });
    expect(bulk?.changes.languages).toEqual(new Map([['TypeScript', fileCount]]));
    // 256 areas by name, and one for the rest.
    expect(bulk?.changes.areas.size).toBe(257);
    expect([...(bulk?.changes.areas.values() ?? [])].reduce((sum, count) => sum + count, 0)).toBe(fileCount);
    // The names alone are 22 MB.
    expect(grown).toBeLessThan(4 * megabyte);
  });

  it('reads 10,000 commits in the space of a few, and no faster than its reader', async () => {
    const commitCount = 10_000;
    const body = 'y'.repeat(4000);
    function* commits(): Generator<CommitSpec, void, undefined> {
      for (let index = 0; index < commitCount; index += 1) {
        yield {
          message: `${index}\n\n${body}`,
          files: [{ path: `f${index % 7}`, content: String(index) }],
        };
      }
    }
    const { path } = await buildRepository(at('commits'), commits());
    const repository = await inspectRepository(path);
    expect(repository.commitCount).toBe(commitCount);
    const before = liveBytes();
    let count = 0;
    let peak = 0;
    for await (const { subject, changes } of readCommits(repository)) {
      expect(subject === String(count) && changes.fileCount === 1).toBe(true);
      count += 1;
      // Time for git to run ahead, if anything let it.
      if (count % 2000 === 1) await new Promise((resolve) => setTimeout(resolve, 20));
      if (count % 2000 === 1) peak = Math.max(peak, liveBytes() - before);
    }
    expect(count).toBe(commitCount);
    // The messages alone are 40 MB.
    expect(peak).toBeLessThan(6 * megabyte);
  });
});
