import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const { PATH, NODE_COMPILE_CACHE } = process.env;
/** To optimise PGlite's code takes longer than these short runs of it. */
const NODE_ARGUMENTS = ['--conditions=@agent-agency/source', '--liftoff-only'];
const BIN = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));

/** A command line in a process, and a process group, of its own. */
export class CommandProcess {
  readonly ended: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(argv: readonly string[], env: NodeJS.ProcessEnv) {
    const child = spawn(process.execPath, [...NODE_ARGUMENTS, BIN, ...argv], {
      env: { PATH, NODE_COMPILE_CACHE, HOME: '/nonexistent', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.ended = once(child, 'close').then(([exitCode, signal]) => ({
      exitCode: exitCode as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
    onTestFinished(() => {
      if (this.isRunning()) this.press('SIGKILL');
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Whether any process of the group is left: the command's own or a child's. */
  isRunning(): boolean {
    try {
      process.kill(-(this.#child.pid ?? Number.NaN), 0);
      return true;
    } catch {
      return false;
    }
  }

  /** Sends a signal to the whole group, as a terminal does. */
  press(signal: NodeJS.Signals): void {
    process.kill(-(this.#child.pid ?? Number.NaN), signal);
  }

  /** Closes the pipe that standard output goes to, as `head` does when it has enough. */
  stopReading(): void {
    this.#child.stdout?.destroy();
  }

  /** Resolves when the output has something; throws when the process ends before. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#stdout + this.#stderr)) {
      const more = [this.#child.stdout, this.#child.stderr].flatMap((stream) =>
        stream ? [once(stream, 'data')] : [],
      );
      const ended = await Promise.race([...more.map((data) => data.then(() => undefined)), this.ended]);
      if (ended !== undefined)
        throw new Error(`it ended (${String(ended.exitCode)}) and said: ${this.#stderr}`);
    }
  }
}
