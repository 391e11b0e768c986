import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { breakLock, takeLock } from '../src/lock-file.ts';
import { startChild } from './support/child.ts';
import { createFolder } from './support/folder.ts';

describe('takeLock', () => {
  it('makes a second taker wait until the first gives it back', async () => {
    const path = join(await createFolder(), 'lock');
    const order: string[] = [];
    const release = await takeLock(path, 1000);
    const second = takeLock(path, 5000).then((releaseSecond) => {
      order.push('second');
      return releaseSecond();
    });
    await sleep(150);
    order.push('first');
    await release();
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  it('gives up on a living holder after the time it was given', async () => {
    const path = join(await createFolder(), 'lock');
    await takeLock(path, 0);
    await expect(takeLock(path, 0)).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
  });

  it('goes from a dead holder to one of many waiters at a time, and leaves nothing behind', async () => {
    const folder = await createFolder();
    const path = join(folder, 'lock');
    await startChild('lock', [path]).ended;
    expect(await readdir(folder)).toEqual(['lock']);
    let inside = 0;
    let most = 0;
    const waiters = Array.from({ length: 8 }, async () => {
      const release = await takeLock(path, 20_000);
      most = Math.max(most, (inside += 1));
      await sleep(5);
      inside -= 1;
      await release();
    });
    await Promise.all(waiters);
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('breakLock', () => {
  it('does not remove the lock that somebody has taken since', async () => {
    const path = join(await createFolder(), 'lock');
    await writeFile(path, 'the next holder');
    await breakLock(path, 'the dead holder');
    expect(await readFile(path, 'utf8')).toBe('the next holder');
  });

  it('leaves it to the one who is at it already', async () => {
    const path = join(await createFolder(), 'lock');
    await writeFile(path, 'the dead holder');
    await Promise.all([1, 2, 3].map(() => breakLock(path, 'the dead holder')));
    expect(await readdir(dirname(path))).toEqual([]);
  });
});
