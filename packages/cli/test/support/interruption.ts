import { Interrupted, type StopSignal } from '../../src/interruption.ts';

/** Somebody who can press Ctrl-C in a process that is none. */
export function keyboard(): { press: (signal?: StopSignal) => void; interruption: () => AbortSignal } {
  const controller = new AbortController();
  return {
    press: (signal = 'SIGINT') => {
      controller.abort(new Interrupted(signal));
    },
    interruption: () => controller.signal,
  };
}
