/** A character below U+0020 other than newline: every control character but those from U+007F on. Notes have none. */
const forbiddenCharacter = /[^\P{Cc}\n\u007f-\u009f]/u;

/** Text that may stand in a note: Unicode scalar values without control characters below U+0020, newline excepted. */
export function isNoteText(text: string): boolean {
  return text.isWellFormed() && !forbiddenCharacter.test(text);
}

/** One line of a note without the newline that ends it: not empty. */
export function isNoteLine(line: string): boolean {
  return line !== '' && !line.includes('\n') && isNoteText(line);
}

/** A name under which a key signs notes: not empty, no Unicode white space, no plus sign. */
export function isKeyName(name: string): boolean {
  return isNoteLine(name) && !/[\p{White_Space}+]/u.test(name);
}
