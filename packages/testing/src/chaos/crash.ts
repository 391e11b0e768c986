import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestingError } from '../errors.ts';
import type { PostgresPrograms } from '../postgres-programs.ts';
import { findPostmaster, listProcesses, listServerProcesses, sendSignal } from '../postmaster.ts';

const pollMs = 2;
const patienceMs = 10_000;

/** Stops every process of a server where it is; it hangs until `resumeServer`. Nothing is done to one that is down. */
export async function suspendServer(dataDir: string): Promise<void> {
  // Until it has stopped itself, the postmaster may start another process.
  await until('suspended', () => {
    const running = listServerProcesses(dataDir).filter(({ isStopped }) => !isStopped);
    for (const { pid } of running) sendSignal(pid, 'SIGSTOP');
    return running.length === 0;
  });
}

/** Ends every process of a server, none of which gets to do anything more, as when its machine fails. */
export async function crashServer(dataDir: string): Promise<void> {
  // Otherwise those that are killed last could see the others die and tell their clients.
  await suspendServer(dataDir);
  const pids = new Set(listServerProcesses(dataDir).map(({ pid }) => pid));
  for (const pid of pids) sendSignal(pid, 'SIGKILL');
  await until('killed', () => !listProcesses().some(({ pid }) => pids.has(pid)));
}

/**
 * Removes what a killed server left outside its folder: a megabyte of shared memory, which would stay until the machine
 * restarts. Only PostgreSQL itself knows where, and removes it when it next starts in the folder; `--check` goes just
 * that far.
 */
export function cleanUpCrash({ binDir, account }: PostgresPrograms, dataDir: string): void {
  if (findPostmaster(dataDir) !== undefined || !removeStalePidFile(dataDir)) return;
  spawnSync(join(binDir, 'postgres'), ['--check', '-D', dataDir], {
    ...account,
    cwd: '/',
    timeout: patienceMs,
  });
}

/**
 * Removes the pid file of a server that was killed, and says whether there was one. Its number may have become a
 * stranger's, or still be the killed server's where nobody collects ended processes (a container without an init):
 * PostgreSQL would refuse to start.
 */
export function removeStalePidFile(dataDir: string): boolean {
  const path = join(dataDir, 'postmaster.pid');
  const isThere = existsSync(path);
  rmSync(path, { force: true });
  return isThere;
}

async function until(state: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!isSo()) {
    if (Date.now() > deadline) throw new TestingError('PROGRAM_FAILED', `the server could not be ${state}`);
    await sleep(pollMs);
  }
}
