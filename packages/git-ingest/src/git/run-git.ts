import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

import { GitIngestError } from '../errors.ts';
import { gitEnvironment, pinnedConfiguration } from './git-environment.ts';

/** How a git process ended. */
export interface GitExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

const keptStderrBytes = 8 * 1024;

/**
 * Runs git and yields its standard output as it comes, at the reader's pace; returns how it ended, and judges nothing.
 * However the reading ends (finished, abandoned, failed, aborted), the process is gone when this generator is.
 *
 * @throws GitIngestError GIT_NOT_FOUND when git cannot be started.
 * @throws The signal's reason when it is aborted.
 */
export async function* streamGit(
  args: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Buffer, GitExit, undefined> {
  signal?.throwIfAborted();
  const child = spawn('git', ['--no-pager', ...pinnedConfiguration, ...args], {
    env: gitEnvironment(process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.on('error', reject);
  });
  const closed = new Promise<Omit<GitExit, 'stderr'>>((resolve) => {
    child.once('close', (code, endedBy) => {
      resolve({ code, signal: endedBy });
    });
  });
  const stderr = keepTail(child.stderr);
  // git log only reads, so nothing is lost by ending it at once, and unlike SIGTERM this cannot be put off.
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', kill, { once: true });
  try {
    await started.catch(notStarted);
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      yield chunk;
    }
    const exit = await closed;
    signal?.throwIfAborted();
    return { ...exit, stderr: stderr() };
  } finally {
    signal?.removeEventListener('abort', kill);
    if (child.pid !== undefined) {
      kill();
      child.stdout.destroy();
      child.stderr.destroy();
      await closed;
    }
  }
}

/** The whole standard output of a git command whose answer is short, and how the command ended. */
export async function runGit(
  args: readonly string[],
  signal?: AbortSignal,
): Promise<GitExit & { readonly stdout: string }> {
  const chunks: Buffer[] = [];
  const output = streamGit(args, signal);
  for (;;) {
    const next = await output.next();
    if (next.done === true) return { ...next.value, stdout: Buffer.concat(chunks).toString('utf8') };
    chunks.push(next.value);
  }
}

/** The error of a git command that ended badly: git's own last words, which are its `fatal:` line if it has one. */
export function gitFailed(command: string, exit: GitExit): GitIngestError {
  const lines = exit.stderr.split('\n').filter((line) => line.trim() !== '');
  const line = lines.findLast((candidate) => /^(fatal|error):/.test(candidate)) ?? lines.at(-1);
  const ending = exit.signal === null ? `exit code ${String(exit.code)}` : `signal ${exit.signal}`;
  return new GitIngestError('GIT_FAILED', `git ${command} failed with ${ending}, saying "${line ?? ''}"`, {
    details: { command, exitCode: exit.code, signal: exit.signal, stderr: line ?? '' },
  });
}

function notStarted(cause: unknown): never {
  throw new GitIngestError('GIT_NOT_FOUND', 'the program `git` could not be started', { cause });
}

/** Reads a stream to its end so that its writer never blocks, and keeps the last part. */
function keepTail(stream: Readable): () => string {
  let tail = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    const all = Buffer.concat([tail, chunk]);
    tail = all.subarray(Math.max(0, all.length - keptStderrBytes));
  });
  return () => tail.toString('utf8');
}
