import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { encodeNode, publicKeyId } from '../../src/verify.ts';
import { bundleNode } from '../fixtures/bundle.ts';
import { seal, testSigner } from '../fixtures/chain.ts';
import vector from '../fixtures/node-vector.json' with { type: 'json' };
import { derivedVectorNode, vectorNode } from '../fixtures/vector-node.ts';

// The vector is written down, not computed: a change of format fails here, whatever else agrees with itself.
describe('FORMAT.md section 9', () => {
  it('gives the nodes, the encodings, the hashes and the signatures that the package computes', async () => {
    expect(JSON.parse(JSON.stringify(bundleNode(await seal(vectorNode))))).toEqual(vector.node);
    expect(JSON.parse(JSON.stringify(bundleNode(await seal(derivedVectorNode))))).toEqual(
      vector.derived.node,
    );
    expect(new TextDecoder().decode(vectorNode.content)).toBe(vector.contentText);
    expect(Buffer.from(encodeNode(vectorNode)).toString('hex')).toBe(vector.encoding);
    expect(Buffer.from(encodeNode(derivedVectorNode)).toString('hex')).toBe(vector.derived.encoding);
    expect(Buffer.from(testSigner.publicKey).toString('hex')).toBe(vector.publicKey);
    expect(publicKeyId(testSigner.publicKey)).toBe(vector.node.signing_key_id);
  });

  it('prints the values of the vector', async () => {
    const text = await readFile(new URL('../../FORMAT.md', import.meta.url), 'utf8');
    const signed = [vector.node, vector.derived.node].flatMap((node) => [node.hash_chain, node.signature]);
    for (const value of [vector.contentText, vector.node.signing_key_id, ...signed])
      expect(text).toContain(value);
    const [parent] = vector.derived.node.parents;
    expect(text).toContain(`00000001 ${String(parent?.id.replaceAll('-', ''))} ${String(parent?.hash)}`);
  });

  it('names every kind of violation', async () => {
    const text = await readFile(new URL('../../FORMAT.md', import.meta.url), 'utf8');
    const source = await readFile(new URL('../../src/chain/chain-report.ts', import.meta.url), 'utf8');
    const union = /type ViolationKind =([^;]+);/.exec(source)?.[1] ?? '';
    const kinds = [...union.matchAll(/'([a-z-]+)'/g)].map(([, kind]) => kind);
    expect(kinds).toHaveLength(16);
    for (const kind of kinds) expect(text).toMatch(new RegExp(`^\\| \`${String(kind)}\` +\\|`, 'm'));
  });

  it('names every reason not to believe a statement about a key', async () => {
    const text = await readFile(new URL('../../FORMAT.md', import.meta.url), 'utf8');
    const source = await readFile(new URL('../../src/keys/key-ring.ts', import.meta.url), 'utf8');
    const union = /type KeyStatementFault =(.+?)\n\n/s.exec(source)?.[1] ?? '';
    const reasons = [...union.matchAll(/\| '([a-z-]+)'/g)].map(([, reason]) => String(reason));
    expect(reasons).toHaveLength(7);
    const section = text.slice(text.indexOf('## 14.'));
    for (const reason of reasons) expect(section).toMatch(new RegExp(`^\\| \`${reason}\` +\\|`, 'm'));
  });
});
