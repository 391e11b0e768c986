import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runPostgresProgram } from '../../src/postgres-programs.ts';
import { findServerAccount } from '../../src/server-account.ts';
import { binDir, getBinDir } from './programs.ts';

/** Only the provisioned PostgreSQL has a layout that is known here. */
export const canCopy = binDir?.includes('trixie') === true;

/**
 * The provisioned PostgreSQL once more, under `folder`, as if pgvector had not been installed with it.
 * Returns the folder of its programs.
 */
export async function copyWithoutVector(folder: string): Promise<string> {
  const original = getBinDir();
  const root = join(original, '../../../../..');
  const copy = join(folder, 'usr/lib/postgresql/17/bin');
  await mkdir(copy, { recursive: true });
  for (const path of globSync(join(original, '{postgres,initdb,pg_ctl}'))) {
    // Its share and library folders are found relative to the name that a program is called by.
    const called = join(copy, basename(path));
    const [loader] = globSync(join(root, 'usr/lib*/ld-linux-*'));
    const [libraries] = globSync(join(root, 'usr/lib/*-linux-gnu'));
    const words = [loader, '--library-path', libraries, '--argv0', called, `${path}.elf`];
    await writeFile(called, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
  }
  await cp(join(root, 'usr/share/postgresql/17'), join(folder, 'usr/share/postgresql/17'), {
    recursive: true,
  });
  await cp(join(root, 'usr/lib/postgresql/17/lib'), join(folder, 'usr/lib/postgresql/17/lib'), {
    recursive: true,
  });
  await rm(join(folder, 'usr/share/postgresql/17/extension/vector.control'));
  await runPostgresProgram({ binDir: copy, account: await findServerAccount() }, 'postgres', ['--version']);
  return copy;
}
