import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../src/environment.ts';

/** A real repository, in an environment in which git sees neither the machine's configuration nor another repository. */
export interface Repository {
  readonly path: string;
  readonly env: Environment;
  /** Runs git there, and answers what it printed without the last line feed. */
  readonly git: (...args: readonly string[]) => string;
  /** Writes a file of the work tree and stages it. */
  readonly stage: (name: string, content: string) => Promise<void>;
}

/** Makes one; `git init` gets the arguments. */
export async function makeRepository(path: string, ...args: readonly string[]): Promise<Repository> {
  await mkdir(path, { recursive: true });
  const env = environmentBeside(path);
  const git = (...command: readonly string[]): string =>
    execFileSync('git', command, { cwd: path, env: { ...env }, stdio: 'pipe' })
      .toString()
      .replace(/\n$/, '');
  git('init', '--quiet', '--initial-branch=main', ...args);
  const stage = async (name: string, content: string): Promise<void> => {
    await writeFile(join(path, name), content);
    git('add', name);
  };
  return { path, env, git, stage };
}

/** Programs of a test go into `bin`, a folder beside the repository. */
function environmentBeside(path: string): Environment {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:GIT|DB|DATABASE)_/.test(name));
  return {
    ...Object.fromEntries(inherited),
    PATH: `${join(path, '..', 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: join(path, '..'),
    XDG_CONFIG_HOME: join(path, '..'),
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada Example',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Bo Example',
    GIT_COMMITTER_EMAIL: 'bo@example.com',
    GIT_EDITOR: 'true',
  };
}

/** Makes `agency-db` of these sources a program, as it is where it is installed. */
export async function installProgram(folder: string): Promise<void> {
  const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));
  await mkdir(folder, { recursive: true });
  const program = `#!/bin/sh\nexec '${process.execPath}' --conditions=@agent-agency/source '${bin}' "$@"\n`;
  await writeFile(join(folder, 'agency-db'), program);
  await chmod(join(folder, 'agency-db'), 0o755);
}
