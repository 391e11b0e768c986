import { chmod, mkdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitMessageHook, createSigner, generateSigningKey, hookMarker } from '@agent-agency/provenance';
import { beforeAll, describe, expect, it } from 'vitest';
import { documentOf, run, type Outcome } from '../support/command-line.ts';
import { installProgram, makeRepository, type Repository } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const { privateKeyPem } = generateSigningKey();
const signer = createSigner(privateKeyPem);
const trusted = Buffer.from(signer.publicKey).toString('hex');
const node = '018f4e3a-7c1d-7b2e-9a55-0123456789ab';
const hash = 'ab'.repeat(32);
const claim = `Provenance-Node: ${node}\nProvenance-Hash: ${hash}\n`;
const keyFile = (): string => join(folder.path, 'key.pem');

/** A repository of its own that knows its tenant and its key. */
async function repository(name: string, ...args: readonly string[]): Promise<Repository> {
  const made = await makeRepository(join(folder.path, name), ...args);
  made.git('config', 'agency-db.tenant', 'acme');
  made.git('config', 'agency-db.signingKey', keyFile());
  return made;
}

function trailer({ env, path }: Repository, ...args: readonly string[]): Promise<Outcome> {
  return run(env, ['provenance', 'trailer', '--repo', path, ...args]);
}

/** What a verification says, in a word. */
async function verdictOn(on: Repository, commit: string, ...args: readonly string[]): Promise<unknown> {
  const outcome = await trailer(on, '--verify', commit, '--key', trusted, '--json', ...args);
  const { ok, reason } = documentOf(outcome);
  expect(outcome.exitCode).toBe(ok === true ? 0 : 1);
  return ok === true ? 'holds' : reason;
}

/** What becomes of a message, byte by byte. */
async function signed(on: Repository, message: string, ...args: readonly string[]): Promise<string> {
  const file = join(on.path, '.git', 'MESSAGE');
  await writeFile(file, message, 'latin1');
  const outcome = await trailer(on, '--commit-msg', file, ...args);
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
  return readFile(file, 'latin1');
}

/** Commits as git does when the hook has signed the message. */
async function commit(on: Repository, message: string, ...args: readonly string[]): Promise<void> {
  await signed(on, message, ...args.filter((it) => it === '--amend'));
  on.git('commit', '--quiet', '--allow-empty', '--no-verify', '--file', '.git/MESSAGE', ...args);
}

beforeAll(async () => {
  await writeFile(keyFile(), privateKeyPem, { mode: 0o600 });
  await installProgram(join(folder.path, 'bin'));
});

describe('the installed hook', () => {
  it('signs what a commit rests on, in any work tree, and knows that it is amended', async () => {
    const on = await makeRepository(join(folder.path, 'hooked'));
    const installed = await run(on.env, [
      ...['provenance', 'install-hook', '--repo', on.path, '--tenant', 'acme', '--signing-key', keyFile()],
    ]);
    expect(installed).toMatchObject({ exitCode: 0, stderr: '' });
    await on.stage('a', '1');
    on.git('commit', '--quiet', '--no-verify', '-m', 'one', '-m', claim.trim());
    expect(await verdictOn(on, 'HEAD')).toBe('incomplete-trailer');
    on.git('worktree', 'add', '--quiet', '../beside');
    await writeFile(join(on.path, '..', 'beside', 'a'), '2');
    on.git('-C', '../beside', 'commit', '--quiet', '--all', '--amend', '--no-edit');
    expect(await verdictOn(on, 'beside')).toBe('holds');
    expect(on.git('log', '-1', '--format=%(trailers:keyonly)', 'beside').trim().split('\n')).toHaveLength(3);
  });
});

describe('provenance trailer --commit-msg', () => {
  let on: Repository;
  beforeAll(async () => {
    on = await repository('messages');
    await commit(on, 'root\n');
  });

  it('leaves a message alone that names no node, or says nothing', async () => {
    for (const message of ['Fix it\n', '', '\n# a comment\n', claim])
      expect(await signed(on, message)).toBe(message);
    expect(await trailer(on, '--commit-msg', '.git/none')).toMatchObject({ exitCode: 2 });
    await writeFile(join(on.path, '.git', 'MESSAGE'), 'Fix it\n');
    const required = ['--commit-msg', join(on.path, '.git', 'MESSAGE'), '--require', '--json'];
    expect(documentOf(await trailer(on, ...required))).toMatchObject({ error: { code: 'USAGE' } });
  });

  it('signs above the comments and the diff of an editor, whatever comments begin with', async () => {
    const below = (prefix: string): string =>
      `${prefix} Please enter a message.\n${prefix} ------------------------ >8 ------------------------\ndiff --git a b\n+Provenance-Node: x\n`;
    for (const [setting, prefix, title] of [
      ['#', '#', 'Fix it'],
      [';', ';', '#1 Fix it'],
      ['auto', '%', '#1 Fix it'],
    ] as const) {
      on.git('config', 'core.commentChar', setting);
      const message = await signed(on, `${title}\n\n${claim}${below(prefix)}`);
      expect(message).toMatch(/^.*\n\nProvenance-Node: .*\nProvenance-Hash: .*\nProvenance-Signature: /);
      expect(message.endsWith(below(prefix))).toBe(true);
    }
    const plain = await signed(on, `Fix it\n\n${claim}; a comment\n`);
    expect(plain).toMatch(/Signature: \S+\n\n; a comment\n$/);
    on.git('config', '--unset', 'core.commentChar');
  });

  it('takes for text what git leaves in when nobody edits the message', async () => {
    const unedited = { ...on, env: { ...on.env, GIT_EDITOR: ':' } };
    const message = `#7 Fix it\n\n${claim}`;
    expect(await signed(unedited, message)).toMatch(/^#7 Fix it\n\n.*\n.*\nProvenance-Signature: .*\n+$/);
    on.git('config', 'commit.cleanup', 'strip');
    const file = join(on.path, '.git', 'MESSAGE');
    await writeFile(file, message);
    const stripped = await trailer(unedited, '--commit-msg', file, '--json');
    expect(documentOf(stripped)).toMatchObject({ signed: false });
    expect(stripped.stderr).toContain('left as it is');
    on.git('config', '--unset', 'commit.cleanup');
  });

  it('keeps the bytes of a message in another encoding, and line ends of Windows', async () => {
    const message = `Gr\xfc\xdfe\n\n${claim}`;
    expect((await signed(on, message)).startsWith('Gr\xfc\xdfe\n\nProvenance-Node')).toBe(true);
    await commit(on, `Fix it\r\n\r\n${claim.replaceAll('\n', '\r\n')}`, '--cleanup=verbatim');
    expect(await verdictOn(on, 'HEAD')).toBe('holds');
  });

  it('signs for the index that git names, as for a commit of some files', async () => {
    await on.stage('staged', 'a');
    const env = { ...on.env, GIT_INDEX_FILE: join(on.path, '.git', 'next-index') };
    on.git('read-tree', '--index-output=.git/next-index', 'HEAD');
    on.git('reset', '--quiet');
    await signed({ ...on, env }, `part\n\n${claim}`);
    on.git('commit', '--quiet', '--allow-empty', '--no-verify', '--file', '.git/MESSAGE');
    expect(await verdictOn(on, 'HEAD')).toBe('holds');
  });

  it('signs a merge for all of its parents, and for those that git leaves', async () => {
    const start = on.git('rev-parse', 'HEAD');
    for (const name of ['left', 'right']) {
      on.git('switch', '--quiet', '--create', name, start);
      await on.stage(name, name);
      on.git('commit', '--quiet', '-m', name);
    }
    on.git('merge', '--quiet', '--no-commit', 'left');
    await commit(on, `merge\n\n${claim}`);
    expect(on.git('log', '-1', '--format=%P').split(' ')).toHaveLength(2);
    expect(await verdictOn(on, 'HEAD')).toBe('holds');
    await commit(on, `merged\n\n${claim}`, '--amend');
    expect(await verdictOn(on, 'HEAD')).toBe('holds');

    on.git('switch', '--quiet', '--detach', start);
    on.git('merge', '--quiet', '--no-commit', '--no-ff', 'left');
    await commit(on, `merge of a descendant\n\n${claim}`);
    expect(on.git('log', '-1', '--format=%P')).toContain(start);
    expect(await verdictOn(on, 'HEAD')).toBe('holds');

    on.git('switch', '--quiet', '--detach', start);
    await writeFile(join(on.path, '.git', 'MERGE_HEAD'), `${on.git('rev-parse', 'left', 'right')}\n`);
    await writeFile(join(on.path, '.git', 'MERGE_MODE'), '');
    await commit(on, `merge of descendants\n\n${claim}`);
    expect(on.git('log', '-1', '--format=%P')).not.toContain(start);
    expect(await verdictOn(on, 'HEAD')).toBe('holds');
  });

  it('signs the first commit, and its amendment, also where objects are named by SHA-256', async () => {
    const long = await repository('sha256', '--object-format=sha256');
    await commit(long, `one\n\n${claim}`);
    expect(await verdictOn(long, 'HEAD')).toBe('holds');
    await long.stage('a', '1');
    await commit(long, `one\n\n${claim}`, '--amend');
    expect(await verdictOn(long, 'HEAD')).toBe('holds');
    expect(await verdictOn(long, 'HEAD@{1}')).toBe('holds');
  });

  it.each([
    ['nothing to do', [], 'say --commit-msg'],
    ['two things to do', ['--commit-msg', 'x', '--verify', 'HEAD'], 'say --commit-msg'],
    ['two nodes', [], 'several nodes', `x\n\n${claim}Provenance-Node: ${node.replace('0', '1')}\n`],
    ['no UUID', [], 'a UUID in lower case', 'x\n\nProvenance-Node: VERDICT-001\n'],
    ['a hash alone', [], 'without Provenance-Node', `x\n\nProvenance-Hash: ${hash}\n`],
    ['a node whose hash nobody says', [], 'set DATABASE_URL', `x\n\nProvenance-Node: ${node}\n`],
    ['a hash that is none', [], 'check hashChain', `x\n\n${claim.replace('abab', 'xx')}`],
    ['a key that is not there', ['--signing-key', '/none.pem'], 'there is no signing key', `x\n\n${claim}`],
  ])('refuses %s, and leaves the message as it is', async (_what, args, problem, message?: string) => {
    const file = join(on.path, '.git', 'MESSAGE');
    if (message !== undefined) await writeFile(file, message);
    const outcome = await trailer(on, ...(message === undefined ? [] : ['--commit-msg', file]), ...args);
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toContain(problem);
    if (message !== undefined) expect(await readFile(file, 'utf8')).toBe(message);
  });

  it('refuses a key that others may read', async () => {
    const open = join(folder.path, 'open.pem');
    await writeFile(open, privateKeyPem);
    await chmod(open, 0o644);
    await writeFile(join(on.path, '.git', 'MESSAGE'), `x\n\n${claim}`);
    const outcome = await trailer(
      on,
      '--commit-msg',
      join(on.path, '.git', 'MESSAGE'),
      '--signing-key',
      open,
    );
    expect(outcome).toMatchObject({ exitCode: 2 });
    expect(outcome.stderr).toMatch(/others may read .*open\.pem \(mode 0644\): chmod 600/);
  });
});

describe('provenance trailer --verify', () => {
  let on: Repository;
  beforeAll(async () => {
    on = await repository('verified');
    await commit(on, 'root\n');
    await on.stage('a', '1');
    await commit(on, `signed\n\n${claim}`);
    on.git('tag', 'signed');
  });

  it('says what a commit rests on, who signed, and that no log was asked', async () => {
    const outcome = await trailer(on, '--verify', 'signed', '--key', trusted);
    const id = on.git('rev-parse', 'signed');
    expect(outcome.stdout).toBe(
      `commit ${id} rests on node ${node}, and the log was not asked; signed by ${signer.keyId}\n`,
    );
  });

  it('finds trailers that a rebase, a cherry-pick, an amend or a replacement left behind', async () => {
    on.git('switch', '--quiet', '--create', 'moved', 'signed~');
    on.git('commit', '--quiet', '--allow-empty', '-m', 'between');
    on.git('cherry-pick', 'signed');
    expect(await verdictOn(on, 'HEAD')).toBe('wrong-parents');
    await commit(on, on.git('log', '-1', '--format=%B'), '--amend');
    expect(await verdictOn(on, 'HEAD')).toBe('holds');

    await on.stage('b', '1');
    on.git('commit', '--quiet', '--amend', '--no-edit', '--no-verify');
    expect(await verdictOn(on, 'HEAD')).toBe('wrong-tree');
    on.git('rebase', '--quiet', '--onto', 'signed', 'HEAD~');
    expect(await verdictOn(on, 'HEAD')).toBe('wrong-commit');
    on.git('replace', 'HEAD', 'signed');
    expect(await verdictOn(on, 'HEAD')).toBe('wrong-commit');
  });

  it('refuses another tenant, another key, and a commit that says nothing', async () => {
    const other = Buffer.from(createSigner(generateSigningKey().privateKeyPem).publicKey).toString('hex');
    expect(await verdictOn(on, 'signed', '--tenant', 'globex')).toBe('bad-signature');
    expect(await verdictOn(on, 'signed~')).toBe('no-trailer');
    const unknown = await trailer(on, '--verify', 'signed', '--key', other);
    expect(unknown).toMatchObject({ exitCode: 1 });
    expect(unknown.stdout).toContain('unknown-key: the key that signed is not trusted, or was revoked');
  });

  it.each([
    ['no keys', ['--verify', 'signed'], 'which keys are trusted'],
    ['a commit that is not there', ['--verify', 'none', '--key', trusted], 'there is no commit none'],
    ['an option for a name', ['--verify=--all', '--key', trusted], 'there is no commit --all'],
    ['a key that is none', ['--verify', 'signed', '--key', '0'.repeat(64)], 'no ed25519 public key'],
    ['a file that is not there', ['--verify', 'signed', '--key', 'none.pem'], 'none.pem'],
  ])('refuses %s', async (_what, args, problem) => {
    const outcome = await trailer(on, ...args);
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toContain(problem);
  });

  it('refuses a commit that is not the one that its id is the hash of', async () => {
    const objectOf = (name: string): string => {
      const id = on.git('rev-parse', name);
      return join(on.path, '.git', 'objects', id.slice(0, 2), id.slice(2));
    };
    on.git('commit', '--quiet', '--allow-empty', '-m', 'damaged');
    const other = await readFile(objectOf('signed'));
    await rm(objectOf('HEAD'));
    await writeFile(objectOf('HEAD'), other);
    const outcome = await trailer(on, '--verify', on.git('rev-parse', 'HEAD'), '--key', trusted);
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toMatch(/the repository is damaged|hash mismatch/);
  });

  it('refuses a folder without a repository, and one without a tenant', async () => {
    const outside = await trailer({ ...on, path: folder.path }, '--verify', 'HEAD', '--key', trusted);
    expect(outside.stderr).toContain('not a git repository');
    on.git('config', '--unset', 'agency-db.tenant');
    const nobody = await trailer(on, '--verify', 'signed', '--key', trusted);
    expect(nobody).toMatchObject({ exitCode: 2 });
    expect(nobody.stderr).toContain('no tenant: say --tenant');
  });
});

describe('provenance install-hook', () => {
  let on: Repository;
  const install = (...args: readonly string[]): Promise<Outcome> =>
    run(on.env, ['provenance', 'install-hook', '--repo', on.path, '--json', ...args]);
  beforeAll(async () => {
    on = await repository('hooks');
  });

  it('writes a program, keeps the tenant, and brings an older one of ours up to date', async () => {
    const hook = join(on.path, '.git', 'hooks', 'commit-msg');
    expect(documentOf(await install('--tenant', 'globex'))).toEqual({
      hook,
      outcome: 'installed',
      tenant: 'globex',
    });
    expect((await stat(hook)).mode & 0o777).toBe(0o755);
    expect(on.git('config', 'agency-db.tenant')).toBe('globex');
    await chmod(hook, 0o644);
    expect(documentOf(await install())).toMatchObject({ outcome: 'unchanged', tenant: 'globex' });
    expect((await stat(hook)).mode & 0o777).toBe(0o755);
    expect(documentOf(await install('--on-failure', 'continue'))).toMatchObject({ outcome: 'updated' });
    const older = commitMessageHook().replace(hookMarker, hookMarker.replace(/\d+$/, '0'));
    await writeFile(hook, older.replaceAll('\n', '\r\n'));
    expect(documentOf(await install())).toMatchObject({ outcome: 'updated' });
    expect(await readFile(hook, 'utf8')).toBe(commitMessageHook());
  });

  it("refuses somebody else's, and replaces it when told to, once", async () => {
    on.git('config', 'core.hooksPath', '.husky');
    const hook = join(on.path, '.husky', 'commit-msg');
    await mkdir(join(on.path, 'below'));
    const fromBelow = await install('--repo', join(on.path, 'below'));
    expect(documentOf(fromBelow)).toMatchObject({ hook, outcome: 'installed' });
    await writeFile(hook, '#!/bin/sh\nexit 0\n');
    const refused = await install();
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(
      /there is a commit-msg hook already, .*: add what .* prints to it, or say --force/,
    );
    expect(documentOf(await install('--force'))).toMatchObject({
      outcome: 'replaced',
      kept: `${hook}.before-agency-db`,
    });
    expect(await readFile(`${hook}.before-agency-db`, 'utf8')).toBe('#!/bin/sh\nexit 0\n');
    await writeFile(hook, 'another');
    expect((await install('--force')).stderr).toContain('move it away first');
    expect(await readFile(hook, 'utf8')).toBe('another');
    const printed = await run({}, ['provenance', 'install-hook', '--print']);
    expect(printed).toMatchObject({ exitCode: 0, stdout: commitMessageHook(), stderr: '' });
  });

  it("takes a link for somebody else's, also one that leads nowhere", async () => {
    on.git('config', 'core.hooksPath', '.linked');
    await install();
    const hook = join(on.path, '.linked', 'commit-msg');
    await writeFile(join(folder.path, 'theirs'), commitMessageHook());
    for (const target of [join(folder.path, 'theirs'), join(folder.path, 'nowhere')]) {
      await rm(hook);
      await symlink(target, hook);
      expect(await install()).toMatchObject({ exitCode: 2 });
      expect(await readlink(hook)).toBe(target);
    }
  });

  it('refuses a folder that is for all repositories, and a repository without work tree', async () => {
    on.git('config', '--unset', 'core.hooksPath');
    const global = join(folder.path, 'gitconfig');
    await writeFile(global, `[core]\n\thooksPath = ${join(folder.path, 'all')}\n`);
    const shared = { ...on.env, GIT_CONFIG_GLOBAL: global };
    const args = ['provenance', 'install-hook', '--repo', on.path];
    expect((await run(shared, args)).stderr).toContain('for all repositories');
    expect(await run(shared, [...args, '--force'])).toMatchObject({ exitCode: 0 });
    const bare = await makeRepository(join(folder.path, 'bare'), '--bare');
    const outcome = await run(bare.env, ['provenance', 'install-hook', '--repo', bare.path, '--tenant', 'a']);
    expect(outcome).toMatchObject({ exitCode: 2 });
    expect(outcome.stderr).toContain('no work tree');
  });
});
