import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TestingError } from './errors.ts';
import { isPortFree } from './free-port.ts';
import { runPostgresProgram } from './postgres-programs.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { lastLines } from './run-program.ts';
import { asArguments } from './server-settings.ts';
import { shellQuote } from './shell-quote.ts';

const attempts = 5;

/** An initialised data directory and what its server runs with. */
export interface ServerLaunch {
  readonly programs: PostgresPrograms;
  readonly dataDir: string;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Starts the server of a data directory on the first port from `pickPort` that it gets, and returns that port.
 *
 * @throws TestingError `PROGRAM_FAILED` with the end of the server's log.
 */
export async function startServer(launch: ServerLaunch, pickPort: () => Promise<number>): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await pickPort();
    try {
      await launchOn(launch, port);
      return port;
    } catch (error) {
      // Between picking a port and listening on it somebody else may take it: only then another one helps.
      if (attempt < attempts && !(await isPortFree(port))) continue;
      throw await withLog(error, logOf(launch.dataDir));
    }
  }
}

async function launchOn({ programs, dataDir, settings }: ServerLaunch, port: number): Promise<void> {
  const serverArguments = asArguments({
    ...settings,
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
  });
  const options = serverArguments.map(shellQuote).join(' ');
  await runPostgresProgram(programs, 'pg_ctl', [
    'start',
    '-w',
    '-D',
    dataDir,
    '-l',
    logOf(dataDir),
    '-o',
    options,
  ]);
}

function logOf(dataDir: string): string {
  return join(dataDir, 'server.log');
}

async function withLog(error: unknown, log: string): Promise<unknown> {
  if (!(error instanceof TestingError)) return error;
  const text = await readFile(log, 'utf8').catch(() => '(no server log)');
  return new TestingError(error.code, `${error.message}; the server says: ${lastLines(text)}`, {
    cause: error,
  });
}
