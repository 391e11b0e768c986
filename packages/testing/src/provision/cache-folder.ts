import { mkdir, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isAbandoned } from '../owner.ts';

/**
 * Where provisioned programs are kept: root's home is closed to the account that the server runs under, so root
 * uses /var/cache; everybody else `XDG_CACHE_HOME` or `~/.cache`.
 */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const own = env['XDG_CACHE_HOME'] ?? '';
  const base = process.getuid?.() === 0 ? '/var/cache' : own === '' ? join(homedir(), '.cache') : own;
  return join(base, 'agent-agency');
}

/** Makes the folder above `root`, and removes what dead processes left half-done beside it. */
export async function prepareCache(root: string): Promise<void> {
  const parent = dirname(root);
  await mkdir(parent, { recursive: true, mode: 0o755 });
  for (const name of await readdir(parent)) {
    const halfDone = name.startsWith(`${basename(root)}.work-`) && isAbandoned(name);
    if (halfDone) await rm(join(parent, name), { recursive: true, force: true });
  }
}
