import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TestingError } from './errors.ts';
import { findPostmaster } from './postmaster.ts';
import { runPostgresProgram, versionOf } from './postgres-programs.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { runProgram } from './run-program.ts';
import { giveTo } from './server-account.ts';
import { majorOf } from './server.ts';

/** Initialises an empty folder as a data directory: UTF8, C.UTF-8, login `postgres` trusted. */
export async function initialiseData(
  programs: PostgresPrograms,
  dataDir: string,
  lasting: boolean,
): Promise<void> {
  const fixed = [
    '--username=postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-instructions',
  ];
  const sync = lasting ? [] : ['--no-sync'];
  await runPostgresProgram(programs, 'initdb', ['-D', dataDir, ...fixed, ...sync]);
}

/**
 * Makes a folder of the caller's ready for a server: initialised on its first use, checked on every other.
 *
 * @throws TestingError `DATA_DIRECTORY_INVALID`, `DATA_DIRECTORY_IN_USE`
 */
export async function prepareLastingData(programs: PostgresPrograms, folder: string): Promise<string> {
  await makeFolder(programs, folder);
  const dataDir = await realpath(folder);
  await checkAccess(programs, dataDir);
  const major = await findMajorOfData(dataDir);
  if (major === undefined) {
    if ((await readdir(dataDir)).length > 0) {
      throw new TestingError('DATA_DIRECTORY_INVALID', `${folder} is not empty and holds no PostgreSQL data`);
    }
    await giveTo(programs.account, dataDir);
    await initialiseData(programs, dataDir, true);
    return dataDir;
  }
  const version = await versionOf(programs);
  if (major !== majorOf(version)) {
    const mismatch = `${folder} holds data of PostgreSQL ${String(major)}, this is ${version}`;
    throw new TestingError('DATA_DIRECTORY_INVALID', mismatch);
  }
  const pid = findPostmaster(dataDir);
  if (pid !== undefined) {
    throw new TestingError(
      'DATA_DIRECTORY_IN_USE',
      `a server (process ${String(pid)}) is running in ${folder}`,
    );
  }
  return dataDir;
}

/** New folders above it stay open to other accounts: the server's may not be the caller's. */
async function makeFolder(programs: PostgresPrograms, folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  if (existsSync(folder)) return;
  await mkdir(folder, { mode: 0o700 });
  await giveTo(programs.account, folder);
}

/** Root may have put the folder where the account that root hands the server to cannot go. */
async function checkAccess({ account }: PostgresPrograms, dataDir: string): Promise<void> {
  if (account === undefined) return;
  try {
    await runProgram('test', ['-x', dirname(dataDir)], { user: account });
  } catch (error) {
    const message = `root runs the server as user ${account.uid}, who cannot enter ${dirname(dataDir)}`;
    throw new TestingError('DATA_DIRECTORY_INVALID', message, { cause: error });
  }
}

/** The major version that wrote the data, undefined when there is none. */
export async function findMajorOfData(dataDir: string): Promise<number | undefined> {
  try {
    return majorOf(await readFile(join(dataDir, 'PG_VERSION'), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
