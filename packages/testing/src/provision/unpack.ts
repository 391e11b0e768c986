import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TestingError } from '../errors.ts';
import { runProgram } from '../run-program.ts';
import type { Architecture } from './recipe.ts';
import { programFolder, superfluous } from './recipe.ts';

/** Unpacks Debian packages into a folder, without installing anything. */
export async function unpackPackages(debs: readonly string[], tree: string): Promise<void> {
  await mkdir(tree, { mode: 0o755 });
  for (const deb of debs) await runProgram('dpkg-deb', ['-x', deb, tree]);
  for (const path of superfluous) await rm(join(tree, path), { recursive: true, force: true });
}

/**
 * Makes sure that the programs and pgvector find every library within the tree.
 *
 * @throws TestingError `PROGRAM_FAILED`
 */
export async function checkLibraries(tree: string, { loader, libraries }: Architecture): Promise<void> {
  const programs = ['postgres', 'initdb', 'pg_ctl', 'psql', 'pg_dump'].map((name) =>
    join(programFolder, name),
  );
  for (const file of [...programs, 'usr/lib/postgresql/17/lib/vector.so']) {
    const args = ['--library-path', join(tree, libraries), '--list', join(tree, file)];
    const { stdout } = await runProgram(join(tree, loader), args);
    const missing = stdout.split('\n').filter((line) => line.includes('not found'));
    if (missing.length > 0)
      throw new TestingError('PROGRAM_FAILED', `${file} lacks ${missing.join(' ').trim()}`);
  }
}
