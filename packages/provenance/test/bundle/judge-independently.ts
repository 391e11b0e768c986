import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BundleTrust } from '../../src/bundle/bundle-trust.ts';
import type { BundleVerdict } from '../../src/bundle/bundle-verdict.ts';
import { formatVerifierKey } from '../../src/verify.ts';

const program = fileURLToPath(new URL('../independent/bundle.py', import.meta.url));

/** Whether to run the independent verifier: without python3 it fails under CI and is skipped elsewhere; test/independent says so loudly. */
export const runsPython = spawnSync('python3', ['--version']).status === 0 || process.env['CI'] === 'true';

/** What test/independent/bundle.py makes of bundles. */
export function judgeIndependently(
  cases: readonly (readonly [bundle: string | Uint8Array, trust: BundleTrust])[],
): unknown[] {
  const input = cases.map(([bundle, trust]) => ({
    bundle: Buffer.from(bundle).toString('base64'),
    trust: heldBy(trust),
  }));
  const { status, stdout, stderr } = spawnSync('python3', ['-B', program], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 24,
  });
  if (status !== 0 || stderr !== '') throw new Error(`The independent verifier failed: ${stderr}`);
  return JSON.parse(stdout) as unknown[];
}

/** What a bundle is held against, as the program reads it. */
function heldBy({ origin, keys, logKeys, witnesses = [], quorum, ids = [], withAncestry }: BundleTrust) {
  return {
    origin,
    keys: keys.map(({ keyId, publicKey, purposes, validUntilMicros }) => ({
      key_id: keyId,
      public_key: Buffer.from(publicKey).toString('base64'),
      purposes,
      valid_until: validUntilMicros === undefined ? undefined : String(validUntilMicros),
    })),
    log_keys: logKeys?.map(formatVerifierKey) ?? null,
    witnesses: witnesses.map(formatVerifierKey),
    quorum: quorum ?? witnesses.length,
    ids,
    with_ancestry: withAncestry ?? false,
  };
}

/** Our verdict as the program writes its own. */
export function written(verdict: BundleVerdict): unknown {
  if (!verdict.ok)
    return {
      ok: false,
      faults: verdict.faults.map(({ reason, place, index }) => [
        reason,
        place === 'node' ? (index ?? null) : null,
      ]),
    };
  const { nodes, unseenParents } = verdict;
  const unseen = [...new Set(unseenParents.map(({ id }) => id))].sort();
  return { ok: true, seqs: nodes.map(({ seq }) => seq), unseen };
}
