import { existsSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TestingError } from '../errors.ts';
import { runProgram } from '../run-program.ts';
import type { Architecture } from './architecture.ts';

const documentation = ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'usr/share/lintian'];

/** Unpacks Debian packages into a folder, without installing anything. */
export async function unpackPackages(debs: readonly string[], tree: string): Promise<void> {
  await mkdir(tree, { mode: 0o755 });
  for (const deb of debs) await runProgram('dpkg-deb', ['-x', deb, tree]);
  for (const path of documentation) await rm(join(tree, path), { recursive: true, force: true });
  await mergeLibraries(tree);
}

/** Packages from before trixie have part of the libraries in /lib, which their systems link to /usr/lib. */
async function mergeLibraries(tree: string): Promise<void> {
  const apart = join(tree, 'lib');
  if (!existsSync(apart)) return;
  await cp(apart, join(tree, 'usr/lib'), { recursive: true, verbatimSymlinks: true });
  await rm(apart, { recursive: true });
}

/**
 * Makes sure that programs find every library within the tree: one of the system's would not be there elsewhere.
 *
 * @throws TestingError `PROGRAM_FAILED`
 */
export async function checkLibraries(
  tree: string,
  files: readonly string[],
  { loader, libraries }: Architecture,
): Promise<void> {
  for (const file of files) {
    const args = ['--library-path', join(tree, libraries), '--list', join(tree, file)];
    const { stdout } = await runProgram(join(tree, loader), args);
    const missing = stdout
      .split('\n')
      .filter((line) => line.includes(' => ') && !line.includes(` => ${tree}/`));
    if (missing.length > 0)
      throw new TestingError('PROGRAM_FAILED', `${file} lacks ${missing.join(' ').trim()}`);
  }
}
