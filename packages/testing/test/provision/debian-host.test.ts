import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { getDebianHost } from '../../src/provision/debian-host.ts';
import { createFolder } from '../support/folder.ts';

const isDebian = await getDebianHost(process.env).then(
  () => true,
  () => false,
);

describe.skipIf(!isDebian)('getDebianHost', () => {
  it("takes the mirror of apt's sources, or the one it is told", async () => {
    expect((await getDebianHost(process.env)).mirror).toMatch(/\/debian\/?$/);
    const env = { ...process.env, DEBIAN_MIRROR: 'http://127.0.0.1:1/debian' };
    expect((await getDebianHost(env)).mirror).toBe('http://127.0.0.1:1/debian');
  });

  it('says what to do when there is none', async () => {
    const path = join(await createFolder(), 'apt.conf');
    await writeFile(path, 'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "/dev/null";\n');
    const { DEBIAN_MIRROR: _mirror, ...env } = process.env;
    await expect(getDebianHost({ ...env, APT_CONFIG: path })).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      message: expect.stringContaining('set DEBIAN_MIRROR') as string,
    });
  });
});
