import { constants } from 'node:fs';
import { link, mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { TenancyError } from '../errors.ts';

/** Makes a folder that nobody else may enter; one that is there stays as it is. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** @throws {TenancyError} `KEY_UNAVAILABLE` when somebody else may read or replace what is in the folder. */
export async function assertPrivateFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await assertPrivate(handle, folder);
  } finally {
    await handle.close();
  }
}

/**
 * The bytes of a file that is its owner's alone; undefined if there is none.
 *
 * @throws {TenancyError} `KEY_UNAVAILABLE` when others may read or change it, or it is a link to elsewhere.
 */
export async function readPrivateFile(file: string): Promise<Buffer | undefined> {
  const handle = await openIfThere(file, constants.O_RDONLY);
  if (handle === undefined) return undefined;
  try {
    await assertPrivate(handle, file);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/**
 * Makes a file with all of its content at once, which is on the disk when this returns. False when there is one of that
 * name already: it stays as it is.
 */
export async function createPrivateFile(folder: string, name: string, content: Uint8Array): Promise<boolean> {
  const draft = join(folder, `.${randomBytes(9).toString('hex')}.draft`);
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike renaming, linking does not replace a file that is there.
    await link(draft, join(folder, name));
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
    await syncFolder(folder);
  }
}

/** Overwrites a file, then removes it; the caller syncs the folder. */
export async function shredFile(file: string): Promise<void> {
  const handle = await openIfThere(file, constants.O_RDWR);
  if (handle === undefined) return;
  try {
    const { size } = await handle.stat();
    await handle.write(randomBytes(size), 0, size, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rm(file, { force: true });
}

/** Brings to the disk which files a folder has. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Names in a folder; none if it is not there. */
export async function listNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function openIfThere(file: string, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(file, flags | constants.O_NOFOLLOW);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Asked of the open file, which cannot be exchanged for another in between. */
async function assertPrivate(handle: FileHandle, path: string): Promise<void> {
  const { mode, uid } = await handle.stat();
  const problems: string[] = [];
  if ((mode & 0o077) !== 0) {
    problems.push(`its mode is ${(mode & 0o777).toString(8)}: take the rights of group and others away`);
  }
  if (process.getuid !== undefined && uid !== process.getuid()) {
    problems.push('it belongs to another user');
  }
  if (problems.length === 0) return;
  throw new TenancyError(
    'KEY_UNAVAILABLE',
    `${path} holds key-encryption-keys and is not private: ${problems.join('; ')}`,
  );
}

/** What went wrong with a file, such as ENOENT. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
