import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withServer } from './database-url.ts';
import { findFreePort, isPortFree } from './free-port.ts';
import { configurationOf, usersOf } from './pgbouncer-configuration.ts';
import { endPooler, launchPooler, stopPooler } from './pgbouncer-process.ts';
import { getPoolerProgram } from './pgbouncer-program.ts';
import type { PoolerChoice, PoolerProgram } from './pgbouncer-program.ts';
import { findServerAccount, giveTo } from './server-account.ts';
import type { Account } from './server-account.ts';
import { withSession } from './session.ts';
import { setLastAct } from './stop-on-exit.ts';
import { createThrowAwayFolder, removeThrowAwayFolder } from './throw-away-folder.ts';

/** A PgBouncer to start. */
export interface PgBouncerOptions extends PoolerChoice {
  /** URL of the server's administrator, as `PostgresServer.url`. */
  readonly server: string;
  /** More of its settings, for example `{ default_pool_size: '1' }`; they win over this package's own. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running PgBouncer in front of all databases and logins of one server. */
export interface PgBouncer {
  /** The server's administrator, through the pooler. */
  readonly url: string;
  /** As it calls itself, for example `1.24.1`. */
  readonly version: string;
  /** The same database and login as a URL of the server, through the pooler. */
  urlFor(databaseUrl: string): string;
  /** Stops it and removes what was made for it. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts PgBouncer, the real program, on 127.0.0.1: transaction mode, prepared statements (≥ 1.21), no passwords.
 *
 * Taken is an installed one ≥ 1.21, else Debian's, unpacked into the cache as `provisionPostgres` does; with `release`
 * that of a Debian release (`bookworm`: 1.18, to meet one without prepared statements).
 * **Cost** once some seconds, 24 MB on disk; afterwards about 0.1 s.
 * @throws TestingError `DATABASE_URL_INVALID`, `DATABASE_UNREACHABLE`, `SOURCE_UNAVAILABLE`, `PROGRAM_FAILED`, `LOCK_TIMEOUT`
 * @example
 * const pooler = await startPgBouncer({ server: server.url, settings: { default_pool_size: '2' } });
 * const session = await connect(pooler.urlFor(database.urlFor('agent_agency_app')));
 */
export async function startPgBouncer(options: PgBouncerOptions): Promise<PgBouncer> {
  // Behind a pooler the same failure shows as a long wait.
  await withSession(options.server, () => Promise.resolve());
  const account = await findServerAccount();
  const program = await getPoolerProgram(options, account);
  const folder = await createThrowAwayFolder();
  let child: ChildProcess | undefined;
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    if (child !== undefined) await stopPooler(child);
    await removeThrowAwayFolder(folder);
  };
  try {
    const running = await launch({ options, account, program, folder });
    child = running.child;
    const urlFor = (databaseUrl: string): string => withServer(databaseUrl, running.origin);
    const url = urlFor(options.server);
    const pooler = { url, version: program.version, urlFor, stop: () => (stopped ??= stop()) };
    setLastAct(pooler, () => {
      endPooler(folder);
      rmSync(folder, { recursive: true, force: true });
    });
    await withSession(url, () => Promise.resolve());
    return pooler;
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Launch {
  readonly options: PgBouncerOptions;
  readonly account: Account | undefined;
  readonly program: PoolerProgram;
  readonly folder: string;
}

const attempts = 5;

async function launch(plan: Launch): Promise<{ child: ChildProcess; origin: string }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    try {
      return { child: await launchOn(plan, port), origin: `postgres://127.0.0.1:${String(port)}` };
    } catch (error) {
      // Between picking a port and listening on it somebody else may take it: only then another one helps.
      if (attempt === attempts || (await isPortFree(port))) throw error;
    }
  }
}

async function launchOn({ options, account, program, folder }: Launch, port: number): Promise<ChildProcess> {
  const { server, settings = {} } = options;
  const users = join(folder, 'users.txt');
  const configuration = join(folder, 'pgbouncer.ini');
  await writeSecret(account, users, usersOf(server));
  const text = configurationOf({ server, version: program.version, port, settings }, users);
  await writeSecret(account, configuration, text);
  return launchPooler({ program: program.path, account, folder, configuration });
}

/** Both files may hold the password of a server that was given by URL. */
async function writeSecret(account: Account | undefined, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await giveTo(account, path);
}
