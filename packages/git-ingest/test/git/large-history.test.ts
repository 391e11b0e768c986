import { setTimeout } from 'node:timers/promises';
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

/**
 * What is alive, not what has been allocated: the latter depends on when the collector runs. The memory of dead buffers is
 * given back behind a collection's back, by another thread: so the least of several.
 */
async function liveBytes(): Promise<number> {
  let least = Infinity;
  for (let collection = 0; collection < 4; collection += 1) {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, heapUsed + external);
    await setTimeout(5);
  }
  return least;
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
    const before = await liveBytes();
    const commits = await collect(readCommits(repository));
    const grown = (await liveBytes()) - before;
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

  it('reads 4,000 commits in the space of a few, and no faster than its reader', async () => {
    const commitCount = 4000;
    const body = 'y'.repeat(10_000);
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
    const before = await liveBytes();
    let count = 0;
    let peak = 0;
    for await (const { subject, changes } of readCommits(repository)) {
      expect(subject === String(count) && changes.fileCount === 1).toBe(true);
      count += 1;
      if (count % 800 !== 1) continue;
      // Time for git to run ahead, if anything let it.
      await setTimeout(20);
      peak = Math.max(peak, (await liveBytes()) - before);
    }
    expect(count).toBe(commitCount);
    // The messages alone are 40 MB, of which four fifths have been read at the last look.
    expect(peak).toBeLessThan(12 * megabyte);
  });
});
