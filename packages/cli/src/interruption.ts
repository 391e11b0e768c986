/** The signals that ask a process to end. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** Somebody asked the process to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly code = 'INTERRUPTED';
  readonly signal: StopSignal;

  /** @param notice What is left, and what to do: the end of a sentence. */
  constructor(signal: StopSignal, notice?: string) {
    super(`stopped by ${signal}${notice === undefined ? '' : `: ${notice}`}`);
    this.signal = signal;
  }
}

/** What of a process is needed to hear signals. */
export interface SignalledProcess {
  readonly pid: number;
  on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown;
  kill(pid: number, signal: StopSignal): unknown;
}

/**
 * Turns the process's first request to end into an abort, so that work can end in order; the second one ends the
 * process as if nobody had listened.
 *
 * The listeners stay until then: others may listen as well, and `stopOnExit` ends the process when it is alone.
 */
export function abortOnSignals(process: SignalledProcess): AbortSignal {
  const controller = new AbortController();
  const listen = (signal: StopSignal): void => {
    if (!controller.signal.aborted) {
      controller.abort(new Interrupted(signal));
      return;
    }
    for (const name of STOP_SIGNALS) process.off(name, listen);
    process.kill(process.pid, signal);
  };
  for (const name of STOP_SIGNALS) process.on(name, listen);
  return controller.signal;
}

/** The longest interval that a timer takes, milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** Waits for an abort, and keeps the process alive meanwhile: listening to signals alone does not. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const alive = setInterval(() => undefined, LONGEST_MS);
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
  clearInterval(alive);
}
