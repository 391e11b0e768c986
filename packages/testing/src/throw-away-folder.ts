import { chmod, lstat, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAbandoned, ownerMark } from './owner.ts';
import { endPooler } from './pgbouncer-process.ts';
import { endPostmaster } from './postmaster.ts';

const prefix = 'agent-agency-pg-';

/**
 * Makes a temporary folder that its name ties to this process, after removing those whose process has died.
 *
 * A cluster lives in its subfolder `data`, a PgBouncer in the folder itself.
 */
export async function createThrowAwayFolder(): Promise<string> {
  await sweepFolders();
  const folder = await mkdtemp(join(await realpath(tmpdir()), `${prefix}${ownerMark()}_`));
  // The server may run under another account (see server-account.ts), which has to pass through.
  await chmod(folder, 0o711);
  return folder;
}

/** Removes a folder of `createThrowAwayFolder`. */
export async function removeThrowAwayFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Ends the servers and removes the folders of processes that died without cleaning up (`kill -9`, power loss). */
export async function sweepFolders(): Promise<void> {
  const parent = await realpath(tmpdir());
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix) || !isAbandoned(name)) continue;
    const folder = join(parent, name);
    try {
      if (!(await isOwnFolder(folder))) continue;
      endPostmaster(join(folder, 'data'), 'immediate');
      endPooler(folder);
      await removeThrowAwayFolder(folder);
    } catch (error) {
      // Somebody else's leftovers must not fail the run at hand, but they should not go unnoticed either.
      process.emitWarning(`could not remove the abandoned ${folder}: ${String(error)}`);
    }
  }
}

/** Anybody can make a folder of any name in a shared temporary directory. */
async function isOwnFolder(folder: string): Promise<boolean> {
  const status = await lstat(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  return status?.isDirectory() === true && status.uid === (process.getuid?.() ?? status.uid);
}
