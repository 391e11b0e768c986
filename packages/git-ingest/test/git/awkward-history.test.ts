import { access, chmod, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';

import { describe, expect, it, vi } from 'vitest';

import { buildRepository, testGit } from '../../src/testing.ts';
import { readAll } from './read-all.ts';
import { useTemporaryFolder } from './temporary-folder.ts';

const at = useTemporaryFolder();

/** Makes a commit from the very bytes of the object, which no ordinary git command would write. */
async function commitFromBytes(path: string, header: string, rest: Buffer): Promise<string> {
  const tree = (await testGit(path, ['rev-parse', 'main^{tree}'])).trim();
  const bytes = Buffer.concat([Buffer.from(`tree ${tree}\n${header}`), rest]);
  const write = ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'];
  return (await testGit(path, write, Readable.from([bytes]))).trim();
}

/** Two commits that add and move a submodule: its entry in a tree is enough. */
async function addSubmodule(path: string): Promise<void> {
  for (const digit of ['1', '2']) {
    await testGit(path, ['update-index', '--add', '--cacheinfo', `160000,${digit.repeat(40)},submodule`]);
    await testGit(path, ['commit', '--quiet', `--message=submodule ${digit}`]);
  }
}

/** A commit with a signature, which nobody can verify. */
async function addSignedCommit(path: string): Promise<void> {
  const parent = (await testGit(path, ['rev-parse', 'main'])).trim();
  const person = 'N <n@example.com> 1800000000 +0000';
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n';
  const header = `parent ${parent}\nauthor ${person}\ncommitter ${person}\n${signature}\n`;
  const id = await commitFromBytes(path, header, Buffer.from('signed\n'));
  await testGit(path, ['update-ref', 'refs/heads/main', id]);
}

describe('readCommits with awkward paths', () => {
  const names = [
    'new\nline',
    '\n',
    '\nM',
    'tab\tand "quote"\\',
    '-leading-dash',
    'A',
    'M',
    'a'.repeat(40),
    '0123456789'.repeat(4),
    'f'.repeat(64),
    ' ',
    'ünï/cödé',
    'e\u0301',
    '日本語/ファイル.ts',
    '__proto__/constructor',
    ':(glob)*',
    'with\u001b[31mescape',
  ];

  it('reads every legal name exactly', async () => {
    const files = names.map((path) => ({ path, content: '' }));
    const { path } = await buildRepository(at('names'), [{ files }, { message: 'next' }]);
    const [commit, next] = await readAll(path);
    expect(commit?.isLossy).toBe(false);
    expect([...(commit?.changes.paths ?? [])].sort()).toEqual([...names].sort());
    expect(commit?.changes.areas.get('__proto__')).toBe(1);
    expect(next?.subject).toBe('next');
  });

  it('decodes names that are not UTF-8 lossily and says so', async () => {
    const name = Buffer.concat([Buffer.from('caf'), Buffer.from([0xe9, 0xff]), Buffer.from('.ts')]);
    const { path } = await buildRepository(at('latin1-names'), [
      { files: [{ path: name, content: '' }] },
      { files: [{ path: 'plain', content: '' }] },
    ]);
    const [lossy, plain] = await readAll(path);
    expect(lossy).toMatchObject({ isLossy: true, changes: { paths: ['caf\uFFFD\uFFFD.ts'] } });
    expect(lossy?.changes.languages.get('TypeScript')).toBe(1);
    expect(plain?.isLossy).toBe(false);
  });
});

describe('readCommits with awkward messages', () => {
  it('recodes a message with an encoding header, and decodes one without lossily', async () => {
    const latin1 = Buffer.from('caf\xe9', 'latin1');
    const { path } = await buildRepository(at('latin1'), [
      { message: latin1, encoding: 'ISO-8859-1' },
      { message: latin1 },
      { message: 'café' },
      { message: latin1, encoding: 'no-such-encoding' },
    ]);
    const commits = await readAll(path);
    expect(commits.map(({ message, isLossy }) => [message, isLossy])).toEqual([
      ['café', false],
      ['caf\uFFFD', true],
      ['café', false],
      ['caf\uFFFD', true],
    ]);
  });

  it('reads empty messages, and messages that imitate the format it reads', async () => {
    const id = 'a'.repeat(40);
    const messages = ['', `${id}\n\nA\n\nfile`, `x\n\n${id}\nM\nfile\n`, '%H%x00%P', '\u001e\u001f\u0001'];
    const { path } = await buildRepository(
      at('messages'),
      messages.map((message, index) => ({ message, files: [{ path: id, content: String(index) }] })),
    );
    const commits = await readAll(path);
    expect(commits.map(({ message }) => message.trimEnd())).toEqual(
      messages.map((message) => message.trimEnd()),
    );
    for (const { changes } of commits) expect(changes.paths).toEqual([id]);
  });

  it('cuts a message of several megabytes and says so', async () => {
    const { path } = await buildRepository(at('long'), [
      { message: `subject\n\n${'x'.repeat(3_000_000)}` },
      {},
    ]);
    const [long, next] = await readAll(path);
    expect(long).toMatchObject({ subject: 'subject', isLossy: true });
    expect(long?.message).toHaveLength(1024 * 1024);
    expect(next).toMatchObject({ subject: 'commit 1', isLossy: false });
  });

  it('survives commits that no git would write: NUL in the message, no identity, impossible dates', async () => {
    const { path } = await buildRepository(at('damaged'), [{ files: [{ path: 'a', content: '' }] }]);
    const person = 'N <n@example.com>';
    const ids = [
      await commitFromBytes(
        path,
        `author ${person} 1700000000 +0000\ncommitter ${person} 99999999999999999999 +0000\n\n`,
        Buffer.from('sub\0ject\n\nA\0file'),
      ),
    ];
    ids.push(
      await commitFromBytes(
        path,
        `parent ${ids[0] ?? ''}\nauthor N\ncommitter <> -5 +0000\n\n`,
        Buffer.from('x'),
      ),
    );
    ids.push(await commitFromBytes(path, `parent ${ids[1] ?? ''}\nauthor\n`, Buffer.from('')));
    const commits = await readAll(path, { ref: ids[2] ?? '' });
    expect(commits.map(({ id }) => id)).toEqual(ids);
    expect(commits.every(({ isLossy }) => isLossy)).toBe(true);
    expect(JSON.stringify(commits)).not.toContain(String.raw`\u0000`);
    const nobody = { name: '', email: '' };
    expect(commits[0]).toMatchObject({ subject: 'sub', committedAt: new Date('9999-12-31T23:59:59Z') });
    expect(commits[1]).toMatchObject({ author: nobody, committer: nobody, committedAt: new Date(0) });
    expect(commits[2]).toMatchObject({ author: nobody, committer: nobody, message: '' });
  });
});

describe('readCommits under hostile configuration', () => {
  const hostile = `
[alias]
  log = version
[color]
  ui = always
[core]
  quotePath = true
  commentChar = R
  pager = PROGRAM
  fsmonitor = PROGRAM
  attributesFile = ATTRIBUTES
[column]
  ui = always
[diff]
  renames = copies
  relative = true
  external = PROGRAM
  noprefix = true
  orderFile = ORDER
  ignoreSubmodules = all
  submodule = log
  mnemonicPrefix = true
[format]
  pretty = fuller
  notes = true
[pretty]
  fuller = format:alias
[i18n]
  logOutputEncoding = UTF-16
  commitEncoding = ISO-8859-1
[log]
  abbrevCommit = true
  date = relative
  decorate = full
  diffMerges = separate
  follow = true
  mailmap = false
  showRoot = false
  showSignature = true
[notes]
  displayRef = refs/notes/*
[gpg]
  program = PROGRAM
[diff "mark"]
  command = PROGRAM
  textconv = PROGRAM
[trailer]
  separators = =
[pager]
  log = true
`;

  it('reads the same, whatever the user and the repository have configured', async () => {
    const content = 'export const long = "enough to be seen as renamed";\n';
    const { path } = await buildRepository(
      at('hostile'),
      [
        { message: 'ü\n\nReviewed-by: Bob <bob@example.com>', files: [{ path: 'dir/ü.ts', content }] },
        {
          files: [
            { path: 'dir/ü.ts', content: null },
            { path: 'dir/renamed.ts', content },
            { path: 'z', content: '' },
          ],
        },
        { parents: [0], branch: 'side', files: [{ path: 'side', content: '' }] },
        { parents: [1, 2], files: [{ path: 'side', content: '' }] },
      ],
      { checkout: true },
    );
    await testGit(path, ['notes', 'add', '-m', 'a note', 'HEAD']);
    await testGit(path, ['tag', 'v1']);
    await addSubmodule(path);
    await addSignedCommit(path);
    const expected = await readAll(path);
    expect(expected).toHaveLength(7);
    expect(expected[5]?.changes.paths).toEqual(['submodule']);
    expect(expected[0]?.trailers).toHaveLength(1);
    expect(expected[1]?.changes.fileCount).toBe(3);

    await writeFile(at('program'), `#!/bin/sh\ntouch '${at('started')}'\n`);
    await chmod(at('program'), 0o755);
    await writeFile(at('attributes'), '* diff=mark\n');
    await writeFile(at('order'), 'z\n*.ts\n');
    const places = { PROGRAM: at('program'), ATTRIBUTES: at('attributes'), ORDER: at('order') };
    const configuration = hostile.replaceAll(
      /PROGRAM|ATTRIBUTES|ORDER/g,
      (name) => places[name as keyof typeof places],
    );
    await writeFile(at('hostile-config'), configuration);
    vi.stubEnv('GIT_CONFIG_GLOBAL', at('hostile-config'));
    vi.stubEnv('GIT_EXTERNAL_DIFF', at('program'));
    vi.stubEnv('GIT_PAGER', at('program'));
    vi.stubEnv('GIT_TRACE', '1');
    vi.stubEnv('GIT_CONFIG_COUNT', '1');
    vi.stubEnv('GIT_CONFIG_KEY_0', 'log.showRoot');
    vi.stubEnv('GIT_CONFIG_VALUE_0', 'false');
    // What git itself says proves that the configuration is in force.
    expect(await testGit(path, ['config', '--file', at('hostile-config'), 'log.decorate'])).toBe('full\n');
    expect(await readAll(path)).toEqual(expected);
    expect(await readAll(`${path}/dir`)).toEqual(expected);
    await expect(access(at('started'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
