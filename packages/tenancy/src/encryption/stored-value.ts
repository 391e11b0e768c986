import { randomBytes } from 'node:crypto';
import { TenancyError } from '../errors.ts';
import { associatedData } from './associated-data.ts';
import type { DataKey } from './data-key.ts';
import { decrypt, encrypt, NONCE_BYTES, TAG_BYTES } from './xaes-256-gcm.ts';

// The form of what is stored in a sensitive column. ENCRYPTION.md of this package describes it for other languages.

const SEALED = Buffer.from('SEAL');
const OPEN = Buffer.from('OPEN');
const VERSION = 1;
const DOMAIN = 'agent-agency.sealed-value.v1';

const KEY_ID_AT = SEALED.length + 1;
const NONCE_AT = KEY_ID_AT + 16;
const CIPHERTEXT_AT = NONCE_AT + NONCE_BYTES;

/** How many bytes a sealed value has more than its plaintext. */
export const SEAL_BYTES = CIPHERTEXT_AT + TAG_BYTES;

/** Where a value is stored. A sealed one can be opened there only. */
export interface Place {
  readonly table: string;
  readonly column: string;
  /** The row's key within its tenant, as PostgreSQL writes it. */
  readonly row: string;
}

/** A value's place, and whose it is. */
export interface TenantPlace extends Place {
  readonly tenantId: string;
}

/** A stored value, taken apart. */
export type StoredValue =
  | { readonly kind: 'open'; readonly plaintext: Buffer }
  | {
      readonly kind: 'sealed';
      readonly keyId: string;
      readonly nonce: Buffer;
      /** With its tag. */
      readonly ciphertext: Buffer;
    };

export type SealedValue = Extract<StoredValue, { kind: 'sealed' }>;

/** Encrypts a value for its place. */
export function seal(key: DataKey, plaintext: Uint8Array, place: TenantPlace): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const surroundings = { nonce, associatedData: bindingOf(place, key.id) };
  const ciphertext = key.use((bytes) => encrypt(bytes, plaintext, surroundings));
  return Buffer.concat([sealedPrefix(key.id), nonce, ciphertext]);
}

/** @throws {TenancyError} `VALUE_UNREADABLE` when it was not sealed with this key for this place. */
export function unseal(key: DataKey, value: SealedValue, place: TenantPlace): Buffer {
  const surroundings = { nonce: value.nonce, associatedData: bindingOf(place, value.keyId) };
  const plaintext = key.use((bytes) => decrypt(bytes, value.ciphertext, surroundings));
  if (plaintext !== undefined) return plaintext;
  throw unreadable(place, 'it was changed, or was sealed for another place');
}

function bindingOf({ tenantId, table, column, row }: TenantPlace, keyId: string): Buffer {
  return associatedData(DOMAIN, tenantId, table, column, row, keyId);
}

/** What every value begins with that a key sealed, and no other value: 21 bytes. */
export function sealedPrefix(keyId: string): Buffer {
  return Buffer.concat([SEALED, Buffer.of(VERSION), Buffer.from(keyId.replaceAll('-', ''), 'hex')]);
}

/** The form of a value that is not encrypted. */
export function leaveOpen(plaintext: Uint8Array): Buffer {
  return Buffer.concat([OPEN, plaintext]);
}

/** @throws {TenancyError} `VALUE_UNREADABLE` unless it has one of the two forms. */
export function parseStored(stored: Uint8Array, place: Place): StoredValue {
  // A view of the bytes, not a copy.
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  const mark = bytes.subarray(0, SEALED.length);
  if (mark.equals(OPEN)) return { kind: 'open', plaintext: bytes.subarray(OPEN.length) };
  if (!mark.equals(SEALED)) throw unreadable(place, 'it has no mark of being sealed or open');
  if (bytes.length > SEALED.length && bytes[SEALED.length] !== VERSION) {
    throw unreadable(place, `it is of version ${bytes[SEALED.length] ?? '?'}, not ${VERSION}`);
  }
  if (bytes.length < SEAL_BYTES) throw unreadable(place, 'it is cut off');
  return {
    kind: 'sealed',
    keyId: uuidOf(bytes.subarray(KEY_ID_AT, NONCE_AT)),
    nonce: bytes.subarray(NONCE_AT, CIPHERTEXT_AT),
    ciphertext: bytes.subarray(CIPHERTEXT_AT),
  };
}

/** An error that names the place, and nothing of what is stored there. */
export function unreadable(place: Place, problem: string): TenancyError {
  const { table, column, row } = place;
  return new TenancyError('VALUE_UNREADABLE', `${table}.${column} of ${row} cannot be read: ${problem}`, {
    details: { table, column, row },
  });
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
