import type { PGlite } from '@electric-sql/pglite';
import type { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { TestingError } from './errors.ts';
import { findInitialisedDump, keepInitialisedDump } from './initialised-dump.ts';

/** The driver's pools open several connections; they take turns on PGlite's only session. */
const maxConnections = 10;

/** What a PGlite instance starts from: a folder or a dump; with neither, an empty database in memory. */
export interface InstanceOptions {
  readonly dataDir?: string;
  readonly dump?: Blob;
  readonly port?: number;
}

/** A PGlite that answers on 127.0.0.1. */
export interface EmbeddedInstance {
  readonly url: string;
  readonly version: string;
  dump(): Promise<Blob>;
  /** Ends the listener and the database; a PGlite that is left open keeps its process alive for ever. */
  close(): Promise<void>;
}

/**
 * Starts PGlite with pgvector behind a socket.
 *
 * **Cost** under 1 s from a dump, an own one or what initdb made once; else 2–4 s. More than 400 MB of memory each.
 * @throws TestingError `PORT_IN_USE`
 */
export async function openInstance(options: InstanceOptions): Promise<EmbeddedInstance> {
  const [db, { PGLiteSocketServer }] = await Promise.all([openDatabase(options), importPglite()]);
  const listener = new PGLiteSocketServer({ db, port: options.port ?? 0, host: '127.0.0.1', maxConnections });
  try {
    await listener.start();
    const { rows } = await db.query<{ server_version: string }>('show server_version');
    return {
      url: `postgres://postgres@${listener.getServerConn()}/postgres`,
      version: rows[0]?.server_version.split(' ')[0] ?? 'unknown',
      dump: () => db.dumpDataDir('none'),
      close: () => close(listener, db),
    };
  } catch (error) {
    await close(listener, db);
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new TestingError('PORT_IN_USE', `port ${String(options.port)} of 127.0.0.1 is taken`, {
      cause: error,
    });
  }
}

async function openDatabase({ dataDir, dump }: InstanceOptions): Promise<PGlite> {
  const { PGlite, vector } = await importPglite();
  const extensions = { vector };
  if (dataDir !== undefined) return PGlite.create({ extensions, dataDir });
  const loadDataDir = dump ?? (await findInitialisedDump());
  if (loadDataDir !== undefined) return PGlite.create({ extensions, loadDataDir });
  const db = await PGlite.create({ extensions });
  await keepInitialisedDump(await db.dumpDataDir('none'));
  return db;
}

/** Loaded only when its turn comes: most runs have a server and do not need it. */
async function importPglite() {
  const [{ PGlite }, { vector }, { PGLiteSocketServer }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite-pgvector'),
    import('@electric-sql/pglite-socket'),
  ]);
  return { PGlite, PGLiteSocketServer, vector };
}

async function close(listener: PGLiteSocketServer, db: PGlite): Promise<void> {
  await listener.stop();
  await db.close();
}
