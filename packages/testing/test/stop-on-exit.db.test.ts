import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startChild } from './support/child.ts';
import { createFolder } from './support/folder.ts';
import { isRunning } from './support/is-running.ts';
import { binDir, getBinDir } from './support/programs.ts';

interface Started {
  readonly folder: string;
  readonly postmaster: number;
}

describe.skipIf(binDir === undefined)('stopOnExit', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'removes the cluster on %s, which still ends the process',
    async (signal) => {
      const parent = await createFolder();
      const child = startChild('cluster', [getBinDir()], { TMPDIR: parent });
      const { folder, postmaster } = (await child.firstLine) as Started;
      expect(await readdir(parent)).toEqual([folder]);
      expect(isRunning(postmaster)).toBe(true);
      child.process.kill(signal);
      expect(await child.ended).toMatchObject({ signal });
      expect(await readdir(parent)).toEqual([]);
      expect(isRunning(postmaster)).toBe(false);
    },
  );

  it.each([
    ['exit', 3],
    ['throw', 1],
    ['reject', 1],
  ])('removes the cluster when the process ends by %s, and keeps its exit code', async (fate, code) => {
    const parent = await createFolder();
    const child = startChild('cluster', [getBinDir(), fate], { TMPDIR: parent });
    const { postmaster } = (await child.firstLine) as Started;
    expect(await child.ended).toMatchObject({ code });
    expect(await readdir(parent)).toEqual([]);
    expect(isRunning(postmaster)).toBe(false);
  });
});
