import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
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
  // One that is suspended obeys nothing, and its children would outlive it.
  resumeServer(dataDir);
  // A child can end a moment after its postmaster, still holding memory and files.
  const pids = new Set(listServerProcesses(dataDir).map(({ pid }) => pid));
  const isGone = () => !listProcesses().some(({ pid }) => pids.has(pid));
  for (const signal of [signals[mode], 'SIGKILL'] as const) {
    const pid = findPostmaster(dataDir);
    if (pid !== undefined) sendSignal(pid, signal);
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
      if (isGone()) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs);
    }
  }
}

/** Lets a server go on whose processes were stopped. */
export function resumeServer(dataDir: string): void {
  for (const { pid } of listServerProcesses(dataDir)) sendSignal(pid, 'SIGCONT');
}

/** The processes of the server that runs in a data directory: its postmaster and that one's children. */
export function listServerProcesses(dataDir: string): RunningProcess[] {
  const postmaster = findPostmaster(dataDir);
  if (postmaster === undefined) return [];
  return listProcesses().filter(({ pid, parent }) => pid === postmaster || parent === postmaster);
}

/** A process that has not ended. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** Whether SIGSTOP has taken effect. */
  readonly isStopped: boolean;
}

/** All processes, without those that only wait to be collected by their parents. */
export function listProcesses(): RunningProcess[] {
  const lines = process.platform === 'linux' ? linesFromProc() : linesFromPs();
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([pid, , state = 'X']) => Number(pid) > 0 && !/^[ZX]/.test(state))
    .map(([pid, parent, state = '']) => ({
      pid: Number(pid),
      parent: Number(parent),
      isStopped: /^[Tt]/.test(state),
    }));
}

function linesFromProc(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => {
    const stat = readIfThere(`/proc/${pid}/stat`);
    // The program's name, in parentheses, may hold anything; state and parent come after it.
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${pid} ${parent} ${state}`;
  });
}

function linesFromPs(): string[] {
  return spawnSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' }).stdout.split('\n');
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
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
