import type { Bundle } from '../../src/bundle/bundle.ts';
import { formatBundle } from '../../src/bundle/format-bundle.ts';
import { formatNote, parseNote } from '../../src/checkpoint/note.ts';
import { logKeyOf, origin, witnessKeyOf } from '../checkpoint/log.ts';
import { append, bundled, cosignedCheckpoint, root, successor, trust } from './bundled-log.ts';
import { type BundleCase, checkpoint, honest, ids, ofLog, stranger, under, upTo } from './honest-bundle.ts';

const { text, signatures } = parseNote(checkpoint);
const unseen = formatNote({ text, signatures: signatures.slice(0, 1) });
const unsigned = formatNote({ text, signatures: signatures.slice(1) });

const strangeWitness = witnessKeyOf(stranger, 'witness.example.com/w9');

/** A log of another tenant, by the same keys. */
async function ofTenant(other: string, of: string): Promise<Bundle> {
  const otherLog = await append([], { tenantId: other }, root);
  const note = await cosignedCheckpoint(otherLog, root, of);
  return { tenantId: other, checkpoint: note, nodes: [await bundled(otherLog, 1)] };
}

/** Bundles in which nothing is wrong, and bundles of which the log is not what it should be. */
export const logCases: readonly BundleCase[] = [
  ['nothing', formatBundle(honest), { ...trust, ids, withAncestry: true }, []],
  [
    'nothing, the log’s key being known',
    formatBundle(honest),
    { ...trust, logKeys: [logKeyOf(successor)] },
    [],
  ],
  ['nothing, at an older size', await ofLog(upTo(4), [3]), trust, []],

  ['nothing, under the rotation by the old key', await ofLog(upTo(5), [3], root), trust, []],
  ['nothing, under the rotation by the new key', await ofLog(upTo(5), [3], successor), trust, []],
  ['nothing, without a quorum', under(unseen), { ...trust, quorum: 0 }, []],

  // The log
  [
    'another log',
    formatBundle(honest),
    { ...trust, origin: 'example.com/globex' },
    [['wrong-origin'], ['wrong-tenant']],
  ],
  [
    'a bundle of another tenant',
    formatBundle(await ofTenant('globex', 'example.com/globex')),
    trust,
    [['wrong-origin'], ['wrong-tenant']],
  ],
  [
    'a bundle of another tenant under the name of the log',
    formatBundle(await ofTenant('globex', origin)),
    trust,
    [['wrong-tenant']],
  ],
  ['a witness who has not seen it', under(unseen), trust, [['quorum-missed']]],
  [
    'a witness who is not trusted',
    under(checkpoint),
    { ...trust, witnesses: [strangeWitness] },
    [['quorum-missed']],
  ],
  ['a checkpoint that only witnesses signed', under(unsigned), trust, [['unsigned']]],
  ['a changed root', under(checkpoint.replace('\n10\n', '\n11\n')), trust, [['bad-signature']]],
  ['no note', under(''), trust, [['malformed-note']]],
];
