import { leaveOpen, parseStored, unreadable, type Place, type StoredValue } from './stored-value.ts';

// Columns of type text. What is not encrypted stays legible, and can be searched for behind its mark.

const SEALED = 'seal:';
const OPEN = 'open:';

/** The text form of a sealed value. */
export function sealedText(sealed: Buffer): string {
  return SEALED + sealed.toString('base64url');
}

/** The text form of a text that is not encrypted. */
export function openText(text: string): string {
  return OPEN + text;
}

/** @throws {TenancyError} `VALUE_UNREADABLE` unless it has one of the two forms. */
export function parseStoredText(stored: string, place: Place): StoredValue {
  if (stored.startsWith(OPEN)) {
    return parseStored(leaveOpen(Buffer.from(stored.slice(OPEN.length))), place);
  }
  if (!stored.startsWith(SEALED)) throw unreadable(place, 'it has no mark of being sealed or open');
  const bytes = Buffer.from(stored.slice(SEALED.length), 'base64url');
  // The decoder passes over what is no base64url, so that several texts would mean the same.
  if (sealedText(bytes) !== stored) throw unreadable(place, 'it is not in base64url');
  const value = parseStored(bytes, place);
  if (value.kind === 'open') throw unreadable(place, 'its two marks contradict each other');
  return value;
}
