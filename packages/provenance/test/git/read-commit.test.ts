import { describe, expect, it } from 'vitest';
import { commitId } from '../../src/git/commit-id.ts';
import { parseIdentity } from '../../src/git/identity.ts';
import { readCommit } from '../../src/git/read-commit.ts';
import { sha256 } from '../../src/crypto/index.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { makeRepository, type Repository } from './support/repository.ts';

const repository = makeRepository();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A root, a commit on it and a merge of both; with a signature, a merged tag and a header nobody knows. */
function fill({ git, commit, put }: Repository): void {
  git(['commit', '--quiet', '--allow-empty', '--message=root']);
  git(['commit', '--quiet', '--allow-empty', '--message=größer\n\nBody.\n\nReviewed-by: Ada']);
  git(['tag', '--annotate', '--message=tag\n\nwith a body', 'v1', 'HEAD~1']);
  git(['switch', '--quiet', '--orphan', 'side']);
  git(['commit', '--quiet', '--allow-empty', '--message=side']);
  git(['merge', '--quiet', '--allow-unrelated-histories', '--no-edit', 'v1']);
  // Git writes these two for signed tags and signed commits only.
  const mergetag = `mergetag ${git(['cat-file', 'tag', 'v1']).replaceAll('\n', '\n ')}`;
  const gpgsig = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc=\n -----END PGP SIGNATURE-----\n ';
  const merge = Buffer.from(commit()).toString();
  git(['reset', '--quiet', put(merge.replace('\n\n', `\n${mergetag}\n${gpgsig}\nx-unknown\n\n`))]);
}

describe.each(['sha1', 'sha256'] as const)('readCommit in a repository of %s', (format) => {
  const real = makeRepository(format);
  fill(real);

  it('reads what git reads', () => {
    for (const name of ['side', 'side^1', 'main', 'main^']) {
      const read = readCommit(real.commit(name));
      const author = parseIdentity(read.author);
      const committer = parseIdentity(read.committer);
      const fields = [read.tree, read.parents.join(' '), author?.name, author?.email, author?.epochSeconds];
      fields.push(committer?.name, committer?.email, committer?.epochSeconds, read.message);
      const wanted = ['%T', '%P', '%an', '%ae', '%at', '%cn', '%ce', '%ct', '%B'].join('%x00');
      expect(fields.join('\0')).toBe(real.git(['log', '-1', `--format=${wanted}`, name]));
      expect([author?.timeZone, committer?.timeZone]).toEqual(['+0530', '-0100']);
    }
  });

  it('keeps the other headers, with the lines they are folded over', () => {
    const { headers, parents } = readCommit(real.commit('side'));
    expect(parents).toHaveLength(2);
    expect(headers.map(({ name }) => name)).toEqual(['mergetag', 'gpgsig', 'x-unknown']);
    const [mergetag, gpgsig, unknown] = headers;
    expect(mergetag?.value).toBe(real.git(['cat-file', 'tag', 'v1']));
    expect(gpgsig?.value).toBe('-----BEGIN PGP SIGNATURE-----\n\nabc=\n-----END PGP SIGNATURE-----\n');
    expect(unknown?.value).toBe('');
  });

  it('names the commit as git does', () => {
    const object = real.commit('side');
    expect(commitId(object, real.hash)).toBe(real.git(['rev-parse', 'side']));
    if (format === 'sha256') expect(commitId(object, sha256)).toBe(real.git(['rev-parse', 'side']));
  });
});

describe('commitId', () => {
  it('refuses a hash of another length', () => {
    expectCode('GIT_OBJECT_ID_INVALID', () => commitId(bytes('x'), () => new Uint8Array(28).fill(1)));
  });
});

const tree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const core = `tree ${tree}\nparent ${tree}\nauthor A <a> 1 +0000\ncommitter C <c> 2 +0000\n`;

describe('readCommit', () => {
  it('takes an empty message, and bytes that are not UTF-8', () => {
    expect(readCommit(bytes(`${core}\n`)).message).toBe('');
    const latin = Uint8Array.of(...bytes(`${core}encoding ISO-8859-1\n\n`), 0xfc, 0x0a, 0x3a);
    expect(readCommit(latin).message).toBe('\ufffd\n:');
  });

  it.each([
    ['nothing', ''],
    ['headers without an end', core],
    ['a zero byte in the message', `${core}\nshown\0hidden`],
    ['a zero byte in a header', `${core}x a\0b\n\n`],
    ['no tree', `${core.slice(core.indexOf('parent'))}\n`],
    ['a message alone', '\n\nProvenance-Node: x\n'],
    ['a second tree', `tree ${tree}\n${core}\n`],
    ['a tree at the end', `${core}tree ${tree}\n\n`],
    ['a parent at the end', `${core}parent ${tree}\n\n`],
    ['a parent before the tree', `parent ${tree}\n${core}\n`],
    ['a parent behind the author', core.replace(/(parent.*\n)(author.*\n)/, '$2$1') + '\n'],
    ['a second author', `${core}author B <b> 1 +0000\n\n`],
    ['a second committer', `${core}committer B <b> 1 +0000\n\n`],
    ['no author', core.replace(/author.*\n/, '') + '\n'],
    ['no committer', core.replace(/committer.*\n/, '') + '\n'],
    ['a short tree', `${core.replace(tree, tree.slice(1))}\n`],
    ['a tree in capitals', `${core.replace(tree, tree.toUpperCase())}\n`],
    ['a tree that is folded', `${core.replace(tree, `${tree}\n `)}\n`],
    ['an author that is folded', `${core.replace('+0000\n', '+0000\n more\n')}\n`],
    ['a null parent', `${core.replace(`parent ${tree}`, `parent ${'0'.repeat(40)}`)}\n`],
    ['a parent of another format', `${core.replace(`parent ${tree}`, `parent ${'a'.repeat(64)}`)}\n`],
    ['a continuation of nothing', ` ${core}\n`],
  ])('refuses %s', (_, text) => {
    expectCode('GIT_COMMIT_INVALID', () => readCommit(bytes(text)));
  });

  it('reads many headers without going back', () => {
    const headers = 'x y\n z\n'.repeat(50_000);
    expect(readCommit(bytes(`${core}${headers}\nmessage`)).headers).toHaveLength(50_000);
  });
});

describe('parseIdentity', () => {
  const lines = [
    'Ada <ada@example.com> 1704067200 +0100',
    ' Ada  Example \t <ada@example.com> 1704067200 -0000',
    '<> 12 +0000',
    'Ada<ada> 12 +0000',
    'Ada <ada <bo> cy> 12 +0000',
    'Ada <ada> cy> 12 +0000',
    'Ada > Bo <ada> 12 +0000',
    'Ada <ada>12+0000',
    'Ada <ada> \t12 \t+1',
    'Ada <ada>',
    'Ada <ada> soon',
    'Ada <ada> 12',
    'Ada <ada> 12x +0000',
    'Ada <ada> 12 0000',
    'Ada <ada> -12 +0000',
  ];

  it('reads broken lines as git does', () => {
    const ids = lines.map((line) => repository.put(`tree ${tree}\nauthor ${line}\ncommitter ${line}\n\n.`));
    const names = repository.git(['log', '--no-walk=unsorted', '--format=%an%x00%ae%x00%at', ...ids]);
    const ours = lines.map(parseIdentity);
    expect(ours.map((read) => `${read?.name}\0${read?.email}\0${read?.epochSeconds ?? ''}`)).toEqual(
      names.split('\n'),
    );
  });

  it('has no identity without an address, and no time beyond 2^53', () => {
    for (const line of ['', 'Ada', 'Ada <ada', 'Ada ada>', '> <'])
      expect(parseIdentity(line)).toBeUndefined();
    expect(parseIdentity('A <a> 9007199254740993 +0000')?.epochSeconds).toBeUndefined();
  });
});
