/**
 * Text between tags: what would be markup is escaped, and so is the carriage return, which a parser makes a line feed. What
 * XML 1.0 cannot hold in any way becomes U+FFFD.
 *
 * @see Extensible Markup Language (XML) 1.0, fifth edition, §2.2 and §2.11.
 */
export function xmlText(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- they are what is looked for
      .replace(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|\p{Cs}/gu, '\uFFFD')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('\r', '&#xD;')
  );
}

/**
 * A name token that belongs to this text only: letters, digits, `.` and `-` of ASCII stay, every other character becomes
 * `_hex_`.
 *
 * @example
 * nameToken('agent 1') // => 'agent_20_1'
 */
export function nameToken(text: string): string {
  return text.replace(/[^A-Za-z0-9.-]/gu, (character) => `_${(character.codePointAt(0) ?? 0).toString(16)}_`);
}
