import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalize, type ProvenanceNodeRecord, verifyChain } from '../../src/verify.ts';
import { writeBundle } from '../fixtures/bundle.ts';
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

const program = fileURLToPath(new URL('verify.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const isCi = process.env['CI'] === 'true';
if (!hasPython && !isCi)
  process.stderr.write(
    '\nWARNING: python3 is not installed: the independent verifier was NOT run, its tests are skipped.\n\n',
  );

interface PythonReport {
  readonly checked: number;
  readonly violations: readonly { readonly seq: number; readonly kind: string }[];
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

  async function judge(records: readonly ProvenanceNodeRecord[]): Promise<PythonReport> {
    bundles += 1;
    const path = join(folder, `${String(bundles)}.ndjson`);
    await writeFile(path, writeBundle({ tenantId: testTenant, keys, head: headOf(chain) }, records));
    const { code, output } = await python(path);
    const report = JSON.parse(output) as PythonReport;
    expect(code).toBe(report.violations.length === 0 ? 0 : 1);
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
    expect((await judge(records)).violations).toEqual([{ seq: 50, kind: 'head-mismatch' }]);
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
    'the parent': () => replaceAt(chain, 31, { parentEntityId: at(chain, 31).id }),
    'a score beyond 1': () => replaceAt(chain, 32, { gateIntegrity: 101 }),
    'a number': () => replaceAt(chain, 33, { seq: 40 }),
    'a node left out': () => chain.filter(({ seq }) => seq !== 34),
    'a node doubled': () => chain.flatMap((record) => (record.seq === 35 ? [record, record] : [record])),
    'the order': () => [...chain.slice(0, 10), at(chain, 12), at(chain, 11), ...chain.slice(12)],
    'the end': () => chain.slice(0, 49),
  };

  it.each(Object.keys(tampered))('finds the same as we do after tampering with %s', async (what) => {
    const records = tampered[what]?.() ?? [];
    const ours = await verifyChain(records, { tenantId: testTenant, keys, expectedHead: headOf(chain) });
    const theirs = await judge(records);
    expect(ours.violationCount).toBeGreaterThan(0);
    expect(theirs.violations).toEqual(ours.violations.map(({ seq, kind }) => ({ seq, kind })));
    expect(theirs.checked).toBe(ours.checked);
  });
});
