import { chmod, open, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellQuote } from '../shell-quote.ts';
import type { Architecture } from './architecture.ts';

/** A folder of programs in a tree that is still to be moved to `root`. */
export interface ProgramsToWrap {
  readonly tree: string;
  readonly root: string;
  readonly programFolder: string;
}

/**
 * Replaces every program by a script that starts it with the tree's own C library, which may be newer than the
 * system's. The scripts hold the absolute paths of the tree's final place.
 *
 * Programs find each other and their share folder next to the name they were called by, hence `--argv0`.
 */
export async function wrapPrograms(
  { tree, root, programFolder }: ProgramsToWrap,
  architecture: Architecture,
): Promise<void> {
  const folder = join(tree, programFolder);
  for (const name of await readdir(folder)) {
    const program = join(folder, name);
    if (!(await isElf(program))) continue;
    await rename(program, `${program}.elf`);
    const called = join(root, programFolder, name);
    const words = [
      join(root, architecture.loader),
      ...['--library-path', join(root, architecture.libraries)],
      ...['--argv0', called],
      `${called}.elf`,
    ];
    await writeFile(program, `#!/bin/sh\nexec ${words.map(shellQuote).join(' ')} "$@"\n`);
    await chmod(program, 0o755);
  }
}

async function isElf(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.toString('latin1') === '\x7fELF';
  } finally {
    await file.close();
  }
}
