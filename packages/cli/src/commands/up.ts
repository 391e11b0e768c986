import {
  startEmbedded,
  startPostgres,
  stopOnExit,
  TestingError,
  type PostgresServer,
} from '@agent-agency/testing';
import type { CommandContext } from '../command-context.ts';
import { databaseConfig } from '../database.ts';
import type { Environment } from '../environment.ts';
import { isSystemError, UsageError } from '../failure.ts';
import { untilAborted } from '../interruption.ts';
import { prepareDatabase } from '../prepare-database.ts';
import type { Terminal } from '../terminal.ts';

export interface UpOptions {
  /** `embedded`: PGlite in this process. `server`: a real PostgreSQL, wherever one can be had. */
  readonly engine: 'embedded' | 'server';
  readonly port?: number;
  /** Folder whose data lasts; embedded only. */
  readonly data?: string;
}

/** `agency-db up`: runs until it is interrupted, which is how it is meant to end. */
export async function upCommand(
  { terminal, env, interruption }: CommandContext,
  options: UpOptions,
): Promise<void> {
  const { engine, port, data } = options;
  if (engine === 'server' && (port !== undefined || data !== undefined)) {
    throw new UsageError(
      '--port and --data are for the embedded engine: leave them out, or use --engine embedded',
    );
  }
  const signal = interruption('the database is gone');
  terminal.status('starting PostgreSQL');
  const server = await (engine === 'server' ? startServer(env, terminal) : startInProcess(options));
  const leave = stopOnExit(server);
  try {
    terminal.status('migrating');
    if (!signal.aborted) await prepareDatabase(databaseConfig({ DATABASE_URL: server.url }));
    if (!signal.aborted) announce(terminal, server);
    await untilAborted(signal);
  } finally {
    await server.stop();
    leave();
  }
}

function announce(terminal: Terminal, { url, kind, version }: PostgresServer): void {
  terminal.print(`export DATABASE_URL=${url}`);
  terminal.print('export DB_ALLOW_PRIVILEGED_ROLE=true');
  terminal.printJson({ DATABASE_URL: url, DB_ALLOW_PRIVILEGED_ROLE: 'true', kind, version });
  const engine = kind === 'pglite' ? ' (PGlite, in this process)' : '';
  terminal.note(`PostgreSQL ${version}${engine} is ready and migrated; Ctrl-C stops it`);
  terminal.note('next, in another terminal: set DATABASE_URL as above, and agency-db tenant create acme');
}

function startServer(env: Environment, terminal: Terminal): Promise<PostgresServer> {
  // A server of its own: the one that the environment names needs no starting.
  const { DATABASE_URL: _otherDatabase, ...rest } = env;
  return startPostgres({
    env: rest,
    // Whoever asks for a real server is not served by PGlite, which is there without being asked for.
    sources: { pglite: refuseEmbedded },
    announce: (line) => {
      terminal.note(line);
    },
  });
}

function refuseEmbedded(): Promise<never> {
  return Promise.reject(
    new TestingError('SOURCE_UNAVAILABLE', 'not a real server: --engine embedded starts it'),
  );
}

async function startInProcess(options: UpOptions): Promise<PostgresServer> {
  const { port, data } = options;
  try {
    return await startEmbedded({
      ...(port === undefined ? {} : { port }),
      ...(data === undefined ? {} : { dataDir: data }),
    });
  } catch (error) {
    throw usageErrorOf(error, options);
  }
}

function usageErrorOf(error: unknown, { port, data }: UpOptions): unknown {
  if (error instanceof TestingError && error.code === 'PORT_IN_USE') {
    return new UsageError(`${error.message}: choose another with --port, or leave it out`, { cause: error });
  }
  if (!isSystemError(error)) return error;
  const reason = error.code ?? error.message;
  const problem =
    error.syscall === 'listen'
      ? `port ${String(port)} cannot be listened on (${reason}): choose one above 1023 with --port`
      : `${data ?? 'the folder for temporary files'} cannot be used (${reason}): name an empty folder with --data`;
  return new UsageError(problem, { cause: error });
}
