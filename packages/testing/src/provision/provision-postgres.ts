import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../lock-file.ts';
import { ownerMark } from '../owner.ts';
import { cacheFolder, prepareCache } from './cache-folder.ts';
import { getDebianHost } from './debian-host.ts';
import type { DebianHost } from './debian-host.ts';
import { downloadPackages } from './download.ts';
import { architectureOf, programFolder, revision, suite } from './recipe.ts';
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
 * Gets PostgreSQL 17 with pgvector on a Debian machine without root: Debian's packages, unpacked into a cache and
 * started with their own C library. The system is not changed. Returns the folder of the programs.
 *
 * **Cost** once 40 MB and some seconds, 95 MB on disk; afterwards nothing.
 * @throws TestingError `SOURCE_UNAVAILABLE` (not Debian), `PROGRAM_FAILED` (no network, bad signature), `LOCK_TIMEOUT`
 */
export async function provisionPostgres(options: ProvisionOptions = {}): Promise<string> {
  const { env = process.env } = options;
  const host = await getDebianHost(env);
  const name = `postgresql-17-${suite}-${host.architecture}-${String(revision)}`;
  const root = join(options.cacheDir ?? cacheFolder(env), name);
  const binDir = join(root, programFolder);
  // The tree gets its name when it is complete, so it is either whole or not there.
  if (existsSync(binDir)) return binDir;
  await prepareCache(root);
  const release = await takeLock(`${root}.lock`, lockTimeoutMs);
  try {
    if (!existsSync(binDir)) await build(root, host, env);
  } finally {
    await release();
  }
  return binDir;
}

async function build(root: string, host: DebianHost, env: NodeJS.ProcessEnv): Promise<void> {
  const architecture = architectureOf(host.architecture);
  const work = await mkdtemp(`${root}.work-${ownerMark()}_`);
  try {
    const tree = join(work, 'tree');
    await unpackPackages(await downloadPackages(host, work, env), tree);
    await checkLibraries(tree, architecture);
    await wrapPrograms(tree, root, architecture);
    await chmod(tree, 0o755);
    await rename(tree, root);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
