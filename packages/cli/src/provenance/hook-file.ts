import { randomBytes } from 'node:crypto';
import { chmod, link, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hookMarker } from '@agent-agency/provenance';
import { isSystemError, UsageError } from '../failure.ts';
import type { Git } from './git.ts';

/** What came of it. */
export interface InstalledHook {
  readonly hook: string;
  readonly outcome: 'installed' | 'updated' | 'unchanged' | 'replaced';
  /** Where the hook is now that was there and was not ours. */
  readonly kept?: string;
}

/**
 * Where git looks for the `commit-msg` hook of a repository, as `core.hooksPath` says; work trees share it.
 *
 * @throws {UsageError} where no commits are made, or the folder is for every repository of the user.
 */
export async function commitMessageHookFile(git: Git, mayShare: boolean): Promise<string> {
  if ((await git.text(['rev-parse', '--is-inside-work-tree'])) !== 'true')
    throw new UsageError('no commits are made here, it has no work tree: name another folder with --repo');
  const setting = await git.find(['config', '--show-scope', '--get', 'core.hooksPath']);
  const [scope = '', path = ''] = setting?.split('\t') ?? [];
  if (['global', 'system'].includes(scope) && !mayShare) {
    const remedy =
      'give this one a folder of its own (`git config core.hooksPath .git/hooks`), or say --force';
    throw new UsageError(`core.hooksPath is ${path} for all repositories: ${remedy}`);
  }
  // A relative path is one from the top of the work tree, where git runs hooks.
  const top = await git.text(['rev-parse', '--show-toplevel']);
  // Git resolves links in what it is asked for, so that is the folder alone.
  const hooks = await git.text(['-C', top, 'rev-parse', '--path-format=absolute', '--git-path', 'hooks']);
  return join(hooks, 'commit-msg');
}

/**
 * Puts a hook there at once and whole. One that is ours is brought up to date.
 *
 * @throws {UsageError} when there is somebody else's, unless it is to be replaced: then it is kept beside.
 */
export async function putHook(hook: string, text: string, mayReplace: boolean): Promise<InstalledHook> {
  const found = await readHook(hook);
  if (found === text) {
    await chmod(hook, 0o755);
    return { hook, outcome: 'unchanged' };
  }
  const isForeign = found !== undefined && !isOurs(found);
  if (isForeign && !mayReplace) {
    const remedy = 'add what `agency-db provenance install-hook --print` prints to it, or say --force';
    throw new UsageError(`there is a commit-msg hook already, ${hook}: ${remedy}`);
  }
  const kept = isForeign ? await keep(hook) : undefined;
  await writeHook(hook, text);
  if (kept !== undefined) return { hook, outcome: 'replaced', kept };
  return { hook, outcome: found === undefined ? 'installed' : 'updated' };
}

/** A link that leads nowhere is somebody's, too. */
async function readHook(hook: string): Promise<string | undefined> {
  try {
    const isFile = (await lstat(hook)).isFile();
    return isFile ? await readFile(hook, 'utf8') : '';
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Perhaps an earlier version, perhaps with the line ends of Windows. */
function isOurs(text: string): boolean {
  const [, second = ''] = text.split(/\r?\n/, 2);
  return second === hookMarker || second.startsWith(hookMarker.replace(/\d+$/, ''));
}

async function keep(hook: string): Promise<string> {
  const kept = `${hook}.before-agency-db`;
  try {
    await link(hook, kept);
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EEXIST') throw error;
    throw new UsageError(`${kept} is there already: move it away first`, { cause: error });
  }
  return kept;
}

async function writeHook(hook: string, text: string): Promise<void> {
  await mkdir(dirname(hook), { recursive: true });
  const draft = join(dirname(hook), `.${randomBytes(6).toString('hex')}.partial`);
  try {
    await writeFile(draft, text, { mode: 0o755, flag: 'wx' });
    // The mode of a new file is cut by the umask.
    await chmod(draft, 0o755);
    await rename(draft, hook);
  } finally {
    await rm(draft, { force: true });
  }
}
