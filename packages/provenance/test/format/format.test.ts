import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { encodeNode, publicKeyId } from '../../src/verify.ts';
import { bundleNode } from '../fixtures/bundle.ts';
import { seal, testSigner } from '../fixtures/chain.ts';
import vector from '../fixtures/node-vector.json' with { type: 'json' };
import { vectorNode } from '../fixtures/vector-node.ts';

// The vector is written down, not computed: a change of format fails here, whatever else agrees with itself.
describe('FORMAT.md section 9', () => {
  it('gives the node, the encoding, the hash and the signature that the package computes', async () => {
    const record = await seal(vectorNode);
    expect(JSON.parse(JSON.stringify(bundleNode(record)))).toEqual(vector.node);
    expect(new TextDecoder().decode(vectorNode.content)).toBe(vector.contentText);
    expect(Buffer.from(encodeNode(vectorNode)).toString('hex')).toBe(vector.encoding);
    expect(Buffer.from(testSigner.publicKey).toString('hex')).toBe(vector.publicKey);
    expect(publicKeyId(testSigner.publicKey)).toBe(vector.node.signing_key_id);
  });

  it('prints the values of the vector', async () => {
    const text = await readFile(new URL('../../FORMAT.md', import.meta.url), 'utf8');
    const { signing_key_id, hash_chain, signature } = vector.node;
    for (const value of [vector.contentText, signing_key_id, hash_chain, signature])
      expect(text).toContain(value);
  });

  it('names every kind of violation', async () => {
    const text = await readFile(new URL('../../FORMAT.md', import.meta.url), 'utf8');
    const source = await readFile(new URL('../../src/chain/chain-report.ts', import.meta.url), 'utf8');
    const union = /type ViolationKind =([^;]+);/.exec(source)?.[1] ?? '';
    const kinds = [...union.matchAll(/'([a-z-]+)'/g)].map(([, kind]) => kind);
    expect(kinds).toHaveLength(12);
    for (const kind of kinds) expect(text).toMatch(new RegExp(`^\\| \`${String(kind)}\` +\\|`, 'm'));
  });
});
