import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { matching } from '@agent-agency/testing/vitest';
import { describe, expect, it } from 'vitest';
import { associatedData } from '../../src/encryption/associated-data.ts';
import { DataKey } from '../../src/encryption/data-key.ts';
import { openText, parseStoredText, sealedText } from '../../src/encryption/stored-text.ts';
import {
  leaveOpen,
  parseStored,
  seal,
  SEAL_BYTES,
  unseal,
  type StoredValue,
  type TenantPlace,
} from '../../src/encryption/stored-value.ts';

const place: TenantPlace = { tenantId: 'acme', table: 'decisions', column: 'rationale', row: '1' };
const newKey = (id: string = crypto.randomUUID()): DataKey => new DataKey(id, randomBytes(32));

/** The plaintext of a value, as a cipher reads it. */
function read(key: DataKey, value: StoredValue, at: TenantPlace = place): Buffer {
  if (value.kind === 'open') return value.plaintext;
  return unseal(key, value, at);
}

const unreadable = expect.objectContaining({
  code: 'VALUE_UNREADABLE',
  message: matching(/^decisions\.rationale of 1 cannot be read: /),
}) as unknown;

describe('seal', () => {
  it('gives the form that ENCRYPTION.md writes down', () => {
    const key = newKey('00112233-4455-6677-8899-aabbccddeeff');
    const sealed = seal(key, Buffer.from('text'), place);
    expect(sealed.subarray(0, 21).toString('hex')).toBe('5345414c0100112233445566778899aabbccddeeff');
    expect(sealed).toHaveLength(SEAL_BYTES + 4);
    expect(SEAL_BYTES).toBe(61);
    expect(sealedText(sealed)).toMatch(/^seal:U0VBTAEAESIzRFVmd4iZqrvM3e7_[\w-]+$/);
  });

  it('opens the value that ENCRYPTION.md gives as an example', () => {
    const key = new DataKey(
      '00112233-4455-6677-8899-aabbccddeeff',
      Uint8Array.from({ length: 32 }, (_, at) => at),
    );
    const at = { tenantId: 'acme', table: 'decisions', column: 'rationale', row: '42' };
    const stored =
      'seal:U0VBTAEAESIzRFVmd4iZqrvM3e7_ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7lqqxvNjpwFlYSuPN2nxOP8SsiPBGwVM2Yh83';
    expect(read(key, parseStoredText(stored, at), at).toString()).toBe('Too costly.');
  });

  it('gives every plaintext another nonce', () => {
    const key = newKey();
    const nonces = Array.from({ length: 1000 }, () =>
      seal(key, Buffer.alloc(0), place).toString('hex', 21, 45),
    );
    expect(new Set(nonces).size).toBe(1000);
  });

  it('gives back every plaintext, as bytes and as text', () => {
    const key = newKey();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (plaintext) => {
        const sealed = seal(key, plaintext, place);
        expect(read(key, parseStored(sealed, place)).equals(plaintext)).toBe(true);
        expect(read(key, parseStoredText(sealedText(sealed), place)).equals(plaintext)).toBe(true);
        expect(read(key, parseStored(leaveOpen(plaintext), place)).equals(plaintext)).toBe(true);
      }),
    );
  });
});

describe('unseal', () => {
  const key = newKey();
  const sealed = seal(key, Buffer.from('some text'), place);

  it('refuses a value with any byte changed, by any other', () => {
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const tampered = Buffer.from(sealed);
        tampered[at] = (tampered[at] ?? 0) ^ change;
        // A key id of another key is for whoever looks the key up to refuse.
        expect(() => read(key, parseStored(tampered, place))).toThrow(unreadable);
      }),
      { numRuns: 500 },
    );
    for (const at of sealed.keys()) {
      const tampered = Buffer.from(sealed);
      tampered[at] = (tampered[at] ?? 0) ^ 1;
      expect(() => read(key, parseStored(tampered, place)), `byte ${at}`).toThrow(unreadable);
    }
  });

  it('refuses a text with any letter changed, by any other', () => {
    const text = sealedText(sealed);
    for (const at of Array.from(text).keys()) {
      for (const letter of ['A', 'B', '_', '=', ' ', '\n', '/', 'é']) {
        const tampered = text.slice(0, at) + letter + text.slice(at + 1);
        if (tampered === text) continue;
        expect(() => read(key, parseStoredText(tampered, place)), `letter ${at}`).toThrow(unreadable);
      }
    }
  });

  it('refuses a value that is cut off or has something behind it', () => {
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => read(key, parseStored(sealed.subarray(0, length), place))).toThrow(unreadable);
    }
    const longer = Buffer.concat([sealed, Buffer.of(0)]);
    expect(() => read(key, parseStored(longer, place))).toThrow(unreadable);
    expect(() => read(key, parseStoredText(`${sealedText(sealed)}\n`, place))).toThrow(unreadable);
  });

  it.each([
    { tenantId: 'globex' },
    { table: 'decision' },
    { column: 'rationales' },
    { row: '2' },
    // The same letters, divided otherwise.
    { table: 'decisionsr', column: 'ationale' },
    { column: 'rationale1', row: '' },
  ])('refuses a value that was moved to %j', (elsewhere) => {
    const moved = { ...place, ...elsewhere };
    expect(() => read(key, parseStored(sealed, moved), moved)).toThrow(
      /was changed, or was sealed for another place/,
    );
  });

  it('refuses the key of another tenant under the same id', () => {
    expect(() => read(newKey(key.id), parseStored(sealed, place))).toThrow(unreadable);
  });

  it('refuses a version that it does not know', () => {
    const later = Buffer.from(sealed);
    later[4] = 2;
    expect(() => parseStored(later, place)).toThrow(/is of version 2, not 1/);
  });

  it('says nothing of the value in the error', () => {
    const tampered = Buffer.from(sealed);
    tampered[30] = (tampered[30] ?? 0) ^ 1;
    try {
      read(key, parseStored(tampered, place));
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        details: { table: 'decisions', column: 'rationale', row: '1' },
        retryable: false,
      });
      expect(JSON.stringify(error)).not.toMatch(/some text|[0-9a-f]{24}/);
    }
  });
});

describe('an open value', () => {
  const key = newKey();
  const sealed = seal(key, Buffer.from('text'), place);
  it.each(['', 'open:', 'seal:', sealedText(sealed), 'open:seal:x', 'SEAL\u0001'])(
    'may be the text %j',
    (text) => {
      const value = parseStoredText(openText(text), place);
      expect(value).toMatchObject({ kind: 'open' });
      expect(read(key, value).toString()).toBe(text);
    },
  );
  it('may be bytes that look like a sealed value', () => {
    const value = parseStored(leaveOpen(sealed), place);
    expect(value).toMatchObject({ kind: 'open', plaintext: sealed });
  });
  it.each(['', 'text', 'Open:x', 'seal', `seal:${leaveOpen(Buffer.from('x')).toString('base64url')}`])(
    'is not the text %j without a mark',
    (text) => {
      expect(() => parseStoredText(text, place)).toThrow(unreadable);
    },
  );
  it.each(['', 'OPE', 'text', 'open'])('is not the bytes of %j', (text) => {
    expect(() => parseStored(Buffer.from(text), place)).toThrow(unreadable);
  });
});

describe('associatedData', () => {
  it('has other bytes for another list of fields', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (one, other) => {
        const isSame = associatedData('d', ...one).equals(associatedData('d', ...other));
        expect(isSame).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
    expect(associatedData('a', 'bé').toString('hex')).toBe('000000016100000003' + '62c3a9');
  });
});

describe('DataKey', () => {
  it('takes the bytes over, and is of no use when it is wiped', () => {
    const bytes = randomBytes(32);
    const expected = bytes.toString('hex');
    const key = new DataKey('id', bytes);
    expect(bytes.equals(Buffer.alloc(32))).toBe(true);
    let lent: Uint8Array | undefined;
    expect(key.use((inside) => Buffer.from((lent = inside)).toString('hex'))).toBe(expected);
    key.wipe();
    expect(lent).toEqual(Buffer.alloc(32));
    expect(() => key.use(() => 1)).toThrow(/was wiped/);
  });
  it('refuses a key of another length', () => {
    expect(() => new DataKey('id', randomBytes(16))).toThrow(/came back with 16 bytes/);
  });
});
