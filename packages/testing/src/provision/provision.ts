import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../lock-file.ts';
import { ownerMark } from '../owner.ts';
import { architectureOf } from './architecture.ts';
import { cacheFolder, prepareCache } from './cache-folder.ts';
import { getDebianArchitecture, getDebianHost } from './debian-host.ts';
import { downloadPackages } from './download.ts';
import type { Surroundings } from './download.ts';
import type { Recipe } from './recipe.ts';
import { checkLibraries, unpackPackages } from './unpack.ts';
import { wrapPrograms } from './wrap-programs.ts';

/** Where to provision. */
export interface ProvisionOptions {
  /** `DEBIAN_MIRROR`, `XDG_CACHE_HOME`, `PATH` are read from here; `process.env` unless given. */
  readonly env?: NodeJS.ProcessEnv;
  /** Where the programs are kept between runs; it must be readable for the account that the server runs under. */
  readonly cacheDir?: string;
}

/** A machine with a slow line downloads 40 MB meanwhile. */
const lockTimeoutMs = 15 * 60_000;

/**
 * Makes the programs of a recipe, unless the cache has them; returns their folder.
 *
 * @throws TestingError `SOURCE_UNAVAILABLE` (not Debian), `PROGRAM_FAILED` (no network, bad signature), `LOCK_TIMEOUT`
 */
export async function provision(recipe: Recipe, options: ProvisionOptions): Promise<string> {
  const { env = process.env } = options;
  const name = [recipe.name, recipe.suite, await getDebianArchitecture(env), recipe.revision].join('-');
  const root = join(options.cacheDir ?? cacheFolder(env), name);
  const binDir = join(root, recipe.programFolder);
  // The tree gets its name when it is complete, so it is either whole or not there.
  if (existsSync(binDir)) return binDir;
  const host = await getDebianHost(env);
  await prepareCache(root);
  const release = await takeLock(`${root}.lock`, lockTimeoutMs);
  try {
    if (!existsSync(binDir)) await build(recipe, root, { host, env });
  } finally {
    await release();
  }
  return binDir;
}

async function build(recipe: Recipe, root: string, surroundings: Surroundings): Promise<void> {
  const architecture = architectureOf(surroundings.host.architecture);
  const work = await mkdtemp(`${root}.work-${ownerMark()}_`);
  try {
    const tree = join(work, 'tree');
    await unpackPackages(await downloadPackages(recipe, work, surroundings), tree);
    for (const path of recipe.superfluous) await rm(join(tree, path), { recursive: true, force: true });
    await checkLibraries(tree, recipe.checked, architecture);
    await wrapPrograms({ tree, root, programFolder: recipe.programFolder }, architecture);
    await chmod(tree, 0o755);
    await rename(tree, root);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
