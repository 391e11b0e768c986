import { describe, expect, it } from 'vitest';
import { type Checkpoint, formatCheckpoint, parseCheckpoint } from '../../src/checkpoint/checkpoint.ts';
import { parseNote } from '../../src/checkpoint/note.ts';
import { rootOf } from '../../src/merkle/compact-range.ts';
import { expectCode } from '../fixtures/expect-code.ts';
import { certificateLog, goChecksums } from './published.ts';

const root = new Uint8Array(32).fill(7);
const base64 = Buffer.from(root).toString('base64');
const checkpoint: Checkpoint = { origin: 'example.com/acme', size: 42, root };
const text = `example.com/acme\n42\n${base64}\n`;

describe('formatCheckpoint and parseCheckpoint', () => {
  it.each<[string, Checkpoint, string]>([
    ['a checkpoint', checkpoint, text],
    ['extensions', { ...checkpoint, extensions: ['a', ' — b '] }, `${text}a\n — b \n`],
    ['the largest size', { ...checkpoint, size: 2 ** 53 - 1 }, text.replace('42', '9007199254740991')],
    [
      'an empty log',
      { ...checkpoint, size: 0, root: rootOf([]) },
      'example.com/acme\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
    ],
  ])('write and read %s', (_, value, expected) => {
    expect(formatCheckpoint(value)).toBe(expected);
    expect(parseCheckpoint(expected)).toEqual(value);
  });

  it('read those of other logs, and write them alike', () => {
    for (const note of [goChecksums.note, goChecksums.laterNote, certificateLog.note]) {
      const published = parseNote(note).text;
      expect(formatCheckpoint(parseCheckpoint(published))).toBe(published);
    }
    const { origin, size } = parseCheckpoint(parseNote(goChecksums.note).text);
    expect([origin, size]).toEqual(['go.sum database tree', 20_852_163]);
  });
});

describe('parseCheckpoint', () => {
  it.each([
    ['nothing', ''],
    ['two lines', 'example.com/acme\n42\n'],
    ['no newline at its end', text.slice(0, -1)],
    ['an extension without newline', `${text}a`],
    ['an empty origin', text.replace('example.com/acme', '')],
    ['a leading zero', text.replace('42', '042')],
    ['zero twice', text.replace('42', '00')],
    ['a plus sign', text.replace('42', '+42')],
    ['a negative size', text.replace('42', '-1')],
    ['a fraction', text.replace('42', '42.0')],
    ['an exponent', text.replace('42', '4e1')],
    ['hex', text.replace('42', '0x2a')],
    ['white space in its size', text.replace('42', '42 ')],
    ['digits of another script', text.replace('42', '٤٢')],
    ['2^53', text.replace('42', '9007199254740992')],
    ['a size that would be rounded to 2^53 - 1', text.replace('42', '9007199254740991.4')],
    ['a size beyond all', text.replace('42', '9'.repeat(400))],
    ['a root of 31 bytes', text.replace(base64, Buffer.alloc(31).toString('base64'))],
    ['a root of 33 bytes', text.replace(base64, Buffer.alloc(33).toString('base64'))],
    ['a root in hex', text.replace(base64, Buffer.from(root).toString('hex'))],
    ['a root without padding', text.replace('=', '')],
    ['a root with unused bits', text.replace('c=', 'd=')],
    ['an empty line at its end', `${text}\n`],
    ['an empty extension', `${text}\na\n`],
    ['a carriage return', text.replaceAll('\n', '\r\n')],
  ])('refuses %s', (_, wrong) => {
    expect(wrong).not.toBe(text);
    expectCode('CHECKPOINT_INVALID', () => parseCheckpoint(wrong));
  });
});

describe('formatCheckpoint', () => {
  it.each<[string, Partial<Checkpoint>]>([
    ['an empty origin', { origin: '' }],
    ['lines in the origin', { origin: `a\n7\n${base64}` }],
    ['a lone surrogate', { origin: '\ud800' }],
    ['a negative size', { size: -1 }],
    ['a fraction', { size: 0.5 }],
    ['no number', { size: Number.NaN }],
    ['2^53', { size: 2 ** 53 }],
    ['a short root', { root: root.subarray(1) }],
    ['another root for an empty log', { size: 0 }],
    ['an empty extension', { extensions: [''] }],
    ['two lines in one extension', { extensions: ['a\nb'] }],
  ])('refuses %s', (_, wrong) => {
    expectCode('CHECKPOINT_INVALID', () => formatCheckpoint({ ...checkpoint, ...wrong }));
  });
});
