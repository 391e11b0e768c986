import { spawn } from 'node:child_process';
import { chown, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ownerMark } from '../src/owner.ts';
import { createThrowAwayFolder, sweepFolders } from '../src/throw-away-folder.ts';
import { startChild } from './support/child.ts';
import { createFolder } from './support/folder.ts';
import { isRunning } from './support/is-running.ts';
import { binDir, getBinDir } from './support/programs.ts';

/** A mark like this process's, of a process that began before it and is gone. */
function deadMark(): string {
  const [host, pid, start = '', madeAt] = ownerMark().split('_');
  return [host, pid, (Number.parseInt(start, 36) - 1).toString(36), madeAt].join('_');
}

async function stubTemporaryFolder(): Promise<string> {
  const parent = await createFolder();
  vi.stubEnv('TMPDIR', parent);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return parent;
}

describe.skipIf(binDir === undefined)('the next start after kill -9', () => {
  it('ends the server of the killed process and removes its folder', async () => {
    const parent = await createFolder();
    const killed = startChild('cluster', [getBinDir()], { TMPDIR: parent });
    const left = (await killed.firstLine) as { folder: string; postmaster: number };
    killed.process.kill('SIGKILL');
    await killed.ended;
    expect(await readdir(parent)).toEqual([left.folder]);
    expect(isRunning(left.postmaster)).toBe(true);

    const next = startChild('cluster', [getBinDir()], { TMPDIR: parent });
    const { folder } = (await next.firstLine) as { folder: string };
    expect(isRunning(left.postmaster)).toBe(false);
    expect(await readdir(parent)).not.toContain(left.folder);
    next.process.kill('SIGTERM');
    await next.ended;
    expect(folder).not.toBe(left.folder);
    expect(await readdir(parent)).toEqual([]);
  });

  it('leaves the server of a living process alone', async () => {
    const parent = await createFolder();
    const first = startChild('cluster', [getBinDir()], { TMPDIR: parent });
    const living = (await first.firstLine) as { folder: string; postmaster: number };
    const second = startChild('cluster', [getBinDir(), 'exit'], { TMPDIR: parent });
    await second.ended;
    expect(await readdir(parent)).toEqual([living.folder]);
    expect(isRunning(living.postmaster)).toBe(true);
  });
});

describe('sweepFolders', () => {
  it('does not signal a stranger that got the process id of a dead server', async () => {
    const parent = await stubTemporaryFolder();
    const stranger = spawn('sleep', ['60']);
    onTestFinished(() => void stranger.kill());
    const dataDir = join(parent, `agent-agency-pg-${deadMark()}_x`, 'data');
    await mkdir(dataDir, { recursive: true });
    await writeFile(join(dataDir, 'postmaster.pid'), `${String(stranger.pid)}\n${dataDir}\n`);
    await sweepFolders();
    expect(await readdir(parent)).toEqual([]);
    expect(isRunning(stranger.pid ?? 0)).toBe(true);
  });

  it('does not signal a process for a pid file of another directory', async () => {
    const parent = await stubTemporaryFolder();
    const dataDir = join(parent, `agent-agency-pg-${deadMark()}_x`, 'data');
    await mkdir(dataDir, { recursive: true });
    const named = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)', dataDir]);
    onTestFinished(() => void named.kill());
    await writeFile(join(dataDir, 'postmaster.pid'), `${String(named.pid)}\n/elsewhere\n`);
    await sweepFolders();
    expect(isRunning(named.pid ?? 0)).toBe(true);
  });

  it('touches neither other folders nor what a link of such a name leads to', async () => {
    const parent = await stubTemporaryFolder();
    await mkdir(join(parent, 'precious'));
    await writeFile(join(parent, 'precious/letter.txt'), 'dear');
    await mkdir(join(parent, 'agent-agency-pg-by-hand'));
    const namedLike = `agent-agency-pg-${deadMark()}_link`;
    await symlink(join(parent, 'precious'), join(parent, namedLike));
    const living = await createThrowAwayFolder();
    await sweepFolders();
    expect(await readdir(living)).toEqual([]);
    expect(await readFile(join(parent, 'precious/letter.txt'), 'utf8')).toBe('dear');
    expect(await readdir(parent)).toEqual(expect.arrayContaining(['agent-agency-pg-by-hand', namedLike]));
  });

  it.skipIf(process.getuid?.() !== 0)('touches no folder of another account', async () => {
    const parent = await stubTemporaryFolder();
    const folder = join(parent, `agent-agency-pg-${deadMark()}_x`);
    await mkdir(folder);
    await chown(folder, 65534, 65534);
    await sweepFolders();
    expect(await readdir(parent)).toHaveLength(1);
  });
});
