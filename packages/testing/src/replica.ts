import { rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startCluster } from './cluster.ts';
import { withServer } from './database-url.ts';
import { runPostgresProgram } from './postgres-programs.ts';
import { endPostmaster } from './postmaster.ts';
import { catchUp, delayReplay, pauseReplay, resumeReplay } from './replica-replay.ts';
import { findServerAccount, giveTo } from './server-account.ts';
import { getProgramsOf } from './server-programs.ts';
import { serverSettings } from './server-settings.ts';
import type { PostgresServer } from './server.ts';
import { withSession } from './session.ts';
import { setLastAct } from './stop-on-exit.ts';
import { createThrowAwayFolder, removeThrowAwayFolder } from './throw-away-folder.ts';

/** How to make a replica. */
export interface ReplicaOptions {
  /** Folder of the primary's programs; without it those that `startPostgres` takes for the primary's kind. */
  readonly binDir?: string;
  /** More server settings; they win over this package's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** `PATH`, `DEBIAN_MIRROR`, `XDG_CACHE_HOME` are read from here; `process.env` unless given. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A streaming replica: read-only, with all databases of its primary. It stays up when the primary goes. */
export interface Replica {
  /** The server's administrator in the same database as the primary's URL. */
  readonly url: string;
  readonly version: string;
  /** The same database and login as a URL of the primary, on the replica. */
  urlFor(databaseUrl: string): string;
  /** Stops replay, once the promise is fulfilled; what the primary writes is still received. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Shows every commit so many milliseconds after it was made (`recovery_min_apply_delay`); 0 for none. */
  setApplyDelay(delayMs: number): Promise<void>;
  /**
   * Waits until all that has been committed on the primary so far can be seen here.
   *
   * @throws TestingError `REPLICA_BEHIND` after 30 s
   */
  catchUp(): Promise<void>;
  /** Stops it and removes its data. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Makes a streaming replica of a cluster of this package (`startCluster`, or `startPostgres` where it starts one).
 *
 * **Runs** pg_basebackup and pg_ctl. **Cost** about 1 s and the size of the primary's data.
 * @throws TestingError `SOURCE_UNAVAILABLE` (a server of another kind), `PROGRAM_FAILED`, `DATABASE_UNREACHABLE`
 * @example
 * const replica = await startReplica(primary);
 * await replica.pause();
 */
export async function startReplica(
  primary: Pick<PostgresServer, 'kind' | 'url'>,
  options: ReplicaOptions = {},
): Promise<Replica> {
  const binDir = options.binDir ?? (await getProgramsOf(primary.kind, options.env ?? process.env));
  const settings = {
    ...serverSettings(false),
    // A primary that was restarted is found again in a moment; the default is 5 s.
    wal_retrieve_retry_interval: '100ms',
    ...(await limitsOf(primary.url)),
    ...options.settings,
  };
  const folder = await createThrowAwayFolder();
  const dataDir = join(folder, 'data');
  try {
    await copyData(binDir, primary.url, dataDir);
    const server = await startCluster({ binDir, dataDir, settings });
    return asReplica(server, primary.url, folder);
  } catch (error) {
    await removeThrowAwayFolder(folder);
    throw error;
  }
}

/** A replica does not start with less of these than its primary has. */
async function limitsOf(url: string): Promise<Record<string, string>> {
  const names = [
    'connections',
    'locks_per_transaction',
    'prepared_transactions',
    'wal_senders',
    'worker_processes',
  ];
  const { rows } = await withSession(url, (session) =>
    session.query('select name, setting from pg_settings where name = any($1)', [
      names.map((name) => `max_${name}`),
    ]),
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [String(name), String(setting)]));
}

async function copyData(binDir: string, primaryUrl: string, dataDir: string): Promise<void> {
  const account = await findServerAccount();
  await mkdir(dataDir, { mode: 0o700 });
  await giveTo(account, dataDir);
  const where = ['--dbname', primaryUrl, '--pgdata', dataDir];
  const how = ['--write-recovery-conf', '--checkpoint=fast', '--no-sync', '--no-password'];
  await runPostgresProgram({ binDir, account }, 'pg_basebackup', [...where, ...how]);
}

function asReplica(server: PostgresServer, primaryUrl: string, folder: string): Replica {
  const urlFor = (databaseUrl: string): string => withServer(databaseUrl, server.url);
  const url = urlFor(primaryUrl);
  let stopped: Promise<void> | undefined;
  const replica: Replica = {
    url,
    version: server.version,
    urlFor,
    pause: () => pauseReplay(url),
    resume: () => resumeReplay(url),
    setApplyDelay: (delayMs) => delayReplay(url, delayMs),
    catchUp: () => catchUp(url, primaryUrl),
    stop: () => (stopped ??= server.stop().then(() => removeThrowAwayFolder(folder))),
  };
  setLastAct(replica, () => {
    endPostmaster(join(folder, 'data'), 'immediate');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return replica;
}
