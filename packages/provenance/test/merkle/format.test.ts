import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { emptyRoot, leafHash, logLeafHash, rootOf } from '../../src/verify.ts';
import vector from '../fixtures/node-vector.json' with { type: 'json' };
import { hex } from './support/bytes.ts';
import { consistencyProofs, entries, inclusionProofs, roots } from './support/published.ts';

const page = await readFile(new URL('../../FORMAT.md', import.meta.url), 'utf8');

describe('the section on the Merkle tree in FORMAT.md', () => {
  it('prints the published roots and proofs that the package computes', () => {
    for (const [index, root] of [emptyRoot(), ...roots].entries()) {
      expect(rootOf(entries.slice(0, index).map(leafHash))).toEqual(root);
      expect(page).toContain(`\n${String(index)}  ${hex(root)}\n`);
    }
    const inclusion = inclusionProofs.find(({ index, size }) => index === 5 && size === 8);
    const consistency = consistencyProofs.find(({ oldSize, newSize }) => oldSize === 6 && newSize === 8);
    const printed = (name: string, proof: readonly Uint8Array[] = []): string =>
      `${name.padEnd(13)}${proof.map(hex).join(`\n${' '.repeat(13)}`)}\n`;
    expect(page).toContain(printed('inclusion', inclusion?.proof));
    expect(page).toContain(printed('consistency', consistency?.proof));
  });

  it('prints the roots of a log with the nodes of the vector', () => {
    const leaves = [vector.node, vector.derived.node].map(({ hash_chain }) => logLeafHash(hash_chain));
    expect(page).toContain(`size 1       ${hex(rootOf(leaves.slice(0, 1)))}\n`);
    expect(page).toContain(`size 2       ${hex(rootOf(leaves))}\n`);
  });

  it('names every reason to refuse a proof', async () => {
    const source = await readFile(new URL('../../src/merkle/proof-verdict.ts', import.meta.url), 'utf8');
    const union = /type ProofFault =.+?';/s.exec(source)?.[0] ?? '';
    const reasons = [...union.matchAll(/'([a-z-]+)'/g)].map(([, reason]) => String(reason));
    expect(reasons).toHaveLength(10);
    for (const reason of reasons) expect(page).toMatch(new RegExp(`^\\|[^|]*\`${reason}\`[^|]*\\|`, 'm'));
  });
});
