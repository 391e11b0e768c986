import type { Environment } from './environment.ts';
import type { Terminal } from './terminal.ts';

/** What every command gets besides its own options. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly env: Environment;
  /**
   * Takes it upon the command to end in order: from this call on Ctrl-C aborts the signal and not the process. A command
   * that never calls it dies at once, which is right for one that leaves nothing behind.
   *
   * @param notice What is left when it was interrupted, and what to do.
   */
  readonly interruption: (notice: string) => AbortSignal;
}
