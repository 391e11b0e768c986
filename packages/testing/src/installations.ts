import { existsSync, globSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { TestingError } from './errors.ts';
import { runPostgresProgram, versionOf } from './postgres-programs.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { runProgram } from './run-program.ts';
import { findServerAccount } from './server-account.ts';

/** Server programs on this machine. */
export interface Installation {
  readonly binDir: string;
  readonly version: string;
  readonly hasVector: boolean;
}

/** Where packages put the server's programs when they keep them off PATH: Debian, Red Hat, Homebrew, Postgres.app. */
const usualPlaces = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/usr/local/opt/postgresql@*/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
];

/** Every PostgreSQL server on PATH, next to `pg_config`, or in the usual places; one that does not run is left out. */
export async function findInstallations(env: NodeJS.ProcessEnv): Promise<Installation[]> {
  const account = await findServerAccount();
  const folders = await listProgramFolders(env);
  const inspected = await Promise.all(folders.map((binDir) => inspect({ binDir, account })));
  return inspected.filter((found) => found !== undefined);
}

async function listProgramFolders(env: NodeJS.ProcessEnv): Promise<string[]> {
  const onPath = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  const candidates = [...onPath, ...(await folderOfPgConfig(env)), ...globSync(usualPlaces)];
  const complete = candidates.filter((folder) =>
    ['initdb', 'pg_ctl', 'postgres'].every((program) => existsSync(join(folder, program))),
  );
  // Links on PATH lead to the same programs.
  const real = await Promise.all(
    complete.map(async (folder) => dirname(await realpath(join(folder, 'postgres')))),
  );
  return [...new Set(real)];
}

async function folderOfPgConfig(env: NodeJS.ProcessEnv): Promise<string[]> {
  const output = await ifItRuns(runProgram('pg_config', ['--bindir'], { env }));
  return output === undefined ? [] : [output.stdout.trim()];
}

async function inspect(programs: PostgresPrograms): Promise<Installation | undefined> {
  const version = await ifItRuns(versionOf(programs));
  // initdb itself knows where its share folder is; pg_config may be missing or belong to another version.
  const internals = await ifItRuns(runPostgresProgram(programs, 'initdb', ['--show', '-D', '/nonexistent']));
  if (version === undefined || internals === undefined) return undefined;
  const share = /^share_path=(.*)$/m.exec(internals.stderr + internals.stdout)?.[1] ?? '';
  return { binDir: programs.binDir, version, hasVector: existsSync(join(share, 'extension/vector.control')) };
}

async function ifItRuns<T>(run: Promise<T>): Promise<T | undefined> {
  try {
    return await run;
  } catch (error) {
    if (error instanceof TestingError && error.code === 'PROGRAM_FAILED') return undefined;
    throw error;
  }
}
