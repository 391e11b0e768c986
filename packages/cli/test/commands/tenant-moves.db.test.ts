import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRepository } from '@agent-agency/git-ingest/testing';
import { createSigner } from '@agent-agency/provenance';
import {
  createLocalFileKeys,
  offloadContext,
  TenantKeyRing,
  verifyReceipt,
  type SignedReceipt,
} from '@agent-agency/tenancy';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { databaseConfig, withManager } from '../../src/database.ts';
import { documentOf, run, type Outcome } from '../support/command-line.ts';
import { CommandProcess } from '../support/process.ts';
import { TEAM } from '../support/team.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const database = testDatabase();
const folder = temporaryFolder();
const env = () => ({ DATABASE_URL: database.url, XDG_CONFIG_HOME: folder.path });
const agency = (...argv: string[]): Promise<Outcome> => run(env(), argv);
const file = (name: string): string => join(folder.path, name);
const why = ['--reason', 'a test'];

const erase = (...argv: string[]): Promise<Outcome> => agency('tenant', 'erase', 'team', ...why, ...argv);
const publicKey = async (): Promise<Uint8Array> => {
  const pem = await readFile(file('agent-agency/operator-key.pem'), 'utf8');
  return createSigner(pem).publicKey;
};

describe.skipIf(database.kind === 'pglite')('tenant export, erase and import', () => {
  beforeAll(async () => {
    const { path } = await buildRepository(file('team'), TEAM);
    await agency('tenant', 'create', 'team');
    expect(await agency('ingest', 'git', path, '--tenant', 'team')).toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['team.ndjson', []],
    ['team.ndjson.gz', ['--gzip']],
    ['team.ndjson.zst', ['--zstd']],
  ])('brings a tenant back from %s, and its log verifies', async (name, options) => {
    const exported = await agency(
      'tenant',
      'export',
      'team',
      ...why,
      '--output',
      file(name),
      ...options,
      '--json',
    );
    expect(exported).toMatchObject({ exitCode: 0 });
    const { rows } = documentOf(exported);
    expect((await stat(file(name))).mode & 0o777).toBe(0o600);
    expect(await agency('tenant', 'suspend', 'team', ...why)).toMatchObject({ exitCode: 0 });
    expect(await erase('--yes')).toMatchObject({ exitCode: 0 });
    expect(documentOf(await agency('tenant', 'list', '--json'))['tenants']).not.toContainEqual(
      expect.objectContaining({ id: 'team' }),
    );

    const key = file('agent-agency/operator-key.pem');
    const imported = await agency(
      'tenant',
      'import',
      file(name),
      ...why,
      '--tenant',
      'team',
      '--trusted-key',
      key,
      '--json',
    );
    expect(imported.exitCode, imported.stdout).toBe(0);
    expect(documentOf(imported)).toMatchObject({ tenant: 'team', rows });
    const verified = await agency('provenance', 'verify', '--tenant', 'team', '--json');
    expect(documentOf(verified)).toMatchObject({ valid: true, checked: TEAM.length });
    // Its log goes on, its agents and their relationships are there.
    expect(await agency('ingest', 'git', file('team'), '--tenant', 'team')).toMatchObject({ exitCode: 0 });
    expect((await agency('graph', 'neighbors', 'Ada Example', '--tenant', 'team')).stdout).toContain(
      'Grace Example',
    );
  });

  it('writes to standard output, and nothing else there', async () => {
    const process = new CommandProcess(['tenant', 'export', 'team', ...why], env());
    await expect(process.ended).resolves.toMatchObject({ exitCode: 0 });
    const lines = process.stdout.trimEnd().split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual([
      ...['format', ...lines.slice(2).map(() => 'table'), 'body'],
    ]);
    expect(process.stderr).toMatch(/exported \d+ rows of tenant team/);
  });

  it('leaves no file when it fails, and overwrites none', async () => {
    const before = await readdir(folder.path);
    expect(await agency('tenant', 'export', 'nobody', ...why, '--output', file('x'), '--json')).toMatchObject(
      {
        exitCode: 2,
      },
    );
    await expect(readdir(folder.path)).resolves.toEqual(before);
    const taken = await agency('tenant', 'export', 'team', ...why, '--output', file('team.ndjson'), '--json');
    expect(documentOf(taken)).toMatchObject({ error: { code: 'USAGE' } });
    const nowhere = await agency('tenant', 'export', 'team', ...why, '--output', file('none/x'));
    expect(nowhere).toMatchObject({ exitCode: 2 });
    expect(await agency('tenant', 'export', 'team', ...why, '--gzip', '--zstd')).toMatchObject({
      exitCode: 2,
    });
  });

  it('refuses a file that is damaged, or signed by somebody else', async () => {
    const packed = await readFile(file('team.ndjson.gz'));
    await writeFile(file('cut.gz'), packed.subarray(0, packed.length - 20));
    await writeFile(file('cut'), (await readFile(file('team.ndjson'))).subarray(0, -20));
    const again = ['tenant', 'import'];
    for (const name of ['cut.gz', 'cut', 'absent']) {
      const refused = await agency(...again, file(name), ...why, '--json');
      expect(refused.exitCode, refused.stdout).toBe(2);
    }
    const there = await agency(...again, file('team.ndjson'), ...why, '--json');
    expect(documentOf(there)).toMatchObject({ error: { code: 'TENANT_EXISTS' } });
    await agency('tenant', 'suspend', 'team', ...why);
    expect(await erase('--yes')).toMatchObject({ exitCode: 0 });
    const key = file('agent-agency/signing-keys/team.pem');
    const stranger = await agency(...again, file('team.ndjson'), ...why, '--trusted-key', key, '--json');
    expect(documentOf(stranger)).toMatchObject({ error: { code: 'SIGNATURE_INVALID' } });
    await writeFile(file('no-key'), 'x');
    const noKey = await agency(
      ...again,
      file('team.ndjson'),
      ...why,
      '--trusted-key',
      file('no-key'),
      '--json',
    );
    expect(documentOf(noKey)).toMatchObject({ error: { code: 'USAGE' } });
    expect(await agency(...again, file('team.ndjson'), ...why)).toMatchObject({ exitCode: 0 });
  });

  it('erases only what was confirmed and is suspended, and gives a signed receipt', async () => {
    expect(await erase()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') as string });
    const active = await erase('--yes', '--receipt', file('receipt.json'), '--json');
    expect(documentOf(active)).toMatchObject({ error: { code: 'TENANT_ACTIVE' } });
    await expect(stat(file('receipt.json'))).rejects.toThrow('ENOENT');
    await writeFile(file('taken.json'), '');
    expect(await erase('--yes', '--force', '--receipt', file('taken.json'))).toMatchObject({ exitCode: 2 });
    expect(await agency('tenant', 'show', 'team')).toMatchObject({ exitCode: 0 });

    const erased = await erase(
      '--yes',
      '--force',
      '--receipt',
      file('receipt.json'),
      '--marker',
      'Ada Example',
    );
    expect(erased).toMatchObject({ exitCode: 0 });
    expect(erased.stdout).toMatch(/^deleted everything that tenant team has: \d+ rows of \d+ tables\n/);
    const receipt = JSON.parse(await readFile(file('receipt.json'), 'utf8')) as SignedReceipt;
    expect(receipt.body).toMatchObject({ tenantId: 'team', reason: 'a test', complete: true });
    expect(verifyReceipt(receipt, await publicKey())).toBe(true);
    expect(await erase('--yes', '--json')).toMatchObject({ exitCode: 2 });
    expect(await agency('tenant', 'import', file('team.ndjson'), ...why)).toMatchObject({ exitCode: 0 });
  });

  it('forgets a subject, and exits with 1 while something names it', async () => {
    const agent = await withSession(database.url, async (session) => {
      const { rows } = await session.query(
        `select id from agent_profiles where tenant_id = 'team' and name = 'Linus Example'`,
      );
      return String(rows[0]?.['id']);
    });
    const forget = (...argv: string[]) => agency('tenant', 'forget', 'team', '--subject', agent, ...argv);
    expect(await forget(...why)).toMatchObject({ exitCode: 2 });
    const named = await forget('--reason', `asked by ${agent}`, '--yes', '--json');
    expect(documentOf(named)).toMatchObject({ error: { code: 'USAGE' } });
    const forgotten = await forget(...why, '--yes', '--receipt', file('forgotten.json'), '--json');
    // The log of decisions names its author, and cannot be changed.
    expect(forgotten.exitCode).toBe(1);
    const receipt = documentOf(forgotten) as unknown as SignedReceipt;
    expect(receipt.body).toMatchObject({ kind: 'subject', complete: false });
    expect(receipt.body.retained.every(({ where }) => where.startsWith('caws_provenance_graph.'))).toBe(true);
    expect(verifyReceipt(receipt, await publicKey())).toBe(true);
    expect((await agency('graph', 'neighbors', 'Grace Example', '--tenant', 'team')).stdout).not.toContain(
      'Linus',
    );
    const verified = await agency('provenance', 'verify', '--tenant', 'team', '--json');
    expect(documentOf(verified)).toMatchObject({ valid: true });
  });

  it('destroys the key of a tenant with sealed data, or says that nobody did', async () => {
    const keys = file('keys');
    const keyRing = new TenantKeyRing(createLocalFileKeys(keys));
    for (const id of ['sealed', 'unsealed']) {
      await agency('tenant', 'create', id);
      await agency('tenant', 'update', id, '--encryption', 'on');
      await withManager(databaseConfig(env()), (manager) =>
        manager.withTenant({ tenantId: id }, (tx) =>
          offloadContext(tx, { content: Buffer.from('words'), summary: 'words' }, { keyRing }),
        ),
      );
    }
    const eraseOf = (id: string, ...argv: string[]): Promise<Outcome> =>
      agency('tenant', 'erase', id, ...why, '--yes', '--force', ...argv);
    const erased = await eraseOf('sealed', '--keys', keys, '--json');
    expect(documentOf(erased)).toMatchObject({ body: { key: { state: 'destroyed' }, complete: true } });
    const kept = await eraseOf('unsealed');
    expect(kept).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/key is not destroyed/) as string,
    });
    const left = async (): Promise<number> => (await readdir(keys, { recursive: true })).length;
    const before = await left();
    expect(await agency('tenant', 'destroy-key', 'unsealed', '--keys', keys)).toMatchObject({ exitCode: 2 });
    expect(await agency('tenant', 'destroy-key', 'unsealed', '--keys', keys, '--yes')).toMatchObject({
      exitCode: 0,
    });
    await expect(left()).resolves.toBeLessThan(before);
  });
});
