import type { CrashableServer } from './chaos/crashable-server.ts';
import { startCluster } from './cluster.ts';
import { startReplica } from './replica.ts';
import type { Replica } from './replica.ts';
import { getServerPrograms } from './server-programs.ts';
import { endAtOnce, setLastAct } from './stop-on-exit.ts';

/** A primary with replicas to start. */
export interface ReplicaSetOptions {
  /** How many replicas; 1 unless given. */
  readonly replicas?: number;
  /** More settings of all the servers; they win over this package's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** `PATH`, `DEBIAN_MIRROR`, `XDG_CACHE_HOME` are read from here; `process.env` unless given. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A primary and its streaming replicas. */
export interface ReplicaSet {
  readonly primary: CrashableServer;
  readonly replicas: readonly Replica[];
  /** Stops all of them. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a throw-away cluster of the caller's own with streaming replicas, on any machine with PostgreSQL's programs
 * (installed or provisioned), whatever `DATABASE_URL` says.
 *
 * **Cost** about 1 s for each server.
 * @throws TestingError `SOURCE_UNAVAILABLE` where there are no programs, `PROGRAM_FAILED`
 * @example
 * const { primary, replicas, stop } = await startReplicaSet({ replicas: 2 });
 */
export async function startReplicaSet(options: ReplicaSetOptions = {}): Promise<ReplicaSet> {
  const { binDir, kind } = await getServerPrograms(options.env ?? process.env);
  // Replicas get what has been flushed. Without waiting for that, a commit would leave only with the WAL writer's next
  // round, up to 0.6 s later; with fsync off waiting costs nothing.
  const settings = { synchronous_commit: 'on', ...options.settings };
  const primary = await startCluster({ binDir, kind, settings });
  const started: Replica[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((replica) => replica.stop()));
    await primary.stop();
  };
  try {
    while (started.length < (options.replicas ?? 1)) {
      started.push(await startReplica(primary, { binDir, settings }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const set = { primary, replicas: started, stop };
  setLastAct(set, () => {
    for (const server of [...started, primary]) endAtOnce(server);
  });
  return set;
}
