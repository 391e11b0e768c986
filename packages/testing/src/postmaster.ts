import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How to end a server: `immediate` without writing anything back, for data that nobody will read again. */
export type ShutdownMode = 'fast' | 'immediate';

const signals = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;
const pollMs = 20;
const patienceMs = 10_000;

/**
 * The process id of the server that runs in a data directory.
 *
 * A pid file may be left over and its number reused by a stranger: it counts only when it names this very
 * directory and the process was started with it.
 */
export function findPostmaster(dataDir: string): number | undefined {
  const [pidText, recordedDir] = readIfThere(join(dataDir, 'postmaster.pid')).split('\n');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 1 || recordedDir !== dataDir) return undefined;
  return commandLineOf(pid).includes(dataDir) ? pid : undefined;
}

/**
 * Ends the server of a data directory and waits until it is gone, blocking the thread: this is for a process's
 * last moments and for what a dead process left behind. A server that does not obey is killed.
 */
export function endPostmaster(dataDir: string, mode: ShutdownMode): void {
  for (const signal of [signals[mode], 'SIGKILL'] as const) {
    const pid = findPostmaster(dataDir);
    if (pid === undefined) return;
    sendSignal(pid, signal);
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
      if (findPostmaster(dataDir) !== pid) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs);
    }
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Empty for a process that is gone, also for one that only waits to be collected by its parent. */
function commandLineOf(pid: number): string {
  if (process.platform === 'linux') {
    return readIfThere(`/proc/${String(pid)}/cmdline`).replaceAll('\0', ' ');
  }
  return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR') return '';
    throw error;
  }
}
