import type { Terminal } from '../terminal.ts';

/** What a step found. */
export interface StepResult {
  readonly step: string;
  /** Whether it is as it has to be. */
  readonly held: boolean;
  readonly durationMs: number;
  /** For people, a line each. */
  readonly lines: readonly string[];
}

/** What a step's work answers: what to show, and whether it held (default: it did). */
export interface Finding {
  readonly lines: readonly string[];
  readonly held?: boolean;
}

/** Runs the steps of the demonstration, times them, and shows each as soon as it is done. */
export class Steps {
  readonly results: StepResult[] = [];
  readonly #terminal: Terminal;
  readonly #signal: AbortSignal;

  constructor(terminal: Terminal, signal: AbortSignal) {
    this.#terminal = terminal;
    this.#signal = signal;
  }

  /** @throws what `work` throws, or the signal's reason: then there is no result, and nothing after it. */
  async run(step: string, work: () => Promise<Finding>): Promise<void> {
    this.#signal.throwIfAborted();
    this.#terminal.status(`… ${step}`);
    const startedAt = performance.now();
    const { lines, held = true } = await work().catch((error: unknown) => {
      this.#terminal.print(`✗ ${step}`);
      throw error;
    });
    const durationMs = Math.round(performance.now() - startedAt);
    this.results.push({ step, held, durationMs, lines });
    this.#terminal.print(`${held ? '✓' : '✗'} ${step}`);
    for (const line of lines) this.#terminal.print(`    ${line}`);
    this.#terminal.print('');
  }

  /** True when there were steps, and every one held. */
  get allHeld(): boolean {
    return this.results.length > 0 && this.results.every((result) => result.held);
  }

  showDurations(): void {
    this.#terminal.print('How long it took');
    for (const { step, durationMs } of this.results) {
      this.#terminal.print(`    ${String(durationMs).padStart(7)} ms  ${step}`);
    }
  }
}
