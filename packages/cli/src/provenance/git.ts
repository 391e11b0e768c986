import { execFile } from 'node:child_process';
import type { Environment } from '../environment.ts';
import { isSystemError, UsageError } from '../failure.ts';

/** Git in one repository. Everything it says no to is a {@link UsageError} with its own words. */
export interface Git {
  /** What it prints, byte by byte. */
  readonly bytes: (args: readonly string[]) => Promise<Buffer>;
  /** What it prints, without the last line feed. */
  readonly text: (args: readonly string[]) => Promise<string>;
  /** As `text`, or undefined when there is no such thing: git ends with 1 and says nothing. */
  readonly find: (args: readonly string[]) => Promise<string | undefined>;
}

/** The largest commit object or list of paths that is read. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Git as the command was started: a hook is told by variables which repository and which index it is about.
 *
 * @param folder of the repository, or below it.
 */
export function openGit(env: Environment, folder = '.'): Git {
  // Its messages are read here; and it never asks.
  const variables = { ...env, LC_ALL: 'C', LANGUAGE: '', GIT_TERMINAL_PROMPT: '0' };
  const bytes = (args: readonly string[]): Promise<Buffer> => {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    execFile(
      'git',
      ['-C', folder, ...args],
      { env: variables, encoding: 'buffer', maxBuffer: MAX_BYTES },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new GitRefusal(args, error, stderr.toString()));
      },
    );
    return promise;
  };
  const text = async (args: readonly string[]): Promise<string> =>
    (await bytes(args)).toString().replace(/\n$/, '');
  return {
    bytes,
    text,
    find: async (args) => {
      try {
        return await text(args);
      } catch (error) {
        if (error instanceof GitRefusal && error.isSilent) return undefined;
        throw error;
      }
    },
  };
}

/** What is configured, or undefined; a path may begin with `~`. */
export function configured(git: Git, name: string, type?: 'path'): Promise<string | undefined> {
  return git.find(['config', ...(type === undefined ? [] : [`--type=${type}`]), '--get', name]);
}

/** Git did not do what it was asked for. */
class GitRefusal extends UsageError {
  readonly isSilent: boolean;

  constructor([command = '']: readonly string[], error: Error & { code?: unknown }, stderr: string) {
    super(sentenceOf(command, error, stderr), { cause: error });
    this.isSilent = error.code === 1 && stderr === '';
  }
}

function sentenceOf(command: string, error: Error, stderr: string): string {
  if (isSystemError(error) && error.code === 'ENOENT')
    return 'git is not on PATH: install it, version 2.31 or newer';
  const [line = ''] = stderr.trim().split('\n');
  const said = line.replace(/^(?:fatal|error): /, '');
  const remedy = said.startsWith('not a git repository') ? ': name one with --repo' : '';
  return `git ${command} says no: ${said === '' ? error.message : said}${remedy}`;
}
