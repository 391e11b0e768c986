import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { execPath } from 'node:process';
import { dirname } from 'node:path';

import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { GitIngestError, type GitIngestErrorCode } from '../../src/errors.ts';
import { inspectRepository, type InspectOptions } from '../../src/git/inspect-repository.ts';
import { buildRepository, testGit, type BuiltRepository } from '../../src/testing.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const at = useTemporaryFolder();

async function refusal(path: string, options: InspectOptions = {}): Promise<GitIngestError> {
  const error: unknown = await inspectRepository(path, options).then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof GitIngestError) return error;
  throw error;
}

async function expectRefusal(path: string, code: GitIngestErrorCode, remedy: string): Promise<void> {
  const error = await refusal(path);
  expect(error.code).toBe(code);
  expect(error.message).toContain(remedy);
  expect(error.message).toMatch(/^[^\n]+\.$/);
}

describe('inspectRepository', () => {
  let built: BuiltRepository;

  beforeAll(async () => {
    built = await buildRepository(at('plain'), [
      { files: [{ path: 'folder/a.ts', content: 'a' }] },
      { parents: [], branch: 'other' },
      { parents: [0, 1] },
    ]);
  });

  it('describes a repository with its head, its roots and the number of its commits', async () => {
    const [first = '', second = '', merge] = built.commitIds;
    expect(await inspectRepository(built.path)).toEqual({
      path: built.path,
      gitDir: at('plain/.git'),
      head: merge,
      commitCount: 3,
      objectFormat: 'sha1',
      rootCommits: [first, second].sort(),
    });
  });

  it('takes a branch, a tag or an abbreviated id as ref', async () => {
    const [, second = ''] = built.commitIds;
    await testGit(built.path, ['tag', '--annotate', '--message=x', 'v1', 'other']);
    for (const ref of ['other', 'v1', 'refs/heads/other', second.slice(0, 10), 'HEAD^2']) {
      expect(await inspectRepository(built.path, { ref })).toMatchObject({ head: second, commitCount: 1 });
    }
  });

  it('accepts a bare clone, a folder inside the work tree and a path with spaces, quotes and a line break', async () => {
    await testGit(built.path, ['clone', '--quiet', '--bare', built.path, at(`it's "bare"\nü`)]);
    await testGit(built.path, ['reset', '--quiet', '--hard']);
    const bare = await inspectRepository(at(`it's "bare"\nü`));
    expect(bare).toMatchObject({ gitDir: at(`it's "bare"\nü`), commitCount: 3 });
    expect(await inspectRepository(at('plain/folder'))).toMatchObject({ gitDir: at('plain/.git') });
  });

  it('accepts a linked work tree and a clone without file contents', async () => {
    await testGit(built.path, ['worktree', 'add', '--quiet', '--detach', at('linked'), 'other']);
    expect(await inspectRepository(at('linked'))).toMatchObject({ head: built.commitIds[1], commitCount: 1 });
    await testGit(built.path, ['config', 'uploadpack.allowFilter', 'true']);
    const url = `file://${built.path}`;
    await testGit(built.path, ['clone', '--quiet', '--bare', '--filter=blob:none', url, at('blobless')]);
    expect(await inspectRepository(at('blobless'))).toMatchObject({ commitCount: 3 });
  });

  it('knows a repository whose ids are SHA-256', async () => {
    const { path, commitIds } = await buildRepository(at('sha256'), [{}], { objectFormat: 'sha256' });
    expect(await inspectRepository(path)).toMatchObject({ objectFormat: 'sha256', head: commitIds[0] });
  });

  it('reads the repository at the path, not the one that an outer git names in the environment', async () => {
    const other = await buildRepository(at('outer'), [{ message: 'outer' }]);
    vi.stubEnv('GIT_DIR', at('outer/.git'));
    try {
      expect(await inspectRepository(built.path)).toMatchObject({ gitDir: at('plain/.git'), commitCount: 3 });
      expect(other.commitIds).toHaveLength(1);
    } finally {
      vi.stubEnv('GIT_DIR', undefined);
    }
  });

  it('refuses a path where nothing is [PATH_NOT_FOUND]', async () => {
    await expectRefusal(at('nothing'), 'PATH_NOT_FOUND', 'check the spelling');
    await expectRefusal(`${at('nothing')}\0`, 'PATH_NOT_FOUND', 'check the spelling');
  });

  it('refuses a file [PATH_NOT_A_DIRECTORY]', async () => {
    await writeFile(at('file'), '');
    await expectRefusal(at('file'), 'PATH_NOT_A_DIRECTORY', 'name the folder');
  });

  it('refuses a folder that is in no repository [REPOSITORY_NOT_FOUND]', async () => {
    await mkdir(at('folder'));
    await expectRefusal(at('folder'), 'REPOSITORY_NOT_FOUND', 'git clone');
  });

  it('refuses a repository without commits [REPOSITORY_EMPTY]', async () => {
    await mkdir(at('empty'));
    await testGit(at('empty'), ['init', '--quiet']);
    await expectRefusal(at('empty'), 'REPOSITORY_EMPTY', 'first commit');
  });

  it('refuses a shallow clone and names the command that completes it [REPOSITORY_SHALLOW]', async () => {
    await testGit(built.path, ['clone', '--quiet', '--depth=1', `file://${built.path}`, at('shallow')]);
    await expectRefusal(at('shallow'), 'REPOSITORY_SHALLOW', 'git fetch --unshallow');
    await testGit(at('shallow'), ['fetch', '--quiet', '--unshallow']);
    expect(await inspectRepository(at('shallow'))).toMatchObject({ commitCount: 3 });
  });

  it('refuses a clone without trees [REPOSITORY_PARTIAL]', async () => {
    await testGit(built.path, ['config', 'uploadpack.allowFilter', 'true']);
    const url = `file://${built.path}`;
    await testGit(built.path, ['clone', '--quiet', '--bare', '--filter=tree:0', url, at('treeless')]);
    await expectRefusal(at('treeless'), 'REPOSITORY_PARTIAL', 'git fetch --refetch --filter=blob:none');
  });

  it('refuses a repository of another user [REPOSITORY_NOT_TRUSTED]', async () => {
    vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1');
    try {
      await expectRefusal(built.path, 'REPOSITORY_NOT_TRUSTED', 'safe.directory');
    } finally {
      vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', undefined);
    }
  });

  it.each([
    'nope',
    '--all',
    '-p',
    '',
    'a..b',
    'HEAD:folder',
    '0'.repeat(40),
    'a\0b',
    '--output=/tmp/x',
    'HEAD^{tree}',
  ])('refuses the ref %j [REF_NOT_FOUND]', async (ref) => {
    const error = await refusal(built.path, { ref });
    expect(error.code).toBe('REF_NOT_FOUND');
    expect(error.details).toEqual({ path: built.path, ref });
  });

  it('tells a HEAD without commits from a repository without commits', async () => {
    const { path } = await buildRepository(at('unborn'), [{ branch: 'trunk' }]);
    expect((await refusal(path)).code).toBe('REF_NOT_FOUND');
    expect(await inspectRepository(path, { ref: 'trunk' })).toMatchObject({ commitCount: 1 });
  });

  it('passes on what git says about a damaged repository [GIT_FAILED]', async () => {
    const { path } = await buildRepository(at('damaged'), [{}]);
    await writeFile(at('damaged/.git/config'), '[core\n');
    const error = await refusal(path);
    expect(error.code).toBe('GIT_FAILED');
    expect(error.message).toContain('bad config line 1');
  });

  it('rejects with the reason of an aborted signal', async () => {
    const reason = new Error('enough');
    await expect(inspectRepository(built.path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('inspectRepository with another git', () => {
  afterEach(() => {
    vi.stubEnv('PATH', path);
  });
  const path = process.env['PATH'] ?? dirname(execPath);

  async function useGit(name: string, script: string): Promise<void> {
    await mkdir(at(name), { recursive: true });
    await writeFile(at(`${name}/git`), `#!/bin/sh\n${script}\n`);
    await chmod(at(`${name}/git`), 0o755);
    vi.stubEnv('PATH', at(name));
  }

  it('refuses to go on without git [GIT_NOT_FOUND]', async () => {
    vi.stubEnv('PATH', at('no-such-folder'));
    await expectRefusal(at('.'), 'GIT_NOT_FOUND', 'install git 2.31');
  });

  it('refuses a git that is too old [GIT_TOO_OLD]', async () => {
    for (const version of ['2.30.9', '1.99.0']) {
      await useGit('old', `echo 'git version ${version}'`);
      await expectRefusal(at('.'), 'GIT_TOO_OLD', 'install git 2.31');
    }
  });

  it('accepts the versions that vendors write', async () => {
    for (const version of ['2.31.0', '2.39.5 (Apple Git-154)', '2.45.1.windows.1', '3.0.0-rc1']) {
      await useGit('vendor', `echo 'git version ${version}'`);
      await expectRefusal(at('nothing'), 'PATH_NOT_FOUND', 'check the spelling');
    }
  });

  it('does not take another program for git [GIT_FAILED]', async () => {
    await useGit('other', 'echo hello');
    expect((await refusal(at('.'))).code).toBe('GIT_FAILED');
    await useGit('broken', 'echo cannot load a library >&2; exit 3');
    expect((await refusal(at('.'))).message).toMatch(/exit code 3, saying "cannot load a library"/);
  });
});
