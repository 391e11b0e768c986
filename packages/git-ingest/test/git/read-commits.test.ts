import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';

import { beforeAll, describe, expect, it } from 'vitest';

import { GitIngestError } from '../../src/errors.ts';
import { inspectRepository } from '../../src/git/inspect-repository.ts';
import { readCommits } from '../../src/git/read-commits.ts';
import { buildRepository, testGit, type BuiltRepository } from '../../src/testing.ts';
import { collect, readAll } from './read-all.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const at = useTemporaryFolder();
const ada = { name: 'Ada Example', email: 'ada@example.com' };
const bob = { name: 'Bob', email: 'bob@example.org' };

describe('readCommits', () => {
  let built: BuiltRepository;

  /** Two roots, an octopus merge of three branches, and an ordinary merge. */
  beforeAll(async () => {
    built = await buildRepository(at('graph'), [
      { message: 'root', files: [{ path: 'a.ts', content: '1' }] },
      { message: 'left', parents: [0], branch: 'left', files: [{ path: 'src/left/x.rs', content: '1' }] },
      { message: 'right', parents: [0], branch: 'right', files: [{ path: 'packages/r/y.py', content: '1' }] },
      { message: 'second root', parents: [], files: [{ path: 'b.go', content: '1' }] },
      { message: 'octopus', parents: [0, 1, 2, 3], files: [{ path: 'b.go', content: '1' }] },
      {
        message: 'change',
        files: [
          { path: 'a.ts', content: null },
          { path: 'c.ts', content: '1' },
        ],
      },
      { message: 'merge', parents: [5, 1] },
    ]);
  });

  it('reads every commit once, parents before children, with roots and octopus merges', async () => {
    const commits = await readAll(built.path);
    const ids = commits.map(({ id }) => id);
    expect([...ids].sort()).toEqual([...built.commitIds].sort());
    for (const [index, { parents }] of commits.entries()) {
      for (const parent of parents) expect(ids.slice(0, index)).toContain(parent);
    }
    const octopus = commits.find(({ subject }) => subject === 'octopus');
    expect(octopus?.parents).toEqual([0, 1, 2, 3].map((index) => built.commitIds[index]));
    expect(
      commits
        .filter(({ parents }) => parents.length === 0)
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual(['root', 'second root']);
  });

  it('puts parents first also where clocks were wrong', async () => {
    const { path, commitIds } = await buildRepository(at('skewed'), [
      { unixSeconds: 100 },
      { unixSeconds: 200, parents: [0] },
      { unixSeconds: 1, parents: [0] },
      { unixSeconds: 300, parents: [1, 2] },
    ]);
    const ids = (await readAll(path)).map(({ id }) => id);
    expect([ids[0], ids[3]]).toEqual([commitIds[0], commitIds[3]]);
  });

  it('fetches nothing, not even what a clone without trees lacks [GIT_FAILED]', async () => {
    await testGit(built.path, ['config', 'uploadpack.allowFilter', 'true']);
    const url = `file://${built.path}`;
    await testGit(built.path, ['clone', '--quiet', '--bare', '--filter=tree:0', url, at('treeless')]);
    const repository = { ...(await inspectRepository(built.path)), path: at('treeless') };
    await expect(collect(readCommits(repository))).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });

  it('counts changes by language and area, also of roots and deletions, and none of merges', async () => {
    const commits = new Map((await readAll(built.path)).map((commit) => [commit.subject, commit.changes]));
    const counts = (subject: string): unknown => {
      const { fileCount, languages, areas, paths, isBulk } = commits.get(subject) ?? {};
      return [fileCount, Object.fromEntries(languages ?? []), Object.fromEntries(areas ?? []), paths, isBulk];
    };
    expect(counts('root')).toEqual([1, { TypeScript: 1 }, { '(root)': 1 }, ['a.ts'], false]);
    expect(counts('left')).toEqual([1, { Rust: 1 }, { 'src/left': 1 }, ['src/left/x.rs'], false]);
    expect(counts('right')).toEqual([1, { Python: 1 }, { 'packages/r': 1 }, ['packages/r/y.py'], false]);
    expect(counts('change')).toEqual([2, { TypeScript: 2 }, { '(root)': 2 }, ['a.ts', 'c.ts'], false]);
    expect(counts('octopus')).toEqual([0, {}, {}, [], false]);
    expect(counts('merge')).toEqual([0, {}, {}, [], false]);
  });

  it('reads a ref, and only what is new since another one', async () => {
    const subjects = async (options: { ref?: string; since?: string }): Promise<string[]> =>
      (await readAll(built.path, options)).map(({ subject }) => subject);
    expect(await subjects({ ref: 'left' })).toEqual(['root', 'left']);
    expect(await subjects({ since: 'main~1' })).toEqual(['merge']);
    expect(await subjects({ since: 'main' })).toEqual([]);
    expect(await subjects({ ref: 'right', since: 'left' })).toEqual(['right']);
  });

  it('refuses a ref that names no commit before it reads any [REF_NOT_FOUND]', async () => {
    await expect(readAll(built.path, { ref: '--all' })).rejects.toMatchObject({ code: 'REF_NOT_FOUND' });
    await expect(readAll(built.path, { since: 'nope' })).rejects.toMatchObject({ code: 'REF_NOT_FOUND' });
  });

  it('reads all fields of a commit', async () => {
    const message =
      'feat(api): one\nsubject on two lines\n\nBody.\n\nReviewed-by: Bob <bob@example.org>\nX: a: b\n  c\n';
    const { path, commitIds } = await buildRepository(at('fields'), [
      { message, author: ada, committer: bob, unixSeconds: 1_700_000_000 },
    ]);
    const tree = (await testGit(path, ['rev-parse', 'HEAD^{tree}'])).trim();
    const instant = new Date('2023-11-14T22:13:20Z');
    expect(await readAll(path)).toEqual([
      {
        id: commitIds[0],
        parents: [],
        tree,
        author: ada,
        committer: bob,
        authoredAt: instant,
        committedAt: instant,
        message,
        subject: 'feat(api): one subject on two lines',
        trailers: [
          { key: 'Reviewed-by', value: 'Bob <bob@example.org>' },
          { key: 'X', value: 'a: b c' },
        ],
        changes: { fileCount: 0, languages: new Map(), areas: new Map(), paths: [], isBulk: false },
        isLossy: false,
      },
    ]);
  });

  it('agrees with git about the subject', async () => {
    const messages = [
      '',
      '\n\n',
      'a',
      '\n \n a \n b\n\t\nc',
      'a\r\nb\r\n\r\nc',
      'a\n\n\nb',
      '  \n\n x',
      'é\u00a0ü\n x',
    ];
    const { path } = await buildRepository(
      at('subjects'),
      messages.map((message) => ({ message })),
    );
    const commits = await readAll(path);
    expect(commits).toHaveLength(messages.length);
    for (const commit of commits) {
      const subject = await testGit(path, ['log', '-1', '--format=%s', commit.id]);
      expect(commit.subject.replaceAll(/\s+/g, ' ')).toBe(subject.trim().replaceAll(/\s+/g, ' '));
    }
  });

  it('reads a repository with SHA-256 ids, and a bare one', async () => {
    const files = [{ path: 'a'.repeat(40), content: '1' }];
    const options = { objectFormat: 'sha256', bare: true } as const;
    const { path, commitIds } = await buildRepository(at('sha256'), [{ files }, {}], options);
    const commits = await readAll(path);
    expect(commits.map(({ id }) => id)).toEqual(commitIds);
    expect(commits[0]?.id).toHaveLength(64);
    expect(commits[0]?.changes.paths).toEqual(['a'.repeat(40)]);
  });

  it('applies the mailmap of the work tree or of the bare repository', async () => {
    const content = 'Ada Lovelace <ada@lovelace.example> <ada@example.com>\n';
    const commits = [{ author: ada, committer: bob, files: [{ path: '.mailmap', content }] }];
    for (const options of [{ checkout: true }, { bare: true }]) {
      const { path } = await buildRepository(
        at(`mailmap-${Object.keys(options).join('')}`),
        commits,
        options,
      );
      const [commit] = await readAll(path);
      expect(commit?.author).toEqual({ name: 'Ada Lovelace', email: 'ada@lovelace.example' });
      expect(commit?.committer).toEqual(bob);
    }
  });

  it('drops the paths of a commit with more files than maxPaths, and keeps the counts', async () => {
    const files = Array.from({ length: 4 }, (_, index) => ({
      path: `src/a/${index}.ts`,
      content: '',
    }));
    const { path } = await buildRepository(at('bulk'), [{ files }]);
    const [bulk] = await readAll(path, { maxPaths: 3 });
    expect(bulk?.changes).toMatchObject({ fileCount: 4, paths: [], isBulk: true });
    expect(bulk?.changes.areas).toEqual(new Map([['src/a', 4]]));
    const [whole] = await readAll(path, { maxPaths: 4 });
    expect(whole?.changes).toMatchObject({
      fileCount: 4,
      paths: files.map((file) => file.path),
      isBulk: false,
    });
  });

  it('reads what the commit is, not what a replacement or a graft makes of it', async () => {
    const { path, commitIds } = await buildRepository(at('replaced'), [{ message: 'a' }, { message: 'b' }]);
    const [first = '', second = ''] = commitIds;
    await testGit(path, ['replace', '--graft', second]);
    const ids = (await readAll(path)).map(({ id, parents }) => ({ id, parents }));
    expect(ids).toEqual([
      { id: first, parents: [] },
      { id: second, parents: [first] },
    ]);
  });

  it('says in git’s own words why reading stopped, after the commits before the damage [GIT_FAILED]', async () => {
    const { path } = await buildRepository(at('damaged'), [
      { files: [{ path: 'a', content: '1' }] },
      { files: [{ path: 'a', content: '2' }] },
      { files: [{ path: 'a', content: '3' }] },
      { files: [{ path: 'a', content: '4' }] },
    ]);
    // A pack holds everything; unpacked, one tree can be lost.
    await testGit(path, ['repack', '-adq']);
    await rename(at('damaged/.git/objects/pack'), at('damaged-pack'));
    for (const name of await readdir(at('damaged-pack'))) {
      if (!name.endsWith('.pack')) continue;
      const pack = Readable.from([await readFile(`${at('damaged-pack')}/${name}`)]);
      await testGit(path, ['unpack-objects', '-q'], pack);
    }
    const tree = (await testGit(path, ['rev-parse', 'HEAD~1^{tree}'])).trim();
    await rm(at(`damaged/.git/objects/${tree.slice(0, 2)}/${tree.slice(2)}`));
    const seen: string[] = [];
    const repository = await inspectRepository(path);
    const reading = (async () => {
      for await (const { subject } of readCommits(repository)) seen.push(subject);
    })();
    const error: unknown = await reading.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GitIngestError);
    expect(error).toMatchObject({ code: 'GIT_FAILED', details: { exitCode: 128 } });
    expect(String(error)).toContain(tree);
    // The second commit may have been read as well, but nothing proves that these are all of its changes.
    expect(seen).toEqual(['commit 0']);
  });
});
