import { chown } from 'node:fs/promises';
import { TestingError } from './errors.ts';
import { runProgram } from './run-program.ts';

/** A user and group by number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account that the server's programs run under: undefined for the caller's own.
 *
 * PostgreSQL refuses to run as root, so root hands it to `postgres` or, where there is none, to `nobody`.
 * @throws TestingError `SOURCE_UNAVAILABLE` when there is neither.
 */
export async function findServerAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const account = await lookUp(name);
    if (account !== undefined) return account;
  }
  throw new TestingError('SOURCE_UNAVAILABLE', 'running as root, and there is no account postgres or nobody');
}

/** Gives a file or folder to the server's account. */
export async function giveTo(account: Account | undefined, path: string): Promise<void> {
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

async function lookUp(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await runProgram('id', [flag, name])).stdout)),
    );
    return uid === undefined || gid === undefined ? undefined : { uid, gid };
  } catch (error) {
    if (error instanceof TestingError && error.code === 'PROGRAM_FAILED') return undefined;
    throw error;
  }
}
