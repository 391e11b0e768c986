import { join } from 'node:path';
import { TestingError } from './errors.ts';
import { lastLines, runProgram } from './run-program.ts';
import type { ProgramOutput } from './run-program.ts';
import type { Account } from './server-account.ts';

/** PostgreSQL's programs of one folder, and the account they run under. */
export interface PostgresPrograms {
  readonly binDir: string;
  readonly account: Account | undefined;
}

/** Runs one of PostgreSQL's programs. */
export function runPostgresProgram(
  programs: PostgresPrograms,
  name: 'initdb' | 'pg_basebackup' | 'pg_ctl' | 'postgres',
  args: readonly string[],
): Promise<ProgramOutput> {
  return runProgram(join(programs.binDir, name), args, { user: programs.account });
}

/** The version of the `postgres` in a folder, for example `17.11`. */
export async function versionOf(programs: PostgresPrograms): Promise<string> {
  const { stdout } = await runPostgresProgram(programs, 'postgres', ['--version']);
  const version = /\(PostgreSQL\) (\S+)/.exec(stdout)?.[1];
  if (version === undefined) {
    throw new TestingError(
      'PROGRAM_FAILED',
      `${programs.binDir}/postgres does not tell its version: ${lastLines(stdout)}`,
    );
  }
  return version;
}
