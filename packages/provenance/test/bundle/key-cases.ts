import type { Bundle } from '../../src/bundle/bundle.ts';
import type { BundleTrust } from '../../src/bundle/bundle-trust.ts';
import { formatBundle } from '../../src/bundle/format-bundle.ts';
import { admitKey, revokeKey } from '../../src/keys/sign-key-statement.ts';
import { witnessSigner } from '../checkpoint/log.ts';
import { at } from '../fixtures/chain.ts';
import {
  append,
  appendKey,
  bundleOf,
  cosignedCheckpoint,
  local,
  parentsOf,
  root,
  successor,
  trust,
} from './bundled-log.ts';
import {
  type BundleCase,
  honest,
  ids,
  log,
  ofLog,
  stranger,
  tenantId,
  under,
  upTo,
  without,
} from './honest-bundle.ts';

const byRoot = await cosignedCheckpoint(log, root);
const node4 = at(log, 4);

const admission = { tenantId, key: stranger };
const lost = { tenantId, keyId: local.keyId, fromSeq: 3, reason: 'lost', authorities: [root] };
const day = { validUntil: new Date(Number(at(log, 2).createdAtMicros / 1000n) + 1) };
const expiring = await appendKey(
  upTo(1),
  await admitKey({ tenantId, key: local, ...day, authorities: [root] }),
  root,
);

/** The root signs statements about keys only; who signs everything else, it admits. */
const delegated = await append(
  await appendKey([], await admitKey({ tenantId, key: local, authorities: [root] }), local),
  {},
  local,
);
const keysOnly: BundleTrust = { ...trust, keys: [{ ...root, purposes: ['keys'] }] };

/** The bundle with the signature of another node in the first. */
function withSignatureOfNext(bundle: Bundle): string {
  const [first, next, ...others] = bundle.nodes;
  if (first === undefined || next === undefined) throw new RangeError('There is no other node.');
  return formatBundle({ ...bundle, nodes: [{ ...first, signature: next.signature }, next, ...others] });
}

/** The root admits a key, which admits another, which signs; then the first of them is revoked from before that. */
const admittedByLocal = await appendKey(
  await appendKey(upTo(1), await admitKey({ tenantId, key: local, authorities: [root] }), root),
  await admitKey({ tenantId, key: stranger, authorities: [local] }),
  root,
);
const fallen = await appendKey(await append(admittedByLocal, {}, stranger), await revokeKey(lost), root);

/** Who signed what may not have signed it. */
export const keyCases: readonly BundleCase[] = [
  ['nothing, with a root that only admits others', await ofLog(delegated, [2], local), keysOnly, []],
  [
    'nothing, with a key that is trusted and admitted',
    formatBundle(honest),
    { ...trust, keys: [root, successor] },
    [],
  ],
  [
    'the signature of the node that admits its own key',
    withSignatureOfNext(await bundleOf(delegated, [2], await cosignedCheckpoint(delegated, local))),
    keysOnly,
    [['bad-signature', 0]],
  ],
  [
    'no key at all that may sign checkpoints',
    await ofLog(upTo(1), [1]),
    { ...trust, keys: [{ ...root, purposes: ['keys', 'nodes'] }] },
    [['unsigned']],
  ],
  ['a root that may not sign checkpoints', await ofLog(delegated, [2], root), keysOnly, [['unsigned']]],
  // Keys
  [
    'no trust at all',
    formatBundle(await bundleOf(upTo(1), [1])),
    { ...trust, keys: [stranger] },
    [['unsigned'], ['unknown-key', 0]],
  ],
  [
    'the history of keys cut at its beginning',
    without(2),
    trust,
    [
      ['unknown-key', 1],
      ['unknown-key', 4],
      ['bad-key-statement', 6],
    ],
  ],
  [
    'the history of keys cut in the middle',
    without(5),
    trust,
    [['unsigned'], ['unknown-key', 5], ['bad-key-statement', 6], ['unknown-key', 6], ['unknown-key', 7]],
  ],
  ['the history of keys cut at its end', without(8), { ...trust, ids }, [['missing-node']]],
  [
    'a key that was replaced',
    await ofLog(await append(upTo(5), {}, root), [6]),
    trust,
    [['key-not-valid', 2]],
  ],
  ['a key that was replaced, under a checkpoint', under(byRoot), trust, [['unsigned']]],
  [
    'a key that was revoked before',
    await ofLog(await append(log, {}, local), [11]),
    trust,
    [['revoked-key', 3]],
  ],
  [
    'a key that was revoked afterwards',
    await ofLog(await appendKey(upTo(4), await revokeKey(lost), root), [1, 3]),
    trust,
    [['revoked-key', 2]],
  ],
  ['the checkpoint of a key that may not sign any', await ofLog(upTo(4), [1], local), trust, [['unsigned']]],
  [
    'the checkpoint of a witness whom the log has admitted',
    await ofLog(
      await appendKey(upTo(1), await admitKey({ tenantId, key: witnessSigner, authorities: [root] }), root),
      [1],
      witnessSigner,
    ),
    trust,
    [['unsigned']],
  ],
  [
    'a key that its own admission outlived',
    await ofLog(await append(expiring, {}, local), [3]),
    trust,
    [['key-not-valid', 1]],
  ],
  [
    'a key that is trusted for a time',
    formatBundle(honest),
    { ...trust, keys: [{ ...root, validUntilMicros: node4.createdAtMicros }] },
    [
      ['unsigned'],
      ['key-not-valid', 3],
      ['bad-key-statement', 4],
      ['key-not-valid', 4],
      ['unknown-key', 6],
      ['bad-key-statement', 7],
      ['unknown-key', 7],
      ['unknown-key', 8],
    ],
  ],
  [
    'keys that fall with the one that admitted them',
    await ofLog(fallen, [4], root),
    trust,
    [['revoked-key', 2]],
  ],
  [
    'a key that admits itself',
    await ofLog(await appendKey(upTo(1), await admitKey({ ...admission, authorities: [] }), stranger), [1]),
    trust,
    [
      ['bad-key-statement', 1],
      ['unknown-key', 1],
    ],
  ],
  [
    'a key that is admitted by one that may not',
    await ofLog(await appendKey(upTo(2), await admitKey({ ...admission, authorities: [local] }), root), [1]),
    trust,
    [['bad-key-statement', 2]],
  ],
  [
    'a statement for another tenant',
    await ofLog(
      await appendKey(
        upTo(1),
        await admitKey({ ...admission, tenantId: 'globex', authorities: [root] }),
        root,
      ),
      [1],
    ),
    trust,
    [['bad-key-statement', 1]],
  ],
  [
    'what a statement about a key derives from',
    await ofLog(await appendKey(upTo(4), await revokeKey(lost), root, parentsOf(log, 4)), [1]),
    trust,
    [['missing-parent']],
  ],
];
