import { describe, expect, it } from 'vitest';
import type { BundleTrust } from '../../src/bundle/bundle-trust.ts';
import { formatBundle } from '../../src/bundle/format-bundle.ts';
import { verifyBundle } from '../../src/bundle/verify-bundle.ts';
import { maxListed, type ProvenanceErrorCode } from '../../src/verify.ts';
import { logKeyOf, origin, seconds, witnessKey, witnessName, witnessSigner } from '../checkpoint/log.ts';
import { at } from '../fixtures/chain.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { root, successor, trust } from './bundled-log.ts';
import { cases } from './cases.ts';
import { honest, log } from './honest-bundle.ts';

const text = formatBundle(honest);

/** What is found, as the cases have it. */
function found(bundle: string, held: BundleTrust): unknown[] {
  const verdict = verifyBundle(bundle, held);
  return verdict.ok
    ? []
    : verdict.faults.map(({ reason, index }) => (index === undefined ? [reason] : [reason, index]));
}

describe('verifyBundle', () => {
  it.each(cases)('finds what is wrong: %s', (_, bundle, held, faults) => {
    expect(found(bundle, held)).toEqual(faults);
  });

  it('answers what the bundle shows', () => {
    const verdict = verifyBundle(text, trust);
    expect(verdict).toMatchObject({
      ok: true,
      tenantId: 'acme',
      checkpoint: { origin, size: 10 },
      cosignatures: [{ name: witnessName, seconds }],
      unseenParents: [],
    });
    if (verdict.ok) expect(verdict.nodes).toEqual(honest.nodes);
    expect(verifyBundle(Buffer.from(text), trust)).toEqual(verdict);
  });

  it('lists the parents that are not in it', () => {
    const child = at(honest.nodes, 9);
    const withoutParents = { ...honest, nodes: honest.nodes.filter(({ seq }) => seq !== 6 && seq !== 7) };
    const verdict = verifyBundle(formatBundle(withoutParents), trust);
    expect(verdict).toMatchObject({
      ok: true,
      unseenParents: child.parents.map((parent) => ({ ...parent, child: { id: child.id } })),
    });
    expect(child.parents.map(({ id }) => id)).toEqual([at(log, 6).id, at(log, 7).id]);
  });

  it('says where something is wrong', () => {
    const changed = { ...honest, nodes: honest.nodes.map((node) => ({ ...node, description: 'forged' })) };
    const verdict = verifyBundle(formatBundle(changed), trust);
    expect(verdict.ok ? [] : verdict.faults).toEqual(
      honest.nodes.map(({ seq, id }, index) => ({
        reason: 'hash-mismatch',
        place: 'node',
        index,
        seq,
        id,
        message: 'hash_chain is not the hash of the fields.',
      })),
    );
  });

  it('names what is missing, and repeats no id that is none', () => {
    const ids = [at(log, 10).id, at(log, 10).id];
    expect(verifyBundle(text, { ...trust, ids })).toMatchObject({
      ok: false,
      faults: [{ reason: 'missing-node', place: 'node', index: undefined, id: ids[0] }],
    });
    const nodes = honest.nodes.map((node) => ({ ...node, id: '\u001b[31m' }));
    const verdict = verifyBundle(formatBundle({ ...honest, nodes }), trust);
    expect(JSON.stringify(verdict)).not.toContain('[31m');
  });

  it('ends with a hundred faults, and does not judge the checkpoint by half of the keys', () => {
    const [first, ...others] = honest.nodes;
    const nodes = [
      ...Array.from({ length: 150 }, () => first).filter((node) => node !== undefined),
      ...others,
    ];
    const verdict = verifyBundle(formatBundle({ ...honest, nodes }), trust);
    const places = verdict.ok ? [] : verdict.faults.map(({ place }) => place);
    expect(places).toEqual(Array.from({ length: maxListed }, () => 'node'));
  });

  it.each<[ProvenanceErrorCode, string, Partial<BundleTrust>]>([
    ['TRUST_INVALID', 'no key', { keys: [] }],
    ['TRUST_INVALID', 'no key of the log', { logKeys: [] }],
    ['TRUST_INVALID', 'a witness for a key of the log', { logKeys: [{ ...witnessKey }] }],
    ['TRUST_INVALID', 'a key that is a witness, too', { keys: [witnessSigner] }],
    ['TRUST_INVALID', 'a quorum of more than all', { quorum: 2 }],
    ['KEY_ID_MISMATCH', 'the id of another key', { keys: [{ ...root, keyId: successor.keyId }] }],
    ['KEY_NAME_INVALID', 'an origin that no key has as its name', { origin: 'example com/acme' }],
    ['KEY_NAME_INVALID', 'a key without a name', { logKeys: [logKeyOf(successor, '')] }],
  ])('throws %s for %s, whatever the bundle is', (code, _, change) => {
    expectCode(code, () => verifyBundle(text, { ...trust, ...change }));
    expectCode(code, () => verifyBundle('', { ...trust, ...change }));
  });
});
