import { describe, expect, it } from 'vitest';
import {
  addSignatures,
  formatNote,
  formatSignatures,
  maxNoteBytes,
  maxNoteSignatures,
  type NoteSignature,
  parseNote,
  parseSignatures,
} from '../../src/checkpoint/note.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { certificateLog, goChecksums, goNote, specificationNote } from './published.ts';

const { text, peter, enoch } = goNote;
const note = `${text}\n${peter.line}${enoch.line}`;
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const line = (name: string, keyHash = '00000001'): NoteSignature => ({
  name,
  keyHash,
  signature: bytes('signature'),
});

function expectInvalid(wrong: string | Uint8Array, reason: RegExp): void {
  expect(expectCode('NOTE_INVALID', () => parseNote(wrong)).details['reason']).toMatch(reason);
}

describe('parseNote', () => {
  it('reads text and signatures, as text and as bytes', () => {
    expect(parseNote(note)).toMatchObject({
      text,
      signatures: [
        { name: 'PeterNeumann', keyHash: 'c74f20a3' },
        { name: 'EnochRoot', keyHash: 'af0cfe78' },
      ],
    });
    expect(parseNote(bytes(note))).toEqual(parseNote(note));
    expect(parseNote(note).signatures.map(({ signature }) => signature.length)).toEqual([64, 64]);
  });

  it.each([
    ['the specification', `${specificationNote.text}\n${specificationNote.line}`],
    ['Go’s checksum database', goChecksums.note],
    ['a Certificate Transparency log', certificateLog.note],
  ])('reads and writes the note of %s', (_, published) => {
    expect(formatNote(parseNote(published))).toBe(published);
  });

  it('takes the last empty line: the text may have some, and what looks like signatures', () => {
    const quoting = `\n${note}\n\n`;
    expect(parseNote(`${quoting}\n${peter.line}`).text).toBe(quoting);
  });

  it('keeps U+FEFF, DEL and what no key is known for', () => {
    const odd = '\ufeff\u007f\u0085 \n';
    expect(parseNote(`${odd}\n— \ufeff\u007f AAAAAAA=\n`)).toEqual({
      text: odd,
      signatures: [{ name: '\ufeff\u007f', keyHash: '00000000', signature: Uint8Array.of(0) }],
    });
  });

  it.each([
    ['nothing', '', /no empty line/],
    ['a text alone', text, /no empty line/],
    ['a text without signatures', `${text}\n`, /no signature/],
    ['signatures without a text', `\n${peter.line}`, /no empty line/],
    ['an empty line at its end', `${note}\n`, /no signature/],
    ['a missing last newline', note.slice(0, -1), /does not end in a newline/],
    ['a line after the signatures', `${note}Unexpected line.\n`, /signature line/],
    ['a control character', `\u0001${note}`, /control characters/],
    ['a carriage return', note.replaceAll('\n', '\r\n'), /control characters/],
    ['U+0000 in a name', note.replace('Enoch', 'Eno\0ch'), /control characters/],
    ['a lone surrogate', `\ud800${note}`, /lone surrogates/],
    ['bytes that are not UTF-8', Uint8Array.of(0xff, ...bytes(note)), /not UTF-8/],
    ['an overlong encoding', Uint8Array.of(0xc0, 0x80, ...bytes(note)), /not UTF-8/],
    ['a space in a name', note.replace('EnochRoot', 'Enoch Root'), /signature line/],
    ['another space in a name', note.replace('EnochRoot', 'Enoch\u00a0Root'), /signature line/],
    ['U+0085 in a name', note.replace('EnochRoot', 'Enoch\u0085Root'), /signature line/],
    ['a plus sign in a name', note.replace('EnochRoot', 'Enoch+Root'), /signature line/],
    ['an empty name', note.replace('EnochRoot', ''), /signature line/],
    ['a hyphen for the dash', note.replace('— Enoch', '- Enoch'), /signature line/],
    ['two spaces', note.replace('— Enoch', '—  Enoch'), /signature line/],
    ['a space at the end of a line', note.replace('QQ=\n', 'QQ= \n'), /signature line/],
    ['a missing signature', note.replace(/EnochRoot .*/, 'EnochRoot'), /signature line/],
    ['an empty signature', note.replace(/EnochRoot .*/, 'EnochRoot rwz+eA=='), /signature is empty/],
    ['a key hash cut short', note.replace(/EnochRoot .*/, 'EnochRoot rwz+'), /signature is empty/],
    ['base64 without padding', note.replace('+QQ=', '+QQ'), /signature line/],
    ['unused bits that are not zero', note.replace('+QQ=', '+QR='), /signature line/],
    ['the URL-safe alphabet', note.replace('rwz+eB', 'rwz-eB'), /signature line/],
    ['too many signatures', `${text}\n${peter.line.repeat(maxNoteSignatures + 1)}`, /more than 100/],
    ['too many bytes', `${'€'.repeat(maxNoteBytes / 3)}\n\n${peter.line}`, /too long/],
    ['far too many characters', 'a'.repeat(maxNoteBytes + 1), /too long/],
    ['far too many bytes', new Uint8Array(maxNoteBytes + 1), /too long/],
  ])('refuses %s', (_, wrong, reason) => {
    expectInvalid(wrong, reason);
  });

  it('takes as much as it may', () => {
    expect(parseNote(`${text}\n${peter.line.repeat(maxNoteSignatures)}`).signatures).toHaveLength(100);
    const rest = `\n\n${peter.line}`;
    const longest = 'a'.repeat(maxNoteBytes - bytes(rest).length) + rest;
    expect(parseNote(longest).signatures).toHaveLength(1);
    expectInvalid(`a${longest}`, /too long/);
  });
});

describe('formatNote', () => {
  it.each([
    ['a text without newline', { text: 'a', signatures: [line('a')] }, 'NOTE_INVALID'],
    [
      'a text that ends in a signature',
      { text: `${note}\n— x AAAAAAA=`, signatures: [line('a')] },
      'NOTE_INVALID',
    ],
    ['an empty text', { text: '', signatures: [line('a')] }, 'NOTE_INVALID'],
    ['no signature', { text, signatures: [] }, 'NOTE_INVALID'],
    ['a control character', { text: `\t${text}`, signatures: [line('a')] }, 'NOTE_INVALID'],
    ['an empty signature', { text, signatures: [{ ...line('a'), signature: bytes('') }] }, 'NOTE_INVALID'],
    ['half a key hash', { text, signatures: [line('a', 'c74f')] }, 'NOTE_INVALID'],
    ['a key hash in capitals', { text, signatures: [line('a', 'C74F20A3')] }, 'NOTE_INVALID'],
    ['a plus sign in a name', { text, signatures: [line('a+b')] }, 'KEY_NAME_INVALID'],
    ['a line more in a name', { text, signatures: [line('a AAAAAAA=\n— b')] }, 'KEY_NAME_INVALID'],
    ['101 signatures', { text, signatures: Array.from({ length: 101 }, () => line('a')) }, 'NOTE_INVALID'],
  ] as const)('refuses %s', (_, wrong, code) => {
    expectCode(code, () => formatNote(wrong));
  });
});

describe('formatSignatures and parseSignatures', () => {
  it('write and read the lines by themselves', () => {
    const lines = [line('a'), line('b', 'c74f20a3')];
    expect(formatSignatures(lines)).toBe('— a AAAAAXNpZ25hdHVyZQ==\n— b x08go3NpZ25hdHVyZQ==\n');
    expect(parseSignatures(formatSignatures(lines))).toEqual(lines);
  });

  it('write no line that could not be read', () => {
    expectCode('NOTE_INVALID', () => formatSignatures([{ ...line('a'), signature: bytes('') }]));
    expectCode('NOTE_INVALID', () => formatSignatures([line('a', 'c74f')]));
    expectCode('KEY_NAME_INVALID', () => formatSignatures([line('')]));
    expectCode('NOTE_INVALID', () => parseSignatures(''));
  });
});

describe('addSignatures', () => {
  it('adds lines at the end and replaces those of the same key', () => {
    const names = (signed: string): string[] =>
      parseNote(signed).signatures.map(({ name, keyHash }) => `${name} ${keyHash}`);
    const peterAgain = { ...line('PeterNeumann', 'c74f20a3'), signature: bytes('newer') };
    const signed = addSignatures(note, [peterAgain, line('PeterNeumann')]);
    expect(names(signed)).toEqual(['EnochRoot af0cfe78', 'PeterNeumann c74f20a3', 'PeterNeumann 00000001']);
    expect(parseNote(signed).signatures[1]).toEqual(peterAgain);
    expect(parseNote(signed).text).toBe(text);
  });
});
