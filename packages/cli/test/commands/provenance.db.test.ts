import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createSigner,
  formatVerifierKey,
  generateSigningKey,
  signCheckpoint,
  type Signer,
} from '@agent-agency/provenance';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { manifest, spec, waiver, writeProject } from '../support/caws.ts';
import { documentOf, run, type Outcome } from '../support/command-line.ts';
import { startWitness, type HttpWitness } from '../support/http-witness.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const database = testDatabase();
const folder = temporaryFolder();
const deployment = 'log.example.com';
const origin = `${deployment}/acme`;

const file = (...names: string[]): string => join(folder.path, ...names);
const env = (): Record<string, string> => ({ DATABASE_URL: database.url, XDG_CONFIG_HOME: folder.path });
const provenance = (...argv: string[]): Promise<Outcome> => run(env(), ['provenance', ...argv]);
const keyFile = (): string => file('agent-agency', 'signing-keys', 'acme.pem');

/** Runs without database and configuration. */
const elsewhere = (...argv: string[]): Promise<Outcome> => run({}, ['provenance', ...argv]);

async function signerOf(path: string): Promise<Signer> {
  return createSigner(await readFile(path, 'utf8'));
}

/** The key of the log as others are given it. */
async function logKey(path = keyFile()): Promise<string> {
  const { publicKey } = await signerOf(path);
  return formatVerifierKey({ name: origin, type: 'ed25519', publicKey });
}

const anotherKey = Buffer.from(generateSigningKey().publicKey).toString('hex');

let verdictId: string;

beforeAll(async () => {
  for (const id of ['acme', 'globex']) await run(env(), ['tenant', 'create', id]);
  const shop = await writeProject(file('shop'), {
    'working-spec.yaml': { ...spec, waiver_ids: ['WV-0001'] },
    'waivers/WV-0001.yaml': waiver,
    'notes.yaml': 'not read',
  });
  await writeFile(file('gates.json'), JSON.stringify({ coverage: { passed: true, score: 0.91 } }));
  await writeFile(file('manifest.json'), JSON.stringify(manifest));
  const imported = await provenance(
    ...['import-caws', shop, '--tenant', 'acme', '--evaluation', 'VERDICT-001', '--json'],
    ...['--gates', file('gates.json'), '--manifest', file('manifest.json'), '--ref', 'CAWS:Section4.2'],
  );
  expect(imported.exitCode).toBe(0);
  const { appended } = documentOf(imported) as { appended: { entityType: string; id: string }[] };
  expect(appended.map(({ entityType }) => entityType)).toEqual([
    'spec',
    'budget',
    'waiver',
    'gate',
    'verdict',
  ]);
  verdictId = appended.find(({ entityType }) => entityType === 'verdict')?.id ?? '';
});

describe('provenance import-caws', () => {
  it('records nothing twice, and what has changed', async () => {
    const again = await provenance('import-caws', file('shop', '.caws'), '--tenant', 'acme');
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(again.stdout).toBe('recorded 0 nodes; 3 nodes had been recorded before\n');
    const changed = await writeProject(file('shop-later'), {
      'working-spec.json': { ...spec, risk_tier: 1 },
    });
    const outcome = await provenance('import-caws', changed, '--tenant', 'acme');
    expect(outcome.stdout).toMatch(
      /spec {5}FEAT-0001@[0-9a-f]{64} {2}[0-9a-f-]{36}\n[^]*recorded 2 nodes\n$/,
    );
  });

  it.each([
    ['a folder without documents', 'none', {}, /there is no folder .*\.caws: name a project/],
    ['documents that are none', 'bad', { 'working-spec.yaml': { ...spec, id: 7 } }, /id/],
    ['an evaluation without a name', 'shop', {}, /name it with --evaluation/, ['--gates', 'x']],
    ['a report that is not there', 'shop', {}, /none\.json/, ['--evaluation', 'E', '--gates', 'none.json']],
  ])('refuses %s', async (_what, name, documents, problem, args: string[] = []) => {
    const path = await writeProject(file(name), documents);
    const outcome = await provenance('import-caws', path, '--tenant', 'acme', ...args);
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outcome.stderr).toMatch(problem);
  });

  it('makes no key for a tenant that is not there', async () => {
    const outcome = await provenance('import-caws', file('shop'), '--tenant', 'nobody', '--json');
    expect(documentOf(outcome)).toMatchObject({ error: { code: 'TENANT_NOT_FOUND' } });
    await expect(stat(file('agent-agency', 'signing-keys', 'nobody.pem'))).rejects.toThrow('ENOENT');
  });
});

describe('provenance checkpoint, export-bundle and verify-bundle', () => {
  const checkpoint = (...argv: string[]): Promise<Outcome> =>
    provenance('checkpoint', '--tenant', 'acme', '--deployment', deployment, ...argv);
  let witness: HttpWitness;
  const bundle = (): string => file('verdict.json');
  const witnesses = (): string => file('witnesses.txt');

  beforeAll(async () => {
    const { publicKey } = await signerOf(keyFile());
    witness = await startWitness({ name: origin, type: 'ed25519', publicKey });
    await writeFile(witnesses(), `# who cosigns\n${witness.verifierKey} ${witness.url}\n`);
    const made = await checkpoint('--witnesses', witnesses());
    expect(made).toMatchObject({ exitCode: 0 });
    await writeFile(file('acme.checkpoint'), made.stdout);
    const exported = await provenance(
      ...['export-bundle', verdictId, '--tenant', 'acme', '--with-ancestry', '--cosignatures', '1'],
      ...['--output', bundle()],
    );
    expect(exported).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('prints a checkpoint as others read it, and the last one when it is not time for another', async () => {
    const note = await readFile(file('acme.checkpoint'), 'utf8');
    expect(note).toMatch(/^log\.example\.com\/acme\n7\n[^\n]+\n\n— log\.[^\n]+\n— witness\.[^\n]+\n$/);
    const again = await checkpoint('--if-older-than', '24h');
    expect(again).toMatchObject({ exitCode: 0, stdout: note });
    expect(again.stderr).toContain(
      'not time for a checkpoint; the last one is of 7 nodes, cosigned by witness',
    );
    expect(documentOf(await checkpoint('--if-new-nodes', '5', '--json'))).toMatchObject({ isNew: false });
  });

  it('raises an alarm when a witness has seen more than there is, and says when one is missing', async () => {
    await provenance(
      'import-caws',
      await writeProject(file('more'), { 'working-spec.yaml': { ...spec, mode: 'fix' } }),
      '--tenant',
      'acme',
    );
    witness.say({ status: 409, body: '1000\n' });
    const rewound = await checkpoint('--witnesses', witnesses());
    expect(rewound).toMatchObject({ exitCode: 1, stdout: '' });
    expect(rewound.stderr).toMatch(/^ALARM: the log was rewound or rewritten[^]*Nothing was signed/);
    expect(documentOf(await checkpoint('--witnesses', witnesses(), '--json'))).toMatchObject({
      error: { code: 'LOG_REWOUND' },
    });
    witness.say({ status: 500, body: '' });
    const missing = await checkpoint('--witnesses', witnesses());
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toMatch(/witness\.example\.com\/w1 has not cosigned/);
    witness.say(undefined);
    expect(await checkpoint('--witnesses', witnesses())).toMatchObject({ exitCode: 0 });
  });

  it('makes no key of its own: nobody would trust it', async () => {
    const outcome = await provenance('checkpoint', '--tenant', 'globex', '--deployment', deployment);
    expect(outcome).toMatchObject({ exitCode: 2 });
    expect(outcome.stderr).toContain('there is no signing key');
  });

  it('refuses another deployment, and files that name no witness', async () => {
    expect(await provenance('checkpoint', '--tenant', 'acme', '--deployment', 'other')).toMatchObject({
      exitCode: 2,
    });
    for (const text of [
      '',
      'x',
      `${witness.verifierKey}\n`,
      `${await logKey()} http://127.0.0.1/\n`,
      `${witness.verifierKey} ftp://x\n`,
    ]) {
      await writeFile(file('wrong.txt'), text);
      const outcome = await checkpoint('--witnesses', file('wrong.txt'));
      expect(outcome).toMatchObject({ exitCode: 2, stdout: '' });
      expect(outcome.stderr).toContain('write a line for each, its verifier key and its address');
    }
  });

  it('verifies a bundle without a database, and says what was shown and what was not', async () => {
    const keys = ['--key', await logKey(), '--witness', witness.verifierKey];
    const outcome = await elsewhere(
      'verify-bundle',
      bundle(),
      ...keys,
      '--with-ancestry',
      '--node',
      verdictId,
    );
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(outcome.stdout).toMatch(/^verified: 5 nodes of the log log\.example\.com\/acme\n/);
    expect(outcome.stdout).toMatch(
      /verdict VERDICT-001@?\S* {2}[0-9a-f-]{36} {2}\S+Z, signed by ed25519:[0-9a-f]{32}\n/,
    );
    expect(outcome.stdout).toContain('checkpoint: of the first 7 nodes of the log, root ');
    expect(outcome.stdout).toContain('witnesses: witness.example.com/w1 at 2025-10-09T08:53:20.000Z\n');
    expect(outcome.stdout).toMatch(/\nnot shown: that nothing was left out .*\n$/);
    expect(documentOf(await elsewhere('verify-bundle', bundle(), ...keys, '--json'))).toMatchObject({
      ok: true,
      ...{ origin, isOriginGiven: true, tenantId: 'acme' },
      checkpoint: { size: 7 },
      cosignatures: [{ name: 'witness.example.com/w1' }],
      unseenParents: [],
    });
  });

  it('takes keys as PEM, and the origin from the bundle when nobody says it', async () => {
    const outcome = await elsewhere('verify-bundle', bundle(), '--key', keyFile());
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stdout).toContain('(as the bundle itself says; name it with --origin)');
    expect(outcome.stdout).toContain('witnesses: none of those named');
  });

  it('names the parents that a bundle does not show', async () => {
    const alone = file('alone.json');
    await provenance('export-bundle', verdictId, '--tenant', 'acme', '--output', alone);
    const outcome = await elsewhere('verify-bundle', alone, '--key', await logKey());
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stdout.match(/^not seen: node .* from which node .* derives/gm)).toHaveLength(4);
    const asked = await elsewhere('verify-bundle', alone, '--key', await logKey(), '--with-ancestry');
    expect(asked.exitCode).toBe(1);
    expect(asked.stdout).toContain('missing-parent');
  });

  it('ends with 1 and says where, when something was changed, left out, or is no bundle', async () => {
    const text = await readFile(bundle(), 'utf8');
    const cases: [string, RegExp][] = [
      [
        text.replace('nothing is lost', 'nothing is kept'),
        /node \(nodes\[0\], number 1, .*\): hash-mismatch/,
      ],
      [`${text}\n`, /document: malformed-bundle/],
      ['{"nodes":[{"seq":1,"seq":2}]}', /malformed-bundle/],
      ['['.repeat(100_000), /malformed-bundle/],
      ['', /malformed-bundle/],
    ];
    for (const [changed, problem] of cases) {
      await writeFile(file('changed.json'), changed);
      const outcome = await elsewhere('verify-bundle', file('changed.json'), '--key', await logKey());
      expect(outcome).toMatchObject({ exitCode: 1, stderr: '' });
      expect(outcome.stdout).toMatch(/^not verified: \d+ faults?\n/);
      expect(outcome.stdout).toMatch(problem);
    }
    const absent = verdictId.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    const asked = await elsewhere(
      'verify-bundle',
      bundle(),
      '--key',
      await logKey(),
      '--node',
      absent,
      '--json',
    );
    expect(asked.exitCode).toBe(1);
    expect(documentOf(asked)).toMatchObject({ ok: false, faults: [{ reason: 'missing-node', id: absent }] });
  });

  it.each([
    ['another key', () => ['--key', anotherKey], 1],
    ['another log', () => ['--key', keyFile(), '--origin', 'log.example.com/globex'], 1],
    ['a witness for a key', () => ['--key', witness.verifierKey], 2],
    ['a log for a witness', async () => ['--key', await logKey(), '--witness', await logKey()], 2],
    ['a quorum that nobody can reach', async () => ['--key', await logKey(), '--quorum', '1'], 2],
    ['no node', async () => ['--key', await logKey(), '--node', 'VERDICT-001'], 2],
  ])('refuses %s', async (_what, argv, exitCode) => {
    const outcome = await elsewhere('verify-bundle', bundle(), ...(await argv()));
    expect(outcome.exitCode).toBe(exitCode);
  });

  it('refuses nodes that are not there, or in no checkpoint', async () => {
    const exporting = ['--tenant', 'acme', '--output', file('never.json'), '--json'];
    const absent = await provenance('export-bundle', '018f4e3a-7c1d-7b2e-9a55-0123456789ab', ...exporting);
    expect(documentOf(absent)).toMatchObject({ error: { code: 'NODE_NOT_FOUND' } });
    expect(absent.exitCode).toBe(2);
    await expect(stat(file('never.json'))).rejects.toThrow('ENOENT');
  });

  it('verifies the log against a checkpoint that was kept, by hashes alone', async () => {
    const kept = ['--tenant', 'acme', '--checkpoint', file('acme.checkpoint'), '--hashes'];
    const outcome = await provenance(
      'verify',
      ...kept,
      '--key',
      await logKey(),
      '--witness',
      witness.verifierKey,
    );
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(outcome.stdout).toMatch(
      /\ncontinues the checkpoint of 7 nodes in .*, cosigned by witness\.example\.com\/w1\n/,
    );
    expect(outcome.stdout).toMatch(
      /signatures were not looked at; the checkpoint stands for them; \d+ nodes behind it not\n$/,
    );
  });

  it('finds that the log is not the one that a checkpoint was of', async () => {
    const signer = await signerOf(keyFile());
    const write = async (size: number, root: Uint8Array): Promise<void> =>
      writeFile(file('other.checkpoint'), await signCheckpoint({ origin, size, root }, signer));
    const verify = async (...argv: string[]): Promise<Outcome> =>
      provenance('verify', '--tenant', 'acme', '--checkpoint', file('other.checkpoint'), ...argv);
    await write(7, new Uint8Array(32));
    const changed = await verify('--key', await logKey());
    expect(changed.exitCode).toBe(1);
    expect(changed.stdout).toContain('checkpoint-mismatch');
    await write(1000, new Uint8Array(32));
    expect((await verify('--key', keyFile(), '--hashes')).stdout).toContain('checkpoint-mismatch');

    expect((await verify()).stderr).toContain('name that with --key');
    expect((await verify('--key', anotherKey)).stderr).toContain('none of the keys that --key names');
    const other = await provenance(
      'verify',
      '--tenant',
      'globex',
      '--checkpoint',
      file('acme.checkpoint'),
      '--key',
      await logKey(),
    );
    expect(other.stderr).toContain('not of a log of tenant globex');
  });
});

describe('provenance verify', () => {
  it('names what was changed beside the log', async () => {
    await withSession(database.url, async (session) => {
      await session.query('begin');
      await session.query('set local session_replication_role = replica');
      await session.query(`delete from provenance_parents where tenant_id = 'acme' and node_id = $1`, [
        verdictId,
      ]);
      await session.query(
        `update caws_provenance_graph set metadata = '{}' where tenant_id = 'acme' and seq = 1`,
      );
      await session.query('commit');
    });
    const outcome = await provenance('verify', '--tenant', 'acme');
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stdout).toContain('what stands beside the log was changed: ');
    expect(outcome.stdout).toContain('\n  node 1: metadata\n');
    expect(outcome.stdout).toContain(`\n  node ${verdictId}: missing in provenance_parents\n`);
  });
});
