import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddCheckpoint, parseAddCheckpoint } from '../../src/checkpoint/add-checkpoint.ts';
import { formatCheckpoint, parseCheckpoint } from '../../src/checkpoint/checkpoint.ts';
import { cosignCheckpoint } from '../../src/checkpoint/cosign-checkpoint.ts';
import { isKeyName, isNoteLine } from '../../src/checkpoint/note-text.ts';
import { addSignatures, formatNote, parseNote } from '../../src/checkpoint/note.ts';
import { verifyCheckpoint } from '../../src/checkpoint/verify-checkpoint.ts';
import { ProvenanceError } from '../../src/errors.ts';
import { log, logKey, origin, seconds, witnessKey, witnessName, witnessSigner } from './log.ts';

const line = fc.string({ unit: 'binary', minLength: 1 }).filter(isNoteLine);
const name = fc
  .string({ unit: fc.constantFrom('a', '.', '/', 'é', '😀', '\u007f', '—', '='), minLength: 1 })
  .filter(isKeyName);
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const signature = fc.record({
  name,
  keyHash: fc.stringMatching(/^[0-9a-f]{8}$/),
  signature: fc.uint8Array({ minLength: 1, maxLength: 100 }),
});
const text = fc
  .array(fc.oneof(line, fc.constant(''), fc.constant('— a AAAAAAA=')), { minLength: 1 })
  .map((lines) => `${lines.join('\n')}\n`);
const note = fc.record({ text, signatures: fc.array(signature, { minLength: 1, maxLength: 5 }) });
const size = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const checkpoint = fc.record({ origin: line, size, root: hash });

/** What is read, or undefined when it is refused. */
function read<Value>(parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ProvenanceError) return undefined;
    throw error;
  }
}

describe('notes', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(note, (value) => {
        expect(parseNote(formatNote(value))).toEqual(value);
      }),
    );
  });

  it('have one spelling: what is read at all is written the same', () => {
    const edit = fc.tuple(fc.nat(), fc.constantFrom('', '\n', ' ', '—', '=', 'A', '+', '\u0085', '\0'));
    fc.assert(
      fc.property(note, edit, (value, [place, insert]) => {
        const whole = formatNote(value);
        const at = place % whole.length;
        for (const edited of [
          whole.slice(0, at) + insert + whole.slice(at),
          whole.slice(0, at) + whole.slice(at + 1),
        ]) {
          const parsed = read(() => parseNote(edited));
          if (parsed !== undefined) expect(formatNote(parsed)).toBe(edited);
        }
      }),
    );
  });
});

describe('checkpoints', () => {
  const extensions = fc.array(line, { minLength: 1 });
  const proof = fc.array(hash, { maxLength: 63 });
  const extended = fc
    .tuple(checkpoint, extensions)
    .map(([value, lines]) => ({ ...value, extensions: lines }));

  it('are read as they were written, in notes and requests', () => {
    fc.assert(
      fc.property(fc.oneof(checkpoint, extended), signature, proof, (value, by, hashes) => {
        const signed = formatNote({ text: formatCheckpoint(value), signatures: [by] });
        const request = { oldSize: value.size, proof: hashes, checkpoint: signed };
        expect(parseCheckpoint(parseNote(signed).text)).toEqual(value);
        expect(parseAddCheckpoint(formatAddCheckpoint(request))).toEqual(request);
      }),
    );
  });
});

const signed = await log.checkpoint(11);
const cosigner = { name: witnessName, signer: witnessSigner, seconds };
const cosigned = addSignatures(signed, [await cosignCheckpoint(parseNote(signed).text, cosigner)]);
const trust = { origin, logKeys: [logKey], witnesses: [witnessKey] };

describe('verifyCheckpoint', () => {
  it('refuses the note with any byte of it changed', () => {
    const bytes = new Uint8Array(Buffer.from(cosigned));
    expect(verifyCheckpoint(bytes, trust).ok).toBe(true);
    for (let place = 0; place < bytes.length; place += 1) {
      const changed = bytes.map((byte, at) => (at === place ? byte ^ (1 << (place % 8)) : byte));
      expect(verifyCheckpoint(changed, trust).ok).toBe(false);
    }
  });

  it('never throws for what comes from outside', () => {
    const pieces = fc.constantFrom(
      origin,
      '\n',
      '\n\n',
      '— ',
      '11',
      ' ',
      cosigned,
      'AAAAAAA=',
      '\ud800',
      '\0',
    );
    const anything = fc.oneof(
      fc.uint8Array(),
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anything, (input) => {
        expect(['boolean']).toContain(typeof verifyCheckpoint(input, trust).ok);
      }),
    );
  });
});
