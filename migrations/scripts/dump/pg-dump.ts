import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { provisionPostgres, TestingError } from '@agent-agency/testing';

const run = promisify(execFile);

/** The release whose dump is kept: another one writes the same schema in other words. */
export const POSTGRES_MAJOR = 17;

const USUAL_PLACES = ['pg_dump', `/usr/lib/postgresql/${POSTGRES_MAJOR}/bin/pg_dump`];

/** A `pg_dump` of PostgreSQL 17: on PATH, in Debian's folder, or the one that comes with the tests' own PostgreSQL. */
export async function findPgDump(): Promise<string | undefined> {
  for (const program of USUAL_PLACES) {
    if (await isOfRelease(program)) return program;
  }
  try {
    return `${await provisionPostgres()}/pg_dump`;
  } catch (error) {
    if (error instanceof TestingError) return undefined;
    throw error;
  }
}

/** The schema of a database as SQL, without comments. */
export function dumpSchema(program: string, url: string): Promise<string> {
  return dump(program, url, ['--schema-only', '--no-comments']);
}

/** A database as SQL. */
export async function dump(program: string, url: string, options: readonly string[]): Promise<string> {
  const { stdout } = await run(program, [...options, '--dbname', url], {
    env: withoutDefaults(process.env),
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

async function isOfRelease(program: string): Promise<boolean> {
  try {
    const { stdout } = await run(program, ['--version'], { env: withoutDefaults(process.env) });
    return stdout.startsWith(`pg_dump (PostgreSQL) ${POSTGRES_MAJOR}.`);
  } catch {
    return false;
  }
}

/** Variables such as PGOPTIONS would change what is connected to, and how. */
function withoutDefaults(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('PG')));
}
