import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { commitMessageHook, hookMarker } from '../../src/git/hook.ts';
import { makeRepository } from './support/repository.ts';

const { folder, git } = makeRepository();
const calls = join(folder, 'calls');

/** A program in place of `agency-db`: it writes down how it was called, and adds a trailer. */
const program = `#!/bin/sh
echo "$*" >> '${calls}'
test -e '${folder}/fail' && exit 3
git interpret-trailers --in-place --trailer 'Signed-Tree: '"$(git write-tree)" "$4"
`;

function install(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text, { mode: 0o755 });
}

/** What the program was called with since the last time, without the name of the file. */
function called(): string[] {
  const text = readFileSync(calls, 'utf8').trim();
  rmSync(calls);
  return text.split('\n').map((line) => line.replace(/ \S*COMMIT_EDITMSG| \S*MERGE_MSG/, ' <file>'));
}

const plain = 'provenance trailer --commit-msg <file>';
const commit = ['commit', '--quiet', '--allow-empty'];

describe('commitMessageHook', () => {
  beforeEach(() => {
    install('bin/agency-db', program);
    install('.git/hooks/commit-msg', commitMessageHook());
    rmSync(join(folder, 'fail'), { force: true });
    rmSync(calls, { force: true });
  });

  it('says whose it is', () => {
    expect(commitMessageHook().split('\n', 2)).toEqual(['#!/bin/sh', hookMarker]);
  });

  it('is run by git for a commit, with the file of the message and the index of the commit', () => {
    writeFileSync(join(folder, 'staged'), 'a');
    git(['add', 'staged']);
    git([...commit, '--message=with --amend-like words']);
    expect(called()).toEqual([plain]);
    expect(git(['log', '-1', '--format=%(trailers:key=Signed-Tree,valueonly)']).trim()).toBe(
      git(['log', '-1', '--format=%T']),
    );
  });

  it('tells that a commit is amended, also when a message is given or an alias is used', () => {
    git([...commit, '--message=x']);
    git([...commit, '--amend', '--no-edit']);
    git([...commit, '--amend', '--message=y']);
    git(['-c', 'alias.again=commit --quiet --allow-empty --amend --no-edit', 'again']);
    expect(called()).toEqual([plain, ...Array<string>(3).fill(`${plain} --amend`)]);
  });

  it('is run for a merge', () => {
    git(['switch', '--quiet', '--create', 'side']);
    git([...commit, '--message=side']);
    git(['switch', '--quiet', '-']);
    git(['merge', '--quiet', '--no-ff', '--no-edit', 'side']);
    expect(called()).toEqual([plain, plain]);
    git(['branch', '--quiet', '--delete', 'side']);
  });

  it('aborts the commit when no trailer can be made, unless it is to continue', () => {
    const head = git(['rev-parse', 'HEAD']);
    writeFileSync(join(folder, 'fail'), '');
    expect(() => git([...commit, '--message=x'])).toThrow();
    expect(git(['rev-parse', 'HEAD'])).toBe(head);
    install('.git/hooks/commit-msg', commitMessageHook({ onFailure: 'continue' }));
    git([...commit, '--message=x']);
    expect(git(['log', '-1', '--format=%P %B'])).toBe(`${head} x\n`);
  });
});
