import { ProvenanceError } from '../errors.ts';
import { concat, fromBase64, fromHex, fromUtf8, toBase64, toHex, utf8 } from '../format/encoding.ts';
import { isKeyName, isNoteText } from './note-text.ts';
import { requireKeyName } from './verifier-key.ts';

/** One signature line. */
export interface NoteSignature {
  /** The name of the key. */
  readonly name: string;
  /** `keyHash` of the key. Shape: 8 lower-case hex digits. */
  readonly keyHash: string;
  /** What the key made of the text, in the form of its type: bytes of any length but 0. */
  readonly signature: Uint8Array;
}

/** A text and who signed it. Reading a note verifies nothing: until a signature holds, the text is anybody's. */
export interface Note {
  /** What is signed. Shape: ends in a newline. */
  readonly text: string;
  /** In their order, those of unknown keys too; at least one, at most {@link maxNoteSignatures}. */
  readonly signatures: readonly NoteSignature[];
}

/** How long a note may be, in bytes of UTF-8. */
export const maxNoteBytes = 1_000_000;

/** As many as Go's reader takes (golang.org/x/mod/sumdb/note); the specification asks for 16 at least. */
export const maxNoteSignatures = 100;

/**
 * A note as it is sent and stored: the text, an empty line, and a line for each signature.
 *
 * @throws ProvenanceError `NOTE_INVALID`, `KEY_NAME_INVALID`: what `parseNote` would not read is not written
 * @see https://c2sp.org/signed-note
 */
export function formatNote({ text, signatures }: Note): string {
  if (!text.endsWith('\n')) throw invalid('its text does not end in a newline');
  const note = `${text}\n${formatSignatures(signatures)}`;
  parseNote(note);
  return note;
}

/**
 * Reads a note, strictly: there is one way to write it.
 *
 * **Cost** linear, for at most {@link maxNoteBytes}.
 * @throws ProvenanceError `NOTE_INVALID` with `details.reason`
 * @see https://c2sp.org/signed-note
 */
export function parseNote(note: string | Uint8Array): Note {
  const whole = readText(note);
  // The text may have empty lines of its own; signature lines are never empty.
  const end = whole.lastIndexOf('\n\n');
  if (end < 0) throw invalid('it has no empty line after its text');
  return { text: whole.slice(0, end + 1), signatures: parseSignatures(whole.slice(end + 2)) };
}

/**
 * The signature lines, each with its newline.
 *
 * @throws ProvenanceError `NOTE_INVALID`, `KEY_NAME_INVALID`
 */
export function formatSignatures(signatures: readonly NoteSignature[]): string {
  return signatures.map(formatSignature).join('');
}

/**
 * Reads signature lines: of a note, or what a witness answers.
 *
 * @throws ProvenanceError `NOTE_INVALID` with `details.reason`
 */
export function parseSignatures(text: string): NoteSignature[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw invalid('its last line does not end in a newline');
  if (lines.length === 0) throw invalid('it has no signature');
  if (lines.length > maxNoteSignatures)
    throw invalid(`it has more than ${String(maxNoteSignatures)} signatures`);
  return lines.map(parseSignature);
}

/**
 * The note with these signatures at its end. Those that their keys made earlier are left out: one line a key.
 *
 * @throws ProvenanceError `NOTE_INVALID`, `KEY_NAME_INVALID`
 */
export function addSignatures(note: string | Uint8Array, additions: readonly NoteSignature[]): string {
  const { text, signatures } = parseNote(note);
  const isReplaced = (old: NoteSignature): boolean => additions.some((added) => isOfSameKey(old, added));
  return formatNote({ text, signatures: [...signatures.filter((old) => !isReplaced(old)), ...additions] });
}

/** Name and hash together name a key. */
function isOfSameKey(a: NoteSignature, b: NoteSignature): boolean {
  return a.name === b.name && a.keyHash === b.keyHash;
}

function readText(note: unknown): string {
  if (typeof note !== 'string' && !(note instanceof Uint8Array))
    throw invalid('it is neither text nor bytes');
  // A string is at least as many bytes as it has code units, so what is far too long is not encoded first.
  if (note.length > maxNoteBytes) throw invalid('it is too long');
  const text = typeof note === 'string' ? note : fromUtf8(note);
  if (text === undefined) throw invalid('it is not UTF-8');
  if (!isNoteText(text)) throw invalid('it has control characters or lone surrogates');
  if (typeof note === 'string' && utf8(note).length > maxNoteBytes) throw invalid('it is too long');
  return text;
}

function formatSignature({ name, keyHash, signature }: NoteSignature): string {
  requireKeyName(name);
  const hash = fromHex(keyHash);
  if (hash?.length !== 4) throw invalid('a key hash is not 8 lower-case hex digits');
  if (signature.length === 0) throw invalid('a signature is empty');
  return `— ${name} ${toBase64(concat(hash, signature))}\n`;
}

function parseSignature(line: string): NoteSignature {
  const [dash, name = '', base64, ...more] = line.split(' ');
  const bytes = fromBase64(base64);
  if (dash !== '—' || !isKeyName(name) || bytes === undefined || more.length > 0)
    throw invalid('a signature line is not — <key name> <base64>');
  if (bytes.length <= 4) throw invalid('a signature is empty');
  return { name, keyHash: toHex(bytes.subarray(0, 4)), signature: bytes.slice(4) };
}

function invalid(reason: string): ProvenanceError {
  return new ProvenanceError('NOTE_INVALID', `This is no signed note: ${reason}.`, { details: { reason } });
}
