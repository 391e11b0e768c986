import { describe, expect, it } from 'vitest';
import type { CheckpointTrust } from '../../src/checkpoint/checkpoint-trust.ts';
import { cosignCheckpoint } from '../../src/checkpoint/cosign-checkpoint.ts';
import { addSignatures, formatNote, parseNote } from '../../src/checkpoint/note.ts';
import { keyHash, parseVerifierKey } from '../../src/checkpoint/verifier-key.ts';
import { verifyCheckpoint } from '../../src/checkpoint/verify-checkpoint.ts';
import { otherSigner, testSigner } from '../fixtures/chain.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import {
  cosigned,
  first,
  refusedNotes,
  second,
  signed,
  signedAt,
  spoil,
  text,
  trust,
} from './cosigned-note.ts';
import {
  log,
  logKey,
  logKeyOf,
  origin,
  seconds,
  witnessKey,
  witnessKeyOf,
  witnessName,
  witnessSigner,
} from './log.ts';
import { certificateLog, goChecksums } from './published.ts';

describe('verifyCheckpoint', () => {
  it('gives the checkpoint, and which witnesses saw it when', () => {
    expect(verifyCheckpoint(cosigned, trust)).toEqual({
      ok: true,
      checkpoint: { origin, size: 7, root: log.root(7) },
      cosignatures: [
        { name: witnessName, keyHash: first.keyHash, seconds },
        { name: second.name, keyHash: second.keyHash, seconds: 1 },
      ],
    });
    expect(verifyCheckpoint(Buffer.from(cosigned), trust)).toEqual(verifyCheckpoint(cosigned, trust));
  });

  it('believes what Go’s checksum database signed', () => {
    const keys = { origin: goChecksums.origin, logKeys: [parseVerifierKey(goChecksums.key)] };
    for (const [note, size] of [
      [goChecksums.note, 20_852_163],
      [goChecksums.laterNote, 35_225_469],
    ] as const) {
      expect(verifyCheckpoint(note, keys)).toMatchObject({
        ok: true,
        checkpoint: { size },
        cosignatures: [],
      });
      expect(verifyCheckpoint(note.replace(String(size), String(size + 1)), keys)).toEqual({
        ok: false,
        reason: 'bad-signature',
      });
    }
  });

  it('believes what public witnesses cosigned', () => {
    const verdict = verifyCheckpoint(certificateLog.note, {
      origin: certificateLog.origin,
      logKeys: [parseVerifierKey(certificateLog.key)],
      witnesses: certificateLog.witnesses.map(parseVerifierKey),
    });
    expect(verdict).toMatchObject({
      ok: true,
      checkpoint: { size: 1_432_088_532 },
      cosignatures: [
        { name: 'witness1.smartit.nu/witness1', seconds: certificateLog.seconds },
        { name: 'remora.n621.de', seconds: certificateLog.seconds },
      ],
    });
  });

  it.each(refusedNotes)('refuses %s', (_, note, reason) => {
    expect(verifyCheckpoint(note, trust)).toEqual({ ok: false, reason });
  });

  it('refuses what is no text at all', () => {
    for (const thing of [undefined, null, 7, {}, [signed]] as unknown[] as string[])
      expect(verifyCheckpoint(thing, trust)).toEqual({ ok: false, reason: 'malformed-note' });
  });

  it('reads the last time, so that the ones before hold too', async () => {
    const latest = addSignatures(cosigned, [await signedAt(2n ** 53n - 1n)]);
    expect(verifyCheckpoint(latest, trust)).toMatchObject({ cosignatures: [{}, { seconds: 2 ** 53 - 1 }] });
  });

  it('counts a witness once, by its latest time, wherever that stands', async () => {
    const later = await cosignCheckpoint(text, {
      name: witnessName,
      signer: witnessSigner,
      seconds: seconds + 1,
    });
    const { signatures } = parseNote(signed);
    for (const lines of [
      [first, later],
      [later, first],
    ]) {
      const verdict = verifyCheckpoint(formatNote({ text, signatures: [...signatures, ...lines] }), {
        ...trust,
        quorum: 0,
      });
      expect(verdict).toMatchObject({
        ok: true,
        cosignatures: [{ name: witnessName, seconds: seconds + 1 }],
      });
      expect(verdict.ok && verdict.cosignatures).toHaveLength(1);
    }
  });

  it('asks for as many witnesses as the quorum says', () => {
    const note = addSignatures(signed, [second]);
    expect(verifyCheckpoint(note, { ...trust, quorum: 1 })).toMatchObject({ ok: true });
    expect(verifyCheckpoint(note, { ...trust, quorum: 2 })).toMatchObject({ ok: false });
    expect(verifyCheckpoint(signed, { ...trust, quorum: 0 })).toMatchObject({ ok: true, cosignatures: [] });
  });

  it('passes over lines of unknown keys, even under a known name or hash', () => {
    const unknown = [
      { ...first, name: 'witness.example.com/w3' },
      { ...first, keyHash: '00000000' },
      { name: origin, keyHash: '00000000', signature: new Uint8Array(2428) },
    ];
    expect(verifyCheckpoint(addSignatures(cosigned, unknown), trust)).toMatchObject({ ok: true });
  });

  it('takes either key of a log while it is rotated, and refuses the note when one does not hold', async () => {
    const newKey = logKeyOf(otherSigner);
    const rotating = { origin, logKeys: [logKey, newKey] };
    const [added] = parseNote(await log.checkpoint(7, otherSigner)).signatures;
    const both = addSignatures(signed, added === undefined ? [] : [added]);
    expect(verifyCheckpoint(signed, rotating)).toMatchObject({ ok: true });
    expect(verifyCheckpoint(both, rotating)).toMatchObject({ ok: true });
    expect(verifyCheckpoint(spoil(both, 1, 0), rotating)).toEqual({ ok: false, reason: 'bad-signature' });
    expect(verifyCheckpoint(signed, { ...rotating, logKeys: [newKey] })).toEqual({
      ok: false,
      reason: 'unsigned',
    });
  });

  it('finds every bit that is changed in a signature', () => {
    const { signatures } = parseNote(signed);
    const [line] = signatures;
    for (let bit = 0; bit < 512; bit += 1) {
      const changed = Uint8Array.from(line?.signature ?? []);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const note = formatNote({
        text,
        signatures: [{ name: origin, keyHash: keyHash(logKey), signature: changed }],
      });
      expect(verifyCheckpoint(note, { origin, logKeys: [logKey] }).ok).toBe(false);
    }
  });

  it.each<[string, Partial<CheckpointTrust>, 'TRUST_INVALID' | 'KEY_INVALID' | 'KEY_NAME_INVALID']>([
    ['no key of the log', { logKeys: [] }, 'TRUST_INVALID'],
    ['a witness’s key for the log', { logKeys: [witnessKey] }, 'TRUST_INVALID'],
    ['a log’s key for a witness', { witnesses: [logKeyOf(otherSigner)] }, 'TRUST_INVALID'],
    ['a log that is its own witness', { witnesses: [witnessKeyOf(testSigner)] }, 'TRUST_INVALID'],
    [
      'one witness under two names',
      { witnesses: [witnessKey, { ...witnessKey, name: 'w' }] },
      'TRUST_INVALID',
    ],
    ['a quorum that cannot be met', { quorum: 3 }, 'TRUST_INVALID'],
    ['a negative quorum', { quorum: -1 }, 'TRUST_INVALID'],
    ['half a witness', { quorum: 0.5 }, 'TRUST_INVALID'],
    ['no quorum at all', { quorum: Number.NaN }, 'TRUST_INVALID'],
    ['a key of small order', { logKeys: [{ ...logKey, publicKey: new Uint8Array(32) }] }, 'KEY_INVALID'],
    ['a name with a space', { witnesses: [{ ...witnessKey, name: 'a b' }] }, 'KEY_NAME_INVALID'],
  ])('throws for %s', (_, wrong, code) => {
    expectCode(code, () => verifyCheckpoint(cosigned, { ...trust, ...wrong }));
  });
});
