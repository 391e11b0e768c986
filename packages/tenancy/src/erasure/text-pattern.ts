/** A character of an identifier, as the bytes of UTF-8 in hex: 0-9, A-Z, _, a-z. */
const HEX_OF_WORD = '(?:3[0-9]|[46][1-9a-f]|[57][0-9a]|5f)';

/**
 * A regular expression of PostgreSQL that finds an identifier, and not a longer one that it is a part of, in whatever
 * way a column holds it: as it is, inside of JSON or an array, and as bytes.
 */
export function patternOf(identifier: string): string {
  const inJson = JSON.stringify(identifier).slice(1, -1);
  const spellings = unique([identifier, inJson]);
  const texts = unique(spellings.flatMap((it) => [it, it.replaceAll(/["\\]/g, '\\$&')])).map(escaped);
  const bytes = spellings.map((it) => Buffer.from(it, 'utf8').toString('hex'));
  const text = `(?<![[:alnum:]_])(?:${texts.join('|')})(?![[:alnum:]_])`;
  return `${text}|(?<!${HEX_OF_WORD})(?:${bytes.join('|')})(?!${HEX_OF_WORD})`;
}

function escaped(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}\s]/gu, '\\$&');
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
