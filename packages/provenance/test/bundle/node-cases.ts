import { at } from '../fixtures/chain.ts';
import { append, bundled, cosignedCheckpoint, root, successor, trust } from './bundled-log.ts';
import {
  type BundleCase,
  changed,
  honest,
  ids,
  log,
  ofLog,
  ordered,
  under,
  upTo,
  without,
} from './honest-bundle.ts';

const older = await cosignedCheckpoint(upTo(7));
const node9 = at(log, 9);

/** Nodes that are changed, misplaced, or not proved. */
export const nodeCases: readonly BundleCase[] = [
  // Nodes in themselves
  ['a field', changed(3, { description: 'forged' }), trust, [['hash-mismatch', 2]]],
  ['a field that no node has', changed(3, { gateIntegrity: 101 }), trust, [['malformed-node', 2]]],
  ['a number that no node has', changed(1, { seq: 0 }), trust, [['malformed-node', 0]]],
  [
    'the stored hash',
    changed(4, { hashChain: at(log, 10).hashChain }),
    trust,
    [
      ['hash-mismatch', 3],
      ['bad-signature', 3],
      ['root-mismatch', 3],
      ['previous-hash-mismatch', 4],
      ['parent-mismatch', 5],
    ],
  ],
  [
    'a stored hash that is none',
    changed(9, { hashChain: 'A' }),
    trust,
    [
      ['hash-mismatch', 8],
      ['bad-signature', 8],
    ],
  ],
  ['the signature', changed(9, { signature: at(log, 10).signature }), trust, [['bad-signature', 8]]],
  [
    'the key',
    changed(9, { signingKeyId: root.keyId }),
    trust,
    [
      ['hash-mismatch', 8],
      ['bad-signature', 8],
      ['key-not-valid', 8],
    ],
  ],
  [
    'content that is not canonical, and signed',
    await ofLog(await append(upTo(9), { content: Buffer.from('{ }') }, successor), [10]),
    trust,
    [['content-not-canonical', 3]],
  ],
  [
    'content of more than a MiB, and signed',
    await ofLog(await append(upTo(9), { content: Buffer.from(`"${'a'.repeat(2 ** 20)}"`) }, successor), [10]),
    trust,
    [['malformed-node', 3]],
  ],

  // Nodes among others
  [
    'a node twice',
    ordered(1, 2, 2, 3, 4, 5, 6, 7, 8, 9),
    trust,
    [
      ['duplicate-id', 2],
      ['duplicate-seq', 2],
      ['bad-key-statement', 2],
    ],
  ],
  ['the order', ordered(1, 2, 4, 3, 5, 6, 7, 8, 9), trust, [['out-of-order', 3]]],
  ['a node left out', without(3), { ...trust, ids }, [['missing-node']]],
  ['a node’s parent left out', without(3), { ...trust, withAncestry: true }, [['missing-parent']]],
  [
    'a fork',
    await ofLog(await append(upTo(9), { previousHash: at(log, 8).hashChain }, successor), [9, 10]),
    trust,
    [['previous-hash-mismatch', 4]],
  ],
  [
    'an id that is used again',
    await ofLog(await append(upTo(9), { id: node9.id }, successor), [9, 10]),
    trust,
    [['duplicate-id', 4]],
  ],
  [
    'a parent with the hash of another',
    await ofLog(
      await append(upTo(9), { parents: [{ id: at(log, 4).id, hash: at(log, 3).hashChain }] }, successor),
      [3, 4, 10],
    ),
    trust,
    [['parent-mismatch', 5]],
  ],
  [
    'a parent with another hash',
    await ofLog(
      await append(upTo(9), { parents: [{ id: at(log, 4).id, hash: at(log, 3).hashChain }] }, successor),
      [4, 10],
    ),
    trust,
    [['parent-mismatch', 4]],
  ],
  [
    'a node under another id as a parent',
    await ofLog(
      await append(upTo(9), { parents: [{ id: at(log, 3).id, hash: at(log, 4).hashChain }] }, successor),
      [4, 10],
    ),
    trust,
    [['parent-mismatch', 4]],
  ],
  [
    'a node that is its own parent',
    await ofLog(
      await append(upTo(9), { id: node9.id, parents: [{ id: node9.id, hash: node9.hashChain }] }, successor),
      [10],
    ),
    trust,
    [['self-parent', 3]],
  ],

  // Proofs
  [
    'the proof of another node',
    changed(4, { inclusionProof: honest.nodes[2]?.inclusionProof ?? [] }),
    trust,
    [['root-mismatch', 3]],
  ],
  ['a proof cut short', changed(4, { inclusionProof: [] }), trust, [['proof-too-short', 3]]],
  [
    'a proof with a hash more',
    changed(4, { inclusionProof: [...(honest.nodes[3]?.inclusionProof ?? []), new Uint8Array(32)] }),
    trust,
    [['proof-too-long', 3]],
  ],
  [
    'a hash of 31 bytes in a proof',
    changed(4, {
      inclusionProof: honest.nodes[3]?.inclusionProof.map((hash) => hash.subarray(1)) ?? [],
    }),
    trust,
    [['malformed-proof', 3]],
  ],
  [
    'the proof in a tree of another size',
    changed(9, { inclusionProof: (await bundled(upTo(9), 9)).inclusionProof }),
    trust,
    [['proof-too-short', 8]],
  ],
  [
    'an older checkpoint with the proofs for a newer one',
    under(older),
    trust,
    [
      ['proof-too-long', 0],
      ['proof-too-long', 1],
      ['proof-too-long', 2],
      ['proof-too-long', 3],
      ['proof-too-long', 4],
      ['proof-too-long', 5],
      ['proof-too-long', 6],
      ['index-outside-tree', 7],
      ['index-outside-tree', 8],
    ],
  ],
];
