import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHash, randomUUID } from 'node:crypto';
import { TestingError } from './errors.ts';
import { isAbandoned, ownerMark } from './owner.ts';

const pollMs = 100;

/**
 * Takes a lock between processes of one machine, waiting for a living holder and not for a dead one.
 * Returns the function that gives it back.
 *
 * The lock is a file that holds its owner's mark; linking a written file makes both appear at once.
 * @throws TestingError `LOCK_TIMEOUT`
 */
export async function takeLock(path: string, timeoutMs: number): Promise<() => Promise<void>> {
  const mark = `${ownerMark()} ${randomUUID()}`;
  const deadline = Date.now() + timeoutMs;
  while (!(await createExclusively(path, mark))) {
    const holder = await readIfThere(path);
    if (holder !== undefined && isAbandoned(holder)) {
      await breakLock(path, holder);
    } else if (Date.now() > deadline) {
      throw new TestingError(
        'LOCK_TIMEOUT',
        `${path} is held by another process; if there is none, remove the file`,
      );
    } else {
      await sleep(Math.min(pollMs, timeoutMs));
    }
  }
  return () => rm(path, { force: true });
}

/**
 * Removes a dead holder's lock. Two waiters may see the same dead holder, and the slower one must not remove the
 * lock that the faster one has taken since: only who holds the claim on this very holder removes it, after
 * looking again.
 */
export async function breakLock(path: string, holder: string): Promise<void> {
  const claim = `${path}.${createHash('sha256').update(holder).digest('hex').slice(0, 12)}`;
  if (!(await createExclusively(claim, ownerMark()))) {
    await sleep(pollMs);
    return;
  }
  if ((await readIfThere(path)) === holder) await rm(path, { force: true });
  await rm(claim, { force: true });
}

async function createExclusively(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, content, { flag: 'wx' });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
