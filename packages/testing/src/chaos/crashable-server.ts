import { rmSync } from 'node:fs';
import { endPostmaster, findPostmaster, resumeServer } from '../postmaster.ts';
import type { ShutdownMode } from '../postmaster.ts';
import { runPostgresProgram } from '../postgres-programs.ts';
import type { PostgresServer } from '../server.ts';
import { startServer } from '../start-server.ts';
import type { ServerLaunch } from '../start-server.ts';
import { setLastAct } from '../stop-on-exit.ts';
import { removeThrowAwayFolder } from '../throw-away-folder.ts';
import { cleanUpCrash, crashServer, removeStalePidFile, suspendServer } from './crash.ts';

/**
 * A server that faults can be injected into. Each call brings it into a state, whatever state it was in; `stop()` cleans
 * up in all of them.
 */
export interface CrashableServer extends PostgresServer {
  /**
   * Ends all its processes at once (kill -9). What was committed is still there after `start()`, as the operating system
   * stays up. But a throw-away server has `synchronous_commit = off` and loses the commits of the last
   * moments, unless it was started with `settings: { synchronous_commit: 'on' }`.
   */
  crash(): Promise<void>;
  /** Starts it again with the same port, data and settings, and waits until it has recovered. */
  start(): Promise<void>;
  /** Shuts it down as an administrator does, who tells clients so, and starts it again. */
  restart(): Promise<void>;
  /** Stops all its processes where they are: it accepts connections, as the kernel does that, and answers nobody. */
  suspend(): Promise<void>;
  /** Ends `suspend()`. */
  resume(): void;
}

/** The data directory of a server, and what becomes of it. */
export interface ServerData {
  readonly dataDir: string;
  readonly shutdown: ShutdownMode;
  /** The folder to remove with the server, if it is not to last. */
  readonly folder: string | undefined;
}

/** The server that a launch has started. */
export function asCrashableServer(
  description: Pick<PostgresServer, 'kind' | 'url' | 'version'>,
  launch: ServerLaunch,
  { dataDir, shutdown, folder }: ServerData,
): CrashableServer {
  const { programs } = launch;
  const port = Number(new URL(description.url).port);
  const shutDown = async (mode: ShutdownMode): Promise<void> => {
    resumeServer(dataDir);
    if (findPostmaster(dataDir) === undefined) return;
    await runPostgresProgram(programs, 'pg_ctl', ['stop', '-w', '-D', dataDir, '-m', mode]);
  };
  const start = async (): Promise<void> => {
    resumeServer(dataDir);
    if (findPostmaster(dataDir) !== undefined) return;
    removeStalePidFile(dataDir);
    await startServer(launch, () => Promise.resolve(port));
  };
  const restart = async (): Promise<void> => {
    await shutDown('fast');
    await start();
  };
  const stop = async (): Promise<void> => {
    await shutDown(shutdown);
    cleanUpCrash(programs, dataDir);
    if (folder !== undefined) await removeThrowAwayFolder(folder);
  };
  const inTurn = takeTurns();
  const server = {
    ...description,
    crash: () => inTurn(() => crashServer(dataDir)),
    start: () => inTurn(start),
    restart: () => inTurn(restart),
    suspend: () => inTurn(() => suspendServer(dataDir)),
    resume: () => {
      resumeServer(dataDir);
    },
    stop: () => inTurn(stop),
  };
  setLastAct(server, () => {
    endPostmaster(dataDir, shutdown);
    cleanUpCrash(programs, dataDir);
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return server;
}

/** Runs what it is given one after the other, so that `stop()` is the last even when a test did not wait for the rest. */
function takeTurns(): (act: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (act) => {
    const turn = last.then(act);
    last = turn.catch(() => undefined);
    return turn;
  };
}
