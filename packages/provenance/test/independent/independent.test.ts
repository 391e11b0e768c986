import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  canonicalize,
  type JsonValue,
  logLeafHash,
  type ProvenanceNodeRecord,
  rootOf,
  type TrustedCheckpoint,
  verifyChain,
} from '../../src/verify.ts';
import { type BundleHeader, writeBundle } from '../fixtures/bundle.ts';
import {
  at,
  buildChain,
  headOf,
  otherSigner,
  replaceAt,
  seal,
  testSigner,
  testTenant,
} from '../fixtures/chain.ts';
import { admission, alice, bob, carol, keyLog, revocation, root } from '../fixtures/key-log.ts';

const program = fileURLToPath(new URL('verify.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const isCi = process.env['CI'] === 'true';
if (!hasPython && !isCi)
  process.stderr.write(
    '\nWARNING: python3 is not installed: the independent verifier was NOT run, its tests are skipped.\n\n',
  );

interface PythonReport {
  readonly checked: number;
  readonly violations: readonly { readonly seq: number; readonly last_seq?: number; readonly kind: string }[];
}

/** Runs the program; it exits with 1 exactly when it found something. */
function python(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    execFile('python3', ['-B', program, ...args], (error, output, complaint) => {
      const code = error === null ? 0 : error.code;
      // Any other code is that of a program which could not be started, or was killed.
      if (typeof code === 'number' && complaint === '') resolve({ code, output });
      else reject(new Error(`The independent verifier failed: ${complaint}`, { cause: error }));
    });
  });
}

// Without python3 these fail under CI and are skipped, loudly, elsewhere.
describe.skipIf(!hasPython && !isCi)('the independent verifier', () => {
  const keys = [testSigner, otherSigner];
  let folder = '';
  let chain: readonly ProvenanceNodeRecord[] = [];
  let bundles = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provenance-'));
    chain = await buildChain(50);
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function write(
    records: readonly ProvenanceNodeRecord[],
    header: Partial<BundleHeader> = {},
  ): Promise<string> {
    bundles += 1;
    const path = join(folder, `${String(bundles)}.ndjson`);
    const known = { tenantId: testTenant, keys, head: headOf(chain), ...header };
    await writeFile(path, writeBundle(known, records));
    return path;
  }

  /** Of bundles that one run looks at, which takes little longer than one of them. */
  async function judgeAll(paths: readonly string[]): Promise<PythonReport[]> {
    const { code, output } = await python(...paths);
    const reports = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as PythonReport);
    expect(code).toBe(reports.every(({ violations }) => violations.length === 0) ? 0 : 1);
    return reports;
  }

  async function judge(...given: Parameters<typeof write>): Promise<PythonReport | undefined> {
    const [report] = await judgeAll([await write(...given)]);
    return report;
  }

  it('passes the vectors of RFC 8032 and RFC 8785', async () => {
    expect(await python('--self-test')).toEqual({ code: 0, output: '' });
  });

  it('agrees that a log of 50 nodes is valid', async () => {
    expect(await judge(chain)).toEqual({ checked: 50, violations: [] });
  });

  it('reads every shape of canonical content as we do', async () => {
    const contents = [
      [5e-324, -1.5e300, 1e21, 1e-7, 123456789.25, 0.1, 100, 1e20, -0.000001, 2 ** 53],
      { '\ufb33': 1, '😀': 2, '': 3, a: '\u0000\u001f\u007f"\\/\u2028' },
      'plain text',
      null,
      JSON.parse('['.repeat(128) + ']'.repeat(128)) as never,
    ];
    const records: ProvenanceNodeRecord[] = [];
    for (const [index, content] of contents.entries()) {
      const base = { ...at(chain, index + 1), previousHash: headOf(records).hash };
      records.push(await seal({ ...base, content: canonicalize(content) }));
    }
    const ours = await verifyChain(records, { tenantId: testTenant, keys });
    expect(ours.violations).toEqual([]);
    expect((await judge(records))?.violations).toEqual([{ seq: 50, kind: 'head-mismatch' }]);
  });

  const tampered: Record<string, () => readonly ProvenanceNodeRecord[]> = {
    'a score': () => replaceAt(chain, 20, { evidenceCompleteness: 99 }),
    'the description': () => replaceAt(chain, 21, { description: 'forged' }),
    'the references': () => replaceAt(chain, 22, { constitutionalRefs: ['CAWS:Section4.2'] }),
    'the time': () => replaceAt(chain, 23, { createdAtMicros: 1n }),
    'the content': () => replaceAt(chain, 24, { content: canonicalize({ approved: true }) }),
    'the canonical form': () =>
      replaceAt(chain, 25, { content: Buffer.concat([at(chain, 25).content, Buffer.from('\n')]) }),
    'the tenant': () => replaceAt(chain, 26, { tenantId: 'globex' }),
    'the key': () => replaceAt(chain, 27, { signingKeyId: otherSigner.keyId }),
    'an unknown key': () => replaceAt(chain, 27, { signingKeyId: 'ed25519:none' }),
    'the stored hash': () => replaceAt(chain, 28, { hashChain: 'ab'.repeat(32) }),
    'the signature': () => replaceAt(chain, 29, { signature: at(chain, 30).signature }),
    'the spelling of the signature': () =>
      replaceAt(chain, 29, { signature: at(chain, 29).signature.slice(0, 86) }),
    'the parents': () => replaceAt(chain, 30, { parents: [] }),
    'what a parent was': () =>
      replaceAt(chain, 30, { parents: [{ id: at(chain, 29).id, hash: at(chain, 28).hashChain }] }),
    'a parent, which is twice there': () =>
      replaceAt(chain, 30, { parents: [...at(chain, 30).parents, ...at(chain, 30).parents] }),
    'a parent, which is itself': () =>
      replaceAt(chain, 31, { parents: [{ id: at(chain, 31).id, hash: at(chain, 30).hashChain }] }),
    'a score beyond 1': () => replaceAt(chain, 32, { gateIntegrity: 101 }),
    'a number': () => replaceAt(chain, 33, { seq: 40 }),
    'a node left out': () => chain.filter(({ seq }) => seq !== 34),
    'a node doubled': () => chain.flatMap((record) => (record.seq === 35 ? [record, record] : [record])),
    'the order': () => [...chain.slice(0, 10), at(chain, 12), at(chain, 11), ...chain.slice(12)],
    'the end': () => chain.slice(0, 49),
  };

  it('finds the same as we do after any tampering', async () => {
    const logs = Object.entries(tampered).map(([what, make]) => ({ what, records: make() }));
    const reports = await judgeAll(await Promise.all(logs.map(({ records }) => write(records))));
    expect(reports).toHaveLength(logs.length);
    for (const [index, { what, records }] of logs.entries()) {
      const ours = await verifyChain(records, { tenantId: testTenant, keys, expectedHead: headOf(chain) });
      expect(ours.violationCount, what).toBeGreaterThan(0);
      expect(reports[index], what).toEqual({
        checked: ours.checked,
        violations: ours.violations.map(({ seq, kind }) => ({ seq, kind })),
      });
    }
  });

  const checkpointOf = (size: number): TrustedCheckpoint => ({
    size,
    root: rootOf(chain.slice(0, size).map((node) => logLeafHash(node.hashChain))),
  });

  it('finds the same trees as we do, and the same that are none', async () => {
    const wrong = { ...checkpointOf(12), size: 20 };
    const checkpoints = [50, 0, 7, 32].map(checkpointOf).concat(wrong, { ...wrong, size: 51 });
    expect(await judge(chain, { checkpoints })).toEqual({
      checked: 50,
      violations: [
        { seq: 20, kind: 'checkpoint-mismatch' },
        { seq: 51, kind: 'checkpoint-mismatch' },
      ],
    });
    const gap = chain.filter(({ seq }) => seq !== 9);
    const options = { tenantId: testTenant, keys, expectedHead: headOf(chain), checkpoints };
    const ours = await verifyChain(gap, options);
    expect((await judge(gap, { checkpoints }))?.violations).toEqual(
      ours.violations.map(({ seq, kind }) => ({ seq, kind })),
    );
  });

  it('believes, refuses and revokes the same keys as we do', async () => {
    const until = new Date(1_760_000_000_000 + 12_000);
    const content = await admission(carol);
    const log = await keyLog(
      admission(alice, { purposes: ['keys', 'nodes'], validUntil: until }), // 1
      alice,
      admission(bob, { authorities: [alice] }), // 3
      bob,
      revocation(carol, 1),
      { by: bob, content: admission(carol, { replaces: bob.keyId, authorities: [bob] }) }, // 6
      bob,
      carol, // 8
      admission(alice),
      admission(otherSigner, { tenantId: 'globex' }), // 10
      { by: carol, content: { ...content, signatures: (content['signatures'] as JsonValue[]).slice(1) } },
      { by: carol, content: admission(otherSigner, { authorities: [] }) }, // 12
      {
        by: carol,
        content: {
          ...(await admission(otherSigner, { purposes: ['nodes'] })),
          payload: content['payload'] ?? null,
        },
      },
      alice, // 14
      { by: alice, content: admission(otherSigner, { authorities: [alice] }) },
      otherSigner, // 16
      revocation(alice, 3),
      bob, // 18
      carol,
      { by: root, content: { payload: 1 } }, // 20
      revocation(root, 10, { authorities: [root] }),
      root, // 22
    );
    const header = { keys: [{ ...root, purposes: ['keys', 'nodes'] as const }], head: headOf(log) };
    const ours = await verifyChain(log, {
      tenantId: testTenant,
      keys: header.keys,
      expectedHead: header.head,
    });
    expect(new Set(ours.violations.map(({ kind }) => kind))).toEqual(
      new Set(['key-not-valid', 'revoked-key', 'bad-key-statement', 'unknown-key']),
    );
    expect((await judge(log, header))?.violations).toEqual(
      ours.violations.map(({ seq, lastSeq, kind }) => ({
        seq,
        kind,
        ...(lastSeq === undefined ? {} : { last_seq: lastSeq }),
      })),
    );
  });
});
