import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { withSession } from '../src/index.ts';
import { findFreePort } from '../src/free-port.ts';
import { copyInitialisedData } from '../src/initialised-data.ts';
import { endPostmaster } from '../src/postmaster.ts';
import { findServerAccount, giveTo } from '../src/server-account.ts';
import { serverSettings } from '../src/server-settings.ts';
import { startServer } from '../src/start-server.ts';
import type { Account } from '../src/server-account.ts';
import { createFolder } from './support/folder.ts';
import { binDir, getBinDir } from './support/programs.ts';

describe.skipIf(binDir === undefined)('copyInitialisedData', () => {
  let programs: { binDir: string; account: Account | undefined; version: string };
  beforeAll(async () => {
    programs = { binDir: getBinDir(), account: await findServerAccount(), version: '17.0' };
  });

  const emptyFolder = async (): Promise<string> => {
    const dataDir = join(await createFolder(), 'data');
    await mkdir(dataDir, { mode: 0o700 });
    await giveTo(programs.account, dataDir);
    return dataDir;
  };
  const serves = async (dataDir: string): Promise<boolean> => {
    onTestFinished(() => {
      endPostmaster(dataDir, 'immediate');
    });
    const port = await startServer({ programs, dataDir, settings: serverSettings(false) }, findFreePort);
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    const { rows } = await withSession(url, (session) => session.query('select 1 as one'));
    return rows[0]?.['one'] === 1;
  };

  it('makes one original for two at the same time, and copies it whole', async () => {
    const [cache, one, two] = [await createFolder(), await emptyFolder(), await emptyFolder()];
    await Promise.all([one, two].map((folder) => copyInitialisedData(programs, folder, cache)));
    const [original = '', ...others] = await readdir(cache);
    expect(others).toEqual([]);
    const files = await readdir(join(cache, original), { recursive: true });
    expect(await readdir(one, { recursive: true })).toEqual(expect.arrayContaining(files));
    expect((await stat(two)).mode & 0o777).toBe(0o700);
    expect([await serves(one), await serves(two)]).toEqual([true, true]);
  });

  it('copies what is there, and for other programs makes another', async () => {
    const [cache, folder, other] = [await createFolder(), await emptyFolder(), await emptyFolder()];
    await copyInitialisedData(programs, await emptyFolder(), cache);
    await writeFile(join(cache, (await readdir(cache))[0] ?? '', 'mark'), '', { mode: 0o644 });
    await copyInitialisedData(programs, folder, cache);
    await copyInitialisedData({ ...programs, version: '17.1' }, other, cache);
    expect(await readdir(folder)).toContain('mark');
    expect(await readdir(other)).not.toContain('mark');
  });

  it('does without a cache where there can be none', async () => {
    const [cache, folder] = [join(await createFolder(), 'file'), await emptyFolder()];
    await writeFile(cache, '');
    await copyInitialisedData(programs, folder, cache);
    expect(existsSync(join(folder, 'PG_VERSION'))).toBe(true);
  });

  it('keeps nothing of programs in a folder for temporary files', async () => {
    const [cache, folder, binDir] = [
      await createFolder(),
      await emptyFolder(),
      join(await createFolder(), 'bin'),
    ];
    await symlink(programs.binDir, binDir);
    await copyInitialisedData({ ...programs, binDir }, folder, cache);
    expect(existsSync(join(folder, 'PG_VERSION'))).toBe(true);
    expect(await readdir(cache)).toEqual([]);
  });

  it('leaves nothing in the cache when initdb fails', async () => {
    const cache = await createFolder();
    const broken = { ...programs, binDir: '/nonexistent' };
    await expect(copyInitialisedData(broken, await emptyFolder(), cache)).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
    });
    expect(await readdir(cache)).toEqual([]);
  });
});
