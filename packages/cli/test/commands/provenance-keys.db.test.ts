import { randomUUID } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigner, generateSigningKey, recordVerdict, type Signer } from '@agent-agency/provenance';
import { withSession } from '@agent-agency/testing';
import { testDatabase } from '@agent-agency/testing/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { databaseConfig, withManager } from '../../src/database.ts';
import { spec, writeProject } from '../support/caws.ts';
import { documentOf, run, type Outcome } from '../support/command-line.ts';
import { makeRepository, type Repository } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const database = testDatabase();
const folder = temporaryFolder();
const file = (...names: string[]): string => join(folder.path, ...names);
const env = (): Record<string, string> => ({ DATABASE_URL: database.url, XDG_CONFIG_HOME: folder.path });
const provenance = (...argv: string[]): Promise<Outcome> => run(env(), ['provenance', ...argv]);
const keyFile = (): string => file('agent-agency', 'signing-keys', 'acme.pem');

async function signerOf(path: string): Promise<Signer> {
  return createSigner(await readFile(path, 'utf8'));
}

/** Of the first node of acme's log. */
let nodeId: string;

beforeAll(async () => {
  for (const id of ['acme', 'globex']) await run(env(), ['tenant', 'create', id]);
  const path = await writeProject(file('shop'), { 'working-spec.yaml': spec });
  const imported = documentOf(await provenance('import-caws', path, '--tenant', 'acme', '--json'));
  nodeId = (imported['appended'] as { id: string }[])[0]?.id ?? '';
});

describe('provenance key', () => {
  const key = (action: string, ...argv: string[]): Promise<Outcome> =>
    provenance('key', action, ...argv, '--tenant', 'globex');
  const current = (): string => file('agent-agency', 'signing-keys', 'globex.pem');
  const signWith = async (signer: string, change: object): Promise<Outcome> => {
    const path = await writeProject(file('keys'), { 'working-spec.yaml': { ...spec, ...change } });
    return provenance('import-caws', path, '--tenant', 'globex', '--signing-key', signer);
  };
  const nodesInLog = async (): Promise<unknown> =>
    documentOf(await provenance('verify', '--tenant', 'globex', '--json'))['checked'];
  let first: Signer;

  beforeAll(async () => {
    expect((await key('list')).stdout).toBe('the log has no keys: nothing has been signed\n');
    expect((await key('rotate')).stderr).toContain('there is no signing key');
    await signWith(current(), {});
    first = await signerOf(current());
  });

  it('lets a new key take the place of the old one, which is kept and signs no more', async () => {
    const rotated = documentOf(await key('rotate', '--json'));
    const second = await signerOf(current());
    const kept = `${current()}.${first.keyId.slice(8, 16)}`;
    expect(rotated).toMatchObject({ keyId: second.keyId, replaced: { keyId: first.keyId, file: kept } });
    expect((await signerOf(kept)).keyId).toBe(first.keyId);
    for (const path of [current(), kept]) expect((await stat(path)).mode & 0o777).toBe(0o600);

    expect(await signWith(current(), { mode: 'fix' })).toMatchObject({ exitCode: 0 });
    expect((await signWith(kept, { mode: 'chore' })).stderr).toContain('may not sign nodes (key-not-valid)');
    expect((await key('list')).stdout).toBe(
      `${first.keyId} signs checkpoints, keys, nodes; replaced, not valid behind number 3\n` +
        `${second.keyId} signs checkpoints, keys, nodes; admitted by number 3\n`,
    );
    // Whoever trusts the first key trusts whom it admitted.
    expect(await provenance('verify', '--tenant', 'globex', '--key', kept)).toMatchObject({ exitCode: 0 });
  });

  it('goes on where it was interrupted, before the log had the new key or after', async () => {
    const second = await readFile(current(), 'utf8');
    const { privateKeyPem: third } = generateSigningKey();
    await writeFile(`${current()}.next`, third, { mode: 0o600 });
    await key('rotate');
    expect(await readFile(current(), 'utf8')).toBe(third);

    const nodes = await nodesInLog();
    await rename(current(), `${current()}.next`);
    await writeFile(current(), second, { mode: 0o600 });
    expect(await key('rotate')).toMatchObject({ exitCode: 0 });
    expect(await readFile(current(), 'utf8')).toBe(third);
    expect(await nodesInLog()).toBe(nodes);
  });

  it('admits a key for some purposes and some time, once', async () => {
    const ci = file('ci.pem');
    const terms = ['--new-key', ci, '--purpose', 'nodes', '--valid-until', '2999-01-01'];
    expect(await key('admit', ...terms)).toMatchObject({ exitCode: 0 });
    expect((await key('list')).stdout).toMatch(
      / signs nodes; admitted by number \d+; until 2999-01-01T00:00:00\.000Z\n/,
    );
    expect((await key('admit', ...terms)).stderr).toContain('the log has admitted this key before');
    expect((await key('admit', '--new-key', current())).stderr).toContain('holds the key that signs now');
    const checkpoint = [
      'checkpoint',
      '--tenant',
      'globex',
      '--deployment',
      'log.example.com',
      '--signing-key',
      ci,
    ];
    expect((await provenance(...checkpoint)).stderr).toContain('may not sign checkpoints (key-not-valid)');
    expect((await key('rotate', '--signing-key', ci)).stderr).toContain('the key that signs may not say so');
  });

  it('revokes what a key signed from a number on, for good', async () => {
    const ci = await signerOf(file('ci.pem'));
    expect(await signWith(file('ci.pem'), { mode: 'doc' })).toMatchObject({ exitCode: 0 });
    const revoke = [ci.keyId, '--reason', 'stolen', '--from-seq', '1'];
    expect((await key('revoke', ...revoke)).stderr).toContain('for good: add --yes');
    expect((await key('revoke', ...revoke, '--yes', '--signing-key', file('ci.pem'))).stderr).toContain(
      'sign with another',
    );
    expect(await key('revoke', ...revoke, '--yes')).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await signWith(file('ci.pem'), { mode: 'chore' })).stderr).toContain('(revoked-key)');
    const verified = await provenance('verify', '--tenant', 'globex');
    expect(verified.exitCode).toBe(1);
    expect(verified.stdout).toMatch(/nodes? \d+.*: revoked-key: /);
    const unknown = ['ed25519:' + '0'.repeat(32), '--reason', 'x', '--yes'];
    expect((await key('revoke', ...unknown)).stderr).toContain('the log knows no such key');
  });
});

describe('provenance verify', () => {
  it('holds records against their nodes', async () => {
    const signer = await signerOf(keyFile());
    const verdict = {
      taskId: randomUUID(),
      decisionType: 'accept',
      decisionData: {},
      consensusScore: 0.5,
      cawsCompliance: {},
    } as const;
    await withManager(databaseConfig(env()), (manager) =>
      manager.withTenant({ tenantId: 'acme' }, (tx) => recordVerdict(tx, verdict, signer)),
    );
    const verify = (): Promise<Outcome> => provenance('verify', '--tenant', 'acme');
    expect((await verify()).stdout).toContain('\n1 record verified: what the log has\n');
    await withSession(database.url, async (session) => {
      await session.query('alter table provenance_records disable trigger all');
      await session.query('update provenance_records set consensus_score = 1');
      await session.query('alter table provenance_records enable trigger all');
    });
    const changed = await verify();
    expect(changed.exitCode).toBe(1);
    expect(changed.stdout).toMatch(
      /\nthe records were changed: 1 column in 1 record\n {2}verdict [0-9a-f-]{36}: consensus_score\n/,
    );
  });
});

describe('provenance trailer, with a log to ask', () => {
  let on: Repository;
  const trailer = (...argv: string[]): Promise<Outcome> =>
    run({ ...on.env, ...env() }, ['provenance', 'trailer', '--repo', on.path, '--tenant', 'acme', ...argv]);

  it('takes the hash from the log, and holds a commit against it', async () => {
    on = await makeRepository(file('repository'));
    const message = join(on.path, '.git', 'MESSAGE');
    await writeFile(message, `Accept it\n\nProvenance-Node: ${nodeId}\n`);
    expect(await trailer('--commit-msg', message)).toMatchObject({ exitCode: 0, stderr: '' });
    on.git('commit', '--quiet', '--allow-empty', '--file', message);
    const held = await trailer('--verify', 'HEAD');
    expect(held.exitCode).toBe(0);
    expect(held.stdout).toMatch(
      new RegExp(`rests on node ${nodeId}, which is in the log; signed by ed25519:`),
    );
  });

  it('refuses a node that the log does not have, or has with another hash', async () => {
    const message = join(on.path, '.git', 'MESSAGE');
    const absent = '018f4e3a-7c1d-7b2e-9a55-0123456789ab';
    await writeFile(message, `x\n\nProvenance-Node: ${nodeId}\nProvenance-Hash: ${'ab'.repeat(32)}\n`);
    expect((await trailer('--commit-msg', message)).stderr).toContain('with another hash than the message');
    expect((await trailer('--commit-msg', message, '--node', absent)).stderr).toContain('has no node 018f');
    const signed = (
      await run({ ...on.env, XDG_CONFIG_HOME: folder.path }, [
        ...['provenance', 'trailer', '--repo', on.path, '--tenant', 'acme', '--commit-msg', message],
      ])
    ).exitCode;
    expect(signed).toBe(0);
    on.git('commit', '--quiet', '--allow-empty', '--file', message);
    expect((await trailer('--verify', 'HEAD')).stdout).toContain(
      'wrong-hash: the log has the node with another hash',
    );
  });

  it('believes whom a trusted key admitted, and no key that was revoked, whenever it signed', async () => {
    const message = join(on.path, '.git', 'MESSAGE');
    const ci = file('commits.pem');
    await provenance('key', 'admit', '--tenant', 'acme', '--new-key', ci, '--purpose', 'nodes');
    await writeFile(message, `Accept it\n\nProvenance-Node: ${nodeId}\n`);
    await trailer('--commit-msg', message, '--signing-key', ci);
    on.git('commit', '--quiet', '--allow-empty', '--file', message);
    expect(await trailer('--verify', 'HEAD', '--key', keyFile())).toMatchObject({ exitCode: 0 });
    const { keyId } = await signerOf(ci);
    await provenance('key', 'revoke', keyId, '--tenant', 'acme', '--reason', 'lost', '--yes');
    expect((await trailer('--verify', 'HEAD')).stdout).toContain('unknown-key: ');
  });
});
