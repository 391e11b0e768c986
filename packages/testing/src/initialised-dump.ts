import { randomUUID } from 'node:crypto';
import { existsSync, openAsBlob } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ownerMark } from './owner.ts';
import { cacheFolder, prepareCache } from './provision/cache-folder.ts';

/**
 * What initdb has made of an empty PGlite of this version before, which the cache keeps: to start from it takes 0.9 s
 * of CPU in place of 4.
 *
 * The instances share a system identifier, so data that lasts does not begin like this.
 */
export async function findInitialisedDump(cacheDir = cacheFolder(process.env)): Promise<Blob | undefined> {
  const path = await dumpPath(cacheDir);
  return existsSync(path) ? openAsBlob(path) : undefined;
}

/** Puts the dump of an empty PGlite into the cache, unless it has one by now or there is none to write to. */
export async function keepInitialisedDump(dump: Blob, cacheDir = cacheFolder(process.env)): Promise<void> {
  const path = await dumpPath(cacheDir);
  const work = `${path}.work-${ownerMark()}_${randomUUID()}`;
  try {
    await prepareCache(path);
    await writeFile(work, dump.stream());
    // A name that appears with the whole file, and is never given to another one: somebody may be reading it.
    await link(work, path);
  } catch {
    // The next start makes another.
  }
  await rm(work, { force: true }).catch(() => undefined);
}

async function dumpPath(cacheDir: string): Promise<string> {
  const module = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest: unknown = JSON.parse(await readFile(join(dirname(module), '../package.json'), 'utf8'));
  const version = (manifest as { version: string }).version;
  return join(cacheDir, `initialised-pglite-${version}.tar`);
}
