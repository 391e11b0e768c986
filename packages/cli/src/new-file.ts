import { randomBytes } from 'node:crypto';
import { link, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isSystemError, UsageError } from './failure.ts';

/**
 * Lends a file that is there under its name only when `write` has succeeded, readable by its owner only. It can be
 * written or not before anything is done that cannot be undone.
 *
 * @throws {UsageError} when there is a file of that name already, or it cannot be made.
 */
export async function withNewFile<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const draft = join(dirname(path), `.${randomBytes(6).toString('hex')}.partial`);
  const file = await open(draft, 'wx', 0o600).catch((error: unknown) => refuse(error, path));
  try {
    // Now, and not when the work is done.
    await link(draft, path).catch((error: unknown) => refuse(error, path));
    await rm(path);
    const result = await write(file);
    await file.sync();
    await link(draft, path).catch((error: unknown) => refuse(error, path));
    return result;
  } finally {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
  }
}

function refuse(error: unknown, path: string): never {
  if (!isSystemError(error)) throw error;
  const problem =
    error.code === 'EEXIST' ? 'is there already' : `cannot be written (${error.code ?? error.message})`;
  throw new UsageError(`${path} ${problem}: name another file`, { cause: error });
}
