import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bundle, maxBundleBytes } from '../../src/bundle/bundle.ts';
import { formatBundle } from '../../src/bundle/format-bundle.ts';
import { parseBundle } from '../../src/bundle/parse-bundle.ts';
import { verifyBundle } from '../../src/bundle/verify-bundle.ts';
import { hashNode } from '../../src/verify.ts';
import { arbitraryNode } from '../fixtures/arbitrary-node.ts';
import { at } from '../fixtures/chain.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { honest } from './honest-bundle.ts';
import { misspelt } from './misspelt.ts';
import { trust } from './bundled-log.ts';

const text = formatBundle(honest);

describe('parseBundle', () => {
  it('reads what formatBundle writes, and nothing is lost', () => {
    const parsed = parseBundle(text);
    expect(parsed.nodes.map(hashNode)).toEqual(honest.nodes.map(({ hashChain }) => hashChain));
    expect(formatBundle(parsed)).toBe(text);
    expect(parseBundle(Buffer.from(text))).toEqual(parsed);
    const proof = at(parsed.nodes, 3);
    expect(proof).toEqual(at(honest.nodes, 3));
  });

  it('reads any node back as it was', () => {
    fc.assert(
      fc.property(fc.array(arbitraryNode, { maxLength: 3 }), (nodes) => {
        const bundle: Bundle = {
          tenantId: 'acme',
          checkpoint: '',
          nodes: nodes.map((node) => ({
            ...node,
            tenantId: 'acme',
            hashChain: '',
            signature: '',
            inclusionProof: [],
          })),
        };
        const written = formatBundle(bundle);
        expect(parseBundle(written).nodes.map(hashNode)).toEqual(bundle.nodes.map(hashNode));
        expect(JSON.stringify(JSON.parse(written))).toBe(written);
      }),
      { numRuns: 50 },
    );
  });

  it.each(['\\', '\\\\', '"', '\\"', '\\\\"\\', '\n\u007f\u2028"'])(
    'reads texts that need escapes: %o',
    (description) => {
      const nodes = honest.nodes.map((node) => ({ ...node, description }));
      expect(parseBundle(formatBundle({ ...honest, nodes })).nodes).toEqual(nodes);
    },
  );

  it.each(misspelt)('refuses %s, and says where', (_, misspelling, path) => {
    const error = expectCode('BUNDLE_INVALID', () => parseBundle(misspelling));
    expect(error.details).toMatchObject({ reason: 'malformed-bundle', path });
    const verdict = verifyBundle(misspelling, trust);
    expect(verdict).toMatchObject({ ok: false, faults: [{ reason: 'malformed-bundle', place: 'document' }] });
  });

  it('refuses what is larger than any bundle before it reads it', () => {
    const huge = [
      'x'.repeat(100_000_000),
      new Uint8Array(maxBundleBytes + 1),
      '€'.repeat(maxBundleBytes / 3 + 1),
    ];
    for (const document of huge) {
      expect(verifyBundle(document, trust)).toMatchObject({ ok: false, faults: [{ reason: 'too-large' }] });
      expect(expectCode('BUNDLE_INVALID', () => parseBundle(document)).details['reason']).toBe('too-large');
    }
  });

  it.each([undefined, null, 7, {}, [text], JSON.parse(text)])(
    'refuses what is neither text nor bytes: %o',
    (other: unknown) => {
      expect(verifyBundle(other as string, trust)).toMatchObject({
        ok: false,
        faults: [{ reason: 'malformed-bundle' }],
      });
    },
  );
});

describe('formatBundle', () => {
  it('refuses to write what nobody would read', () => {
    const node = at(honest.nodes, 1) as Bundle['nodes'][number];
    const unreadable: Partial<typeof node>[] = [
      { tenantId: 'globex' },
      { content: Uint8Array.of(0xff) },
      { seq: -1 },
      { seq: 2 ** 53 },
      { createdAtMicros: 10n ** 19n },
      { inclusionProof: Array.from({ length: 54 }, () => new Uint8Array(32)) },
      { constitutionalRefs: Array.from({ length: 65_537 }, () => '') },
    ];
    for (const change of unreadable)
      expectCode('BUNDLE_INVALID', () => formatBundle({ ...honest, nodes: [{ ...node, ...change }] }));
  });
});
