import { TestingError } from './errors.ts';
import type { PostgresKind, PostgresServer } from './server.ts';
import { openDocker } from './sources/docker.ts';
import { openEmbedded } from './sources/embedded.ts';
import { openInstalled } from './sources/installed.ts';
import { openProvisioned } from './sources/provisioned.ts';
import type { ServerSettings } from './server-settings.ts';
import type { OpenSource } from './sources/source.ts';
import { openUrl } from './sources/url.ts';

/** How to look for a PostgreSQL. */
export interface StartOptions {
  /** `DATABASE_URL`, `CI`, `PATH`, `DEBIAN_MIRROR`, `XDG_CACHE_HOME` are read from here; `process.env` unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gets one line: what was taken, and why the earlier ways were not. */
  readonly announce?: (line: string) => void;
  /** More settings of a server that is started, which win over this package's own; `DATABASE_URL` and PGlite have theirs. */
  readonly settings?: ServerSettings;
  /** Other ways of getting a server, in place of this package's. */
  readonly sources?: Partial<Record<PostgresKind, OpenSource>>;
}

const defaultSources: Record<PostgresKind, OpenSource> = {
  url: openUrl,
  docker: openDocker,
  installed: openInstalled,
  provisioned: openProvisioned,
  pglite: openEmbedded,
};

const labels: Record<PostgresKind, string> = {
  url: 'DATABASE_URL',
  docker: 'Docker',
  installed: 'installed',
  provisioned: 'provisioned',
  pglite: 'PGlite',
};

const advice =
  'Set DATABASE_URL to a PostgreSQL 16 or newer with pgvector, or start Docker, ' +
  'or install PostgreSQL with pgvector (Debian: postgresql-17-pgvector)';

/**
 * Gets a PostgreSQL with pgvector, from the first of these that works:
 * `DATABASE_URL` → Docker → an installed PostgreSQL ≥ 16 → one downloaded from Debian → PGlite in this process.
 *
 * A `DATABASE_URL` that does not work is an error and not a reason to take something else. With `CI=true` PGlite is
 * never taken: it has one session and proves nothing about concurrency.
 *
 * Installs no signal handlers: see `stopOnExit`.
 * @throws TestingError `NO_POSTGRES` with the reason for each way, and for `DATABASE_URL` also `DATABASE_URL_INVALID`,
 * `DATABASE_UNREACHABLE`, `SERVER_TOO_OLD`, `VECTOR_UNAVAILABLE`
 * @example
 * const server = await startPostgres({ announce: (line) => process.stderr.write(`${line}\n`) });
 * await server.stop();
 */
export async function startPostgres(options: StartOptions = {}): Promise<PostgresServer> {
  const { env = process.env, announce, settings = {} } = options;
  const sources = { ...defaultSources, ...options.sources };
  if (namesServer(env)) {
    const server = await sources.url(env, settings);
    announce?.(describe(server, []));
    return server;
  }
  const refusals = ['DATABASE_URL: not set'];
  for (const kind of ['docker', 'installed', 'provisioned', 'pglite'] as const) {
    if (kind === 'pglite' && isCi(env)) break;
    const outcome = await attempt(() => sources[kind](env, settings));
    if (outcome instanceof TestingError) {
      refusals.push(`${labels[kind]}: ${outcome.message}`);
    } else {
      announce?.(describe(outcome, refusals));
      return outcome;
    }
  }
  const title = isCi(env) ? 'No PostgreSQL, and with CI set PGlite is not enough' : 'No PostgreSQL';
  throw new TestingError(
    'NO_POSTGRES',
    [`${title}.`, ...refusals.map((line) => `  ${line}`), `${advice}.`].join('\n'),
  );
}

/** Only failures that were foreseen close a way; a defect surfaces. */
async function attempt(open: () => Promise<PostgresServer>): Promise<PostgresServer | TestingError> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof TestingError) return error;
    throw error;
  }
}

function describe({ kind, version }: PostgresServer, refusals: readonly string[]): string {
  const taken = `PostgreSQL ${version} (${labels[kind]})`;
  const text = refusals.length === 0 ? taken : `${taken}; not taken: ${refusals.join('; ')}`;
  return text.replaceAll(/\s*\n\s*/g, ' ');
}

function namesServer(env: NodeJS.ProcessEnv): boolean {
  return (env['DATABASE_URL'] ?? '') !== '';
}

function isCi(env: NodeJS.ProcessEnv): boolean {
  return env['CI'] === 'true' || env['CI'] === '1';
}
