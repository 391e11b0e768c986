import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { TestingError } from './errors.ts';
import { FIRST_WITH_PREPARED_STATEMENTS, isAtLeast } from './pgbouncer-configuration.ts';
import { provision } from './provision/provision.ts';
import type { ProvisionOptions } from './provision/provision.ts';
import { pgBouncerRecipes } from './provision/recipe.ts';
import { runProgram } from './run-program.ts';
import type { Account } from './server-account.ts';

/** A Debian release by its PgBouncer: trixie has 1.24, bookworm 1.18. */
export type PgBouncerRelease = keyof typeof pgBouncerRecipes;

/** Which PgBouncer to take. */
export interface PoolerChoice extends ProvisionOptions {
  readonly release?: PgBouncerRelease;
}

/** A PgBouncer on this machine. */
export interface PoolerProgram {
  readonly path: string;
  readonly version: string;
}

/**
 * Debian's PgBouncer of the wanted release; if none is wanted, an installed one ≥ 1.21, or else trixie's.
 *
 * @throws TestingError `SOURCE_UNAVAILABLE`, `PROGRAM_FAILED`, `LOCK_TIMEOUT`, each with what to do
 */
export async function getPoolerProgram(
  choice: PoolerChoice,
  account: Account | undefined,
): Promise<PoolerProgram> {
  const { release, env = process.env } = choice;
  const installed = release === undefined ? await findInstalled(env, account) : [];
  const usable = installed.find(({ version }) => isAtLeast(version, FIRST_WITH_PREPARED_STATEMENTS));
  if (usable !== undefined) return usable;
  try {
    const folder = await provision(pgBouncerRecipes[release ?? 'trixie'], choice);
    return await inspect(join(folder, 'pgbouncer'), account);
  } catch (error) {
    if (!(error instanceof TestingError)) throw error;
    const tooOld = installed.map(({ version, path }) => `${path} is ${version}; `).join('');
    const wanted = release === undefined ? `${FIRST_WITH_PREPARED_STATEMENTS} or newer` : `of ${release}`;
    const advice = release === undefined ? '; install it' : '';
    const message = `no PgBouncer ${wanted}: ${tooOld}Debian's cannot be had: ${error.message}${advice}`;
    throw new TestingError(error.code, message, { cause: error });
  }
}

/** Debian keeps it where only root has it on PATH. */
async function findInstalled(env: NodeJS.ProcessEnv, account: Account | undefined): Promise<PoolerProgram[]> {
  const folders = [...(env['PATH'] ?? '').split(delimiter).filter(isAbsolute), '/usr/sbin'];
  const paths = folders.map((folder) => join(folder, 'pgbouncer')).filter((path) => existsSync(path));
  const inspected = await Promise.allSettled([...new Set(paths)].map((path) => inspect(path, account)));
  return inspected.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
}

async function inspect(path: string, account: Account | undefined): Promise<PoolerProgram> {
  const { stdout } = await runProgram(path, ['--version'], { user: account });
  const version = /^PgBouncer (\S+)/m.exec(stdout)?.[1];
  if (version === undefined) throw new TestingError('PROGRAM_FAILED', `${path} does not tell its version`);
  return { path, version };
}
