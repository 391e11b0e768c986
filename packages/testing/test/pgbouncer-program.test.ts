import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { getPoolerProgram } from '../src/pgbouncer-program.ts';
import { createFolder } from './support/folder.ts';

/** A folder with a program that says it is PgBouncer of a version, and nothing else: no dpkg, no apt. */
async function pathWith(version: string): Promise<string> {
  const folder = await createFolder();
  const script = `#!/bin/sh\necho 'PgBouncer ${version}'\necho 'libevent 2.1.12-stable'\n`;
  await writeFile(join(folder, 'pgbouncer'), script, { mode: 0o755 });
  return folder;
}

describe('getPoolerProgram', () => {
  it.each(['1.21.0', '1.24.1', '1.100.0', '2.0.0'])('takes an installed %s', async (version) => {
    const PATH = await pathWith(version);
    const found = await getPoolerProgram({ env: { PATH } }, undefined);
    expect(found).toEqual({ path: join(PATH, 'pgbouncer'), version });
  });

  it.skipIf(existsSync('/usr/sbin/pgbouncer'))(
    'takes no older one, and says what to do where none can be provisioned',
    async () => {
      const PATH = await pathWith('1.20.1');
      await expect(getPoolerProgram({ env: { PATH } }, undefined)).rejects.toMatchObject({
        name: 'TestingError',
        code: 'SOURCE_UNAVAILABLE',
        message: `no PgBouncer 1.21 or newer: ${PATH}/pgbouncer is 1.20.1; Debian's cannot be had: this is not a Debian machine; install it`,
      });
    },
  );

  it('takes no installed one where a release is asked for', async () => {
    const PATH = await pathWith('1.24.1');
    await expect(getPoolerProgram({ release: 'bookworm', env: { PATH } }, undefined)).rejects.toThrow(
      "no PgBouncer of bookworm: Debian's cannot be had: this is not a Debian machine",
    );
  });
});
