import { rmSync } from 'node:fs';
import { mkdir, readdir, realpath } from 'node:fs/promises';
import { findMajorOfData } from './data-directory.ts';
import { openInstance } from './embedded-instance.ts';
import type { EmbeddedInstance } from './embedded-instance.ts';
import { TestingError } from './errors.ts';
import { takeLock } from './lock-file.ts';
import type { PostgresServer } from './server.ts';
import { setLastAct } from './stop-on-exit.ts';
import { createThrowAwayFolder, removeThrowAwayFolder } from './throw-away-folder.ts';

/** A PGlite to start. */
export interface EmbeddedOptions {
  /** A folder whose data lasts; without it everything stays in memory. */
  readonly dataDir?: string;
  /** Port on 127.0.0.1; without it a free one. */
  readonly port?: number;
}

/** The PostgreSQL that PGlite is made of: data of another one would be spoilt by opening it. */
const embeddedMajor = 18;

/** Where the templates of an embedded server are kept: removed with it. */
const scratchFolders = new WeakMap<PostgresServer, string>();

/**
 * Starts PGlite with pgvector in this process, behind a socket on 127.0.0.1, where ten connections share its one
 * session: right answers, but nothing that could show concurrency, locks or timeouts. Every login is `postgres`.
 *
 * A data directory belongs to one process at a time; `stop()` ends everything, so that the process can end.
 * @throws TestingError `PORT_IN_USE`, `DATA_DIRECTORY_IN_USE`, `DATA_DIRECTORY_INVALID`
 */
export async function startEmbedded({ dataDir, port }: EmbeddedOptions = {}): Promise<PostgresServer> {
  const release = dataDir === undefined ? undefined : await openDirectory(dataDir);
  let scratch: string | undefined;
  const cleanUp = async (): Promise<void> => {
    if (scratch !== undefined) await removeThrowAwayFolder(scratch);
    await release?.();
  };
  try {
    const folder = await createThrowAwayFolder();
    scratch = folder;
    const instance = await openInstance({
      ...(dataDir === undefined ? {} : { dataDir }),
      ...(port === undefined ? {} : { port }),
    });
    const server = asServer(instance, cleanUp);
    scratchFolders.set(server, folder);
    setLastAct(server, () => {
      rmSync(folder, { recursive: true, force: true });
    });
    return server;
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** The folder for an embedded server's temporary files. */
export function getScratchFolder(server: PostgresServer): string {
  const folder = scratchFolders.get(server);
  if (folder === undefined) throw new TypeError('this server was not made by startEmbedded in this process');
  return folder;
}

function asServer(instance: EmbeddedInstance, cleanUp: () => Promise<void>): PostgresServer {
  const { url, version } = instance;
  let stopped: Promise<void> | undefined;
  return { kind: 'pglite', url, version, stop: () => (stopped ??= instance.close().finally(cleanUp)) };
}

/** PGlite itself does not notice a second process in its folder, and both would write. */
async function openDirectory(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const dataDir = await realpath(folder);
  const major = await findMajorOfData(dataDir);
  if (major === undefined ? (await readdir(dataDir)).length > 0 : major !== embeddedMajor) {
    const found = major === undefined ? 'no PostgreSQL data' : `data of PostgreSQL ${major}`;
    throw new TestingError('DATA_DIRECTORY_INVALID', `${folder} holds ${found}, PGlite is ${embeddedMajor}`);
  }
  try {
    return await takeLock(`${dataDir}.lock`, 0);
  } catch (error) {
    if (!(error instanceof TestingError) || error.code !== 'LOCK_TIMEOUT') throw error;
    const message = `another process has ${folder} open; if there is none, remove ${dataDir}.lock`;
    throw new TestingError('DATA_DIRECTORY_IN_USE', message, { cause: error });
  }
}
