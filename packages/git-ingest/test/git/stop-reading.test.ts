import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { platform } from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { spawnSync } from 'node:child_process';

import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import type { Commit } from '../../src/git/commit.ts';
import { inspectRepository, type Repository } from '../../src/git/inspect-repository.ts';
import { readCommits } from '../../src/git/read-commits.ts';
import { buildRepository } from '../../src/testing.ts';
import { collect } from './read-all.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const at = useTemporaryFolder();

/** The ids of this process's children, dead but not awaited ones included. Synchronous: it is about this very moment. */
function children(): string[] {
  if (platform !== 'linux') {
    const listed = spawnSync('pgrep', ['-P', String(process.pid)], { encoding: 'utf8' });
    // pgrep is a child as well while it looks.
    return listed.stdout.split('\n').filter((pid) => pid !== '' && pid !== String(listed.pid));
  }
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return (
        /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] === String(process.pid)
      );
    } catch {
      // It ended between the listing and the reading: no child any more.
      return false;
    }
  });
}

describe('readCommits when its reader stops', () => {
  let repository: Repository;

  beforeAll(async () => {
    // Far more than the pipe and the stream's buffer hold, so that git is still at work when the reader stops.
    const commits = Array.from({ length: 2000 }, (_, index) => ({
      message: `${index}\n\n${'z'.repeat(2000)}`,
    }));
    const { path } = await buildRepository(at('repository'), commits);
    repository = await inspectRepository(path);
  });

  it('has git running while it reads', async () => {
    const reading = readCommits(repository);
    await reading.next();
    expect(children()).toHaveLength(1);
    await reading.return();
    expect(children()).toEqual([]);
  });

  it('leaves no git behind after a break', async () => {
    for await (const commit of readCommits(repository)) {
      expect(commit.subject).toBe('0');
      break;
    }
    expect(children()).toEqual([]);
  });

  it('leaves no git behind when the reader throws, and passes on the reader’s error', async () => {
    const failure = new Error('reader');
    const reading = (async (): Promise<void> => {
      for await (const { subject } of readCommits(repository)) if (subject === '3') throw failure;
    })();
    await expect(reading).rejects.toBe(failure);
    expect(children()).toEqual([]);
  });

  it('leaves no git behind after the last commit', async () => {
    const commits = await collect(readCommits(repository));
    expect(commits).toHaveLength(2000);
    expect(children()).toEqual([]);
  });

  it('stops at the next commit after an abort, with its reason, and leaves no git behind', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const seen: Commit[] = [];
    const reading = (async (): Promise<void> => {
      for await (const commit of readCommits(repository, { signal: controller.signal })) {
        seen.push(commit);
        // Time for git to fill the pipe, so that many commits come in one piece.
        if (seen.length === 1) await setTimeout(100);
        if (seen.length === 5) controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    expect(seen).toHaveLength(5);
    expect(children()).toEqual([]);
  });

  it('stops an abort that comes while it waits for git', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const reading = readCommits(repository, { signal: controller.signal });
    const first = reading.next();
    controller.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect(children()).toEqual([]);
  });

  it('starts nothing for a signal that is aborted already', async () => {
    const reason = new Error('enough');
    const reading = readCommits(repository, { signal: AbortSignal.abort(reason) });
    await expect(reading.next()).rejects.toBe(reason);
    expect(children()).toEqual([]);
  });
});

describe('readCommits when git does not end', () => {
  const path = process.env['PATH'] ?? '';
  afterEach(() => {
    vi.stubEnv('PATH', path);
  });

  /** A git that prints what the real one prints, and then hangs, deaf to everything but SIGKILL. */
  async function useHangingGit(): Promise<void> {
    await mkdir(at('hanging'), { recursive: true });
    const script = `#!/bin/sh\nPATH='${path}'\ntrap '' PIPE TERM\ngit "$@"\ncase "$*" in *--name-status*) exec sleep 600 ;; esac\n`;
    await writeFile(at('hanging/git'), script);
    await chmod(at('hanging/git'), 0o755);
    vi.stubEnv('PATH', `${at('hanging')}:${path}`);
  }

  it('kills it when the reader stops', async () => {
    const built = await buildRepository(at('short'), [{}, {}, {}]);
    const repository = await inspectRepository(built.path);
    await useHangingGit();
    const reading = readCommits(repository);
    expect((await reading.next()).value).toMatchObject({ subject: 'commit 0' });
    expect(children()).toHaveLength(1);
    await reading.return();
    expect(children()).toEqual([]);
  });

  it('kills it when the signal is aborted while it is awaited', async () => {
    const repository = await inspectRepository(at('short'));
    await useHangingGit();
    const controller = new AbortController();
    const reading = readCommits(repository, { signal: controller.signal });
    await reading.next();
    await reading.next();
    const third = reading.next();
    await setTimeout(50);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(third).rejects.toBe(reason);
    expect(children()).toEqual([]);
  });
});
