import type { CheckpointTrust } from '../../src/checkpoint/checkpoint-trust.ts';
import { formatCheckpoint } from '../../src/checkpoint/checkpoint.ts';
import { cosignCheckpoint } from '../../src/checkpoint/cosign-checkpoint.ts';
import { addSignatures, formatNote, type NoteSignature, parseNote } from '../../src/checkpoint/note.ts';
import { keyHash } from '../../src/checkpoint/verifier-key.ts';
import type { CheckpointFault } from '../../src/checkpoint/verify-checkpoint.ts';
import { otherSigner, seededSigner, testSigner } from '../fixtures/chain.ts';
import { log, logKey, origin, seconds, witnessKey, witnessKeyOf, witnessName, witnessSigner } from './log.ts';

const secondSigner = seededSigner(Buffer.alloc(32, 9));
const secondKey = witnessKeyOf(secondSigner, 'witness.example.com/w2');

export const signed = await log.checkpoint(7);
export const { text } = parseNote(signed);
export const first = await cosignCheckpoint(text, { name: witnessName, signer: witnessSigner, seconds });
export const second = await cosignCheckpoint(text, {
  name: secondKey.name,
  signer: secondSigner,
  seconds: 1,
});
export const cosigned = addSignatures(signed, [first, second]);
/** Both must have cosigned. */
export const trust: CheckpointTrust = { origin, logKeys: [logKey], witnesses: [witnessKey, secondKey] };

/** The note with a byte of the signature in that line changed. */
export function spoil(note: string, line: number, byte: number): string {
  const { signatures, ...rest } = parseNote(note);
  const spoilt = signatures.map((signature, index) =>
    index === line
      ? { ...signature, signature: signature.signature.map((old, at) => (at === byte ? old ^ 1 : old)) }
      : signature,
  );
  return formatNote({ ...rest, signatures: spoilt });
}

async function noteOf(content: string): Promise<string> {
  const signature = await testSigner.sign(Buffer.from(content));
  return formatNote({ text: content, signatures: [{ name: origin, keyHash: keyHash(logKey), signature }] });
}

/** What is wrong with a note, the note, and what is found under `trust`. */
export const refusedNotes: readonly [string, string | Uint8Array, CheckpointFault][] = [
  ['what is no note', text, 'malformed-note'],
  ['bytes that are no text', Uint8Array.of(0xff), 'malformed-note'],
  ['a note that is no checkpoint', await noteOf('a\n'), 'malformed-checkpoint'],
  [
    'another origin, signed by the log’s key',
    await noteOf(text.replace(origin, 'example.com/umbrella')),
    'wrong-origin',
  ],
  ['a root that an empty log has not', await noteOf(text.replace('\n7\n', '\n0\n')), 'impossible-root'],
  ['another size', cosigned.replace('\n7\n', '\n8\n'), 'bad-signature'],
  ['an extension put in', cosigned.replace('\n\n', '\nextension\n\n'), 'bad-signature'],
  ['a changed signature of the log', spoil(cosigned, 0, 0), 'bad-signature'],
  [
    'the signature of another key under the log’s name',
    addSignatures(signed, [
      { name: origin, keyHash: keyHash(logKey), signature: await otherSigner.sign(Buffer.from(text)) },
    ]),
    'bad-signature',
  ],
  ['witnesses without the log', formatNote({ text, signatures: [first, second] }), 'unsigned'],
  ['a signature under another name', signed.replace(`— ${origin}`, '— example.com/other'), 'unsigned'],
  ['a changed time', spoil(cosigned, 1, 7), 'bad-cosignature'],
  ['a changed cosignature', spoil(cosigned, 2, 20), 'bad-cosignature'],
  ['a cosignature cut short', addSignatures(cosigned, [cut(first, 71)]), 'bad-cosignature'],
  ['a cosignature with a byte more', addSignatures(cosigned, [padded(first)]), 'bad-cosignature'],
  ['a bare signature for a cosignature', addSignatures(cosigned, [await bare()]), 'bad-cosignature'],
  ['the time 0', addSignatures(cosigned, [await signedAt(0n)]), 'bad-cosignature'],
  ['the time 2^53', addSignatures(cosigned, [await signedAt(2n ** 53n)]), 'bad-cosignature'],
  ['a cosignature of another checkpoint', addSignatures(cosigned, [await ofAnother()]), 'bad-cosignature'],
  ['one witness of two', addSignatures(signed, [first]), 'quorum-missed'],
  ['the same witness twice', twice(addSignatures(signed, [first])), 'quorum-missed'],
];

function cut(line: NoteSignature, length: number): NoteSignature {
  return { ...line, signature: line.signature.slice(0, length) };
}

function padded(line: NoteSignature): NoteSignature {
  return { ...line, signature: Uint8Array.of(...line.signature, 0) };
}

/** What the witness's key makes of the text itself. */
async function bare(): Promise<NoteSignature> {
  return { ...first, signature: await witnessSigner.sign(Buffer.from(text)) };
}

/** A cosignature with a time that `cosignCheckpoint` may refuse. */
export async function signedAt(time: bigint): Promise<NoteSignature> {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(time);
  const message = Buffer.from(`cosignature/v1\ntime ${String(time)}\n${text}`);
  return { ...first, signature: Buffer.concat([bytes, await witnessSigner.sign(message)]) };
}

async function ofAnother(): Promise<NoteSignature> {
  const other = formatCheckpoint({ origin, size: 6, root: log.root(6) });
  return cosignCheckpoint(other, { name: witnessName, signer: witnessSigner, seconds });
}

function twice(note: string): string {
  return note + note.slice(note.lastIndexOf('— '));
}
