import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A program of `test/children` that runs beside the test. */
export interface Child {
  readonly process: ChildProcess;
  /** The first line that it printed, read as JSON; rejects with its errors when it ends before. */
  readonly firstLine: Promise<unknown>;
  /** How it ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
}

/** Starts `test/children/<name>.ts`; it is killed when the test is over. */
export function startChild(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Child {
  const script = fileURLToPath(new URL(`../children/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stderr,
  }));
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout);
  const firstLine = Promise.race([
    once(lines, 'line').then(([line]) => JSON.parse(String(line)) as unknown),
    ended.then((end) => Promise.reject(new Error(`${name} ended early: ${JSON.stringify(end)}`))),
  ]);
  return { process: child, firstLine, ended };
}
