import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asCrashableServer } from './chaos/crashable-server.ts';
import type { CrashableServer, ServerData } from './chaos/crashable-server.ts';
import { prepareLastingData } from './data-directory.ts';
import { TestingError } from './errors.ts';
import { findFreePort, isPortFree } from './free-port.ts';
import { copyInitialisedData } from './initialised-data.ts';
import { endPostmaster } from './postmaster.ts';
import { versionOf } from './postgres-programs.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { findServerAccount, giveTo } from './server-account.ts';
import { serverSettings } from './server-settings.ts';
import { startServer } from './start-server.ts';
import { createThrowAwayFolder, removeThrowAwayFolder } from './throw-away-folder.ts';

/** A cluster to start from the programs of a folder. */
export interface ClusterOptions {
  /** Folder with `initdb`, `pg_ctl` and `postgres`. */
  readonly binDir: string;
  /** A folder whose data lasts (fsync on, nothing removed); without it the cluster is a throw-away. */
  readonly dataDir?: string;
  /** Port on 127.0.0.1; without it a free one. */
  readonly port?: number;
  /** More server settings, for example `{ wal_level: 'logical' }`; they win over this package's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What the server says it is; `installed` unless given. */
  readonly kind?: 'installed' | 'provisioned';
}

/**
 * Starts a PostgreSQL of this process's own on 127.0.0.1, with login `postgres` trusted and no Unix socket.
 *
 * **Runs** initdb (for data that lasts, and for the first throw-away; the next copy that one's) and pg_ctl; as root under
 * the account `postgres` or `nobody`.
 * **Cost** about 0.3 s for a throw-away cluster.
 * @throws TestingError `PROGRAM_FAILED`, `PORT_IN_USE`, `DATA_DIRECTORY_INVALID`, `DATA_DIRECTORY_IN_USE`,
 * `SOURCE_UNAVAILABLE` (root without an account to hand the server to)
 */
export async function startCluster(options: ClusterOptions): Promise<CrashableServer> {
  const { port: wantedPort } = options;
  if (wantedPort !== undefined && !(await isPortFree(wantedPort))) {
    throw new TestingError('PORT_IN_USE', `port ${String(wantedPort)} of 127.0.0.1 is taken`);
  }
  const programs = { binDir: options.binDir, account: await findServerAccount() };
  const version = await versionOf(programs);
  const data = await (options.dataDir === undefined
    ? makeThrowAwayData({ ...programs, version })
    : lastingData(programs, options.dataDir));
  const settings = { ...serverSettings(data.folder === undefined), ...options.settings };
  try {
    const pickPort = wantedPort === undefined ? findFreePort : () => Promise.resolve(wantedPort);
    const launch = { programs, dataDir: data.dataDir, settings };
    const port = await startServer(launch, pickPort);
    const url = `postgres://postgres@127.0.0.1:${String(port)}/postgres`;
    return asCrashableServer({ kind: options.kind ?? 'installed', url, version }, launch, data);
  } catch (error) {
    // pg_ctl may have given up waiting for a server that still starts.
    endPostmaster(data.dataDir, data.shutdown);
    if (data.folder !== undefined) await removeThrowAwayFolder(data.folder);
    throw error;
  }
}

async function lastingData(programs: PostgresPrograms, folder: string): Promise<ServerData> {
  return { dataDir: await prepareLastingData(programs, folder), shutdown: 'fast', folder: undefined };
}

async function makeThrowAwayData(
  programs: PostgresPrograms & { readonly version: string },
): Promise<ServerData> {
  const folder = await createThrowAwayFolder();
  const dataDir = join(folder, 'data');
  try {
    await mkdir(dataDir, { mode: 0o700 });
    await giveTo(programs.account, dataDir);
    await copyInitialisedData(programs, dataDir);
  } catch (error) {
    await removeThrowAwayFolder(folder);
    throw error;
  }
  return { dataDir, shutdown: 'immediate', folder };
}
