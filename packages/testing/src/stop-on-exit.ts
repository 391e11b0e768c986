/** What runs beside this process until it is stopped: a server, a pooler, a replica. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** What each needs done, synchronously, when its process has no time left to await `stop()`. */
const lastActs = new WeakMap<Stoppable, () => void>();

/** Says how a server is ended in a process's last moments; it must do nothing after `stop()`. */
export function setLastAct(server: Stoppable, act: () => void): void {
  lastActs.set(server, act);
}

/** Ends a server at once, blocking the thread. */
export function endAtOnce(server: Stoppable): void {
  lastActs.get(server)?.();
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ends the server with this process, however it ends: by itself, by an uncaught error or by a signal
 * (after `kill -9` the next start cleans up). Returns a function that takes this back.
 *
 * The signal's own effect stays: after the clean-up it is delivered again, unless the program has other
 * listeners, which then decide.
 */
export function stopOnExit(server: Stoppable): () => void {
  const endServer = (): void => {
    endAtOnce(server);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    takeBack();
    endServer();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const takeBack = (): void => {
    process.off('exit', endServer);
    for (const signal of signals) process.off(signal, onSignal);
  };
  // An uncaught error also ends in `exit`.
  process.on('exit', endServer);
  for (const signal of signals) process.on(signal, onSignal);
  return takeBack;
}
