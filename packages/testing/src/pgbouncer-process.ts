import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestingError } from './errors.ts';
import { findMarked, markOf } from './owner.ts';
import { lastLines } from './run-program.ts';
import type { Account } from './server-account.ts';

const markFile = 'pgbouncer.mark';
const pollMs = 10;
const patienceMs = 15_000;

/** A PgBouncer to run; `folder` has its configuration and gets its log. */
export interface PoolerLaunch {
  readonly program: string;
  readonly account: Account | undefined;
  readonly folder: string;
  readonly configuration: string;
}

/**
 * Runs a PgBouncer beside this process and waits until it listens.
 *
 * @throws TestingError `PROGRAM_FAILED` with the end of its log
 */
export async function launchPooler(launch: PoolerLaunch): Promise<ChildProcess> {
  const log = join(launch.folder, 'pgbouncer.log');
  const output = openSync(log, 'w');
  const child = spawn(launch.program, [launch.configuration], {
    ...launch.account,
    cwd: '/',
    // A Ctrl-C in the terminal is for this process, which may still need the pooler to end well.
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  let failure: Error | undefined;
  child.on('error', (error) => (failure = error));
  if (child.pid !== undefined) writeFileSync(join(launch.folder, markFile), markOf(child.pid));
  child.unref();
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const text = await readFile(log, 'utf8');
    if (text.includes(' process up: ')) return child;
    if (failure !== undefined || hasEnded(child) || Date.now() > deadline) {
      await stopPooler(child);
      const message = `pgbouncer does not start: ${failure?.message ?? lastLines(text)}`;
      throw new TestingError('PROGRAM_FAILED', message, { cause: failure });
    }
    await sleep(pollMs);
  }
}

/** Ends a PgBouncer and waits until it is gone. */
export async function stopPooler(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const gone = once(child, 'exit');
  child.ref();
  // It has nothing to save, and what the other signals mean has changed from version to version.
  child.kill('SIGKILL');
  await gone;
}

/** Ends the PgBouncer of a folder without waiting: for a process's last moments and for what a dead one left behind. */
export function endPooler(folder: string): void {
  const pid = findMarked(readIfThere(join(folder, markFile)));
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
