import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initialiseData } from './data-directory.ts';
import { TestingError } from './errors.ts';
import { ownerMark } from './owner.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { cacheFolder, prepareCache } from './provision/cache-folder.ts';
import { runProgram } from './run-program.ts';
import { giveTo } from './server-account.ts';

/**
 * Initialises an empty folder for a throw-away cluster with a copy of what initdb has made of these programs before,
 * which the cache keeps: 60 ms in place of 500. Where there is no cache to write to, with initdb itself.
 *
 * The copies share a system identifier, so data that lasts is not made like this.
 */
export async function copyInitialisedData(
  programs: PostgresPrograms & { readonly version: string },
  dataDir: string,
  cacheDir = cacheFolder(process.env),
): Promise<void> {
  const { binDir, account, version } = programs;
  if (await isTemporary(binDir)) {
    await initialiseData(programs, dataDir, false);
    return;
  }
  const hash = createHash('sha256')
    .update(`${binDir}\0${account?.uid ?? ''}`)
    .digest('hex')
    .slice(0, 12);
  const original = join(cacheDir, `initialised-${version}-${hash}`);
  if (await isThere(original, programs))
    await runProgram('cp', ['-a', `${original}/.`, dataDir], { user: account });
  else await initialiseData(programs, dataDir, false);
}

/** Programs in a folder for temporary files come and go, and would each leave an original behind. */
async function isTemporary(binDir: string): Promise<boolean> {
  return binDir.startsWith(`${await realpath(tmpdir())}/`);
}

/** Makes the original if need be. It gets its name when it is complete; who comes second throws theirs away. */
async function isThere(original: string, programs: PostgresPrograms): Promise<boolean> {
  if (existsSync(original)) return true;
  let work: string | undefined;
  try {
    await prepareCache(original);
    work = await mkdtemp(`${original}.work-${ownerMark()}_`);
    await giveTo(programs.account, work);
    await initialiseData(programs, work, false);
    await rename(work, original);
    return true;
  } catch (error) {
    if (work !== undefined) await rm(work, { recursive: true, force: true });
    if (error instanceof TestingError) throw error;
    return existsSync(original);
  }
}
