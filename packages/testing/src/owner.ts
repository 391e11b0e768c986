import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Whatever outlives a killed process (folders, databases on a shared server) carries its owner's mark in its
 * name, so that naming and marking are one atomic step and anybody can tell later whether the owner still lives:
 * `<host>_<pid>_<process start>_<made at>`, all but the host in base 36.
 */
const markPattern = /([0-9a-f]{8})_([0-9a-z]+)_([0-9a-z]+)_([0-9a-z]+)/;

/** A process of another machine or container cannot be looked up: after this long it is taken for dead. */
const foreignLifetimeSeconds = 24 * 60 * 60;

/** The calling process's mark, for example `5f0c9a1e_3k2_2x8d1_t2v8xk`; 40 characters at most. */
export function ownerMark(): string {
  return markOf(process.pid);
}

/** The mark of another process of this machine. */
export function markOf(pid: number): string {
  return [hostId(), pid.toString(36), startOf(pid) ?? '0', nowSeconds().toString(36)].join('_');
}

/** The id of the process that a mark was made of, if that very process still runs on this machine. */
export function findMarked(mark: string): number | undefined {
  const pid = Number.parseInt(markPattern.exec(mark)?.[2] ?? '', 36);
  return isOfThisHost(mark) && !isAbandoned(mark) ? pid : undefined;
}

/** Whether the owner named by the mark inside `name` is dead; a name without a mark is nobody's business. */
export function isAbandoned(name: string): boolean {
  const [, host, pid, start, madeAt] = markPattern.exec(name) ?? [];
  if (pid === undefined || madeAt === undefined) return false;
  if (host === hostId()) return startOf(Number.parseInt(pid, 36)) !== start;
  return nowSeconds() - Number.parseInt(madeAt, 36) > foreignLifetimeSeconds;
}

/** Whether the mark inside `name` was made on this machine, in this boot and process namespace. */
export function isOfThisHost(name: string): boolean {
  return markPattern.exec(name)?.[1] === hostId();
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

let cachedHostId: string | undefined;

/** Process ids mean something only within one boot and one process namespace of one machine. */
function hostId(): string {
  if (cachedHostId !== undefined) return cachedHostId;
  const scope = [hostname()];
  if (process.platform === 'linux') {
    scope.push(
      readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      readlinkSync('/proc/self/ns/pid'),
    );
  }
  cachedHostId = createHash('sha256').update(scope.join('\0')).digest('hex').slice(0, 8);
  return cachedHostId;
}

/** When the process began, so that a reused process id is not mistaken for it; undefined when there is none. */
function startOf(pid: number): string | undefined {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

function startFromProc(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  // The second field is the program's name in parentheses and may hold anything, so count from its end:
  // state is the first field after it, the start time in clock ticks since boot the twentieth.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const dead = fields[0] === 'Z' || fields[0] === 'X';
  return dead ? undefined : Number(fields[19]).toString(36);
}

function startFromPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
  const startedAt = Date.parse(`${stdout.trim()} UTC`);
  return Number.isNaN(startedAt) ? undefined : (startedAt / 1000).toString(36);
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ESRCH';
}
