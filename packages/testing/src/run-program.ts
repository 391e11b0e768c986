import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { TestingError } from './errors.ts';

/** How to run a program; `user` is whom to become. */
export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly timeoutMs?: number;
}

/** What a program printed. */
export interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end.
 *
 * Its messages are in English, and no PG* variable of the caller reaches it: they would redirect PostgreSQL's programs.
 * @throws TestingError `PROGRAM_FAILED` with the last lines that it printed, when it cannot run or exits with an error.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramOutput> {
  const { user, timeoutMs = 120_000, cwd = '/', env = process.env } = options;
  const settings = { cwd, env: neutral(env), timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024, ...user };
  return new Promise((resolve, reject) => {
    execFile(command, args, settings, (error, stdout, stderr) => {
      if (error === null) {
        resolve({ stdout, stderr });
        return;
      }
      const how = typeof error.code === 'number' ? `exited with ${String(error.code)}` : reasonOf(error);
      const message = [`${basename(command)} ${how}`, lastLines(stderr || stdout)].filter(Boolean).join(': ');
      reject(new TestingError('PROGRAM_FAILED', message, { cause: error }));
    });
  });
}

/** The last few lines of a text, on one line. */
export function lastLines(text: string): string {
  return text.trim().split('\n').slice(-4).join(' | ');
}

function neutral(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('PG'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

function reasonOf(error: { code?: unknown; signal?: unknown }): string {
  if (error.code === 'ENOENT') return 'is not there';
  if (typeof error.signal === 'string') return `was ended by ${error.signal}`;
  return `could not be run (${String(error.code)})`;
}
